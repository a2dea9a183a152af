package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// A live restoring changes the content of a database that a process is at work on,
// in one transaction, so that it happens whole or not at all, whatever ends it. Who
// writes waits meanwhile, some eight seconds for a quarter of a gigabyte, and fails
// after ten: a webhook that is not acknowledged for that is asked for again.
//
// What the process knows by heart is of the past then. So every lease gets an epoch
// that nobody was ever given: what is still written under the old ones is refused
// with a bot.ErrLeaseLost, and the process's own look at the file ends the leases of
// those that write nothing. Both make the work begin anew from what is stored, as at
// a start; which is when GitHub is asked whether it is ahead.
//
// A delivery that the backup does not know has not been decided as far as the
// restored ledger goes: neither its line nor the keys that it settled are in there.
// So it is undecided, whatever it was before, and comes behind what the backup had
// waiting, in the old order. GitHub would not send it again, as it was acknowledged;
// should recovery find the same act by comparison, it is the same event by its key.
// Where GitHub is ahead it waits for the rebuilding, which ends it if it was received
// before GitHub's newest page. It comes Again: what was done about it then is searched
// for and not done twice. Only what cannot be decided again stays as it is,
// known and settled, as its payload was cut; and what was of our own making and is
// settled is gone: the clock and the comparison tell it anew if it is still true, and
// nobody wants a retry twice.
type live struct {
	path, fresh string
	now         time.Time
	kept        string // where what was there is; "" before
	conn        *sql.Conn
}

