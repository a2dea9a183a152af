-- +goose Up
-- The same tables as on SQLite. Times are nanoseconds since 1970 in UTC, 0 for
-- none; text is ordered by its bytes.

CREATE TABLE deliveries (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text COLLATE "C" NOT NULL UNIQUE,
    event        text   NOT NULL,
    installation bigint NOT NULL,
    repo         text   NOT NULL,
    payload      bytea  NOT NULL,
    received_at  bigint NOT NULL,
    settled_at   bigint NOT NULL DEFAULT 0,
    note         text   NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_undecided ON deliveries (installation, seq) WHERE settled_at = 0;
CREATE INDEX deliveries_settled ON deliveries (installation, settled_at) WHERE settled_at > 0;

CREATE TABLE lines (
    repo         text COLLATE "C" PRIMARY KEY,
    installation bigint NOT NULL,
    head_seq     bigint NOT NULL,
    head_hash    text   NOT NULL
);
CREATE INDEX lines_installation ON lines (installation);

CREATE TABLE items (
    repo text COLLATE "C" NOT NULL REFERENCES lines (repo),
    id   text COLLATE "C" NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (repo, id)
);

CREATE TABLE ledger (
    repo text COLLATE "C" NOT NULL REFERENCES lines (repo),
    seq  bigint NOT NULL,
    body text   NOT NULL,
    prev text   NOT NULL,
    hash text   NOT NULL,
    PRIMARY KEY (repo, seq)
);

CREATE TABLE keys (
    repo text COLLATE "C" NOT NULL,
    key  text COLLATE "C" NOT NULL,
    PRIMARY KEY (repo, key)
);

CREATE TABLE actions (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repo       text COLLATE "C" NOT NULL REFERENCES lines (repo),
    key        text COLLATE "C" NOT NULL,
    body       text   NOT NULL,
    state      text   NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempt    bigint NOT NULL DEFAULT 0,
    due_at     bigint NOT NULL DEFAULT 0,
    started_at bigint NOT NULL DEFAULT 0,
    error      text   NOT NULL DEFAULT '',
    result     text   NOT NULL DEFAULT '',
    UNIQUE (repo, key)
);
CREATE INDEX actions_open ON actions (state, repo, seq) WHERE state <> 'done';

-- Every installation that has ever sent something has a row; epoch 0 is a lease
-- that nobody has had yet. slot is its number among the advisory locks.
CREATE TABLE leases (
    installation bigint PRIMARY KEY,
    slot         integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    epoch        bigint NOT NULL DEFAULT 0,
    holder       text   NOT NULL DEFAULT ''
);

-- lock_key names an advisory lock of ours: the table's own number keeps two
-- installations of the program in one database apart.
-- +goose StatementBegin
CREATE FUNCTION lock_key(of regclass, number bigint) RETURNS bigint
    LANGUAGE sql STABLE AS $$ SELECT (of::oid::bigint << 32) | number $$;
-- +goose StatementEnd

-- receive stores deliveries and returns the ids of those that were not known.
-- One transaction at a time comes to an end, so that whoever has read a seq
-- never finds a lower one later: order of arrival is order of appearance.
-- +goose StatementBegin
CREATE FUNCTION receive(ids text[], events text[], installations bigint[], repos text[], payloads bytea[], received bigint[])
    RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    new bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_key('deliveries', 0));
    RETURN QUERY
        INSERT INTO deliveries AS d (id, event, installation, repo, payload, received_at)
        SELECT g.id, g.event, g.installation, g.repo, g.payload, g.received_at
        FROM unnest(ids, events, installations, repos, payloads, received)
            WITH ORDINALITY AS g (id, event, installation, repo, payload, received_at, place)
        ORDER BY g.place
        ON CONFLICT (id) DO NOTHING
        RETURNING d.id;
    FOR new IN SELECT DISTINCT unnest(installations) LOOP
        IF NOT EXISTS (SELECT FROM leases WHERE installation = new) THEN
            INSERT INTO leases (installation) VALUES (new) ON CONFLICT DO NOTHING;
        END IF;
        PERFORM pg_notify('stationmaster_' || 'deliveries'::regclass::oid, new::text);
    END LOOP;
END $$;
-- +goose StatementEnd
