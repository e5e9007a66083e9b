-- One set of migrations for SQLite and PostgreSQL: TEXT ids, BIGINT numbers and times (milliseconds since 1970).

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in lower case: names are unique without regard to case.
    name_key TEXT NOT NULL UNIQUE,
    -- A PHC string.
    password TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires);

-- Which commands were done, and what they answered: a retry gets the same answer.
CREATE TABLE commands (
    call TEXT PRIMARY KEY,
    reply TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX commands_by_age ON commands (at);

-- How many messages were committed for a channel.
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Messages that are committed and not yet known to be published. A published one is deleted, so this stays short.
CREATE TABLE outbox (
    channel TEXT NOT NULL,
    version BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (channel, version)
);

CREATE TABLE books (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    visibility TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX books_by_visibility ON books (visibility, changed);

CREATE TABLE members (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id),
    -- 1 reader, 2 editor, 3 owner: each may do what those below it may.
    role BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (book, person)
);
CREATE INDEX members_by_person ON members (person, role);

-- Lines of the contents: chapters, and sections that hold them.
CREATE TABLE parts (
    id TEXT PRIMARY KEY,
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    parent TEXT REFERENCES parts (id) ON DELETE CASCADE,
    -- Orders the parts of one parent; numbers lie far apart, so that one can be put between two.
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    words BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX parts_by_book ON parts (book, place);
CREATE INDEX parts_by_parent ON parts (parent);

-- What is being written in a chapter, apart from its line in the contents so that a book opens without its texts.
CREATE TABLE chapters (
    part TEXT PRIMARY KEY REFERENCES parts (id) ON DELETE CASCADE,
    -- The newest fence of the pen, and the person who was given it: only that person writes, and only under that fence.
    fence BIGINT NOT NULL,
    pen TEXT REFERENCES people (id),
    -- How many changes made the text.
    draft BIGINT NOT NULL,
    -- 1 when the text differs from the newest revision.
    unsaved BIGINT NOT NULL,
    -- Who wrote last, and when.
    writer TEXT REFERENCES people (id),
    written BIGINT,
    text TEXT NOT NULL
);

CREATE TABLE revisions (
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    comment TEXT NOT NULL,
    words BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (part, number)
);

-- Unsaved texts of people who lost the pen, until they let go of them.
CREATE TABLE kept_texts (
    id TEXT PRIMARY KEY,
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX kept_texts_by_person ON kept_texts (part, person, at);

-- A line's id is the version of the message that carried it, so lines of a book are in order.
CREATE TABLE chat (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (book, id)
);

-- What happened to a book, as it was told.
CREATE TABLE activity (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (book, version)
);