// restore does it, and fills in what it came to.
func (l *live) restore(ctx context.Context, r *Restored) (err error) {
	if err := upToDate(ctx, l.fresh); err != nil {
		return err
	}
	before, err := os.Stat(l.path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escape(l.path)+"?mode=rw&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if l.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.conn.Close()) }()
	// Tables refer to others, and go one after another. The backup is whole.
	attach := `ATTACH 'file:` + strings.ReplaceAll(escape(l.fresh), `'`, `''`) + `?mode=ro&immutable=1' AS backup`
	if err := l.say(ctx, `PRAGMA foreign_keys = OFF`, attach, `BEGIN IMMEDIATE`); err != nil {
		return damaged(err)
	}
	if err := l.change(ctx, r); err != nil {
		// A full disk has undone it already.
		_, _ = l.conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		if l.kept != "" {
			_ = os.Remove(l.kept) // it is there still
		}
		return damaged(err)
	}
	if _, err := l.conn.ExecContext(context.WithoutCancel(ctx), `COMMIT`); err != nil {
		return err // nobody knows, so that what is kept stays
	}
	r.Kept, r.AtWork = l.kept, true
	if after, err := os.Stat(l.path); err != nil || !os.SameFile(before, after) {
		return fmt.Errorf("%s was changed for another file meanwhile: look whether somebody else restores it too", l.path)
	}
	return nil
}

// change does all there is to do within the transaction. Nobody else writes
// meanwhile, so that what is kept is what was there to the last line.
func (l *live) change(ctx context.Context, r *Restored) error {
	var has, needs int64
	err := l.conn.QueryRowContext(ctx, `SELECT (SELECT max(version_id) FROM main.goose_db_version),
		(SELECT max(version_id) FROM backup.goose_db_version)`).Scan(&has, &needs)
	if err != nil {
		return err
	}
	if has != needs {
		return fmt.Errorf("%w: the server at work has version %d of it and this program %d: restore with the stationmaster that serves", store.ErrSchema, has, needs)
	}
	if err := l.keep(ctx); err != nil {
		return fmt.Errorf("keep %s: %w", l.path, err)
	}
	if r.Back, err = l.back(ctx); err != nil {
		return err
	}
	tables, err := l.names(ctx, `SELECT name FROM main.sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'goose_db_version'
		INTERSECT SELECT name FROM backup.sqlite_master WHERE type = 'table'`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		switch table {
		case "deliveries":
			err = l.deliveries(ctx, r)
		case "actions":
			err = l.actions(ctx)
		case "leases":
			err = l.leases(ctx)
		default:
			err = l.copy(ctx, table, `DELETE FROM main.`+quoted(table))
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	if err := l.numbers(ctx); err != nil {
		return err
	}
	var found string
	if err := l.conn.QueryRowContext(ctx, `PRAGMA main.quick_check(1)`).Scan(&found); err != nil || found != "ok" {
		return fmt.Errorf("%w: %w", errDamaged, cmp.Or(err, errors.New(found)))
	}
	return nil
}

// errDamaged says that a file cannot be saved by changing its content.
var errDamaged = errors.New("the file of the server at work is damaged: stop the server, and restore then, which changes the whole file")

// damaged tells what SQLite means.
func damaged(err error) error {
	var fault *sqlite.Error
	if errors.As(err, &fault) && !errors.Is(err, errDamaged) {
		switch fault.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: %w", errDamaged, err)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("the server at work does not pause: try again: %w", err)
		}
	}
	return err
}

// keep copies the database beside itself.
func (l *live) keep(ctx context.Context) error {
	name := aside(l.path, l.now) // which nobody else takes, as nobody else writes
	partial := name + ".partial"
	defer func() { _ = os.Remove(partial) }() // it is where it belongs, or no good
	if err := vacuum(ctx, l.path, partial); err != nil {
		return err
	}
	if err := likeBefore(partial, l.path); err != nil {
		return err
	}
	l.kept = name
	return move(partial, name)
}

// back names the ledgers that the backup has less of.
func (l *live) back(ctx context.Context) (all []Back, err error) {
	rows, err := l.conn.QueryContext(ctx, `SELECT was.repo, was.head_seq, coalesce(b.head_seq, 0)
		FROM main.lines was LEFT JOIN backup.lines b ON b.repo = was.repo
		WHERE was.head_seq > coalesce(b.head_seq, 0) ORDER BY was.repo`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		var b Back
		if err := rows.Scan(&b.Repo, &b.Was, &b.Is); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// copy fills a table with what the backup has in it, after room was made.
func (l *live) copy(ctx context.Context, table string, room ...string) error {
	names, err := l.names(ctx, `SELECT name FROM pragma_table_info(?, 'main')`, table)
	if err != nil {
		return err
	}
	for i := range names {
		names[i] = quoted(names[i])
	}
	columns := strings.Join(names, ", ")
	return l.say(ctx, append(room, `INSERT INTO main.`+quoted(table)+` (`+columns+`) SELECT `+columns+` FROM backup.`+quoted(table))...)
}

// deliveries leaves those in the inbox that the backup does not know, behind all
// numbers that were ever given, and adds what the backup has.
func (l *live) deliveries(ctx context.Context, r *Restored) error {
	_, err := l.conn.ExecContext(ctx, `DELETE FROM main.deliveries WHERE id IN (SELECT id FROM backup.deliveries)
		OR settled_at > 0 AND event IN (?, ?)`, bot.Injected, bot.Retry)
	if err != nil {
		return err
	}
	err = l.say(ctx,
		`UPDATE main.deliveries SET seq = seq + (SELECT coalesce(max(seq), 0) FROM (
			SELECT seq FROM main.sqlite_sequence WHERE name = 'deliveries'
			UNION ALL SELECT seq FROM backup.sqlite_sequence WHERE name = 'deliveries'))`,
		`UPDATE main.deliveries SET settled_at = 0, note = 'decided before a backup was restored', trouble = '' WHERE settled_at > 0 AND cut = 0`,
	)
	if err != nil {
		return err
	}
	if err := l.conn.QueryRowContext(ctx, `SELECT count(*) FROM main.deliveries WHERE settled_at = 0`).Scan(&r.Again); err != nil {
		return err
	}
	return l.copy(ctx, "deliveries")
}

// actions are what the backup has. What was pending then may have been done since,
// which GitHub is searched for, as after a crash.
func (l *live) actions(ctx context.Context) error {
	if err := l.copy(ctx, "actions", `DELETE FROM main.actions`); err != nil {
		return err
	}
	return l.say(ctx, `UPDATE main.actions SET started_at = (SELECT max(1, coalesce(max(received_at), 0)) FROM backup.deliveries)
		WHERE state = 'pending' AND started_at = 0`)
}

// leases sets all epochs to one that neither side has given.
func (l *live) leases(ctx context.Context) error {
	return l.say(ctx,
		`INSERT INTO main.leases (installation, epoch, holder) SELECT installation, epoch, '' FROM backup.leases WHERE true
			ON CONFLICT (installation) DO UPDATE SET epoch = max(leases.epoch, excluded.epoch)`,
		`UPDATE main.leases SET epoch = epoch + 1, holder = ''`,
	)
}

// numbers sees to it that none that either side has given is given again.
func (l *live) numbers(ctx context.Context) error {
	return l.say(ctx,
		`INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM backup.sqlite_sequence
			WHERE name NOT IN (SELECT name FROM main.sqlite_sequence)`,
		`UPDATE main.sqlite_sequence SET seq = max(seq, coalesce(
			(SELECT seq FROM backup.sqlite_sequence b WHERE b.name = main.sqlite_sequence.name), 0))`,
		`UPDATE main.sqlite_sequence SET seq = max(seq, coalesce((SELECT max(seq) FROM main.deliveries), 0)) WHERE name = 'deliveries'`,
	)
}

func (l *live) say(ctx context.Context, all ...string) error {
	for _, say := range all {
		if _, err := l.conn.ExecContext(ctx, say); err != nil {
			return err
		}
	}
	return nil
}

// names reads the rows of one column.
func (l *live) names(ctx context.Context, query string, args ...any) (names []string, err error) {
	rows, err := l.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
