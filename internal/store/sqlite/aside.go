package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// SetAside implements bot.Asides.
func (s *Store) SetAside(ctx context.Context, lease bot.Lease, seqs []int64, why string) error {
	return s.leased(ctx, lease, "set deliveries aside", func(ctx context.Context, tx *batch) error {
		if err := settle(ctx, tx, seqs, why); err != nil {
			return err
		}
		return setAside(ctx, tx, seqs, why)
	})
}

func setAside(ctx context.Context, tx *batch, seqs []int64, why string) error {
	if why == "" {
		return nil
	}
	for _, seq := range seqs {
		if err := tx.exec(ctx, `UPDATE deliveries SET trouble = ? WHERE seq = ?`, why, seq); err != nil {
			return err
		}
	}
	return nil
}

// Aside implements bot.Asides.
func (s *Store) Aside(ctx context.Context, installation int64, limit int) ([]bot.Aside, error) {
	return list(ctx, s.reads, "list what was set aside", func(rows *sql.Rows) (a bot.Aside, err error) {
		var at int64
		err = rows.Scan(&a.Seq, &a.ID, &a.Event, &a.Installation, &a.Repo, &at, &a.Why)
		a.ReceivedAt = moment(at)
		return a, err
	}, `SELECT seq, id, event, installation, repo, received_at, trouble FROM deliveries
		WHERE installation = ? AND trouble <> '' AND settled_at > 0 ORDER BY seq LIMIT ?`, installation, limit)
}

// Recall implements bot.Asides.
func (s *Store) Recall(ctx context.Context, lease bot.Lease, id string) error {
	return s.leased(ctx, lease, "recall "+id, func(ctx context.Context, tx *batch) error {
		n, err := tx.count(ctx, `UPDATE deliveries SET settled_at = 0, note = '', trouble = ''
			WHERE id = ? AND installation = ? AND trouble <> '' AND settled_at > 0`, id, lease.Installation)
		if err == nil && n == 0 {
			return fmt.Errorf("delivery %s: %w", id, bot.ErrNotFound)
		}
		return err
	})
}
