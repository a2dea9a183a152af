package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
)

// ErrPooler says that the address leads to a pooler which gives a connection
// another session with each transaction.
var ErrPooler = errors.New("the database is behind a pooler, such as PgBouncer, that shares sessions between transactions (pool_mode=transaction); " +
	"leases and notifications need sessions of their own: let STATIONMASTER_DATABASE_URL name PostgreSQL itself, or set pool_mode=session for this database in the pooler")

// oldest is the first server with idle_session_timeout, which ends the sessions
// of processes that have fallen silent.
const oldest = 140000

// fit says what keeps the store from working on this server.
func fit(ctx context.Context, conn *pgx.Conn) error {
	var version int
	var name, encoding string
	err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'),
		current_setting('server_encoding')`).Scan(&version, &name, &encoding)
	switch {
	case err != nil:
		return err
	case version < oldest:
		return fmt.Errorf("the server is PostgreSQL %s: 14 is the oldest that will do", name)
	case encoding != "UTF8":
		return fmt.Errorf("the database's encoding is %s: make one with ENCODING 'UTF8'", encoding)
	}
	return unshared(ctx, conn)
}

// unshared returns ErrPooler if what is set in the connection's session is gone
// with the next transaction, or is seen by another connection. A server whose
// number is the one that it gave when we connected is PostgreSQL itself: poolers
// make a number up.
func unshared(ctx context.Context, conn *pgx.Conn) error {
	server, err := pid(ctx, conn)
	if err != nil || server == int64(conn.PgConn().PID()) {
		return err
	}
	mark := fmt.Sprint(rand.Int64()) //nolint:gosec // tells sessions apart, hides nothing
	if _, err := conn.Exec(ctx, `SELECT set_config('stationmaster.session', $1, false)`, mark); err != nil {
		return err
	}
	other, err := pgx.ConnectConfig(ctx, conn.Config())
	if err != nil {
		return err
	}
	defer func() { _ = other.Close(context.WithoutCancel(ctx)) }() // it was opened to look
	for range 3 {
		theirs, err := marked(ctx, other)
		if err != nil {
			return err
		}
		ours, err := marked(ctx, conn)
		if err != nil {
			return err
		}
		if theirs == mark || ours != mark {
			return ErrPooler
		}
	}
	return nil
}

// marked reads the mark of the session that a connection has just now, in a
// transaction of its own.
func marked(ctx context.Context, conn *pgx.Conn) (mark string, err error) {
	err = conn.QueryRow(ctx, `SELECT coalesce(current_setting('stationmaster.session', true), '')`).Scan(&mark)
	return mark, err
}

// pid is the number of the server process that answers.
func pid(ctx context.Context, conn *pgx.Conn) (n int64, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_backend_pid()::bigint`).Scan(&n)
	return n, err
}
