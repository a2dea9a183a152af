package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// aside are the ids of what was set aside, each with why.
func (k *kit) aside() (out []string) {
	k.t.Helper()
	all, err := k.store.Aside(k.t.Context(), inst, 100)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, a := range all {
		out = append(out, a.ID+": "+a.Why)
	}
	return out
}

// explosive decides everything but what is named, until it is mended.
type explosive map[string]bool

func (x explosive) decide(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
	if x[e.Key] {
		panic("no such stage")
	}
	return process.Decision{}
}

func TestWhatWasSetAsideIsDecidedAnewOnceTheFaultIsMended(t *testing.T) {
	bad := explosive{"bad": true}
	k := newKit(t, bad.decide).run()
	k.send(asked("before"), asked("bad"), asked("after"))
	k.send(asked("good"))
	k.idle()
	equal(t, "aside", k.aside(), []string{"delivery-1: no such stage"})
	retry := bot.Job{Key: "delivery-1", Delivery: true}
	k.again(retry) // too soon
	equal(t, "aside, tried too soon", k.aside(), []string{"delivery-1: no such stage"})
	k.stop()
	delete(bad, "bad")
	k.restart()
	k.again(retry, bot.Job{Key: "unknown", Delivery: true})
	equal(t, "ledger", k.keys(), []string{"before", "dead/bad", "after", "good", "dead/bad", "bad"})
	equal(t, "aside in the end", k.aside(), nil)
}

