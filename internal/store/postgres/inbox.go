package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Receive implements bot.Inbox.
func (s *Store) Receive(ctx context.Context, d bot.Delivery) (bool, error) {
	if d.ID == "" {
		return false, errors.New("receive: a delivery has no id")
	}
	fresh, err := s.inbox.store(ctx, d)
	if err != nil {
		return false, fmt.Errorf("receive %s: %w", d.ID, err)
	}
	return fresh, nil
}

// Installations implements bot.Queue.
func (s *Store) Installations(ctx context.Context) ([]int64, error) {
	return list(ctx, s, "list installations", pgx.RowTo[int64],
		`SELECT installation FROM lines UNION SELECT installation FROM deliveries WHERE settled_at = 0 ORDER BY 1`)
}

// Undecided implements bot.Queue.
func (s *Store) Undecided(ctx context.Context, installation, after int64, limit int) ([]bot.Delivery, error) {
	return list(ctx, s, "read the inbox", func(row pgx.CollectableRow) (d bot.Delivery, err error) {
		var at int64
		err = row.Scan(&d.Seq, &d.ID, &d.Event, &d.Installation, &d.Repo, &d.Payload, &at)
		d.ReceivedAt = moment(at)
		return d, err
	}, `SELECT seq, id, event, installation, repo, payload, received_at FROM deliveries
		WHERE installation = $1 AND settled_at = 0 AND seq > $2 ORDER BY seq LIMIT $3`, installation, after, limit)
}

// Settle implements bot.Queue.
func (s *Store) Settle(ctx context.Context, lease bot.Lease, seqs []int64, note string) error {
	return s.leased(ctx, lease, "settle deliveries", func(tx *batch) { tx.settle(seqs, note) })
}

func (b *batch) settle(seqs []int64, note string) {
	if len(seqs) > 0 {
		b.add(`UPDATE deliveries SET settled_at = $1, note = $2 WHERE seq = ANY($3) AND settled_at = 0`, nanos(time.Now()), note, seqs)
	}
}

// Cut implements bot.Queue.
func (s *Store) Cut(ctx context.Context, lease bot.Lease, before time.Time, limit int) (n int, err error) {
	err = s.leased(ctx, lease, "cut deliveries", func(tx *batch) {
		tx.Queue(`WITH old AS (
				SELECT seq, event = ANY($3) AS own FROM deliveries
				WHERE installation = $1 AND settled_at > 0 AND settled_at < $2 AND cut = 0 AND trouble = '' LIMIT $4
			), dropped AS (DELETE FROM deliveries WHERE seq IN (SELECT seq FROM old WHERE own)),
			cut AS (UPDATE deliveries SET payload = '', cut = 1 WHERE seq IN (SELECT seq FROM old WHERE NOT own))
			SELECT count(*) FROM old`,
			lease.Installation, nanos(before), []string{bot.Injected, bot.Retry}, limit).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	})
	return n, err
}

// Forget implements bot.Queue.
func (s *Store) Forget(ctx context.Context, lease bot.Lease, before time.Time, limit int) (int, error) {
	var n int64
	err := s.leased(ctx, lease, "forget deliveries", func(tx *batch) {
		tx.count(&n, `DELETE FROM deliveries WHERE seq IN (
			SELECT seq FROM deliveries WHERE installation = $1 AND settled_at > 0 AND settled_at < $2 LIMIT $3)`,
			lease.Installation, nanos(before), limit)
	})
	return int(n), err
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
