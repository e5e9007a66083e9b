-- What is searched: the passages of chapters, as they stood when they were looked at last. The index by which they are
-- found is of a kind that each database has of its own, so the program makes it (src/book/store/search).

-- Each book's passages have numbers of a range of its own: an index that knows numbers alone finds those of one book.
CREATE TABLE search_books (
    book TEXT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
    number BIGINT NOT NULL UNIQUE,
    -- The next number within the range.
    next BIGINT NOT NULL
);

-- How far a chapter was looked at: whoever finds that it has more edits than that looks again.
CREATE TABLE search_chapters (
    part TEXT PRIMARY KEY REFERENCES parts (id) ON DELETE CASCADE,
    book TEXT NOT NULL,
    -- How many of its edits are in what is searched; -1 before it was looked at.
    edits BIGINT NOT NULL,
    -- In which way, for ways may change from release to release.
    way BIGINT NOT NULL,
    -- When a node began to look at it, so that no other does at the same time.
    claimed BIGINT NOT NULL
);

CREATE TABLE search_passages (
    id BIGINT PRIMARY KEY,
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    -- Where it stands: in which block of text, and after how many UTF-16 units of that.
    block BIGINT NOT NULL,
    start BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    -- The text in the form in which it is compared.
    folded TEXT NOT NULL
);
CREATE INDEX search_passages_by_part ON search_passages (part, block, start);
