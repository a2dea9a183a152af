package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// A live restoring changes the content of a database that a process is at work on,
// as a [carry] does it, so that it happens whole or not at all, whatever ends it. Who
// writes waits meanwhile, some eight seconds for a quarter of a gigabyte, and fails
// after ten: a webhook that is not acknowledged for that is asked for again.
//
// As all leases are overtaken, what the process still writes is refused with a
// bot.ErrLeaseLost, and its own look at the file ends the leases of those that write
// nothing. Both make the work begin anew from what is stored, as at a start; which is
// when GitHub is asked whether it is ahead.
type live struct {
	carry
	now  time.Time
	kept string // where what was there is; "" before
}

func newLive(path, fresh string, now time.Time) *live {
	l := &live{now: now, carry: carry{into: path, from: fresh, options: "&_pragma=synchronous(FULL)"}}
	l.first = l.keep
	return l
}

// restore does it, and fills in what it came to.
func (l *live) restore(ctx context.Context, r *Restored) error {
	before, err := os.Stat(l.into)
	if err != nil {
		return err
	}
	err = l.run(ctx, r)
	switch {
	case errors.Is(err, errUnsure):
		return err // so that what is kept stays
	case err != nil:
		if l.kept != "" {
			_ = os.Remove(l.kept) // it is there still
		}
		return damaged(err)
	}
	r.Kept, r.AtWork = l.kept, true
	if after, err := os.Stat(l.into); err != nil || !os.SameFile(before, after) {
		return fmt.Errorf("%s was changed for another file meanwhile: look whether somebody else restores it too", l.into)
	}
	return nil
}

// errDamaged says that a file cannot be saved by changing its content.
var errDamaged = errors.New("the file of the server at work is damaged: stop the server, and restore then, which changes the whole file")

// damaged tells what SQLite means.
func damaged(err error) error {
	var fault *sqlite.Error
	if errors.Is(err, errUnsound) {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if errors.As(err, &fault) {
		switch fault.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", errDamaged, err)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("the server at work does not pause: try again: %w", err)
		}
	}
	return err
}

// keep copies the database beside itself. Nobody else writes meanwhile, so that what
// is kept is what was there to the last line.
func (l *live) keep(ctx context.Context) error {
	var has, needs int64
	err := l.conn.QueryRowContext(ctx, `SELECT (SELECT max(version_id) FROM main.goose_db_version),
		(SELECT max(version_id) FROM backup.goose_db_version)`).Scan(&has, &needs)
	if err != nil {
		return err
	}
	if has != needs {
		return fmt.Errorf("%w: the server at work has version %d of it and this program %d: restore with the stationmaster that serves", store.ErrSchema, has, needs)
	}
	if err := l.copyAside(ctx); err != nil {
		return fmt.Errorf("keep %s: %w", l.into, err)
	}
	return nil
}

func (l *live) copyAside(ctx context.Context) error {
	name := aside(l.into, l.now) // which nobody else takes, as nobody else writes
	partial := name + ".partial"
	defer func() { _ = os.Remove(partial) }() // it is where it belongs, or no good
	if err := vacuum(ctx, l.into, partial); err != nil {
		return err
	}
	if err := likeBefore(partial, l.into); err != nil {
		return err
	}
	l.kept = name
	return move(partial, name)
}
