package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Mark implements bot.Marks.
func (s *Store) Mark(ctx context.Context, repo, name string) (string, error) {
	found, err := list(ctx, s.reads, "read mark "+name, text, `SELECT value FROM marks WHERE repo = ? AND name = ?`, repo, name)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// SetMark implements bot.Marks.
func (s *Store) SetMark(ctx context.Context, lease bot.Lease, repo, name, value string) error {
	return s.leased(ctx, lease, "set mark "+name, func(ctx context.Context, tx *batch) error {
		return tx.exec(ctx, `INSERT INTO marks (repo, name, value) VALUES (?, ?, ?)
			ON CONFLICT (repo, name) DO UPDATE SET value = excluded.value`, repo, name, value)
	})
}

// Claim implements bot.Marks.
func (s *Store) Claim(ctx context.Context, name string, now time.Time, every time.Duration) (bool, error) {
	var n int64
	err := s.write.run(ctx, func(ctx context.Context, tx *batch) (err error) {
		n, err = tx.count(ctx, `INSERT INTO rounds (name, claimed_at) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET claimed_at = excluded.claimed_at WHERE claimed_at <= ?`,
			name, nanos(now), nanos(now.Add(-every)))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", name, err)
	}
	return n > 0, nil
}

// maxAsked bounds the parameters of one query.
const maxAsked = 500

// Known implements bot.Queue.
func (s *Store) Known(ctx context.Context, ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	for len(ids) > 0 {
		n := min(len(ids), maxAsked)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		found, err := list(ctx, s.reads, "look up deliveries", text,
			`SELECT id FROM deliveries WHERE id IN (?`+strings.Repeat(", ?", n-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			known[id] = true
		}
		ids = ids[n:]
	}
	return known, nil
}
