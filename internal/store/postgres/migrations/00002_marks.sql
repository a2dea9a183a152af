-- +goose Up
CREATE TABLE marks (
    repo  text COLLATE "C" NOT NULL,
    name  text COLLATE "C" NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (repo, name)
);

CREATE TABLE rounds (
    name       text COLLATE "C" PRIMARY KEY,
    claimed_at bigint NOT NULL
);
