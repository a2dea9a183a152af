package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Pending implements bot.Works.
func (s *Store) Pending(ctx context.Context, installation int64) ([]bot.Work, error) {
	return s.works(ctx, installation, "pending")
}

// Failed implements bot.Works.
func (s *Store) Failed(ctx context.Context, installation int64) ([]bot.Work, error) {
	return s.works(ctx, installation, "dead")
}

func (s *Store) works(ctx context.Context, installation int64, state string) ([]bot.Work, error) {
	return list(ctx, s, "read "+state+" work", func(row pgx.CollectableRow) (bot.Work, error) {
		w := bot.Work{Dead: state == "dead"}
		var body []byte
		var due, started int64
		err := row.Scan(&w.Seq, &w.Repo, &w.Installation, &body, &w.Attempt, &due, &started, &w.LastError)
		if err != nil {
			return w, err
		}
		w.DueAt, w.StartedAt = moment(due), moment(started)
		return w, json.Unmarshal(body, &w.Action)
	}, `SELECT a.seq, a.repo, l.installation, a.body, a.attempt, a.due_at, a.started_at, a.error
		FROM actions a JOIN lines l ON l.repo = a.repo
		WHERE a.state = $1 AND a.state <> 'done' AND l.installation = $2 ORDER BY a.seq`, state, installation)
}

// Update implements bot.Works.
func (s *Store) Update(ctx context.Context, lease bot.Lease, w bot.Work, ended ...process.Result) error {
	return s.leasedAfter(ctx, lease, "update "+w.Action.Key, nil, func(tx *batch) error {
		tx.add(`UPDATE actions SET attempt = $1, due_at = $2, started_at = $3, error = $4
			WHERE repo = $5 AND key = $6 AND state = 'pending'`,
			w.Attempt, nanos(w.DueAt), nanos(w.StartedAt), w.LastError, w.Repo, w.Action.Key)
		return tx.finish(w.Repo, ended...)
	})
}

// Finish implements bot.Works.
func (s *Store) Finish(ctx context.Context, lease bot.Lease, repo string, ended ...process.Result) error {
	if len(ended) == 0 {
		return nil
	}
	return s.leasedAfter(ctx, lease, "finish "+ended[0].Action, nil, func(tx *batch) error { return tx.finish(repo, ended...) })
}

func (b *batch) finish(repo string, ended ...process.Result) error {
	for _, r := range ended {
		state := "done"
		if r.Failed != "" {
			state = "dead"
		}
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write down the result of %s: %w: %w", r.Action, bot.ErrUnfit, err)
		}
		b.add(`UPDATE actions SET state = $1, result = $2, error = $3 WHERE repo = $4 AND key = $5 AND state = 'pending'`,
			state, string(body), r.Failed, repo, r.Action)
	}
	return nil
}

// Revive implements bot.Works.
func (s *Store) Revive(ctx context.Context, lease bot.Lease, repo, key string) error {
	var n int64
	err := s.leased(ctx, lease, "revive "+key, func(tx *batch) {
		tx.count(&n, `UPDATE actions SET state = 'pending', attempt = 0, due_at = 0, error = '', result = ''
			WHERE repo = $1 AND key = $2 AND state = 'dead'`, repo, key)
	})
	if err == nil && n == 0 {
		return fmt.Errorf("revive %s: %w", key, bot.ErrNotFound)
	}
	return err
}
