package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// ErrSchema says that a database's schema is not the one that this program
// works with; the error around it says what to do.
var ErrSchema = errors.New("the schema does not fit")

// A Schema is a database, and the migrations that it should have seen.
type Schema struct {
	db       *sql.DB
	provider *goose.Provider
	exists   string // counts the tables that keep the version: 0 or 1
}

// NewSchema takes migrations from the folder "migrations" of the files; only
// their way forward is ever taken.
func NewSchema(db *sql.DB, dialect goose.Dialect, files fs.FS) (*Schema, error) {
	folder, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(dialect, db, folder)
	if err != nil {
		return nil, err
	}
	exists := `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`
	if dialect == goose.DialectPostgres {
		exists = `SELECT count(to_regclass('goose_db_version'))`
	}
	return &Schema{db, provider, exists}, nil
}

// Version returns what the database has, 0 for an empty one, and what this
// program needs. It changes nothing.
func (s *Schema) Version(ctx context.Context) (has, needs int64, err error) {
	for _, m := range s.provider.ListSources() {
		needs = max(needs, m.Version)
	}
	var tables int
	if err := s.db.QueryRowContext(ctx, s.exists).Scan(&tables); err != nil || tables == 0 {
		return 0, needs, err
	}
	var latest sql.NullInt64
	err = s.db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&latest)
	return latest.Int64, needs, err
}

// Migrate brings the database up to date, and returns its version before and
// now. One that is newer than this program is left alone: [ErrSchema]. The
// caller sees to it that nobody else migrates at the same time.
func (s *Schema) Migrate(ctx context.Context) (before, now int64, err error) {
	has, needs, err := s.Version(ctx)
	if err != nil || has == needs {
		return has, has, err
	}
	if has > needs {
		return has, has, newer(has, needs)
	}
	if _, err := s.provider.Up(ctx); err != nil {
		return has, has, err
	}
	return has, needs, nil
}

// Check returns an [ErrSchema] unless the database is up to date.
func (s *Schema) Check(ctx context.Context) error {
	has, needs, err := s.Version(ctx)
	switch {
	case err != nil:
		return err
	case has > needs:
		return newer(has, needs)
	case has < needs:
		return fmt.Errorf("%w: the database has version %d of it and this program needs %d: run \"stationmaster migrate\" first, or start without --no-migrate", ErrSchema, has, needs)
	}
	return nil
}

func newer(has, needs int64) error {
	return fmt.Errorf("%w: the database has version %d of it, and this program knows only %d: run the newer stationmaster that made it", ErrSchema, has, needs)
}
