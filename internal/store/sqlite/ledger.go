package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// Record implements bot.Ledger.
func (s *Store) Record(ctx context.Context, lease bot.Lease, entries ...bot.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	return s.leased(ctx, lease, "record "+entries[0].Event.Key, func(ctx context.Context, tx *batch) error {
		for _, e := range entries {
			if err := record(ctx, tx, lease, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func record(ctx context.Context, tx *batch, lease bot.Lease, e bot.Entry) error {
	if err := appendLine(ctx, tx, lease, e); err != nil {
		return err
	}
	if err := putItems(ctx, tx, e.Repo, e.Decision.Changed); err != nil {
		return err
	}
	if err := putActions(ctx, tx, e); err != nil {
		return err
	}
	for _, key := range e.Decision.Keys {
		if err := tx.exec(ctx, `INSERT INTO keys (repo, key) VALUES (?, ?) ON CONFLICT DO NOTHING`, e.Repo, key); err != nil {
			return err
		}
	}
	if e.Finished != nil {
		if err := finish(ctx, tx, e.Repo, *e.Finished); err != nil {
			return err
		}
	}
	if err := settle(ctx, tx, e.Deliveries, e.Decision.Skipped); err != nil {
		return err
	}
	return setAside(ctx, tx, e.From, e.Trouble)
}

func appendLine(ctx context.Context, tx *batch, lease bot.Lease, e bot.Entry) error {
	var head store.Head
	err := tx.one(ctx, `SELECT head_seq, head_hash FROM lines WHERE repo = ?`, []any{e.Repo}, &head.Seq, &head.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	body, next, err := store.Seal(head, lease.Installation, e)
	if err != nil {
		return err
	}
	// An installation that was removed and made anew takes its lines along.
	err = tx.exec(ctx, `INSERT INTO lines (repo, installation, head_seq, head_hash) VALUES (?, ?, ?, ?)
		ON CONFLICT (repo) DO UPDATE SET installation = excluded.installation,
			head_seq = excluded.head_seq, head_hash = excluded.head_hash`,
		e.Repo, lease.Installation, next.Seq, next.Hash)
	if err != nil {
		return err
	}
	return tx.exec(ctx, `INSERT INTO ledger (repo, seq, body, prev, hash) VALUES (?, ?, ?, ?, ?)`,
		e.Repo, next.Seq, string(body), head.Hash, next.Hash)
}

func putItems(ctx context.Context, tx *batch, repo string, items []*process.Item) error {
	for _, it := range items {
		body, err := json.Marshal(it)
		if err != nil {
			return fmt.Errorf("write down %s: %w: %w", it.ID, bot.ErrUnfit, err)
		}
		err = tx.exec(ctx, `INSERT INTO items (repo, id, body) VALUES (?, ?, ?)
			ON CONFLICT (repo, id) DO UPDATE SET body = excluded.body`, repo, string(it.ID), string(body))
		if err != nil {
			return err
		}
	}
	return nil
}

// putActions adds what is to be done; an action whose key is known is the same one.
func putActions(ctx context.Context, tx *batch, e bot.Entry) error {
	for _, a := range e.Decision.Actions {
		if slices.Contains(e.Covered, a.Key) {
			continue
		}
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("write down action %s: %w: %w", a.Key, bot.ErrUnfit, err)
		}
		err = tx.exec(ctx, `INSERT INTO actions (repo, key, body, started_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (repo, key) DO NOTHING`, e.Repo, a.Key, string(body), nanos(e.MayBeDone))
		if err != nil {
			return err
		}
	}
	return nil
}

// Seen implements bot.Ledger.
func (s *Store) Seen(ctx context.Context, repo string, keys []string) (map[string]bool, error) {
	seen := map[string]bool{}
	if len(keys) == 0 {
		return seen, nil
	}
	args := []any{repo}
	for _, k := range keys {
		args = append(args, k)
	}
	found, err := list(ctx, s.reads, "look up keys", text,
		`SELECT key FROM keys WHERE repo = ? AND key IN (?`+strings.Repeat(", ?", len(keys)-1)+`)`, args...)
	for _, k := range found {
		seen[k] = true
	}
	return seen, err
}

// Repos implements bot.Ledger.
func (s *Store) Repos(ctx context.Context, installation int64) ([]string, error) {
	return list(ctx, s.reads, "list lines", text,
		`SELECT repo FROM lines WHERE installation = ? ORDER BY repo`, installation)
}

// Line implements bot.Ledger.
func (s *Store) Line(ctx context.Context, repo string) (*process.Line, error) {
	items, err := list(ctx, s.reads, "load the line of "+repo, func(rows *sql.Rows) (*process.Item, error) {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		it := &process.Item{}
		return it, json.Unmarshal(body, it)
	}, `SELECT body FROM items WHERE repo = ?`, repo)
	if err != nil {
		return nil, err
	}
	line := process.NewLine(repo)
	line.Put(items...)
	return line, nil
}

// Entries implements bot.Ledger.
func (s *Store) Entries(ctx context.Context, repo string, after int64, limit int) ([]bot.LedgerEntry, error) {
	return list(ctx, s.reads, "read the ledger of "+repo, func(rows *sql.Rows) (bot.LedgerEntry, error) {
		var body []byte
		var prev, hash string
		if err := rows.Scan(&body, &prev, &hash); err != nil {
			return bot.LedgerEntry{}, err
		}
		return store.Unseal(body, prev, hash)
	}, `SELECT body, prev, hash FROM ledger WHERE repo = ? AND seq > ? ORDER BY seq LIMIT ?`, repo, after, limit)
}

// Verify implements bot.Ledger. It also compares the end of the chain with the
// head that is kept apart, so that lines cut off at the end show.
func (s *Store) Verify(ctx context.Context, repo string) error {
	tx, err := s.reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one view of both tables
	if err != nil {
		return fmt.Errorf("verify the ledger of %s: %w", repo, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	var want store.Head
	err = tx.QueryRowContext(ctx, `SELECT head_seq, head_hash FROM lines WHERE repo = ?`, repo).Scan(&want.Seq, &want.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("verify the ledger of %s: %w", repo, err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT seq, body, prev, hash FROM ledger WHERE repo = ? ORDER BY seq`, repo)
	if err != nil {
		return fmt.Errorf("verify the ledger of %s: %w", repo, err)
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	var head store.Head
	for rows.Next() {
		var seq int64
		var body []byte
		var prev, hash string
		if err := rows.Scan(&seq, &body, &prev, &hash); err != nil {
			return fmt.Errorf("verify the ledger of %s: %w", repo, err)
		}
		if head, err = store.Check(head, repo, seq, body, prev, hash); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("verify the ledger of %s: %w", repo, err)
	}
	if head != want {
		return fmt.Errorf("ledger of %s: it ends at line %d, but %d were written", repo, head.Seq, want.Seq)
	}
	return nil
}

func text(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) }
