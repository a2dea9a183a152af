package model

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// longWalk is how many steps a random walk has at most.
const longWalk = 60

// walked is the scene of the random walks: everything that touches the stores
// can happen in it.
var walked = scene{
	name: "the walk", replicas: 2, hooks: []uint8{0, 1, 0},
	acts: []act{say, red, {name: "the label elsewhere", kind: label, value: 1, issue: 1}},
	may:  budget{lose: 1, repeat: 1, crash: 2, freeze: 2, cut: 2, unanswered: 2, limit: 1, giveUp: 1, revive: 1, move: 2, hurry: 1},
}

// covered are the scenes of which every kind of step is taken once.
var covered = []scene{
	{name: "the door", replicas: 2, hooks: []uint8{0, 0}, may: budget{lose: 1, crash: 1, cut: 1}},
	{name: "a standstill", replicas: 2, hooks: []uint8{0, 0}, stored: true, may: budget{freeze: 1}},
	{name: "a comment", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{say},
		may: budget{freeze: 1, unanswered: 1, limit: 1, giveUp: 1, revive: 1}},
	{name: "a reply after a label", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{green, talk}, may: budget{freeze: 1, cut: 1}},
	{name: "a label", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{green}, may: budget{freeze: 1, unanswered: 1}},
	{name: "a comment that is cut off", replicas: 2, hooks: []uint8{0}, stored: true, acts: []act{say},
		may: budget{crash: 1, cut: 1, unanswered: 1, limit: 1, giveUp: 1, revive: 1, move: 1, hurry: 1}},
}

// restoring are scenes for a store that is a file: every step of the first, and the
// second at random.
var restoring = []scene{
	{
		name: "a backup", replicas: 1, hooks: []uint8{0, 0}, stored: true, acts: []act{say},
		may: budget{backup: 1, restore: 1, unanswered: 1, limit: 1},
	},
	{
		name: "backups", replicas: 1, hooks: []uint8{0, 1, 0},
		acts: []act{say, {name: "the other comment", kind: comment, event: 1, issue: 1}},
		may:  budget{backup: 3, restore: 3, lose: 1, repeat: 1, crash: 1, cut: 1, unanswered: 1, limit: 1},
	},
}

// A walk leads real stores along a path of the model, and holds what they have
// to what the model says after every step.
type walk struct {
	t            rapid.TB
	sc           *scene
	ctx          context.Context //nolint:containedctx // of the test
	stores       []bot.Store     // one for each replica; on SQLite it is the same one
	sever        func(installation int64) error
	shared       bool   // a lease that another has is refused
	file, backup string // of SQLite
	installation int64
	repo         string
	seqs         map[int]int64 // of the deliveries
	leases       [maxReplicas]bot.Lease
	owed         []process.Result // by the siding of the step at hand, before it
}

// begin has in the inbox what is there when the scene begins.
func (w *walk) begin() state {
	s := w.sc.start()
	for h := range w.sc.hooks {
		if w.sc.stored {
			if err := w.receive(&s, 0, h); err != nil {
				w.t.Fatalf("the first deliveries: %v", err)
			}
		}
	}
	return s
}

// take is one step, in the model and outside of it.
func (w *walk) take(from, to *state, by step) {
	told := by.told(w.sc)
	w.t.Log(told)
	if err := w.do(from, to, by); err != nil {
		w.t.Fatalf("%s: %v", told, err)
	}
	if from.stored() != to.stored() {
		w.compare(w.stores[by.r], to)
	}
}

// stored is what of a state a store has, with the deliveries and actions as they
// stand there.
func (s *state) stored() (of state) {
	of.place, of.settled, of.again, of.keys, of.ledger, of.acts, of.started = s.place, s.settled, s.again, s.keys, s.ledger, s.acts, s.started
	for r, m := range s.replicas {
		of.replicas[r].lease = m.lease
	}
	return of
}

// A way is a step and where it leads.
type way struct {
	by step
	to state
}

func (sc *scene) ways(from state) (out []way) {
	e := steps{sc: sc, from: from, emit: func(by step, to state) { out = append(out, way{by, to}) }}
	e.all()
	return out
}

// stroll takes random steps to the end, or until there have been enough.
func (w *walk) stroll(t *rapid.T) {
	s := w.begin()
	for range longWalk {
		ways := w.sc.ways(s)
		if len(ways) == 0 {
			return
		}
		next := ways[rapid.IntRange(0, len(ways)-1).Draw(t, "step")]
		w.take(&s, &next.to, next.by)
		s = next.to
	}
}

