package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// How long things may take. Together they bound a takeover: see the package's
// comment.
const (
	every      = 250 * time.Millisecond  // between two beats of a session
	patience   = time.Second             // for the answer to one
	silence    = 1500 * time.Millisecond // before the server ends a session that says nothing
	idleTx     = time.Second             // before it ends a transaction whose process says nothing
	writeLimit = 5 * time.Second         // for a write, GitHub waiting ten for its answer
	readLimit  = 10 * time.Second
	connecting = 3 * time.Second
	// connections is the size of the pool unless the address says pool_max_conns.
	connections = 8
)

// A Store is a bot.Store in a PostgreSQL database.
type Store struct {
	pool    *pgxpool.Pool
	inbox   *writer
	session *session
}

var (
	_ bot.Store  = (*Store)(nil)
	_ bot.Shared = (*Store)(nil)
)

// Open connects to the database at the address, a postgres:// URL, and brings
// its schema up to date. No error has the address's password in it.
func Open(ctx context.Context, address string) (*Store, error) {
	if _, _, err := Migrate(ctx, address); err != nil {
		return nil, err
	}
	return OpenAsItIs(ctx, address)
}

// OpenAsItIs is Open for a database that must be up to date already, else the
// error is a [store.ErrSchema].
func OpenAsItIs(ctx context.Context, address string) (*Store, error) {
	s := &Store{}
	if err := s.open(ctx, address); err != nil {
		return nil, errors.Join(shielded(address, err), s.Close())
	}
	return s, nil
}

// Migrate brings the schema up to date, while all others who want to wait, and
// returns its version before and now.
func Migrate(ctx context.Context, address string) (before, now int64, err error) {
	err = withSchema(ctx, address, func(conn *pgx.Conn, schema *store.Schema) error {
		// A number of no table, for there may be none yet.
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended('stationmaster migrations', 0))`); err != nil {
			return err
		}
		before, now, err = schema.Migrate(ctx)
		return err
	})
	if err != nil {
		err = shielded(address, fmt.Errorf("migrate the database: %w", err))
	}
	return before, now, err
}

// withSchema runs a function with the schema, and a session that ends with it.
func withSchema(ctx context.Context, address string, f func(conn *pgx.Conn, schema *store.Schema) error) error {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return err
	}
	tune(config)
	// What is prepared once is lost with a pooler that has yet to be found out.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // its locks go with it, however it ends
	if err := fit(ctx, conn); err != nil {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }() // what mattered has been said
	schema, err := store.NewSchema(db, goose.DialectPostgres, migrations)
	if err != nil {
		return err
	}
	return f(conn, schema)
}

func (s *Store) open(ctx context.Context, address string) error {
	err := withSchema(ctx, address, func(_ *pgx.Conn, schema *store.Schema) error { return schema.Check(ctx) })
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	tune(config.ConnConfig)
	if !strings.Contains(address, "pool_max_conns") {
		config.MaxConns = connections
	}
	config.MinIdleConns = 1
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		return prepare(ctx, conn, idleTx, 0, writeLimit-time.Second)
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if s.session, err = newSession(ctx, config.ConnConfig); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	s.inbox = newWriter(s.pool)
	return nil
}

// tune makes the client notice a server that is gone.
func tune(c *pgx.ConnConfig) {
	c.ConnectTimeout = connecting
	dialer := &net.Dialer{Timeout: connecting, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 2 * time.Second, Interval: time.Second, Count: 3}}
	c.DialFunc = dialer.DialContext
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "stationmaster"
	}
}

// prepare makes the server notice a client that is gone, and keeps what is
// committed on the disk: an acknowledged webhook must outlive the power. The
// settings are made by statements, as poolers refuse them from the start.
func prepare(ctx context.Context, conn *pgx.Conn, idleTx, idle, lock time.Duration) error {
	ms := func(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
	_, err := conn.Exec(ctx, `SELECT set_config('idle_in_transaction_session_timeout', $1, false), set_config('idle_session_timeout', $2, false),
		set_config('lock_timeout', $3, false), set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
		set_config('tcp_keepalives_count', '2', false), set_config('tcp_user_timeout', '4000', false),
		set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`,
		ms(idleTx), ms(idle), ms(lock))
	return err
}

// Close waits for the webhooks at hand, gives the leases back and disconnects.
func (s *Store) Close() error {
	if s.inbox != nil {
		s.inbox.close()
	}
	if s.session != nil {
		s.session.close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return nil
}

// shielded keeps the address, which has the password in it, out of an error's
// text, whoever has put it there.
func shielded(address string, err error) error {
	if err == nil {
		return nil
	}
	secrets := []string{address}
	if u, fault := url.Parse(address); fault == nil {
		if password, set := u.User.Password(); set && password != "" {
			secrets = append(secrets, password, url.QueryEscape(password), url.PathEscape(password))
		}
		if password := u.Query().Get("password"); password != "" {
			secrets = append(secrets, password, url.QueryEscape(password))
		}
	}
	return shield{err, secrets}
}

type shield struct {
	error
	secrets []string
}

func (s shield) Error() string {
	text := s.error.Error()
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	return text
}

func (s shield) Unwrap() error { return s.error }
