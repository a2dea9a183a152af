package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestADeliveryIsDecidedRecordedAndCarriedOut(t *testing.T) {
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		return process.Decision{
			Changed: []*process.Item{feature(12)},
			Actions: []process.Action{
				{Do: process.AddLabel, Item: "issue/12", Label: "kind/feature"},
				{Do: process.SayOnce, Item: "issue/12", Words: process.Say("hello")},
			},
		}
	}).run()
	k.send(asked("k1"))
	k.idle()
	equal(t, "done", k.hub.log(), []string{"add-label #12 kind/feature", "comment #12 says hello"})
	equal(t, "ledger", k.keys(), []string{"k1"})
	if k.line().Number(12) == nil {
		t.Error("the item is not in the line")
	}
	if left, _ := k.store.Undecided(t.Context(), inst, 0, 10); len(left) != 0 {
		t.Errorf("undecided: %+v", left)
	}
	if e := k.ledger()[0]; e.Process != "p1" || e.Decision.Actions[1].Body != "says hello" {
		t.Errorf("recorded as %+v", e.Entry)
	}
}

func TestWhatWasReceivedBeforeTheBotRanIsDecided(t *testing.T) {
	k := newKit(t, nil)
	k.open()
	k.send(asked("k1"))
	k.run()
	k.idle()
	equal(t, "ledger", k.keys(), []string{"k1"})
}

func TestTheSameEventHeardTwiceIsDecidedOnce(t *testing.T) {
	k := newKit(t, nil).run()
	k.send(asked("k1"))
	k.send(asked("k1"))                  // by another delivery
	k.deliver("delivery-1", asked("k2")) // the first delivery again
	k.idle()
	equal(t, "ledger", k.keys(), []string{"k1"})
}

func TestDecisionsKeepTheOrderOfArrivalWhileQuestionsAreAnsweredTogether(t *testing.T) {
	const n = 40
	together := make(chan bool)
	k := newKit(t, nil)
	k.config.Asking = 4
	k.config.Rules.Ask = func(_ *process.Process, _ *process.Line, e process.Event) (q process.Questions) {
		q.Need(e.Key, process.Maintainer)
		return q
	}
	k.hub.answers = func(q process.Questions) process.Answers {
		if q.Roles["k00"] != nil || q.Roles["k01"] != nil { // these two wait for each other
			select {
			case together <- true:
			case <-together:
			case <-time.After(time.Minute):
			}
		}
		return process.Answers{}
	}
	k.run()
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("k%02d", i))
		k.send(asked(want[i]))
	}
	k.idle()
	equal(t, "ledger", k.keys(), want)
}

func TestAQuestionThatComesUpByTheTurnBeforeIsAnswered(t *testing.T) {
	k := newKit(t, func(l *process.Line, e process.Event, a process.Answers) process.Decision {
		if e.Key == "first" {
			return process.Decision{Changed: []*process.Item{feature(1)}}
		}
		return process.Decision{Parts: []process.Part{{Outcome: process.Outcome{Rule: string(a.Role("ann", process.Security))}}}}
	})
	k.config.Rules.Ask = func(_ *process.Process, l *process.Line, e process.Event) (q process.Questions) {
		if l.Number(1) != nil {
			q.Need("ann", process.Security)
		}
		return q
	}
	k.hub.answers = func(process.Questions) process.Answers {
		return process.Answers{Roles: map[string]map[process.Role]process.Verdict{"ann": {process.Security: process.Yes}}}
	}
	k.open()
	k.send(asked("first"))
	k.send(asked("second"))
	k.run()
	k.idle()
	if got := k.ledger()[1].Decision.Parts[0].Outcome.Rule; got != "yes" {
		t.Errorf("the second was decided knowing %q, want yes", got)
	}
}