// firsts are the shortest paths to each kind of step that there is in a scene.
func (sc *scene) firsts() (paths [][]way) {
	sp := explore(sc)
	known := map[string]bool{}
	for i, s := range sp.states {
		for _, next := range sc.ways(s) {
			if known[next.by.form] {
				continue
			}
			known[next.by.form] = true
			path := []way{next}
			for k := int32(i); k != 0; k = sp.parent[k] {
				path = append(path, way{sp.via[k], sp.states[k]})
			}
			slices.Reverse(path)
			paths = append(paths, path)
		}
	}
	return paths
}

// do has the real store take the step.
func (w *walk) do(from, to *state, by step) error {
	form, outcome, _ := strings.Cut(by.form, ": ")
	var err error
	w.owed = nil
	for a, it := range w.sc.acts {
		if has(from.me(by.r).owed, a) && strings.Contains(form, "owed") && it.issue == w.sc.acts[by.x].issue {
			w.owed = append(w.owed, process.Result{Action: key(a)})
		}
	}
	if op := operations[form]; op != nil && outcome != "it fails" {
		err = op(w, to, by.r, by.x)
	}
	if outcome == "its lease is lost" {
		if !errors.Is(err, bot.ErrLeaseLost) {
			return fmt.Errorf("under a lost lease: got error %v, want %v", err, bot.ErrLeaseLost)
		}
		err = nil
	}
	if err != nil {
		return err
	}
	before, after := from.me(by.r), to.me(by.r)
	severed := after.is == down || strings.Contains(form, "the server ends") || strings.Contains(form, "is cut off")
	switch {
	case before.lock && !after.lock && severed:
		return w.sever(w.installation)
	case before.lease != none && after.lease == none && after.is == up:
		return w.stores[by.r].Release(w.ctx, w.leases[by.r])
	}
	return nil
}

// operations are the steps that touch the store.
var operations = map[string]func(w *walk, to *state, r, x int) error{
	"{r} stores delivery {x}":                                      (*walk).receive,
	"{r} stores delivery {x}, does not hear of it and answers 503": (*walk).receive,
	"{r} takes the lease":                                          (*walk).acquire,
	"{r} settles delivery {x}, which is decided already": func(w *walk, _ *state, r, x int) error {
		return w.stores[r].Settle(w.ctx, w.leases[r], []int64{w.seqs[x]}, "known")
	},
	"{r} records delivery {x}": (*walk).record,
	"{r} marks {x} as started": func(w *walk, _ *state, r, x int) error {
		return w.update(r, x, func(k *bot.Work) { k.StartedAt = time.Now() })
	},
	"{r} writes down that {x} was refused": func(w *walk, _ *state, r, x int) error {
		return w.update(r, x, func(k *bot.Work) { k.StartedAt, k.DueAt = time.Time{}, time.Time{} })
	},
	"{r} hears nothing of {x} and writes down when to go on": func(w *walk, _ *state, r, x int) error {
		return w.update(r, x, func(k *bot.Work) { k.Attempt++; k.DueAt = time.Now() })
	},
	"{r} marks {x} as started, and what is owed as ended": func(w *walk, _ *state, r, x int) error {
		return w.update(r, x, func(k *bot.Work) { k.StartedAt = time.Now() }, w.owed...)
	},
	"{r} writes down that {x} has ended, and what else is owed there": func(w *walk, _ *state, r, _ int) error {
		return w.stores[r].Finish(w.ctx, w.leases[r], w.repo, w.owed...)
	},
	"{r} ends {x} and records its receipt": func(w *walk, _ *state, r, x int) error { return w.end(r, x, "") },
	"{r} hears nothing of {x} and gives it up": func(w *walk, _ *state, r, x int) error {
		return w.end(r, x, "given up")
	},
	"a backup is made":           (*walk).backUp,
	"the backup is brought back": (*walk).bringBack,
	"{r} revives {x}": func(w *walk, _ *state, r, x int) error {
		return w.stores[r].Revive(w.ctx, w.leases[r], w.repo, key(x))
	},
}

func key(act int) string { return fmt.Sprint("act/", act) }

func event(of uint8) string { return fmt.Sprint("event/", of) }

