package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// A carry brings a backup into a database, of which it keeps what a restoring does
// not take back, in one transaction.
//
// What a process knows by heart is of the past then. So every lease gets an epoch
// that nobody was ever given, and no number is given again.
//
// A delivery that the backup does not know has not been decided as far as the
// restored ledger goes: neither its line nor the keys that it settled are in there.
// So it is undecided, whatever it was before, and comes behind what the backup had
// waiting, in the old order. GitHub would not send it again, as it was acknowledged;
// should recovery find the same act by comparison, it is the same event by its key.
// Where GitHub is ahead it waits for the rebuilding, which ends it if it was received
// before GitHub's newest page. It comes Again if it was decided: what was done about
// it then is searched for and not done twice. So does what waited in the backup and
// may have been decided since. Only what cannot be decided again stays as it is,
// known and settled, as its payload was cut; and what was of our own making and is
// settled is gone: the clock and the comparison tell it anew if it is still true, and
// nobody wants a retry twice.
type carry struct {
	into, from string                      // the database, and the backup, which nobody has open
	options    string                      // of the connection to the database
	first      func(context.Context) error // within the transaction, before anything is changed
	conn       *sql.Conn
}

var (
	// errUnsound says that the database is damaged.
	errUnsound = errors.New("the file is damaged")
	// errUnsure says that nobody knows whether the transaction is done.
	errUnsure = errors.New("nobody knows whether it is restored")
)

// run does it, and fills in what it came to.
func (c *carry) run(ctx context.Context, r *Restored) (err error) {
	db, err := sql.Open("sqlite", "file:"+escape(c.into)+"?mode=rw&_pragma=busy_timeout(10000)"+c.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.conn.Close()) }()
	// Tables refer to others, and go one after another. The backup is whole.
	attach := `ATTACH 'file:` + strings.ReplaceAll(escape(c.from), `'`, `''`) + `?mode=ro&immutable=1' AS backup`
	if err := c.say(ctx, `PRAGMA foreign_keys = OFF`, attach, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	if err := c.change(ctx, r); err != nil {
		// A full disk has undone it already.
		_, _ = c.conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		return err
	}
	if _, err := c.conn.ExecContext(context.WithoutCancel(ctx), `COMMIT`); err != nil {
		return fmt.Errorf("%w: %w", errUnsure, err)
	}
	return nil
}

