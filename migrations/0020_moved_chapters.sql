-- Where a chapter went that was moved to another book: its old address tells whoever may know.
ALTER TABLE parts ADD COLUMN moved_to_book TEXT REFERENCES books (id) ON DELETE SET NULL;
ALTER TABLE parts ADD COLUMN moved_to_part TEXT REFERENCES parts (id) ON DELETE SET NULL;
CREATE INDEX parts_by_moved_to_book ON parts (moved_to_book);
CREATE INDEX parts_by_moved_to_part ON parts (moved_to_part);
