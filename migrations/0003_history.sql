-- A revision is made of each stretch of writing. How many edits of the chapter's log are in it, and what stands in it
-- (a tree as JSON); what was saved before keeps its Markdown in `text`, where later ones have nothing.
ALTER TABLE revisions ADD COLUMN edits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN content TEXT;

-- Who wrote in that stretch, those who wrote most first (rank 0 is `revisions.person`).
CREATE TABLE revision_authors (
    part TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    rank BIGINT NOT NULL,
    PRIMARY KEY (part, number, person),
    FOREIGN KEY (part, number) REFERENCES revisions (part, number) ON DELETE CASCADE
);

-- A deleted part stays, with all it held, until it is brought back: when it was deleted, by whom, and by the deletion
-- of which part.
ALTER TABLE parts ADD COLUMN deleted BIGINT;
ALTER TABLE parts ADD COLUMN deleted_by TEXT REFERENCES people (id);
ALTER TABLE parts ADD COLUMN deleted_with TEXT;