func (w *walk) receive(to *state, r, x int) error {
	d := bot.Delivery{ID: fmt.Sprintf("%s/%d", w.repo, x), Event: "test", Installation: w.installation, Repo: w.repo}
	fresh, err := w.stores[r].Receive(w.ctx, d)
	if _, known := w.seqs[x]; err == nil && fresh == known {
		return fmt.Errorf("fresh is %v, and it was known: %v", fresh, known)
	}
	if err != nil || !fresh {
		return err
	}
	all, err := w.stores[r].Undecided(w.ctx, w.installation, 0, 10)
	if err != nil || len(all) == 0 {
		return fmt.Errorf("it is not in the inbox: %w", err)
	}
	w.seqs[x] = all[len(all)-1].Seq
	return nil
}

func (w *walk) backUp(_ *state, _, _ int) error {
	if err := os.Remove(w.backup); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := sqlite.Backup(w.ctx, w.file, w.backup)
	return err
}

// bringBack restores the backup, after which what waits has other numbers.
func (w *walk) bringBack(_ *state, _, _ int) error {
	if _, err := sqlite.Restore(w.ctx, w.backup, w.file, time.Now()); err != nil {
		return err
	}
	all, err := w.stores[0].Undecided(w.ctx, w.installation, 0, 10)
	for _, d := range all {
		var h int
		if _, err := fmt.Sscanf(d.ID, w.repo+"/%d", &h); err != nil {
			return err
		}
		w.seqs[h] = d.Seq
	}
	return err
}

func (w *walk) acquire(to *state, r, _ int) (err error) {
	before := w.leases
	if w.leases[r], err = w.stores[r].Acquire(w.ctx, w.installation, fmt.Sprint("replica ", r)); err != nil {
		return err
	}
	for _, l := range before {
		if w.leases[r].Epoch <= l.Epoch {
			return fmt.Errorf("the epoch goes from %d to %d", l.Epoch, w.leases[r].Epoch)
		}
	}
	for o := range w.sc.replicas {
		if w.shared && to.me(o).is == up && to.me(o).lease == none {
			if _, err := w.stores[o].Acquire(w.ctx, w.installation, "too many"); !errors.Is(err, bot.ErrHeld) {
				return fmt.Errorf("a second one asks for the lease: got error %v, want %v", err, bot.ErrHeld)
			}
		}
	}
	return nil
}

func (w *walk) record(to *state, r, x int) error {
	e := bot.Entry{Repo: w.repo, At: time.Now(), Deliveries: []int64{w.seqs[x]}}
	of := w.sc.hooks[x]
	e.Event = process.Event{Key: event(of), What: process.Asked, Repo: w.repo}
	e.Decision.Keys = []string{event(of)}
	waiting, err := w.stores[r].Undecided(w.ctx, w.installation, 0, 10)
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if d.Seq == w.seqs[x] && d.Again {
			e.MayBeDone = time.Now()
		}
	}
	for a, it := range w.sc.acts {
		if it.event == of {
			e.Decision.Actions = append(e.Decision.Actions, process.Action{Key: key(a), Do: process.AddLabel, Issue: int(it.issue) + 1})
		}
	}
	return w.stores[r].Record(w.ctx, w.leases[r], e)
}

// update changes work as its carrier does.
func (w *walk) update(r, x int, change func(*bot.Work), ended ...process.Result) error {
	k := bot.Work{Repo: w.repo, Installation: w.installation, Action: process.Action{Key: key(x)}}
	work, err := w.stores[r].Pending(w.ctx, w.installation)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(work, func(k bot.Work) bool { return k.Action.Key == key(x) }); i >= 0 {
		k = work[i]
	}
	change(&k)
	return w.stores[r].Update(w.ctx, w.leases[r], k, ended...)
}

// end ends an action: a comment by a receipt in the ledger, a label without.
func (w *walk) end(r, x int, failed string) error {
	result := process.Result{Action: key(x), Failed: failed}
	if w.sc.acts[x].kind == label {
		return w.stores[r].Finish(w.ctx, w.leases[r], w.repo, result)
	}
	return w.stores[r].Record(w.ctx, w.leases[r], bot.Entry{
		Repo: w.repo, At: time.Now(), Event: process.Event{Key: "receipt", What: process.Receipt}, Finished: &result,
	})
}

