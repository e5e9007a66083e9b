-- When a book was put into the archive, in milliseconds since 1970: it is read there, and nobody changes it until an owner
-- brings it back.
ALTER TABLE books ADD COLUMN archived BIGINT;

-- What time it was when something was last thrown away by its age, and since when the clock has gone on evenly: what a
-- clock says that was set wrong ends nobody's book.
CREATE TABLE clock (
    id TEXT PRIMARY KEY,
    seen BIGINT NOT NULL,
    even_since BIGINT NOT NULL
);
