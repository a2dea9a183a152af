package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
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
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	if err := s.takeLock(ctx, path); err != nil {
		return err
	}
	var err error
	if s.writes, err = sql.Open("sqlite", dsn(path, "_txlock=immediate", "_pragma=foreign_keys(1)")); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	s.writes.SetMaxOpenConns(1)
	if err := migrate(ctx, s.writes); err != nil {
		return fmt.Errorf("migrate %s: %w", path, err)
	}
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
	var err error
	if s.lock, err = sql.Open("sqlite", "file:"+escape(path+".lock")); err != nil {
		return fmt.Errorf("open %s.lock: %w", path, err)
	}
	if s.held, err = s.lock.Conn(ctx); err != nil {
		return fmt.Errorf("open %s.lock: %w", path, err)
	}
	_, err = s.held.ExecContext(ctx, "BEGIN EXCLUSIVE")
	var fault *sqlite.Error
	if errors.As(err, &fault) && fault.Code()&0xff == sqlite3.SQLITE_BUSY {
		return fmt.Errorf("%s is %w: stop it first, or name another file", path, bot.ErrHeld)
	}
	if err != nil {
		return fmt.Errorf("lock %s.lock: %w", path, err)
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
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
