-- Which of the ten colours a person has in a book: given when they join, and theirs for as long as the book is there, so
-- that nobody's face changes when another leaves, and whoever comes back looks as before.
CREATE TABLE hues (
    book TEXT NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- From 0 to 9.
    hue BIGINT NOT NULL,
    PRIMARY KEY (book, person)
);

-- Those who belong to a book already, in the order they came. The numbers are the order in which colours are given:
-- each as far as it can be from those before it.
INSERT INTO hues (book, person, hue)
SELECT book, person,
    CASE CAST((ROW_NUMBER() OVER (PARTITION BY book ORDER BY since, person) - 1) AS BIGINT) % 10
        WHEN 0 THEN 6 WHEN 1 THEN 0 WHEN 2 THEN 3 WHEN 3 THEN 2 WHEN 4 THEN 8
        WHEN 5 THEN 4 WHEN 6 THEN 1 WHEN 7 THEN 7 WHEN 8 THEN 5 ELSE 9 END
FROM members;
