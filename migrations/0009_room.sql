-- How much each person brought into each chapter, in bytes: their edits, and the versions that are named after them.
-- With the sizes of their pictures that is how much room they take up. It goes with the chapter.
CREATE TABLE written (
    part TEXT NOT NULL REFERENCES parts (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (part, person)
);

CREATE INDEX written_by_person ON written (person);

CREATE INDEX pictures_by_person ON pictures (person);

INSERT INTO written (part, person, bytes)
SELECT part, person, CAST(SUM(size) AS BIGINT)
FROM (
    SELECT part, person, LENGTH(edit) AS size FROM edits
    UNION ALL
    SELECT part, person, LENGTH(text) + COALESCE(LENGTH(content), 0) AS size FROM revisions
) AS kept
GROUP BY part, person;

-- Pictures that were stored as they came, with what a camera added. A server takes that out of them, and then none is
-- here any more.
CREATE TABLE pictures_as_they_came (
    picture TEXT PRIMARY KEY REFERENCES pictures (id) ON DELETE CASCADE
);

INSERT INTO pictures_as_they_came (picture) SELECT id FROM pictures;
