-- Everybody with the right writes at once, unless somebody has the pen: since when, and why.
ALTER TABLE chapters ADD COLUMN pen_since BIGINT;
ALTER TABLE chapters ADD COLUMN pen_why TEXT;

-- A chapter may be closed: "locked", so that only owners write in it, or "final", so that nobody does.
ALTER TABLE parts ADD COLUMN closed TEXT;
ALTER TABLE parts ADD COLUMN closed_why TEXT;
ALTER TABLE parts ADD COLUMN closed_by TEXT REFERENCES people (id);
ALTER TABLE parts ADD COLUMN closed_at BIGINT;

-- Texts were kept for people who lost the pen with something unsaved. Nothing is unsaved any more.
DROP TABLE kept_texts;