func TestADecisionThatPanicsIsSetAsideAndTheLineGoesOn(t *testing.T) {
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		if e.Key == "bad" {
			panic("no such stage")
		}
		return process.Decision{}
	}).run()
	k.send(asked("bad"))
	k.send(asked("good"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"dead/bad", "good"})
	e := k.ledger()[0].Event
	if e.What != process.Dead || !strings.Contains(e.Trace, "no such stage") || !strings.Contains(e.Trace, "bot_test.go") {
		t.Errorf("set aside as %s with trace %q", e.What, e.Trace)
	}
	if left, _ := k.store.Undecided(t.Context(), inst, 0, 10); len(left) != 0 {
		t.Errorf("undecided: %+v", left)
	}
}

func TestAPanicWhileAskingIsSetAsideToo(t *testing.T) {
	k := newKit(t, nil)
	k.config.Rules.Ask = func(_ *process.Process, _ *process.Line, e process.Event) process.Questions {
		panic("nobody there")
	}
	k.run()
	k.send(asked("bad"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"dead/bad"})
}

func TestADecisionThatCannotBeWrittenDownIsSetAside(t *testing.T) {
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		if e.Key == "bad" {
			return process.Decision{Actions: []process.Action{{Do: process.React, Words: process.Say("x", "c", make(chan int))}}}
		}
		return process.Decision{}
	}).run()
	k.send(asked("bad"))
	k.send(asked("good"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"dead/bad", "good"})
}