// change does all there is to do within the transaction.
func (c *carry) change(ctx context.Context, r *Restored) (err error) {
	if c.first != nil {
		if err := c.first(ctx); err != nil {
			return err
		}
	}
	if r.Back, err = c.back(ctx); err != nil {
		return err
	}
	tables, err := c.names(ctx, `SELECT name FROM main.sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'goose_db_version'
		INTERSECT SELECT name FROM backup.sqlite_master WHERE type = 'table'`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		switch table {
		case "deliveries":
			err = c.deliveries(ctx, r)
		case "actions":
			err = c.actions(ctx)
		case "leases":
			err = c.leases(ctx)
		default:
			err = c.copy(ctx, table, `DELETE FROM main.`+quoted(table))
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	if err := c.numbers(ctx); err != nil {
		return err
	}
	var found string
	if err := c.conn.QueryRowContext(ctx, `PRAGMA main.quick_check(1)`).Scan(&found); err != nil || found != "ok" {
		return fmt.Errorf("%w: %w", errUnsound, cmp.Or(err, errors.New(found)))
	}
	return nil
}

// back names the ledgers that the backup has less of.
func (c *carry) back(ctx context.Context) (all []Back, err error) {
	rows, err := c.conn.QueryContext(ctx, `SELECT was.repo, was.head_seq, coalesce(b.head_seq, 0)
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
func (c *carry) copy(ctx context.Context, table string, room ...string) error {
	names, err := c.names(ctx, `SELECT name FROM pragma_table_info(?, 'main')`, table)
	if err != nil {
		return err
	}
	for i := range names {
		names[i] = quoted(names[i])
	}
	columns := strings.Join(names, ", ")
	return c.say(ctx, append(room, `INSERT INTO main.`+quoted(table)+` (`+columns+`) SELECT `+columns+` FROM backup.`+quoted(table))...)
}

// mayBeDecided marks, as all notes of what is undecided, what comes Again.
const mayBeDecided = `'it may have been decided before a backup was restored'`

// deliveries leaves those in the inbox that the backup does not know, behind all
// numbers that were ever given, and adds what the backup has.
func (c *carry) deliveries(ctx context.Context, r *Restored) error {
	// Those that both have waiting were certainly not decided between.
	err := c.say(ctx, `CREATE TEMP TABLE untouched AS SELECT id FROM main.deliveries WHERE settled_at = 0 AND note = ''`)
	if err != nil {
		return err
	}
	_, err = c.conn.ExecContext(ctx, `DELETE FROM main.deliveries WHERE id IN (SELECT id FROM backup.deliveries)
		OR settled_at > 0 AND event IN (?, ?)`, bot.Injected, bot.Retry)
	if err != nil {
		return err
	}
	err = c.say(ctx,
		`UPDATE main.deliveries SET seq = seq + (SELECT coalesce(max(seq), 0) FROM (
			SELECT seq FROM main.sqlite_sequence WHERE name = 'deliveries'
			UNION ALL SELECT seq FROM backup.sqlite_sequence WHERE name = 'deliveries'))`,
		`UPDATE main.deliveries SET settled_at = 0, note = `+mayBeDecided+`, trouble = '' WHERE settled_at > 0 AND cut = 0`,
	)
	if err != nil {
		return err
	}
	if err := c.conn.QueryRowContext(ctx, `SELECT count(*) FROM main.deliveries WHERE settled_at = 0`).Scan(&r.Again); err != nil {
		return err
	}
	if err := c.copy(ctx, "deliveries"); err != nil {
		return err
	}
	return c.say(ctx,
		`UPDATE main.deliveries SET note = `+mayBeDecided+` WHERE settled_at = 0 AND note = '' AND id NOT IN (SELECT id FROM untouched)`,
		`DROP TABLE untouched`)
}

// actions are what the backup has. What was pending then may have been done since,
// which GitHub is searched for, as after a crash.
func (c *carry) actions(ctx context.Context) error {
	if err := c.copy(ctx, "actions", `DELETE FROM main.actions`); err != nil {
		return err
	}
	return c.say(ctx, `UPDATE main.actions SET started_at = (SELECT max(1, coalesce(max(received_at), 0)) FROM backup.deliveries)
		WHERE state = 'pending' AND started_at = 0`)
}

// leases sets all epochs to one that neither side has given.
func (c *carry) leases(ctx context.Context) error {
	return c.say(ctx,
		`INSERT INTO main.leases (installation, epoch, holder) SELECT installation, epoch, '' FROM backup.leases WHERE true
			ON CONFLICT (installation) DO UPDATE SET epoch = max(leases.epoch, excluded.epoch)`,
		`UPDATE main.leases SET epoch = epoch + 1, holder = ''`,
	)
}

// numbers sees to it that none that either side has given is given again.
func (c *carry) numbers(ctx context.Context) error {
	return c.say(ctx,
		`INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM backup.sqlite_sequence
			WHERE name NOT IN (SELECT name FROM main.sqlite_sequence)`,
		`UPDATE main.sqlite_sequence SET seq = max(seq, coalesce(
			(SELECT seq FROM backup.sqlite_sequence b WHERE b.name = main.sqlite_sequence.name), 0))`,
		`UPDATE main.sqlite_sequence SET seq = max(seq, coalesce((SELECT max(seq) FROM main.deliveries), 0)) WHERE name = 'deliveries'`,
	)
}

func (c *carry) say(ctx context.Context, all ...string) error {
	for _, say := range all {
		if _, err := c.conn.ExecContext(ctx, say); err != nil {
			return err
		}
	}
	return nil
}

// names reads the rows of one column.
func (c *carry) names(ctx context.Context, query string, args ...any) (names []string, err error) {
	rows, err := c.conn.QueryContext(ctx, query, args...)
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
