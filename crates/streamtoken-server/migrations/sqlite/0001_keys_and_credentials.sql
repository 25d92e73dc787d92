-- Accounts that the service signs for.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY NOT NULL,
    created TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Private keys, sealed with a master key that is not in here.
CREATE TABLE signing_keys (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    -- 'account': made and listed through the API; 'endpoint': what the token endpoint signs with.
    purpose TEXT NOT NULL CHECK (purpose IN ('account', 'endpoint')),
    created TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    -- Names the master key; never tells it.
    master_key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_endpoint_key_an_account ON signing_keys (account_id) WHERE purpose = 'endpoint';

-- Credentials of the API: the hash of each, and what it may do.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- Set for a key of the previous scheme, which comes with an e-mail address.
    email TEXT,
    -- JSON: accounts, actions, policy.
    grants TEXT NOT NULL,
    created TEXT NOT NULL,
    revoked TEXT
) STRICT, WITHOUT ROWID;
