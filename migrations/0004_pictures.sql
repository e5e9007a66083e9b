-- Pictures of a book's chapters. Here, and not in files, because every node shares the database.
CREATE TABLE pictures (
    id TEXT PRIMARY KEY,
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    -- Who brought it first, and when.
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    -- SHA-256 of the bytes: the same picture twice in a book is one.
    hash TEXT NOT NULL,
    -- Such as image/png.
    type TEXT NOT NULL,
    -- In pixels, as it is shown.
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    UNIQUE (book, hash)
);
