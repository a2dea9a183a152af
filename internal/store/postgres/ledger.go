package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// Record implements bot.Ledger.
func (s *Store) Record(ctx context.Context, lease bot.Lease, entries ...bot.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var head store.Head
	return s.leasedAfter(ctx, lease, "record "+entries[0].Event.Key, func(tx *batch) {
		tx.Queue(`SELECT head_seq, head_hash FROM lines WHERE repo = $1`, entries[0].Repo).QueryRow(func(row pgx.Row) error {
			return ignore(row.Scan(&head.Seq, &head.Hash), pgx.ErrNoRows)
		})
	}, func(tx *batch) error {
		for _, e := range entries {
			if err := tx.record(&head, lease, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *batch) record(head *store.Head, lease bot.Lease, e bot.Entry) error {
	if err := b.appendLine(head, lease, e); err != nil {
		return err
	}
	if err := b.putItems(e.Repo, e.Decision.Changed); err != nil {
		return err
	}
	if err := b.putActions(e); err != nil {
		return err
	}
	if len(e.Decision.Keys) > 0 {
		b.add(`INSERT INTO keys (repo, key) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`, e.Repo, slices.Clone(e.Decision.Keys))
	}
	if e.Finished != nil {
		if err := b.finish(e.Repo, *e.Finished); err != nil {
			return err
		}
	}
	b.settle(e.Deliveries, e.Decision.Skipped)
	b.setAside(e.From, e.Trouble)
	return nil
}

// appendLine puts the entry after head, and moves that. A line of the same number
// that somebody else has written meanwhile fails the transaction.
func (b *batch) appendLine(head *store.Head, lease bot.Lease, e bot.Entry) error {
	body, next, err := store.Seal(*head, lease.Installation, e)
	if err != nil {
		return err
	}
	// An installation that was removed and made anew takes its lines along.
	b.add(`INSERT INTO lines (repo, installation, head_seq, head_hash) VALUES ($1, $2, $3, $4)
		ON CONFLICT (repo) DO UPDATE SET installation = excluded.installation,
			head_seq = excluded.head_seq, head_hash = excluded.head_hash`,
		e.Repo, lease.Installation, next.Seq, next.Hash)
	b.add(`INSERT INTO ledger (repo, seq, body, prev, hash) VALUES ($1, $2, $3, $4, $5)`,
		e.Repo, next.Seq, string(body), head.Hash, next.Hash)
	*head = next
	return nil
}

func (b *batch) putItems(repo string, items []*process.Item) error {
	place := map[process.ID]int{}
	var ids, bodies []string
	for _, it := range items {
		body, err := json.Marshal(it)
		if err != nil {
			return fmt.Errorf("write down %s: %w: %w", it.ID, bot.ErrUnfit, err)
		}
		if i, again := place[it.ID]; again { // the later one stays
			bodies[i] = string(body)
			continue
		}
		place[it.ID] = len(ids)
		ids, bodies = append(ids, string(it.ID)), append(bodies, string(body))
	}
	if len(ids) > 0 {
		b.add(`INSERT INTO items (repo, id, body) SELECT $1, * FROM unnest($2::text[], $3::text[])
			ON CONFLICT (repo, id) DO UPDATE SET body = excluded.body`, repo, ids, bodies)
	}
	return nil
}

// putActions adds what is to be done; an action whose key is known is the same one.
func (b *batch) putActions(e bot.Entry) error {
	var keys, bodies []string
	for _, a := range e.Decision.Actions {
		if slices.Contains(e.Covered, a.Key) {
			continue
		}
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("write down action %s: %w: %w", a.Key, bot.ErrUnfit, err)
		}
		keys, bodies = append(keys, a.Key), append(bodies, string(body))
	}
	if len(keys) > 0 {
		b.add(`INSERT INTO actions (repo, key, body, started_at)
			SELECT $1, a.key, a.body, $4::bigint FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS a (key, body, place)
			ORDER BY a.place ON CONFLICT (repo, key) DO NOTHING`, e.Repo, keys, bodies, nanos(e.MayBeDone))
	}
	return nil
}

// Seen implements bot.Ledger.
func (s *Store) Seen(ctx context.Context, repo string, keys []string) (map[string]bool, error) {
	seen := map[string]bool{}
	if len(keys) == 0 {
		return seen, nil
	}
	found, err := list(ctx, s, "look up keys", pgx.RowTo[string],
		`SELECT key FROM keys WHERE repo = $1 AND key = ANY($2)`, repo, slices.Clone(keys))
	for _, k := range found {
		seen[k] = true
	}
	return seen, err
}

// Repos implements bot.Ledger.
func (s *Store) Repos(ctx context.Context, installation int64) ([]string, error) {
	return list(ctx, s, "list lines", pgx.RowTo[string],
		`SELECT repo FROM lines WHERE installation = $1 ORDER BY repo`, installation)
}

// Line implements bot.Ledger.
func (s *Store) Line(ctx context.Context, repo string) (*process.Line, error) {
	items, err := list(ctx, s, "load the line of "+repo, func(row pgx.CollectableRow) (*process.Item, error) {
		var body []byte
		if err := row.Scan(&body); err != nil {
			return nil, err
		}
		it := &process.Item{}
		return it, json.Unmarshal(body, it)
	}, `SELECT body FROM items WHERE repo = $1 ORDER BY id`, repo)
	if err != nil {
		return nil, err
	}
	line := process.NewLine(repo)
	line.Put(items...)
	return line, nil
}

// Entries implements bot.Ledger.
func (s *Store) Entries(ctx context.Context, repo string, after int64, limit int) ([]bot.LedgerEntry, error) {
	return list(ctx, s, "read the ledger of "+repo, func(row pgx.CollectableRow) (bot.LedgerEntry, error) {
		var body []byte
		var prev, hash string
		if err := row.Scan(&body, &prev, &hash); err != nil {
			return bot.LedgerEntry{}, err
		}
		return store.Unseal(body, prev, hash)
	}, `SELECT body, prev, hash FROM ledger WHERE repo = $1 AND seq > $2 ORDER BY seq LIMIT $3`, repo, after, limit)
}

// Verify implements bot.Ledger. It also compares the end of the chain with the
// head that is kept apart, so that lines cut off at the end show.
func (s *Store) Verify(ctx context.Context, repo string) error {
	view := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly} // one view of both tables
	return pgx.BeginTxFunc(ctx, s.pool, view, func(tx pgx.Tx) error {
		// While we reckon, the server has sent all and takes us for idle; nobody waits
		// for a transaction that only reads.
		if _, err := tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
			return fmt.Errorf("verify the ledger of %s: %w", repo, err)
		}
		var want, head store.Head
		err := tx.QueryRow(ctx, `SELECT head_seq, head_hash FROM lines WHERE repo = $1`, repo).Scan(&want.Seq, &want.Hash)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("verify the ledger of %s: %w", repo, err)
		}
		rows, err := tx.Query(ctx, `SELECT seq, body, prev, hash FROM ledger WHERE repo = $1 ORDER BY seq`, repo)
		if err != nil {
			return fmt.Errorf("verify the ledger of %s: %w", repo, err)
		}
		var seq int64
		var body []byte
		var prev, hash string
		_, err = pgx.ForEachRow(rows, []any{&seq, &body, &prev, &hash}, func() (err error) {
			head, err = store.Check(head, repo, seq, body, prev, hash)
			return err
		})
		if err != nil {
			return err
		}
		if head != want {
			return fmt.Errorf("ledger of %s: it ends at line %d, but %d were written", repo, head.Seq, want.Seq)
		}
		return nil
	})
}