// compare holds what a store says to the model.
func (w *walk) compare(store bot.Store, s *state) {
	inbox, err := store.Undecided(w.ctx, w.installation, 0, 10)
	w.same("the inbox", err, func(yield func(string)) {
		for _, d := range inbox {
			yield(fmt.Sprintf("%s, again %v", d.ID, d.Again))
		}
	}, func(yield func(string)) {
		for place := uint8(1); place <= s.arrived; place++ {
			if h := slices.Index(s.place[:], place); !has(s.settled, h) {
				yield(fmt.Sprintf("%s/%d, again %v", w.repo, h, has(s.again, h)))
			}
		}
	})
	for _, as := range []uint8{pending, dead} {
		read := store.Pending
		if as == dead {
			read = store.Failed
		}
		work, err := read(w.ctx, w.installation)
		w.same("work", err, func(yield func(string)) {
			slices.SortFunc(work, func(a, b bot.Work) int { return strings.Compare(a.Action.Key, b.Action.Key) })
			for _, k := range work {
				yield(fmt.Sprintf("%s, unsure %v", k.Action.Key, !k.StartedAt.IsZero() || as == pending && !k.DueAt.IsZero()))
			}
		}, func(yield func(string)) {
			for a, it := range w.sc.acts {
				if s.acts[a] == as {
					yield(fmt.Sprintf("%s, unsure %v", key(a), has(s.started, a) && (as == pending || it.kind == comment)))
				}
			}
		})
	}
	entries, err := store.Entries(w.ctx, w.repo, 0, 100)
	seen, also := store.Seen(w.ctx, w.repo, []string{event(0), event(1)})
	w.same("the ledger", errors.Join(err, also, store.Verify(w.ctx, w.repo)), func(yield func(string)) {
		for of := range uint8(2) {
			n := 0
			for _, e := range entries {
				if e.Event.Key == event(of) {
					n++
				}
			}
			yield(fmt.Sprint(event(of), " times ", n, " seen ", seen[event(of)]))
		}
	}, func(yield func(string)) {
		for of := range uint8(2) {
			yield(fmt.Sprint(event(of), " times ", s.ledger[of], " seen ", has(s.keys, int(of))))
		}
	})
}

func (w *walk) same(what string, err error, got, want func(yield func(string))) {
	var g, m []string
	got(func(s string) { g = append(g, s) })
	want(func(s string) { m = append(m, s) })
	if err != nil || !slices.Equal(g, m) {
		w.t.Fatalf("%s is %q (error %v), and in the model %q", what, g, err, m)
	}
}

// walks takes every kind of step of some scenes, and then many of others at random,
// each time with an installation of its own.
func walks(t *testing.T, of walk, whole, random []scene) {
	installation := int64(0)
	each := func(t rapid.TB, ctx context.Context, sc *scene, along func(w *walk)) {
		installation++
		w := of
		w.t, w.sc, w.ctx, w.seqs = t, sc, ctx, map[int]int64{}
		w.installation, w.repo = installation, fmt.Sprint("acme/walk", installation)
		along(&w)
		for r, l := range w.leases {
			if l.Epoch > 0 {
				_ = w.stores[r].Release(ctx, l) // the next walk has another installation
			}
		}
	}
	for _, sc := range whole {
		for _, path := range sc.firsts() {
			t.Run(sc.name+"/"+path[len(path)-1].by.told(&sc), func(t *testing.T) {
				each(t, t.Context(), &sc, func(w *walk) {
					s := w.begin()
					for _, next := range path {
						w.take(&s, &next.to, next.by)
						s = next.to
					}
				})
			})
		}
	}
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("10"); err != nil { // each is long
			t.Fatal(err)
		}
	}
	for _, sc := range random {
		t.Run(sc.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				each(rt, t.Context(), &sc, func(w *walk) { w.stroll(rt) })
			})
		})
	}
}

func TestSQLiteWalksLikeTheModel(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "walk.db")
	s, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	walks(t, walk{
		stores: []bot.Store{s, s}, sever: func(int64) error { return nil }, file: file, backup: filepath.Join(dir, "backup.db"),
	}, slices.Concat(covered, restoring[:1]), []scene{walked, restoring[1]})
}

func TestPostgreSQLWalksLikeTheModel(t *testing.T) {
	url := pgtest.Shared(t).Database(t, "walk", func(ctx context.Context, url string) error {
		_, _, err := postgres.Migrate(ctx, url)
		return err
	})
	var stores []bot.Store
	for range walked.replicas {
		s, err := postgres.OpenAsItIs(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	walks(t, walk{shared: true, stores: stores, sever: func(installation int64) error {
		// The server ends the session that has the lease, and says when it is gone.
		_, err := conn.Exec(t.Context(), `SELECT pg_terminate_backend(k.pid, 5000) FROM pg_locks k, leases l
			WHERE k.locktype = 'advisory' AND k.granted AND k.classid = 'leases'::regclass::oid AND k.objid = l.slot AND l.installation = $1
				AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())`, installation)
		return err
	}}, covered, []scene{walked})
}
