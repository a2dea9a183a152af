package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// readers is how many reads may go on at once.
const readers = 4

// A Store is a bot.Store in a SQLite file.
type Store struct {
	lock   *sql.DB // holds PATH.lock for as long as the process lives
	held   *sql.Conn
	write  *writer
	writes *sql.DB
	reads  *sql.DB
}

var _ bot.Store = (*Store)(nil)

// Open opens the file, making or migrating it as needed. The error is a
// bot.ErrHeld when another process, or another Store of this one, has it open.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{}
	_, _, err := s.migrate(ctx, path)
	if err == nil {
		err = s.start(ctx, path)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// OpenAsItIs is Open for a file that must be up to date already, else the error
// is a [store.ErrSchema].
func OpenAsItIs(ctx context.Context, path string) (*Store, error) {
	s := &Store{}
	schema, err := s.open(ctx, path)
	if err == nil {
		err = schema.Check(ctx)
	}
	if err == nil {
		err = s.start(ctx, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// OpenBeside opens a file that is there and up to date, whether or not another
// process has it. Everything can be read, and deliveries be received, which that
// process notices; there are no leases to be had.
func OpenBeside(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no database %s yet: %w", path, err)
	}
	s := &Store{}
	schema, err := s.connect(path)
	if err == nil {
		err = schema.Check(ctx)
	}
	if err == nil {
		err = s.start(ctx, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// Migrate makes the file if there is none, brings its schema up to date, and
// returns its version before and now.
func Migrate(ctx context.Context, path string) (before, now int64, err error) {
	s := &Store{}
	before, now, err = s.migrate(ctx, path)
	return before, now, errors.Join(err, s.Close())
}

func (s *Store) migrate(ctx context.Context, path string) (before, now int64, err error) {
	schema, err := s.open(ctx, path)
	if err != nil {
		return 0, 0, err
	}
	if before, now, err = schema.Migrate(ctx); err != nil {
		return before, now, fmt.Errorf("migrate %s: %w", path, err)
	}
	return before, now, nil
}

// open takes the file for this process alone.
func (s *Store) open(ctx context.Context, path string) (*store.Schema, error) {
	if err := s.takeLock(ctx, path); err != nil {
		return nil, err
	}
	return s.connect(path)
}

// connect opens the connection that writes.
func (s *Store) connect(path string) (*store.Schema, error) {
	var err error
	if s.writes, err = sql.Open("sqlite", dsn(path, "_txlock=immediate", "_pragma=foreign_keys(1)")); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.writes.SetMaxOpenConns(1)
	return store.NewSchema(s.writes, goose.DialectSQLite3, migrations)
}

// start begins to write and read.
func (s *Store) start(ctx context.Context, path string) error {
	var err error
	if s.write, err = newWriter(ctx, s.writes); err != nil {
		return fmt.Errorf("open %s for writing: %w", path, err)
	}
	if s.reads, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return fmt.Errorf("open %s for reading: %w", path, err)
	}
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	return nil
}

// takeLock holds an exclusive lock on an empty database beside the real one.
// The system gives it back when the process ends, however it ends; the real
// file cannot be locked so, since our own readers would be shut out too.
func (s *Store) takeLock(ctx context.Context, path string) error {
	path, err := resolved(path) // the same file by another name has the same lock
	if err != nil {
		return err
	}
	if s.lock, err = sql.Open("sqlite", "file:"+escape(path+".lock")); err != nil {
		return fmt.Errorf("open %s.lock: %w", path, err)
	}
	if s.held, err = s.lock.Conn(ctx); err != nil {
		return fmt.Errorf("open %s.lock: %w", path, err)
	}
	_, err = s.held.ExecContext(ctx, "BEGIN EXCLUSIVE")
	var fault *sqlite.Error
	if errors.As(err, &fault) && fault.Code()&0xff == sqlite3.SQLITE_BUSY {
		return fmt.Errorf("%s is %w: stop it first, or name another file; several processes at once need a postgres:// database", path, bot.ErrHeld)
	}
	if err != nil {
		return fmt.Errorf("lock %s.lock: %w", path, err)
	}
	return nil
}

// Close waits for the writes at hand and gives the file back.
func (s *Store) Close() error {
	var errs []error
	if s.write != nil {
		errs = append(errs, s.write.close())
	}
	for _, db := range []*sql.DB{s.reads, s.writes} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.held != nil {
		errs = append(errs, s.held.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

func dsn(path string, options ...string) string {
	options = append([]string{
		"_pragma=busy_timeout(10000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
	}, options...)
	return "file:" + escape(path) + "?" + strings.Join(options, "&")
}

// escape keeps a path whole that has a question mark or the like in it.
func escape(path string) string { return (&url.URL{Path: path}).EscapedPath() }
