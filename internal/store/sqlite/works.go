package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

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
	return list(ctx, s.reads, "read "+state+" work", func(rows *sql.Rows) (bot.Work, error) {
		w := bot.Work{Dead: state == "dead"}
		var body []byte
		var due, started int64
		err := rows.Scan(&w.Seq, &w.Repo, &w.Installation, &body, &w.Attempt, &due, &started, &w.LastError)
		if err != nil {
			return w, err
		}
		w.DueAt, w.StartedAt = moment(due), moment(started)
		return w, json.Unmarshal(body, &w.Action)
	}, `SELECT a.seq, a.repo, l.installation, a.body, a.attempt, a.due_at, a.started_at, a.error
		FROM actions a JOIN lines l ON l.repo = a.repo
		WHERE a.state = ? AND a.state <> 'done' AND l.installation = ? ORDER BY a.seq`, state, installation)
}

// Update implements bot.Works.
func (s *Store) Update(ctx context.Context, lease bot.Lease, w bot.Work, ended ...process.Result) error {
	return s.leased(ctx, lease, "update "+w.Action.Key, func(ctx context.Context, tx *batch) error {
		if err := finish(ctx, tx, w.Repo, ended...); err != nil {
			return err
		}
		return tx.exec(ctx, `UPDATE actions SET attempt = ?, due_at = ?, started_at = ?, error = ?
			WHERE repo = ? AND key = ? AND state = 'pending'`,
			w.Attempt, nanos(w.DueAt), nanos(w.StartedAt), w.LastError, w.Repo, w.Action.Key)
	})
}

// Finish implements bot.Works.
func (s *Store) Finish(ctx context.Context, lease bot.Lease, repo string, ended ...process.Result) error {
	if len(ended) == 0 {
		return nil
	}
	return s.leased(ctx, lease, "finish "+ended[0].Action, func(ctx context.Context, tx *batch) error {
		return finish(ctx, tx, repo, ended...)
	})
}

func finish(ctx context.Context, tx *batch, repo string, ended ...process.Result) error {
	for _, r := range ended {
		state := "done"
		if r.Failed != "" {
			state = "dead"
		}
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write down the result of %s: %w: %w", r.Action, bot.ErrUnfit, err)
		}
		err = tx.exec(ctx, `UPDATE actions SET state = ?, result = ?, error = ?
			WHERE repo = ? AND key = ? AND state = 'pending'`, state, string(body), r.Failed, repo, r.Action)
		if err != nil {
			return err
		}
	}
	return nil
}

// Revive implements bot.Works.
func (s *Store) Revive(ctx context.Context, lease bot.Lease, repo, key string) error {
	return s.leased(ctx, lease, "revive "+key, func(ctx context.Context, tx *batch) error {
		n, err := tx.count(ctx, `UPDATE actions SET state = 'pending', attempt = 0, due_at = 0, error = '', result = ''
			WHERE repo = ? AND key = ? AND state = 'dead'`, repo, key)
		if err == nil && n == 0 {
			return bot.ErrNotFound
		}
		return err
	})
}
