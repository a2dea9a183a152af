package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Receive implements bot.Inbox.
func (s *Store) Receive(ctx context.Context, d bot.Delivery) (bool, error) {
	if d.ID == "" {
		return false, errors.New("receive: a delivery has no id")
	}
	payload := d.Payload
	if payload == nil {
		payload = []byte{}
	}
	var fresh bool
	err := s.write.run(ctx, func(ctx context.Context, tx *batch) error {
		n, err := tx.count(ctx, `INSERT INTO deliveries (id, event, installation, repo, payload, received_at)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			d.ID, d.Event, d.Installation, d.Repo, payload, nanos(d.ReceivedAt))
		fresh = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("receive %s: %w", d.ID, err)
	}
	return fresh, nil
}

// Installations implements bot.Queue.
func (s *Store) Installations(ctx context.Context) ([]int64, error) {
	return list(ctx, s.reads, "list installations", func(rows *sql.Rows) (id int64, err error) {
		return id, rows.Scan(&id)
	}, `SELECT installation FROM lines UNION SELECT installation FROM deliveries WHERE settled_at = 0 ORDER BY 1`)
}

// Undecided implements bot.Queue.
func (s *Store) Undecided(ctx context.Context, installation, after int64, limit int) ([]bot.Delivery, error) {
	return list(ctx, s.reads, "read the inbox", func(rows *sql.Rows) (d bot.Delivery, err error) {
		var at int64
		err = rows.Scan(&d.Seq, &d.ID, &d.Event, &d.Installation, &d.Repo, &d.Payload, &at, &d.Again)
		d.ReceivedAt = moment(at)
		return d, err
	}, `SELECT seq, id, event, installation, repo, payload, received_at, note <> '' FROM deliveries
		WHERE installation = ? AND settled_at = 0 AND seq > ? ORDER BY seq LIMIT ?`, installation, after, limit)
}

// Settle implements bot.Queue.
func (s *Store) Settle(ctx context.Context, lease bot.Lease, seqs []int64, note string) error {
	return s.leased(ctx, lease, "settle deliveries", func(ctx context.Context, tx *batch) error {
		return settle(ctx, tx, seqs, note)
	})
}

func settle(ctx context.Context, tx *batch, seqs []int64, note string) error {
	now := nanos(time.Now())
	for _, seq := range seqs {
		err := tx.exec(ctx, `UPDATE deliveries SET settled_at = ?, note = ? WHERE seq = ? AND settled_at = 0`, now, note, seq)
		if err != nil {
			return err
		}
	}
	return nil
}

// Cut implements bot.Queue.
func (s *Store) Cut(ctx context.Context, lease bot.Lease, before time.Time, limit int) (int, error) {
	const old = `SELECT seq FROM deliveries WHERE installation = ? AND settled_at > 0 AND settled_at < ? AND cut = 0 AND trouble = ''`
	var dropped, cut int64
	err := s.leased(ctx, lease, "cut deliveries", func(ctx context.Context, tx *batch) (err error) {
		dropped, err = tx.count(ctx, `DELETE FROM deliveries WHERE seq IN (`+old+` AND event IN (?, ?) LIMIT ?)`,
			lease.Installation, nanos(before), bot.Injected, bot.Retry, limit)
		if err != nil {
			return err
		}
		cut, err = tx.count(ctx, `UPDATE deliveries SET payload = x'', cut = 1 WHERE seq IN (`+old+` LIMIT ?)`,
			lease.Installation, nanos(before), int64(limit)-dropped)
		return err
	})
	return int(dropped + cut), err
}

// Forget implements bot.Queue.
func (s *Store) Forget(ctx context.Context, lease bot.Lease, before time.Time, limit int) (int, error) {
	var n int64
	err := s.leased(ctx, lease, "forget deliveries", func(ctx context.Context, tx *batch) (err error) {
		n, err = tx.count(ctx, `DELETE FROM deliveries WHERE seq IN (
			SELECT seq FROM deliveries WHERE installation = ? AND settled_at > 0 AND settled_at < ? LIMIT ?)`,
			lease.Installation, nanos(before), limit)
		return err
	})
	return int(n), err
}

// list reads all rows of a query.
func list[T any](ctx context.Context, db *sql.DB, doing string, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return out, nil
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