func TestABurstThatWasSetAsideIsDecidedAnewAsAWhole(t *testing.T) {
	bad := explosive{"labels/1/delivery-1": true}
	k := newKit(t, bad.decide)
	k.config.Timing.Settle = time.Hour
	k.open()
	for _, name := range []string{"a", "b"} {
		k.sent++
		payload := fmt.Sprintf(`[{"key":"x","what":"labelled","repo":%q,"issue":{"number":1},"labels":[{"name":%q,"added":true}]}]`, repo, name)
		_, err := k.bot.Receive(t.Context(), bot.Delivery{
			ID: fmt.Sprint("delivery-", k.sent), Event: "test", Installation: inst, Repo: repo,
			Payload: []byte(payload), ReceivedAt: time.Now().Add(-3 * time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	k.run()
	k.idle()
	if got := k.aside(); len(got) != 2 {
		t.Fatalf("aside: %q, want both", got)
	}
	k.stop()
	clear(bad)
	k.restart()
	k.again(bot.Job{Key: "delivery-1", Delivery: true}, bot.Job{Key: "delivery-2", Delivery: true})
	equal(t, "ledger", k.keys(), []string{"dead/labels/1/delivery-1", "labels/1/delivery-1"})
	if got := k.ledger()[1].Event.Labels; len(got) != 2 {
		t.Errorf("decided with %+v, want both labels", got)
	}
}

// lost knows no process: not even whose a delivery is.
type lost struct{ plain }

func (lost) Tracking(context.Context, int64, string) ([]string, error) { panic("no such file") }
func (lost) Process(context.Context, int64, string) (*bot.Tracked, error) {
	panic("no such file")
}

func (lost) Translate(d bot.Delivery) ([]process.Event, error) {
	if string(d.Payload) == "poison" {
		panic("no such field")
	}
	return plain{}.Translate(d)
}

func TestAPanicAnywhereBeforeTheDecisionEndsNeitherProcessNorLine(t *testing.T) {
	k := newKit(t, nil)
	k.config.Translator, k.config.Processes = lost{}, lost{}
	k.run()
	d := bot.Delivery{ID: "poison", Event: "test", Installation: inst, Repo: repo, Payload: []byte("poison")}
	if _, err := k.bot.Receive(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	k.send(asked("k"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"dead/k"})
	equal(t, "aside", k.aside(), []string{"poison: translate: no such field", "delivery-1: no such file"})
	k.stop()
	k.config.Processes = plain{}
	k.restart()
	k.again(bot.Job{Key: "delivery-1", Delivery: true}, bot.Job{Key: "poison", Delivery: true})
	equal(t, "ledger then", k.keys(), []string{"dead/k", "dead/poison", "k"})
}

func TestADecisionWithoutFormIsSetAside(t *testing.T) {
	for name, d := range map[string]process.Decision{
		"no item":   {Changed: []*process.Item{nil}},
		"no id":     {Changed: []*process.Item{{}}},
		"no action": {},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, nil)
			rules := k.config.Rules.Decide
			k.config.Rules.Decide = func(p *process.Process, l *process.Line, e process.Event, a process.Answers) process.Decision {
				if e.Key != "bad" {
					return rules(p, l, e, a)
				}
				bad := d
				if len(bad.Changed) == 0 {
					bad.Actions = []process.Action{{Do: process.React}}
				}
				return bad
			}
			k.run()
			k.send(asked("bad"))
			k.send(asked("good"))
			k.idle()
			equal(t, "ledger", k.keys(), []string{"dead/bad", "good"})
		})
	}
}

// picky is a store that refuses what comes of some events.
type picky struct {
	bot.Store
	refuse func(e bot.Entry) error
}

func (p picky) Record(ctx context.Context, l bot.Lease, entries ...bot.Entry) error {
	for _, e := range entries {
		if err := p.refuse(e); err != nil {
			return err
		}
	}
	return p.Store.Record(ctx, l, entries...)
}

func TestWhatTheStoreWillNeverTakeHoldsUpNothing(t *testing.T) {
	about := func(e bot.Entry, key string) bool { return strings.HasSuffix(e.Event.Key, key) }
	tests := []struct {
		name   string
		refuse func(e bot.Entry) error
		keys   []string
		why    string
	}{
		{"the decision is unfit", func(e bot.Entry) error { return only(e.Event.Key == "bad", bot.ErrUnfit) }, []string{"dead/bad", "good"}, bot.ErrUnfit.Error()},
		{"even its failure is unfit", func(e bot.Entry) error { return only(about(e, "bad"), bot.ErrUnfit) }, []string{"good"}, bot.ErrUnfit.Error()},
		{"it panics", func(e bot.Entry) error {
			if e.Event.Key == "bad" {
				panic("deep down")
			}
			return nil
		}, []string{"dead/bad", "good"}, bot.ErrUnfit.Error()},
		{"it is refused again and again", func(e bot.Entry) error { return only(e.Event.Key == "bad", errors.New("timeout")) }, []string{"dead/bad", "good"}, "timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := newKit(t, nil)
			k.open()
			k.config.Store = picky{k.store, tt.refuse}
			k.run()
			k.send(asked("bad"))
			k.send(asked("good"))
			k.idle()
			equal(t, "ledger", k.keys(), tt.keys)
			if got := k.aside(); len(got) != 1 || !strings.HasPrefix(got[0], "delivery-1: "+tt.why) {
				t.Errorf("aside: %q, want the first for %q", got, tt.why)
			}
		})
	}
}

func TestAReceiptThatCannotBeDecidedIsRunAgainWithoutDoingTheDeedTwice(t *testing.T) {
	train := &process.Item{ID: "alphanet/2026-12", Kind: process.Alphanet, Ours: true, Title: "Alphanet", T: &process.TrainFacts{}}
	bad := explosive{"done/k!0": true}
	inner := does(map[string]process.Decision{"k": {Changed: []*process.Item{train}, Actions: []process.Action{
		{Do: process.OpenIssue, Item: train.ID, Title: "Alphanet"},
		{Do: process.AddLabel, Item: train.ID, Label: "kind/alphanet"},
	}}})
	k := newKit(t, func(l *process.Line, e process.Event, a process.Answers) process.Decision {
		bad.decide(l, e, a)
		return inner(l, e, a)
	}).run()
	k.send(asked("k"))
	k.idle()
	dead, err := k.store.Failed(t.Context(), inst)
	if err != nil || len(dead) != 1 || !strings.Contains(dead[0].LastError, "what follows could not be decided: no such stage") {
		t.Fatalf("dead: %+v, %v", dead, err)
	}
	k.stop()
	clear(bad)
	k.restart()
	k.again(bot.Job{Repo: repo, Key: "k!0"})
	if n := k.hub.count(process.OpenIssue); n != 1 {
		t.Errorf("opened %d times: %q", n, k.hub.log())
	}
	number := k.line().Get(train.ID).Shown.Number
	if log := k.hub.log(); number == 0 || !slices.Contains(log, fmt.Sprintf("add-label #%d kind/alphanet", number)) {
		t.Errorf("the train's number is %d, and done is %q", number, log)
	}
}

// An action that has failed a few times waits long for its next try. What has
// nothing to do with it passes; what changes the same thing does not.
func TestAnActionThatFailsForLongLetsOthersOfItsIssuePass(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{
			label(1, "Stuck"), label(1, "b"), {Do: process.RemoveLabel, Item: "issue/1", Label: "stuck"}, label(1, "c"),
		}},
	}))
	k.hub.before = func(bot.Deed) error { return bot.Later{Until: time.Now().Add(time.Hour)} }
	k.run()
	k.send(asked("k"))
	for len(k.hub.log()) == 0 && len(k.pending()) < 4 {
		pauseFor(t, k)
	}
	k.stop()
	if got := k.hub.log(); len(got) != 0 {
		t.Fatalf("done: %q", got)
	}
	stuck := k.pending()[0]
	lease, err := k.store.Acquire(t.Context(), inst, "test")
	if err != nil {
		t.Fatal(err)
	}
	stuck.DueAt = time.Now().Add(time.Hour)
	try := func(attempt int) []string {
		stuck.Attempt = attempt
		if err := k.store.Update(t.Context(), lease, stuck); err != nil {
			t.Fatal(err)
		}
		done := make(chan bool, 4)
		k.hub.set(func(h *hub) {
			h.before, h.after = nil, func(bot.Deed) error { done <- true; return nil }
		})
		k.restart()
		if attempt >= 3 {
			<-done
			<-done
		}
		k.send(asked("another")) // to be sure that the worker has looked at all of it
		for !slices.Contains(k.keys(), "another") {
			pauseFor(t, k)
		}
		k.stop()
		return k.hub.log()
	}
	equal(t, "done after two failures", try(2), nil)
	if lease, err = k.store.Acquire(t.Context(), inst, "test"); err != nil {
		t.Fatal(err)
	}
	equal(t, "done after three", try(3), []string{"add-label #1 b", "add-label #1 c"})
}

func (k *kit) pending() []bot.Work {
	k.t.Helper()
	work, err := k.store.Pending(k.t.Context(), inst)
	if err != nil {
		k.t.Fatal(err)
	}
	return work
}
