package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

var keys = snapshot.Keys{{ID: "k1", Secret: []byte("a secret of at least thirty-two bytes")}}

// A witness shows snapshots of some line of the ledger, or is away.
type witness struct {
	mu    sync.Mutex
	seqs  map[string]int64
	away  error
	asked int
}

func (w *witness) Signed(_ context.Context, _ int64, repo string, _ int) ([]bot.SignedBody, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if w.away != nil {
		return nil, w.away
	}
	place := snapshot.Place{Repo: repo, Issue: 1}
	text, err := keys.Seal(snapshot.Snapshot{Place: place, Seq: w.seqs[repo], Item: &process.Item{ID: process.DeparturesID}})
	forged := strings.Replace(text, "k1:", "k2:", 1)
	return []bot.SignedBody{{Place: place, Body: "page\n" + text}, {Place: place, Body: forged}, {Place: place, Body: "no snapshot"}}, err
}

func (w *witness) set(f func(*witness)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(w)
}

// guarded is a kit whose bot asks the witness.
func guarded(t *testing.T, w *witness, log *bytes.Buffer) *kit {
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		return process.Decision{
			Changed: []*process.Item{feature(len(e.Key))},
			Actions: []process.Action{{Do: process.React, Issue: 1, Target: 1, Reaction: "rocket"}},
		}
	})
	k.config.Keys, k.config.Witness = keys, w
	k.config.Log = zerolog.New(zerolog.SyncWriter(log))
	return k
}

func TestNothingIsDoneWhereGitHubIsAhead(t *testing.T) {
	var log bytes.Buffer
	w := &witness{seqs: map[string]int64{repo: 3}}
	k := guarded(t, w, &log).run()
	k.send(asked("one"))
	k.idle()
	if n := len(k.ledger()); n != 0 || k.hub.count(process.React) != 0 {
		t.Errorf("%d lines were recorded, %v done", n, k.hub.log())
	}
	waiting, err := k.store.Undecided(t.Context(), inst, 0, 10)
	if err != nil || len(waiting) != 1 {
		t.Errorf("the inbox holds %d deliveries: %v", len(waiting), err)
	}
	lags := k.bot.Lags()
	if len(lags) != 1 || lags[0] != (bot.Lag{Repo: repo, GitHub: 3}) || lags[0].Remedy() != "stationmaster rebuild "+repo {
		t.Errorf("waiting to be rebuilt are %+v", lags)
	}
	k.send(asked("two"))
	k.idle()
	k.stop()
	if n := strings.Count(log.String(), "stationmaster rebuild "+repo); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, log.String())
	}
}

