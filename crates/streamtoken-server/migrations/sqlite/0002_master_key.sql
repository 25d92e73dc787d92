-- The master key that every key of the store is sealed with: its name, and a text that it sealed, so that
-- a wrong one is noticed before there is a key to try it on.
CREATE TABLE master_key (
    one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    id TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
