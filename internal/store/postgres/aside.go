package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// SetAside implements bot.Asides.
func (s *Store) SetAside(ctx context.Context, lease bot.Lease, seqs []int64, why string) error {
	return s.leased(ctx, lease, "set deliveries aside", func(tx *batch) {
		tx.settle(seqs, why)
		tx.setAside(seqs, why)
	})
}

func (b *batch) setAside(seqs []int64, why string) {
	if len(seqs) > 0 && why != "" {
		b.add(`UPDATE deliveries SET trouble = $1 WHERE seq = ANY($2)`, why, seqs)
	}
}

// Aside implements bot.Asides.
func (s *Store) Aside(ctx context.Context, installation int64, limit int) ([]bot.Aside, error) {
	return list(ctx, s, "list what was set aside", func(row pgx.CollectableRow) (a bot.Aside, err error) {
		var at int64
		err = row.Scan(&a.Seq, &a.ID, &a.Event, &a.Installation, &a.Repo, &at, &a.Why)
		a.ReceivedAt = moment(at)
		return a, err
	}, `SELECT seq, id, event, installation, repo, received_at, trouble FROM deliveries
		WHERE installation = $1 AND trouble <> '' AND settled_at > 0 ORDER BY seq LIMIT $2`, installation, limit)
}

// Recall implements bot.Asides.
func (s *Store) Recall(ctx context.Context, lease bot.Lease, id string) error {
	var n int64
	err := s.leased(ctx, lease, "recall "+id, func(tx *batch) {
		tx.count(&n, `UPDATE deliveries SET settled_at = 0, note = '', trouble = ''
			WHERE id = $1 AND installation = $2 AND trouble <> '' AND settled_at > 0`, id, lease.Installation)
	})
	if err == nil && n == 0 {
		return fmt.Errorf("recall %s: %w", id, bot.ErrNotFound)
	}
	return err
}
