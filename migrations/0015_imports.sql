-- What an import has brought before it is whole: with a picture, that picture; without one, the whole book, which is new
-- and nobody's yet. It goes when the import is given up, or when its server died over it.
CREATE TABLE importing (
    import TEXT NOT NULL,
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    picture TEXT REFERENCES pictures (id) ON DELETE CASCADE,
    since BIGINT NOT NULL
);

CREATE INDEX importing_by_import ON importing (import);
CREATE INDEX importing_by_picture ON importing (picture);
CREATE INDEX importing_by_book ON importing (book);
