-- What a book says about itself besides its title, and how it goes out. A book without a row says nothing yet.
CREATE TABLE metadata (
    book TEXT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
    -- `Metadata` and `Publishing`, as JSON.
    about TEXT NOT NULL,
    publishing TEXT NOT NULL
);
