-- How much somebody said is counted to their room.
CREATE INDEX chat_by_person ON chat (person);