func TestWhatHasComeIsDecidedOnceTheRecordIsRebuilt(t *testing.T) {
	var log bytes.Buffer
	w := &witness{seqs: map[string]int64{repo: 3}}
	k := guarded(t, w, &log).run()
	k.send(asked("one"))
	k.idle()
	k.stop()
	lease, err := k.store.Acquire(t.Context(), inst, "rebuilding")
	if err != nil {
		t.Fatal(err)
	}
	err = k.store.Record(t.Context(), lease, bot.Entry{
		Repo: repo, After: 3, At: time.Now(), Event: process.Event{Key: "rebuilt/4", What: process.Rebuilt}, Decision: process.Decision{Keys: []string{"rebuilt/4"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	k.restart()
	k.idle()
	equal(t, "ledger", k.keys(), []string{"rebuilt/4", "one"})
	if all := k.ledger(); all[0].Seq != 4 || all[1].Seq != 5 {
		t.Errorf("its lines are %d and %d", all[0].Seq, all[1].Seq)
	}
	if lags := k.bot.Lags(); len(lags) != 0 {
		t.Errorf("still waiting: %+v", lags)
	}
}

func TestAGitHubThatIsAwayOpensNothing(t *testing.T) {
	var log bytes.Buffer
	w := &witness{seqs: map[string]int64{}, away: errors.New("502")}
	k := guarded(t, w, &log).run()
	k.send(asked("one"))
	for asked := 0; asked < 5 && len(k.ledger()) == 0; {
		w.set(func(w *witness) { asked = w.asked })
	}
	if n := len(k.ledger()); n != 0 {
		t.Errorf("%d lines were recorded while nobody knew", n)
	}
	w.set(func(w *witness) { w.away = nil })
	k.idle()
	equal(t, "ledger", k.keys(), []string{"one"})
}

func TestOneRepositoryThatWaitsHoldsUpNoOther(t *testing.T) {
	var log bytes.Buffer
	w := &witness{seqs: map[string]int64{"acme/behind": 9, repo: 0}}
	k := guarded(t, w, &log)
	k.open()
	for i, name := range []string{"acme/behind", repo, "acme/behind", repo} {
		e := process.Event{Key: fmt.Sprint("e", i), What: process.Asked, Repo: name}
		if err := k.bot.Inject(t.Context(), inst, e); err != nil {
			t.Fatal(err)
		}
	}
	k.run()
	k.idle()
	equal(t, "ledger", k.keys(), []string{"e1", "e3"})
	if lags := k.bot.Lags(); len(lags) != 1 || lags[0].Repo != "acme/behind" {
		t.Errorf("waiting are %+v", lags)
	}
	w.set(func(w *witness) { w.seqs["acme/behind"] = 0 })
	k.restart()
	k.idle()
	all, err := k.store.Entries(t.Context(), "acme/behind", 0, 10)
	if err != nil || len(all) != 2 {
		t.Errorf("once it is not behind, %d are decided: %v", len(all), err)
	}
}

func TestTicksDoNotPileUpBehindAShutGate(t *testing.T) {
	var log bytes.Buffer
	w := &witness{seqs: map[string]int64{repo: 9}}
	k := guarded(t, w, &log).run()
	k.send(asked("one"))
	k.idle()
	tick := process.Event{Key: "tick/1", What: process.Tick, Repo: repo}
	if err := k.bot.Inject(t.Context(), inst, tick); err != nil {
		t.Fatal(err)
	}
	k.restart()
	k.idle()
	waiting, err := k.store.Undecided(t.Context(), inst, 0, 10)
	if err != nil || len(waiting) != 1 || waiting[0].Event == bot.Injected || len(k.ledger()) != 0 {
		t.Errorf("%d deliveries wait, %d are decided: %v", len(waiting), len(k.ledger()), err)
	}
}

func TestAPageIsNotWrittenForTheNumberOfALineAlone(t *testing.T) {
	board := &process.Item{ID: process.DeparturesID, Kind: process.Departures, Title: "Departures", Ours: true, Shown: process.Shown{Number: 1}}
	k := newKit(t, func(l *process.Line, e process.Event, _ process.Answers) process.Decision {
		it := board
		if e.Key == "other" {
			it = board.Clone()
			it.Told = []string{"labels/x"}
		}
		return process.Decision{
			Changed: []*process.Item{it, feature(l.Len() + 2)},
			Actions: []process.Action{{Do: process.Refresh, Item: board.ID, Marker: "status"}},
		}
	})
	k.config.Keys = keys
	k.run()
	for _, key := range []string{"first", "second", "other"} {
		k.send(asked(key))
		k.idle()
	}
	var seqs []int64
	k.hub.set(func(h *hub) {
		for _, d := range h.done {
			s, _, err := keys.Open(d.Tail, snapshot.Place{Repo: repo, Issue: 1})
			if err != nil {
				t.Fatal(err)
			}
			seqs = append(seqs, s.Seq)
		}
	})
	// The second decision adds a feature without a page, which the board does not list.
	if fmt.Sprint(seqs) != "[1 3]" {
		t.Errorf("the page was written at lines %v, want 1 and 3", seqs)
	}
}
