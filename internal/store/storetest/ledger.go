package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
)

// recordIsWhole records what cannot be written down, and looks for its parts.
func recordIsWhole(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	must[bool](t, "receive")(s.Receive(t.Context(), delivery("d1")))
	d := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 1))
	bad := entry("k", "issue/1")
	bad.Deliveries = []int64{d[0].Seq}
	bad.Decision.Actions = append(bad.Decision.Actions, process.Action{
		Key: "k/2", Do: process.SayOnce, Words: process.Say("x", "channel", make(chan int)),
	})
	fails(t, "record what JSON cannot hold", s.Record(t.Context(), l, bad), bot.ErrUnfit)
	if line := must[*process.Line](t, "line")(s.Line(t.Context(), repo)); line.Len() != 0 {
		t.Error("its item was kept")
	}
	if work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst)); len(work) != 0 {
		t.Error("its action was kept")
	}
	if seen := must[map[string]bool](t, "seen")(s.Seen(t.Context(), repo, []string{"k"})); seen["k"] {
		t.Error("its key was kept")
	}
	if left := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 1)); len(left) != 1 {
		t.Error("its delivery was settled")
	}
	ok(t, "verify", s.Verify(t.Context(), repo))
}

func lineComesBack(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	if line := must[*process.Line](t, "line")(s.Line(t.Context(), "acme/unknown")); line.Repo != "acme/unknown" || line.Len() != 0 {
		t.Errorf("an unknown line is %+v, want an empty one", line)
	}
	first, second := entry("k1", "issue/1"), entry("k2", "issue/2")
	full := &process.Item{
		ID: "issue/1", Kind: process.Upgrade, Title: "Upgrade 17 · Karst", Stage: "betanet-scoping", Since: noon,
		Tracks: map[string]process.Standing{"governance": {At: "proposal", Since: noon}},
		Told:   []string{"invited"},
		T: &process.TrainFacts{
			Date: day, Number: "17a", Judged: map[process.ID]string{"issue/2": "stable"},
			Planned: map[string]process.Plan{"testnet": {On: day.AddDays(35), By: "ann", At: noon}},
		},
		Shown: process.Shown{Number: 1, Labels: []string{"kind/upgrade"}, Comments: map[string]int64{"status": 1 << 40}},
	}
	first.Decision.Changed = append(first.Decision.Changed, full) // the later one of the same id stays
	for _, e := range []bot.Entry{first, second} {
		ok(t, "record", s.Record(t.Context(), l, e))
	}
	want := process.NewLine(repo).With([]*process.Item{full, second.Decision.Changed[0]})
	got := must[*process.Line](t, "line")(s.Line(t.Context(), repo))
	all := func(*process.Item) bool { return true }
	if diff := cmp.Diff(want.Sorted(all), got.Sorted(all), cmpopts.EquateComparable(calendar.Date{})); diff != "" || got.Repo != repo {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if repos := must[[]string](t, "repos")(s.Repos(t.Context(), inst)); len(repos) != 1 || repos[0] != repo {
		t.Errorf("repositories with a line are %v", repos)
	}
}

func keysPerRepo(t *testing.T, s bot.Store) {
	e := entry("k1", "issue/1")
	e.Decision.Keys = []string{"k1", "k1/a", "k1"} // repeated keys are no fault
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst), e))
	got := must[map[string]bool](t, "seen")(s.Seen(t.Context(), repo, []string{"k1", "k1/a", "k2"}))
	if !got["k1"] || !got["k1/a"] || got["k2"] {
		t.Errorf("seen %v, want k1 and k1/a", got)
	}
	if got := must[map[string]bool](t, "seen")(s.Seen(t.Context(), "acme/other", []string{"k1"})); got["k1"] {
		t.Error("another repository has seen k1")
	}
	if got := must[map[string]bool](t, "seen")(s.Seen(t.Context(), repo, nil)); len(got) != 0 {
		t.Errorf("of no keys %v were seen", got)
	}
}

func ledger(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	for i := range 5 {
		ok(t, "record", s.Record(t.Context(), l, entry(fmt.Sprint("k", i), "issue/1")))
	}
	foreign := entry("k0", "issue/1")
	foreign.Repo = "acme/other"
	ok(t, "record", s.Record(t.Context(), l, foreign))
	var all []bot.LedgerEntry
	for after := int64(0); ; after = all[len(all)-1].Seq {
		page := must[[]bot.LedgerEntry](t, "entries")(s.Entries(t.Context(), repo, after, 2))
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
	}
	if len(all) != 5 {
		t.Fatalf("%d entries, want 5", len(all))
	}
	prev := ""
	for i, e := range all {
		if e.Seq != int64(i+1) || e.Prev != prev || len(e.Hash) != 64 {
			t.Errorf("entry %d is %d, after %q, with hash %q", i, e.Seq, e.Prev, e.Hash)
		}
		if e.Hash != store.Hash(prev, e.Body) {
			t.Errorf("entry %d has not the bytes that were recorded: %s", i, e.Body)
		}
		prev = e.Hash
	}
	want := entry("k4", "issue/1")
	got := all[4].Entry
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(calendar.Date{})); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	for _, r := range []string{repo, "acme/other", "acme/none"} {
		ok(t, "verify", s.Verify(t.Context(), r))
	}
}

