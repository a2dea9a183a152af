package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Mark implements bot.Marks.
func (s *Store) Mark(ctx context.Context, repo, name string) (string, error) {
	found, err := list(ctx, s, "read mark "+name, pgx.RowTo[string], `SELECT value FROM marks WHERE repo = $1 AND name = $2`, repo, name)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// SetMark implements bot.Marks.
func (s *Store) SetMark(ctx context.Context, lease bot.Lease, repo, name, value string) error {
	return s.leased(ctx, lease, "set mark "+name, func(tx *batch) {
		tx.add(`INSERT INTO marks (repo, name, value) VALUES ($1, $2, $3)
			ON CONFLICT (repo, name) DO UPDATE SET value = excluded.value`, repo, name, value)
	})
}

// Claim implements bot.Marks.
func (s *Store) Claim(ctx context.Context, name string, now time.Time, every time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	tag, err := s.pool.Exec(ctx, `INSERT INTO rounds AS r (name, claimed_at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET claimed_at = excluded.claimed_at WHERE r.claimed_at <= $3`,
		name, nanos(now), nanos(now.Add(-every)))
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", name, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Known implements bot.Queue.
func (s *Store) Known(ctx context.Context, ids []string) (map[string]bool, error) {
	found, err := list(ctx, s, "look up deliveries", pgx.RowTo[string], `SELECT id FROM deliveries WHERE id = ANY($1)`, append([]string{}, ids...))
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(found))
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}
