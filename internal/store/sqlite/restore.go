package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// A Restored says what a restoring came to.
type Restored struct {
	Copy
	Kept string // what was there, "" if nothing was

	// What follows is told of a database that a process was at work on.
	AtWork bool
	Again  int    // deliveries that the backup does not know, to be decided from it
	Back   []Back // the ledgers that were longer
}

// Back is a ledger that was brought back to an earlier line.
type Back struct {
	Repo    string
	Was, Is int64 // the number of its last line, 0 for none
}

// Restore puts a backup in place of the database at path, whoever has it open. The
// backup is checked before anything is changed, and stays. What was there is kept
// beside it. At any moment there is one of the two, whole.
//
// If nobody has the database, the file is changed for another one, so that it may
// be damaged, which is why people restore; what it had received since the backup is
// left to recovery. Else its content is changed, as [live] says; whoever has it open
// goes on from what is there then.
func Restore(ctx context.Context, from, path string, now time.Time) (r Restored, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", from, err)
		}
	}()
	if path, err = resolved(path); err != nil {
		return Restored{}, err
	}
	if err := restorable(from, path); err != nil {
		return Restored{}, err
	}
	s := &Store{}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.takeLock(ctx, path)
	held := errors.Is(err, bot.ErrHeld)
	if err != nil && !held {
		return Restored{}, err
	}
	fresh, err := placeBeside(path)
	if err != nil {
		return Restored{}, err
	}
	defer func() { // it is where it belongs, or no good
		for _, part := range []string{"", "-journal", "-wal", "-shm"} {
			_ = os.Remove(fresh + part)
		}
	}()
	if err := duplicate(from, fresh); err != nil {
		return Restored{}, err
	}
	if r.Copy, err = inspect(ctx, fresh); err != nil {
		return Restored{}, err
	}
	if held {
		l := live{path: path, fresh: fresh, now: now}
		return r, l.restore(ctx, &r)
	}
	r.Kept, err = swap(ctx, fresh, path, now)
	return r, err
}

// aside is a free name for what was there.
func aside(path string, now time.Time) string {
	name := path + ".before-" + now.UTC().Format("20060102T150405Z")
	for free, n := name, 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprint(name, "-", n)
	}
}

// resolved is the path of the file itself: its lock, its log and what is kept of it
// lie beside that, not beside a link to it.
func resolved(path string) (string, error) {
	file, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	target, err := os.Readlink(path)
	if err != nil {
		return path, nil //nolint:nilerr // it is no link
	}
	if !filepath.IsAbs(target) { // to where the file will be
		target = filepath.Join(filepath.Dir(path), target)
	}
	return resolved(target)
}

// restorable refuses what is no backup but a database at work.
func restorable(from, path string) error {
	source, err := os.Stat(from)
	if err != nil {
		return err
	}
	if there, err := os.Stat(path); err == nil && os.SameFile(source, there) {
		return errors.New("that is the database itself")
	}
	if wal, err := os.Stat(from + "-wal"); err == nil && wal.Size() > 0 {
		return fmt.Errorf("there is a %s-wal beside it, so it is a database at work or a part of one: make a backup of it with \"stationmaster backup\"", from)
	}
	return nil
}

// placeBeside makes an empty file beside the database for this restoring alone, as
// others may be at it too.
func placeBeside(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restoring-*")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// swap changes the file at path, which nobody has open, for a fresh one, and
// returns under which name what was there is kept.
func swap(ctx context.Context, fresh, path string, now time.Time) (kept string, err error) {
	if kept, err = putAside(ctx, path, now); err != nil {
		return "", fmt.Errorf("keep %s: %w", path, err)
	}
	if err := likeBefore(fresh, path); err != nil {
		return kept, err
	}
	for _, part := range []string{"-wal", "-shm"} { // they belong to what was there
		if err := os.Remove(path + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
	}
	return kept, move(fresh, path)
}

// putAside gives a database a second name. The first one stays, and everything
// is in the file itself if it is sound: then nothing is missing without its log.
func putAside(ctx context.Context, path string, now time.Time) (string, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if db, err := sql.Open("sqlite", "file:"+escape(path)+"?mode=rw&_pragma=busy_timeout(1000)"); err == nil {
		// It may be damaged, or somebody may read it.
		_, _ = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
		_ = db.Close()
	}
	kept := aside(path, now)
	for _, part := range []string{"", "-wal"} {
		err := os.Link(path+part, kept+part)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			err = duplicate(path+part, kept+part) // where there are no links
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return kept, nil
}

// upToDate gives a file that nobody has open the schema of this program.
func upToDate(ctx context.Context, path string) (err error) {
	// Without a log of its own, everything is in the one file afterwards.
	db, err := sql.Open("sqlite", "file:"+escape(path)+"?mode=rw&_pragma=journal_mode(DELETE)&_pragma=foreign_keys(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	schema, err := store.NewSchema(db, goose.DialectSQLite3, migrations)
	if err != nil {
		return err
	}
	_, _, err = schema.Migrate(ctx)
	return err
}
