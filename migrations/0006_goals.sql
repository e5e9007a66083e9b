-- How many words a chapter is to have; nothing where nobody set a goal.
ALTER TABLE parts ADD COLUMN goal BIGINT;
