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
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// A Restored says what a restoring came to.
type Restored struct {
	Copy
	Kept string // what was there, "" if nothing was

	AtWork bool   // a process was at work on it, and goes on
	Again  int    // deliveries that the backup does not know, to be decided from it
	Back   []Back // the ledgers that were longer
	// Unread says why nothing of what was there could be carried over: an
	// fs.ErrNotExist if there was nothing. Nil if it was.
	Unread error
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
// Whatever the database has received is decided from the backup on, as [carry] says.
// If nobody has it, a new file with all that is put in its place. It may be damaged,
// which is why people restore: what it had received is left to recovery then. Else
// its content is changed, as [live] says; whoever has it open goes on from what is
// there then.
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
	defer remove(fresh)
	if err := duplicate(from, fresh); err != nil {
		return Restored{}, err
	}
	if r.Copy, err = inspect(ctx, fresh); err != nil {
		return Restored{}, err
	}
	if err := upToDate(ctx, fresh); err != nil {
		return Restored{}, err
	}
	if held {
		err = newLive(path, fresh, now).restore(ctx, &r)
	} else {
		err = exchange(ctx, fresh, path, now, &r)
	}
	return r, err
}

// exchange builds what the database is to be beside it, and changes the file for that.
func exchange(ctx context.Context, fresh, path string, now time.Time, r *Restored) error {
	built, err := placeBeside(path)
	if err != nil {
		return err
	}
	defer remove(built)
	build := carry{into: built, from: fresh, options: "&_pragma=synchronous(OFF)"} // no good before it is moved
	err = copied(ctx, path, built)
	if err == nil {
		err = build.run(ctx, r)
	}
	switch {
	case err == nil:
	case !unread(ctx, err):
		return err
	default: // then nothing is what the backup is brought into
		r.Unread, r.Again, r.Back = err, 0, nil
		remove(built)
		if err := os.WriteFile(built, nil, 0o600); err != nil {
			return err
		}
		if err := upToDate(ctx, built); err != nil {
			return err
		}
		if err := build.run(ctx, r); err != nil {
			return err
		}
	}
	r.Kept, err = swap(ctx, built, path, now)
	return err
}

// copied makes a copy with the schema of this program, if what is there can be read.
func copied(ctx context.Context, path, into string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := vacuum(ctx, path, into); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escape(into)+"?mode=ro")
	if err != nil {
		return err
	}
	if err := errors.Join(readable(ctx, db), db.Close()); err != nil {
		return err
	}
	return upToDate(ctx, into)
}

// unread reports whether an error means that what was there cannot be read, and not
// that there is no room for what is to be written, or no time.
func unread(ctx context.Context, err error) bool {
	var fault *sqlite.Error
	if errors.As(err, &fault) && (fault.Code()&0xff == sqlite3.SQLITE_FULL || fault.Code()&0xff == sqlite3.SQLITE_BUSY) {
		return false
	}
	return ctx.Err() == nil
}

// remove clears away a file of a restoring, which is where it belongs, or no good.
func remove(file string) {
	for _, part := range []string{"", "-journal", "-wal", "-shm"} {
		_ = os.Remove(file + part)
	}
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
