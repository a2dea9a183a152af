package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// Backlog implements bot.Tally. Each installation is asked about by itself, in
// the order of the partial index, which holds only what is open: asked about all
// at once, PostgreSQL may guess that reading through what was settled is cheaper.
func (s *Store) Backlog(ctx context.Context, now time.Time) (bot.Backlog, error) {
	var b bot.Backlog
	var oldest int64
	err := s.pool.QueryRow(ctx, `SELECT count(*), coalesce(min(received_at), 0) FROM (
			SELECT open.received_at FROM leases, LATERAL (
				SELECT received_at FROM deliveries
				WHERE installation = leases.installation AND settled_at = 0 ORDER BY seq LIMIT $1) open
			LIMIT $1) counted`,
		store.MostCounted).Scan(&b.Undecided, &oldest)
	if err != nil {
		return bot.Backlog{}, fmt.Errorf("count the inbox: %w", err)
	}
	b.Oldest = moment(oldest)
	err = s.pool.QueryRow(ctx, `SELECT
			count(*) FILTER (WHERE state = 'pending' AND due_at <= $1),
			count(*) FILTER (WHERE state = 'pending' AND due_at > $1),
			count(*) FILTER (WHERE state = 'dead')
		FROM (
			(SELECT state, due_at FROM actions WHERE state = 'pending' AND state <> 'done' LIMIT $2)
			UNION ALL
			(SELECT state, due_at FROM actions WHERE state = 'dead' AND state <> 'done' LIMIT $2)) open`,
		nanos(now), store.MostCounted).Scan(&b.Pending, &b.Waiting, &b.Dead)
	if err != nil {
		return bot.Backlog{}, fmt.Errorf("count the actions: %w", err)
	}
	return b, nil
}
