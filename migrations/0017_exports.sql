-- Whole books that are made into files by whichever node takes them on, and kept for a while.
CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    format TEXT NOT NULL,
    -- Of which version of the book, and the moment when that was named; nothing of either for how the book stands when
    -- the file is made.
    version TEXT,
    moment BIGINT,
    -- Who asked for it, and when.
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    -- waiting, making, ready or failed.
    state TEXT NOT NULL,
    -- How far it is, while it is made.
    percent BIGINT NOT NULL,
    -- Which run of which node makes it, and until when nobody else takes it on; how many runs began and did not hand it
    -- back.
    holder TEXT,
    lease BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Why it failed.
    words TEXT NOT NULL,
    -- How many bytes the file has, in how many pieces; when it was whole, and until when it is kept.
    size BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    made BIGINT NOT NULL,
    until BIGINT
);
CREATE INDEX exports_by_book ON exports (book, at);
CREATE INDEX exports_by_person ON exports (person, state);
CREATE INDEX exports_by_state ON exports (state, at);
CREATE INDEX exports_by_end ON exports (until);

-- The files. Here, as pictures are, because every node shares the database.
CREATE TABLE export_pieces (
    export TEXT NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (export, number)
);

-- The names that were given to a whole book, and when; of a name that was given twice, the last.
CREATE TABLE book_versions (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (book, name)
);
