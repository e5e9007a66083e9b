-- When a book was put into the bin, in milliseconds since 1970, and by whom. Nobody gets to it there; its owners can take
-- it out again, for thirty days, and then it goes for good.
ALTER TABLE books ADD COLUMN deleted BIGINT;
ALTER TABLE books ADD COLUMN deleted_by TEXT REFERENCES people (id) ON DELETE SET NULL;

CREATE INDEX books_by_deleted ON books (deleted);
