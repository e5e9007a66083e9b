-- Of which command a reply is: a digest of who asked, its path and its arguments. Nothing for what was answered before
-- digests were noted; a day later there is none of that left.
ALTER TABLE commands ADD COLUMN digest TEXT;
