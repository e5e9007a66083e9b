-- The nodes that share this database, so that they notice when they do not hear each other. Each notes again and again
-- that it is there, and by which broker it talks.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    -- Where it listens, in words for whoever looks after it.
    place TEXT NOT NULL,
    broker TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen BIGINT NOT NULL
);

-- What a node writes and takes back at once, to know whether it could write. Always empty.
CREATE TABLE trials (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
