-- A chapter is a document that merges everybody's edits. Its state up to some edit, so that it opens fast:
CREATE TABLE documents (
    part TEXT PRIMARY KEY REFERENCES parts (id) ON DELETE CASCADE,
    -- How many of the edits below are in it.
    edits BIGINT NOT NULL,
    state BYTEA NOT NULL
);

-- Every edit, in the order in which the server took them in. Nothing is ever deleted here but with the chapter.
CREATE TABLE edits (
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    edit BYTEA NOT NULL,
    PRIMARY KEY (part, number)
);

-- Whose hand is whose: every tab writes by a number of its own, and nobody by another's.
CREATE TABLE hands (
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    hand BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (part, hand)
);