func TestAnUnreadablePayloadIsSetAside(t *testing.T) {
	k := newKit(t, nil).run()
	d := bot.Delivery{ID: "broken", Event: "test", Installation: inst, Repo: repo, Payload: []byte("{")}
	if _, err := k.bot.Receive(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	k.send(asked("good"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"dead/broken", "good"})
}

func TestATextThatCannotBeRenderedLosesNothing(t *testing.T) {
	for _, text := range []string{"fails", "panics"} {
		t.Run(text, func(t *testing.T) {
			k := newKit(t, func(*process.Line, process.Event, process.Answers) process.Decision {
				return process.Decision{Actions: []process.Action{{Do: process.SayOnce, Issue: 4, Words: process.Say(text)}}}
			}).run()
			k.send(asked("k"))
			k.idle()
			if log := k.hub.log(); len(log) != 1 || !strings.Contains(log[0], "`"+text+"` could not be rendered") {
				t.Errorf("said %q", log)
			}
		})
	}
}

func TestADeliveryWithManyEventsIsSettledWithTheLast(t *testing.T) {
	k := newKit(t, nil).run()
	k.send(asked("a"), asked("b"), asked("c"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"a", "b", "c"})
	for i, e := range k.ledger() {
		if last := i == 2; last != (len(e.Deliveries) == 1) {
			t.Errorf("entry %d settles %v", i, e.Deliveries)
		}
	}
}

func TestTicksThatChangeNothingLeaveNoTrace(t *testing.T) {
	k := newKit(t, nil).run()
	tick := process.Event{Key: "tick/" + repo + "/2026-12-08T10:00Z", What: process.Tick, Repo: repo}
	for range 2 {
		if err := k.bot.Inject(t.Context(), inst, tick); err != nil {
			t.Fatal(err)
		}
	}
	k.send(asked("k"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"k"})
}

// elsewhere tracks acme/releases and acme/other for the pull requests of
// acme/code, and nothing else.
type elsewhere struct{ plain }

func (elsewhere) Tracking(_ context.Context, _ int64, name string) ([]string, error) {
	if name == "acme/code" {
		return []string{repo, "acme/other"}, nil
	}
	return nil, nil
}

func TestAPullRequestIsDecidedForEveryTrackingRepository(t *testing.T) {
	k := newKit(t, func(l *process.Line, e process.Event, _ process.Answers) process.Decision {
		return process.Decision{Parts: []process.Part{{Line: process.Typed{Text: e.Repo + " for " + l.Repo}}}}
	})
	k.config.Processes = elsewhere{}
	k.run()
	for _, from := range []string{"acme/code", "acme/unknown"} {
		d := bot.Delivery{ID: from, Event: "test", Installation: inst, Repo: from, Payload: []byte(`[{"key":"pull","repo":"acme/code"}]`)}
		if _, err := k.bot.Receive(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	k.idle()
	for _, r := range []string{repo, "acme/other"} {
		entries, err := k.store.Entries(t.Context(), r, 0, 10)
		if err != nil || len(entries) != 1 || entries[0].Decision.Parts[0].Line.Text != "acme/code for "+r {
			t.Errorf("%s has %+v, %v", r, entries, err)
		}
	}
	if left, _ := k.store.Undecided(t.Context(), inst, 0, 10); len(left) != 0 {
		t.Errorf("undecided: %+v", left)
	}
}

func labelled(issue int, names ...string) process.Event {
	e := process.Event{Key: "x", What: process.Labelled, Repo: repo, Issue: &process.Issue{Number: issue}}
	for _, n := range names {
		e.Labels = append(e.Labels, process.LabelChange{Name: n, Added: true})
	}
	return e
}

func commented(issue int, key string) process.Event {
	e := asked(key)
	e.Issue = &process.Issue{Number: issue}
	e.Comment = &process.Comment{ID: 5}
	return e
}

func TestABurstOfLabelsBecomesOneEvent(t *testing.T) {
	k := newKit(t, nil)
	k.config.Timing.Settle = time.Hour // only the receipt's time tells what belongs together
	k.open()
	long := time.Now().Add(-3 * time.Hour)
	at := func(id string, after time.Duration, e process.Event) {
		t.Helper()
		payload := fmt.Sprintf(`[{"key":"x","what":%q,"repo":%q,"issue":{"number":%d},"labels":[`, e.What, e.Repo, e.Issue.Number)
		for i, l := range e.Labels {
			payload += strings.Repeat(",", min(i, 1)) + fmt.Sprintf(`{"name":%q,"added":true}`, l.Name)
		}
		if e.What != process.Labelled {
			payload = fmt.Sprintf(`[{"key":%q,"what":"asked","repo":%q,"issue":{"number":%d}`, e.Key, e.Repo, e.Issue.Number)
			payload += "}]"
		} else {
			payload += "]}]"
		}
		d := bot.Delivery{ID: id, Event: "test", Installation: inst, Repo: repo, Payload: []byte(payload), ReceivedAt: long.Add(after)}
		if _, err := k.bot.Receive(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	at("d1", 0, labelled(1, "a"))
	at("d2", 20*time.Minute, labelled(2, "z"))
	at("d3", 30*time.Minute, labelled(1, "b"))
	at("d4", 40*time.Minute, commented(1, "word"))
	at("d5", 50*time.Minute, labelled(1, "c"))
	k.run()
	k.idle()
	var got []string
	for _, e := range k.ledger() {
		var names []string
		for _, l := range e.Event.Labels {
			names = append(names, l.Name)
		}
		got = append(got, e.Event.Key+" "+strings.Join(names, "+"))
	}
	slices.Sort(got)
	equal(t, "ledger", got, []string{"labels/1/d1 a+b", "labels/1/d5 c", "labels/2/d2 z", "word "})
	for _, e := range k.ledger() {
		if e.Event.Key == "labels/1/d1" && len(e.Deliveries) != 2 {
			t.Errorf("the burst settles %v, want both its deliveries", e.Deliveries)
		}
	}
}

func TestWhileLabelsSettleOnlyTheirOwnIssueWaits(t *testing.T) {
	k := newKit(t, nil)
	k.config.Timing.Settle = time.Hour
	decided := make(chan string, 10)
	inner := k.config.Rules.Decide
	k.config.Rules.Decide = func(p *process.Process, l *process.Line, e process.Event, a process.Answers) process.Decision {
		decided <- e.Key
		return inner(p, l, e, a)
	}
	k.run()
	k.send(labelled(1, "a"))
	k.send(commented(1, "same issue"))
	k.send(commented(2, "other issue"))
	if got := <-decided; got != "other issue" {
		t.Errorf("decided %q first, want the other issue's", got)
	}
	k.stop()
	if len(decided) != 0 {
		t.Errorf("also decided %q", <-decided)
	}
}

func TestALabelAloneSettlesByItself(t *testing.T) {
	k := newKit(t, nil)
	k.config.Timing.Settle = time.Millisecond
	k.run()
	k.send(labelled(1, "a"))
	k.send(commented(1, "word"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"labels/1/delivery-1", "word"})
}

func TestASlowCommandIsNoticedFirst(t *testing.T) {
	noticed := make(chan bool)
	k := newKit(t, nil)
	k.config.Timing.Slow = time.Nanosecond
	k.config.Rules.Ask = func(_ *process.Process, _ *process.Line, e process.Event) (q process.Questions) {
		q.Need("ann", process.Maintainer)
		return q
	}
	k.hub.answers = func(process.Questions) process.Answers { <-noticed; return process.Answers{} }
	k.hub.before = func(d bot.Deed) error {
		if d.Reaction == "eyes" && d.Target == 5 && d.Number == 1 {
			close(noticed)
		}
		return nil
	}
	k.run()
	k.send(commented(1, "slow"))
	k.idle()
	equal(t, "done", k.hub.log(), []string{"react #1 eyes"})
}

func TestDeliveriesSettledLongAgoAreForgotten(t *testing.T) {
	k := newKit(t, nil)
	k.config.Timing.Keep = time.Nanosecond
	k.open()
	k.send(asked("k"))
	k.run()
	k.idle()
	again := bot.Delivery{ID: "delivery-1", Event: "test", Installation: inst, Repo: repo, Payload: []byte(`[{"key":"k"}]`)}
	for _, remember := range []time.Duration{time.Hour, 0} { // as long as its id is known, and after
		k.config.Timing.Remember = remember
		k.restart()
		k.idle() // the first thing done is to cut, or to forget
		if fresh, err := k.bot.Receive(t.Context(), again); err != nil || fresh != (remember == 0) {
			t.Errorf("remembered for %v it is fresh: %v, %v", remember, fresh, err)
		}
		k.idle()
		equal(t, "ledger", k.keys(), []string{"k"}) // for its event is known for ever
	}
}

func TestManyInstallationsWorkSideBySide(t *testing.T) {
	k := newKit(t, nil).run()
	for i := range 5 {
		name := fmt.Sprint("acme/r", i)
		d := bot.Delivery{ID: name, Event: "test", Installation: int64(i + 1), Repo: name, Payload: []byte(`[{"key":"k"}]`)}
		if _, err := k.bot.Receive(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	k.idle()
	for i := range 5 {
		if entries, err := k.store.Entries(t.Context(), fmt.Sprint("acme/r", i), 0, 10); err != nil || len(entries) != 1 {
			t.Errorf("installation %d decided %d, %v", i+1, len(entries), err)
		}
	}
}

func TestAnEmptyBotIsIdle(t *testing.T) {
	k := newKit(t, nil).run()
	k.idle()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	other := bot.New(k.config) // does not run
	if err := other.Idle(ctx); err == nil {
		t.Error("a bot that does not run says it is idle")
	}
}

// moody cannot be had for a while, and then panics once.
type moody struct {
	plain
	left *atomic.Int64
}

func (m moody) Process(ctx context.Context, installation int64, repo string) (*bot.Tracked, error) {
	switch left := m.left.Add(-1); {
	case left > 0:
		return nil, errors.New("503")
	case left == 0:
		panic("nil map")
	}
	return m.plain.Process(ctx, installation, repo)
}

func (moody) Tracking(context.Context, int64, string) ([]string, error) {
	return nil, errors.New("503")
}

func TestADecisionWaitsForItsProcess(t *testing.T) {
	k := newKit(t, nil)
	mood := moody{left: &atomic.Int64{}}
	mood.left.Store(4)
	k.config.Processes = mood
	k.run()
	for _, key := range []string{"panics", "decided"} {
		k.send(asked(key))
		k.idle()
	}
	equal(t, "ledger", k.keys(), []string{"dead/panics", "decided"})
}