func lostLease(t *testing.T, s bot.Store) {
	old := lease(t, s, inst)
	ok(t, "record", s.Record(t.Context(), old, entry("k1", "issue/1")))
	must[bool](t, "receive")(s.Receive(t.Context(), delivery("d1")))
	d := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 1))
	now := lease(t, s, inst)
	if now.Epoch <= old.Epoch {
		t.Fatalf("epoch went from %d to %d", old.Epoch, now.Epoch)
	}
	never := bot.Lease{Installation: inst + 1, Epoch: 1}
	for _, l := range []bot.Lease{old, never} {
		w := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))[0]
		w.Attempt = 5
		fails(t, "record", s.Record(t.Context(), l, entry("k2", "issue/2")), bot.ErrLeaseLost)
		fails(t, "settle", s.Settle(t.Context(), l, []int64{d[0].Seq}, ""), bot.ErrLeaseLost)
		_, err := s.Forget(t.Context(), l, noon, 1)
		fails(t, "forget", err, bot.ErrLeaseLost)
		_, err = s.Cut(t.Context(), l, noon, 1)
		fails(t, "cut", err, bot.ErrLeaseLost)
		fails(t, "set aside", s.SetAside(t.Context(), l, []int64{d[0].Seq}, "why"), bot.ErrLeaseLost)
		fails(t, "recall", s.Recall(t.Context(), l, "d1"), bot.ErrLeaseLost)
		fails(t, "update", s.Update(t.Context(), l, w), bot.ErrLeaseLost)
		fails(t, "finish", s.Finish(t.Context(), l, repo, process.Result{Action: w.Action.Key}), bot.ErrLeaseLost)
		fails(t, "revive", s.Revive(t.Context(), l, repo, w.Action.Key), bot.ErrLeaseLost)
	}
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	left := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 1))
	if len(work) != 1 || work[0].Attempt != 0 || len(left) != 1 {
		t.Errorf("a lost lease changed something: work %+v, deliveries %+v", work, left)
	}
	ok(t, "release the old", s.Release(t.Context(), old))
	ok(t, "record", s.Record(t.Context(), now, entry("k3", "issue/3")))
	ok(t, "release", s.Release(t.Context(), now))
	fails(t, "record after release", s.Record(t.Context(), now, entry("k4", "issue/4")), bot.ErrLeaseLost)
}

func moved(t *testing.T, s bot.Store) {
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst), entry("k1", "issue/1")))
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst+1), entry("k2", "issue/2")))
	if work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst+1)); len(work) != 2 || work[0].Installation != inst+1 {
		t.Errorf("the new installation has work %+v, want both actions", work)
	}
	if repos := must[[]string](t, "repos")(s.Repos(t.Context(), inst)); len(repos) != 0 {
		t.Errorf("the old installation still has %v", repos)
	}
}

func recordedTogether(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	ok(t, "record nothing", s.Record(t.Context(), l))
	ok(t, "record", s.Record(t.Context(), l, entry("k0", "issue/1")))
	later := entry("k2", "issue/1")
	later.Decision.Changed[0].Title = "later"
	ok(t, "record two", s.Record(t.Context(), l, entry("k1", "issue/1"), later))
	bad := entry("k4", "issue/9")
	bad.Decision.Changed = append(bad.Decision.Changed, &process.Item{ID: "issue/10", Shown: process.Shown{Number: 10}})
	bad.Decision.Actions = []process.Action{{Key: "k4/1", Do: process.SayOnce, Words: process.Say("x", "channel", make(chan int))}}
	fails(t, "record one of which is unfit", s.Record(t.Context(), l, entry("k3", "issue/9"), bad), bot.ErrUnfit)
	var keys []string
	for _, e := range must[[]bot.LedgerEntry](t, "entries")(s.Entries(t.Context(), repo, 0, 10)) {
		keys = append(keys, fmt.Sprint(e.Seq, " ", e.Event.Key))
	}
	if diff := cmp.Diff([]string{"1 k0", "2 k1", "3 k2"}, keys); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	line := must[*process.Line](t, "line")(s.Line(t.Context(), repo))
	if got := line.Get("issue/1").Title; got != "later" || line.Get("issue/9") != nil {
		t.Errorf("issue/1 is %q, issue/9 %+v", got, line.Get("issue/9"))
	}
	ok(t, "verify", s.Verify(t.Context(), repo))
}
