package trial

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// Records are what the bots keep in their database.
type records struct {
	file string // of SQLite, or
	url  string // of PostgreSQL
}

// address is the setting that leads there.
func (r records) address() string {
	if r.file != "" {
		return "sqlite:" + r.file
	}
	return r.url
}

// undone counts what is still to be decided and to be done.
const undone = "SELECT (SELECT count(*) FROM deliveries WHERE settled_at = 0) + (SELECT count(*) FROM actions WHERE state = 'pending')"

// left is how much running bots have still to do.
func (r records) left(ctx context.Context) (n int, err error) {
	if r.file == "" {
		conn, err := pgx.Connect(ctx, r.url)
		if err != nil {
			return 0, err
		}
		err = conn.QueryRow(ctx, undone).Scan(&n)
		return n, errors.Join(err, conn.Close(ctx))
	}
	db, err := sql.Open("sqlite", "file:"+r.file+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return 0, err
	}
	err = db.QueryRowContext(ctx, undone).Scan(&n)
	return n, errors.Join(err, db.Close())
}

// ledger reads and checks the ledger that stopped bots left behind: the chain is
// whole, nothing failed for good, and nothing was decided or asked for twice. The
// line is what follows from it.
func (r records) ledger(ctx context.Context, repo string) (all []bot.LedgerEntry, line *process.Line, err error) {
	var store bot.Store
	if r.file != "" {
		store, err = sqlite.Open(ctx, r.file)
	} else {
		store, err = postgres.Open(ctx, r.url)
	}
	if err != nil {
		return nil, nil, err
	}
	defer store.Close()
	if line, err = store.Line(ctx, repo); err != nil {
		return nil, nil, err
	}
	faults := []error{store.Verify(ctx, repo)}
	ids, err := store.Installations(ctx)
	faults = append(faults, err)
	for _, id := range ids {
		dead, err := store.Failed(ctx, id)
		faults = append(faults, err)
		for _, w := range dead {
			faults = append(faults, fmt.Errorf("the action %s has failed for good: %s", w.Action.Key, w.LastError))
		}
	}
	for after := int64(0); ; {
		some, err := store.Entries(ctx, repo, after, 500)
		if err != nil || len(some) == 0 {
			return all, line, errors.Join(append(faults, err, doubled(all))...)
		}
		all = append(all, some...)
		after = some[len(some)-1].Seq
	}
}

// doubled names what stands in a ledger twice, or should not be there at all.
func doubled(all []bot.LedgerEntry) error {
	var faults []error
	events, lines, actions := map[string]int{}, map[string]int{}, map[string]int{}
	for _, e := range all {
		events[e.Event.Key]++
		for _, k := range e.Decision.Keys {
			if !strings.HasPrefix(k, "pulled/") { // two people may pull one lever within a second
				lines[k]++
			}
		}
		for _, a := range e.Decision.Actions {
			actions[a.Key]++
		}
		if e.Event.What == process.Dead {
			faults = append(faults, fmt.Errorf("a decision failed: %s", e.Event.Trace))
		}
	}
	for what, counts := range map[string]map[string]int{"event": events, "key": lines, "action": actions} {
		for key, n := range counts {
			if n > 1 {
				faults = append(faults, fmt.Errorf("the %s %s is in the ledger %d times", what, key, n))
			}
		}
	}
	return errors.Join(faults...)
}
