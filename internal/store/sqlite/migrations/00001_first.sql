-- +goose Up
-- Times are nanoseconds since 1970 in UTC, 0 for none.

CREATE TABLE deliveries (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT    NOT NULL UNIQUE,
    event        TEXT    NOT NULL,
    installation INTEGER NOT NULL,
    repo         TEXT    NOT NULL,
    payload      BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    settled_at   INTEGER NOT NULL DEFAULT 0,
    note         TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_undecided ON deliveries (installation, seq) WHERE settled_at = 0;
CREATE INDEX deliveries_settled ON deliveries (installation, settled_at) WHERE settled_at > 0;

CREATE TABLE lines (
    repo         TEXT    NOT NULL PRIMARY KEY,
    installation INTEGER NOT NULL,
    head_seq     INTEGER NOT NULL,
    head_hash    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lines_installation ON lines (installation);

CREATE TABLE items (
    repo TEXT NOT NULL REFERENCES lines (repo),
    id   TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (repo, id)
) STRICT;

CREATE TABLE ledger (
    repo TEXT    NOT NULL REFERENCES lines (repo),
    seq  INTEGER NOT NULL,
    body TEXT    NOT NULL,
    prev TEXT    NOT NULL,
    hash TEXT    NOT NULL,
    UNIQUE (repo, seq)
) STRICT;

CREATE TABLE keys (
    repo TEXT NOT NULL,
    key  TEXT NOT NULL,
    PRIMARY KEY (repo, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE actions (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    repo       TEXT    NOT NULL REFERENCES lines (repo),
    key        TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    state      TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempt    INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL DEFAULT 0,
    error      TEXT    NOT NULL DEFAULT '',
    result     TEXT    NOT NULL DEFAULT '',
    UNIQUE (repo, key)
) STRICT;
CREATE INDEX actions_open ON actions (state, repo, seq) WHERE state <> 'done';

CREATE TABLE leases (
    installation INTEGER NOT NULL PRIMARY KEY,
    epoch        INTEGER NOT NULL,
    holder       TEXT    NOT NULL
) STRICT;
