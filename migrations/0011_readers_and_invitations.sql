-- What readers of a public book see who do not belong to it: "text", or "everything": people, activity, chat and versions
-- too.
ALTER TABLE books ADD COLUMN readers_see TEXT NOT NULL DEFAULT 'text';

-- Who is invited to a book: in which role, by whom, and when. They belong to it once they accept. A declined invitation
-- stays for a day, so that they are not asked again at once.
CREATE TABLE invitations (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- As in members.
    role BIGINT NOT NULL,
    inviter TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    declined BIGINT,
    PRIMARY KEY (book, person)
);
CREATE INDEX invitations_by_person ON invitations (person);

-- Who invited whom, for a day: so many a day, whatever became of them.
CREATE TABLE invited (
    inviter TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    at BIGINT NOT NULL
);
CREATE INDEX invited_by_inviter ON invited (inviter, at);
