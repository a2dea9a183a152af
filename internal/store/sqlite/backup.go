package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// A Copy says what a backup holds.
type Copy struct {
	Bytes  int64 // the file's length
	Repos  int   // with a line
	Ledger int   // entries of all of them
}

// Backup copies the database at path, as it is at one moment and whoever has it
// open, into a new file, and checks the copy. It overwrites nothing: the error is
// an fs.ErrExist then. After any error there is no such file.
func Backup(ctx context.Context, path, into string) (c Copy, err error) {
	if _, err := os.Stat(path); err != nil {
		return Copy{}, fmt.Errorf("back up: %w", err)
	}
	place, err := os.OpenFile(into, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Copy{}, fmt.Errorf("back up %s: %w", path, err)
	}
	partial := into + ".partial"
	defer func() {
		_ = os.Remove(partial) // it is where it belongs, or no good
		if err != nil {
			err = errors.Join(fmt.Errorf("back up %s: %w", path, err), os.Remove(into))
		}
	}()
	if err := place.Close(); err != nil {
		return Copy{}, err
	}
	if err := vacuum(ctx, path, partial); err != nil {
		return Copy{}, err
	}
	if c, err = inspect(ctx, partial); err != nil {
		return Copy{}, err
	}
	return c, move(partial, into)
}

// vacuum writes the database's content, as one reader sees it, into a file that
// only its owner can read.
func vacuum(ctx context.Context, path, into string) error {
	f, err := os.OpenFile(into, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escape(path)+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, into)
	return errors.Join(err, db.Close())
}

// inspect checks a file that nobody has open: SQLite's own check, the schema's
// version, and the chain of every ledger in it.
func inspect(ctx context.Context, path string) (c Copy, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return Copy{}, err
	}
	c.Bytes = info.Size()
	db, err := sql.Open("sqlite", "file:"+escape(path)+"?mode=ro&immutable=1")
	if err != nil {
		return Copy{}, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil || found != "ok" {
		return Copy{}, fmt.Errorf("the file is damaged: %w", cmp.Or(err, errors.New(found)))
	}
	if err := readable(ctx, db); err != nil {
		return Copy{}, err
	}
	s := &Store{reads: db}
	repos, err := list(ctx, db, "list lines", text, `SELECT repo FROM lines ORDER BY repo`)
	if err != nil {
		return Copy{}, err
	}
	for _, repo := range repos {
		if err := s.Verify(ctx, repo); err != nil {
			return Copy{}, err
		}
	}
	c.Repos = len(repos)
	return c, db.QueryRowContext(ctx, `SELECT count(*) FROM ledger`).Scan(&c.Ledger)
}

// readable reports as an error that a database is of another program, or of a newer
// one than this.
func readable(ctx context.Context, db *sql.DB) error {
	schema, err := store.NewSchema(db, goose.DialectSQLite3, migrations)
	if err != nil {
		return err
	}
	switch has, needs, err := schema.Version(ctx); {
	case err != nil:
		return err
	case has == 0:
		return errors.New("the file is no database of stationmaster")
	case has > needs:
		return schema.Check(ctx)
	}
	return nil
}

// duplicate copies a file and waits for the disk.
func duplicate(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// move gives a file its place in one step, and waits for the disk.
func move(from, to string) error {
	for _, step := range []func() error{
		func() error { return synced(from) },
		func() error { return os.Rename(from, to) },
		func() error { return synced(filepath.Dir(to)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func synced(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
