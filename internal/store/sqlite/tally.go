package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// Backlog implements bot.Tally. The partial indexes hold only what is open; they
// are named, as a plan by guess might read through all that was ever settled.
func (s *Store) Backlog(ctx context.Context, now time.Time) (bot.Backlog, error) {
	var b bot.Backlog
	var oldest int64
	err := s.reads.QueryRowContext(ctx, `SELECT count(*), coalesce(min(received_at), 0) FROM (
		SELECT received_at FROM deliveries INDEXED BY deliveries_undecided WHERE settled_at = 0 LIMIT ?)`,
		store.MostCounted).Scan(&b.Undecided, &oldest)
	if err != nil {
		return bot.Backlog{}, fmt.Errorf("count the inbox: %w", err)
	}
	b.Oldest = moment(oldest)
	err = s.reads.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE due_at <= ?1), count(*) FILTER (WHERE due_at > ?1) FROM (
		SELECT due_at FROM actions INDEXED BY actions_open WHERE state = 'pending' AND state <> 'done' LIMIT ?2)`,
		nanos(now), store.MostCounted).Scan(&b.Pending, &b.Waiting)
	if err == nil {
		err = s.reads.QueryRowContext(ctx, `SELECT count(*) FROM (
			SELECT 1 FROM actions INDEXED BY actions_open WHERE state = 'dead' AND state <> 'done' LIMIT ?)`,
			store.MostCounted).Scan(&b.Dead)
	}
	if err != nil {
		return bot.Backlog{}, fmt.Errorf("count the actions: %w", err)
	}
	return b, nil
}
