-- `name` is what a person is called, and theirs to choose anew; `name_key` is what they sign in with, for ever. Where the
-- two differ in more than case, `called_key` is `name` as it is compared, so that nobody is called what another is.
ALTER TABLE people ADD COLUMN called_key TEXT;
CREATE UNIQUE INDEX people_by_called_key ON people (called_key);
-- When the account was deleted. The row stays: what its person wrote in books of others refers to it.
ALTER TABLE people ADD COLUMN deleted BIGINT;

-- Whose a session is, when it began and was last used, with what kind of browser ("Firefox on Linux"), and by which of
-- the person's known browsers.
ALTER TABLE sessions ADD COLUMN person TEXT REFERENCES people (id);
ALTER TABLE sessions ADD COLUMN created BIGINT;
ALTER TABLE sessions ADD COLUMN last_used BIGINT;
ALTER TABLE sessions ADD COLUMN agent TEXT;
ALTER TABLE sessions ADD COLUMN browser TEXT;
CREATE INDEX sessions_by_person ON sessions (person, last_used);
-- Those there are lasted 30 days from their last use on, which was noted once a day.
UPDATE sessions SET
    person = (SELECT p.id FROM people p WHERE sessions.data LIKE '%"id":"' || p.id || '"%' LIMIT 1),
    created = expires - 2592000000,
    last_used = expires - 2592000000;

-- Browsers that a person has signed in from: a hash of the secret in a cookie there. Strangers' attempts at the name do
-- not count against these.
CREATE TABLE browsers (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    last_used BIGINT NOT NULL,
    PRIMARY KEY (person, browser)
);

-- Attempts that count against somebody, by what they count for: how much of them is not forgiven, in milliseconds of
-- waiting, and when the last was.
CREATE TABLE attempts (
    kind TEXT NOT NULL,
    whose TEXT NOT NULL,
    debt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, whose)
);
CREATE INDEX attempts_by_age ON attempts (kind, at);
