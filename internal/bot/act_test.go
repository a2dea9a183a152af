package bot_test

import (
	"cmp"
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

// does decides what the events' keys name, and writes receipts down as the real
// rules do.
func does(plan map[string]process.Decision) func(*process.Line, process.Event, process.Answers) process.Decision {
	return func(l *process.Line, e process.Event, _ process.Answers) process.Decision {
		r := e.Result
		if r == nil {
			return plan[e.Key]
		}
		it := l.Get(r.Item).Clone()
		switch {
		case r.Failed != "":
			it.Note(e.At, "", process.Say("note.failed", "why", r.Failed))
		case r.Kind == process.OpenIssue:
			it.Shown.Number = r.Number
		case r.Kind == process.MakeMilestone:
			it.T.Milestone = r.Number
		default:
			it.Shown.Comments = map[string]int64{r.Marker: r.Comment}
		}
		return process.Decision{Changed: []*process.Item{it}}
	}
}

func label(n int, name string) process.Action {
	return process.Action{Do: process.AddLabel, Item: process.ID(fmt.Sprint("issue/", n)), Label: name}
}

// gate holds deeds back until it is opened.
type gate chan struct{}

func (g gate) wait() {
	select {
	case <-g:
	case <-time.After(time.Minute):
	}
}

func TestOrderHoldsPerIssueAndIssuesGoInParallel(t *testing.T) {
	const issues, each = 30, 4
	d := process.Decision{}
	for n := 1; n <= issues; n++ {
		d.Changed = append(d.Changed, feature(n))
		for i := range each {
			d.Actions = append(d.Actions, label(n, fmt.Sprint("l", i)))
		}
	}
	k := newKit(t, does(map[string]process.Decision{"k": d}))
	full := make(gate)
	k.config.Parallel = 5
	k.hub.before = func(bot.Deed) error {
		k.hub.set(func(h *hub) {
			if h.now == 5 && h.most == 5 {
				select {
				case <-full:
				default:
					close(full)
				}
			}
		})
		full.wait() // until as many are under way as may be
		return nil
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	if k.hub.most != 5 {
		t.Errorf("%d at once, want 5", k.hub.most)
	}
	var first []string
	for _, l := range k.hub.log() {
		if strings.Contains(l, "#7 ") {
			first = append(first, l)
		}
	}
	equal(t, "issue 7", first, []string{"add-label #7 l0", "add-label #7 l1", "add-label #7 l2", "add-label #7 l3"})
}

func TestAnAnswerOvertakesRoutineWork(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1), feature(2)}, Actions: []process.Action{
			label(1, "a"), label(1, "b"), label(2, "c"),
			{Do: process.React, Issue: 1, Reaction: "rocket", Urgent: true},
			{Do: process.AddLabel, Item: "issue/1", Label: "urgent label", Urgent: true},
		}},
	}))
	k.config.Parallel = 1
	k.run()
	k.send(asked("k"))
	k.idle()
	equal(t, "done", k.hub.log(), []string{
		"react #1 rocket", "add-label #1 a", "add-label #1 b", "add-label #1 urgent label", "add-label #2 c",
	})
}

func TestWhatNeedsANumberWaitsForIt(t *testing.T) {
	train := &process.Item{ID: "alphanet/2026-12", Kind: process.Alphanet, Ours: true, Title: "Alphanet", T: &process.TrainFacts{}}
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1), train}, Actions: []process.Action{
			{Do: process.SetMilestone, Item: "issue/1", Train: train.ID},
			{Do: process.AddLabel, Item: train.ID, Label: "kind/alphanet"},
			{Do: process.OpenIssue, Item: train.ID, Title: "Alphanet"},
			{Do: process.MakeMilestone, Item: train.ID, Title: "Alphanet"},
			{Do: process.EditComment, Item: train.ID, Marker: "list", Body: "edited"},
			{Do: process.SayOnce, Item: train.ID, Marker: "list", Body: "posted"},
		}},
	}))
	// The first try fails, so that everything else has to wait for a while.
	failed := false
	k.hub.before = func(d bot.Deed) error {
		if d.Do == process.OpenIssue && !failed {
			failed = true
			return errors.New("502")
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	var made, set bot.Deed
	for _, d := range k.hub.done {
		switch d.Do {
		case process.MakeMilestone:
			made = d
		case process.SetMilestone:
			set = d
		case process.EditComment:
			if d.CommentID == 0 {
				t.Error("a comment was edited without its id")
			}
		case process.AddLabel:
			if d.Number == 0 {
				t.Error("a label was put on no issue")
			}
		}
	}
	if made.MilestoneNumber != 0 || set.MilestoneNumber == 0 || set.Number != 1 {
		t.Errorf("milestone made as %+v and set as %+v", made, set)
	}
	if len(k.hub.done) != 6 {
		t.Errorf("done: %q, want each of the six once", k.hub.log())
	}
	if it := k.line().Get(train.ID); it.Shown.Number == 0 || it.T.Milestone == 0 || it.Shown.Comments["list"] == 0 {
		t.Errorf("the line knows %+v of the train", it.Shown)
	}
}

func TestWhatNobodyWillMakeHoldsUpNothing(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{
			{Do: process.EditComment, Item: "issue/1", Marker: "never posted", Body: "x"}, label(1, "a"),
		}},
		"later": {Actions: []process.Action{{Do: process.SayOnce, Item: "issue/1", Marker: "never posted", Body: "posted"}}},
	})).run()
	k.send(asked("k"))
	k.idle()
	equal(t, "done", k.hub.log(), []string{"add-label #1 a"})
	k.send(asked("later"))
	k.idle()
	equal(t, "done then", k.hub.log(), []string{"add-label #1 a", "comment #1 posted", "edit-comment #1 x"})
}

func TestManyRefreshesOfAPageAreOneWrite(t *testing.T) {
	refresh := process.Action{Do: process.Refresh, Item: "issue/1", Marker: "status"}
	page := func(title string) process.Decision {
		it := feature(1)
		it.Title = title
		it.Shown.Comments = map[string]int64{"status": 44}
		return process.Decision{Changed: []*process.Item{it}, Actions: []process.Action{refresh, refresh}}
	}
	plan := map[string]process.Decision{"first": page("a"), "same": page("z")}
	for i := range 20 {
		plan[fmt.Sprint("k", i)] = page(fmt.Sprint("b", i))
	}
	plan["k19"] = page("z")
	k := newKit(t, does(plan))
	held, leave := make(chan bool, 1), make(gate)
	k.hub.before = func(d bot.Deed) error {
		if d.Body == "page: a" {
			held <- true
			leave.wait()
		}
		return nil
	}
	k.run()
	k.send(asked("first"))
	<-held
	for i := range 20 {
		k.send(asked(fmt.Sprint("k", i)))
	}
	for len(k.ledger()) < 21 { // all decided while the first write is under way
		pauseFor(t, k)
	}
	close(leave)
	k.idle()
	equal(t, "done", k.hub.log(), []string{"edit-comment #1 page: a", "edit-comment #1 page: z"})
	k.send(asked("same"))
	k.idle()
	if n := k.hub.count(process.EditComment); n != 2 {
		t.Errorf("a page that had not changed was written again: %q", k.hub.log())
	}
	if pending, _ := k.store.Pending(t.Context(), inst); len(pending) != 0 {
		t.Errorf("pending: %+v", pending)
	}
}

// pauseFor yields to the bot by doing something durable.
func pauseFor(t *testing.T, k *kit) {
	t.Helper()
	if _, err := k.store.Receive(t.Context(), bot.Delivery{ID: "known", Installation: 0}); err != nil {
		t.Fatal(err)
	}
}

func TestALivingPageIsMadeOnceAndMadeAgainWhenDeleted(t *testing.T) {
	refresh := process.Action{Do: process.Refresh, Item: "issue/1"}
	page := func(title string, comment int64) process.Decision {
		it := feature(1)
		it.Title = title
		if comment != 0 {
			it.Shown.Comments = map[string]int64{"status": comment}
		}
		return process.Decision{Changed: []*process.Item{it}, Actions: []process.Action{refresh}}
	}
	k := newKit(t, does(map[string]process.Decision{"new": page("a", 0), "gone": page("b", 55)}))
	k.hub.before = func(d bot.Deed) error {
		if d.CommentID == 55 {
			return bot.Never{Cause: "404", Gone: true}
		}
		return nil
	}
	k.run()
	k.send(asked("new"))
	k.idle()
	if d := k.hub.done[0]; d.Do != process.SayOnce || d.Marker != "status" {
		t.Errorf("made by %+v", d)
	}
	first := k.line().Number(1).Shown.Comments["status"]
	k.send(asked("gone"))
	k.idle()
	second := k.line().Number(1).Shown.Comments["status"]
	if first == 0 || second == 0 || second == 55 || first == second {
		t.Errorf("the page's comment is first %d and then %d", first, second)
	}
}

func TestAPageWithATitleIsTheIssueItself(t *testing.T) {
	board := feature(3)
	board.Kind = process.Departures
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{board}, Actions: []process.Action{{Do: process.Refresh, Item: board.ID}}},
	})).run()
	k.send(asked("k"))
	k.idle()
	if d := k.hub.done[0]; d.Do != process.EditIssue || d.Number != 3 || d.Title != "Departures" || d.Marker != "item/issue/3" {
		t.Errorf("written by %+v", d)
	}
}

func TestAPageThatCannotBeRenderedIsDeadAndSaysWhy(t *testing.T) {
	audit := feature(3)
	audit.Kind = process.AuditIssue
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{audit}, Actions: []process.Action{{Do: process.Refresh, Item: audit.ID}, label(3, "a")}},
	})).run()
	k.send(asked("k"))
	k.idle()
	dead, _ := k.store.Failed(t.Context(), inst)
	if len(dead) != 1 || !strings.Contains(dead[0].LastError, "no such page") {
		t.Errorf("dead: %+v", dead)
	}
	equal(t, "done", k.hub.log(), []string{"add-label #3 a"})
}

func TestFailuresAreTriedAgainAndGivenUpAtLast(t *testing.T) {
	tests := []struct {
		name  string
		fail  func(try int) error
		tries int
		dead  string
	}{
		{"once", func(try int) error { return only(try == 1, errors.New("502")) }, 2, ""},
		{"a panic", func(try int) error {
			if try == 1 {
				panic("in the client")
			}
			return nil
		}, 2, ""},
		{"always", func(int) error { return errors.New("502") }, 12, "given up after 12 attempts: 502"},
		{"never to be done", func(int) error { return fmt.Errorf("label: %w", bot.Never{Cause: "locked"}) }, 1, "locked"},
		{"limited thirty times", func(try int) error {
			return only(try <= 30, bot.Later{Until: time.Now(), Cause: "limit"})
		}, 31, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := newKit(t, does(map[string]process.Decision{
				"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{label(1, "a"), label(1, "b")}},
			}))
			tries := 0
			k.hub.before = func(d bot.Deed) error {
				if d.Label != "a" {
					return nil
				}
				tries++
				return tt.fail(tries)
			}
			k.run()
			k.send(asked("k"))
			k.idle()
			if tries != tt.tries {
				t.Errorf("tried %d times, want %d", tries, tt.tries)
			}
			if log := k.hub.log(); log[len(log)-1] != "add-label #1 b" {
				t.Errorf("the next action was not done last: %q", log)
			}
			dead, _ := k.store.Failed(t.Context(), inst)
			history := k.line().Number(1).History
			if tt.dead == "" && (len(dead) != 0 || len(history) != 0) {
				t.Errorf("dead: %+v, history %+v", dead, history)
			}
			if tt.dead != "" && (len(dead) != 1 || dead[0].LastError != tt.dead || len(history) != 1) {
				t.Errorf("dead: %+v, history %+v, want %q in both", dead, history, tt.dead)
			}
		})
	}
}

func only(when bool, err error) error {
	if when {
		return err
	}
	return nil
}

func TestWhatFailedForGoodCanBeRunAgain(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{{Do: process.SayOnce, Item: "issue/1", Marker: "m", Body: "said"}}},
	}))
	k.hub.before = func(bot.Deed) error { return bot.Never{Cause: "locked"} }
	k.run()
	k.send(asked("k"))
	k.idle()
	k.hub.set(func(h *hub) { h.before = nil })
	for range 2 { // once it is done nothing is left to run again
		k.again(bot.Job{Repo: repo, Key: "k!0"}, bot.Job{Repo: repo, Key: "unknown"})
		equal(t, "done", k.hub.log(), []string{"comment #1 said"})
		equal(t, "ledger", k.keys(), []string{"k", "failed/k!0", "done/k!0"})
	}
}

func TestAnUnknownOutcomeIsSearchedForBeforeItIsTriedAgain(t *testing.T) {
	for _, do := range []process.Do{process.SayOnce, process.OpenIssue, process.MakeMilestone, process.Refresh, process.AddLabel} {
		t.Run(string(do), func(t *testing.T) {
			it := feature(1)
			it.T = &process.TrainFacts{}
			k := newKit(t, does(map[string]process.Decision{
				"k": {Changed: []*process.Item{it}, Actions: []process.Action{{Do: do, Item: it.ID, Marker: "m", Title: "T", Label: "l"}}},
			}))
			cut := true
			k.hub.after = func(bot.Deed) error {
				defer func() { cut = false }()
				return only(cut, errors.New("connection reset"))
			}
			k.run()
			k.send(asked("k"))
			k.idle()
			wantDone, wantFinds := 1, 1
			switch do {
			case process.AddLabel:
				wantDone, wantFinds = 2, 0 // repeating it shows nowhere
			case process.Refresh:
				wantDone = 2 // the page found is brought up to date
			}
			if len(k.hub.done) != wantDone || k.hub.finds != wantFinds {
				t.Errorf("done %q after %d searches, want %d and %d", k.hub.log(), k.hub.finds, wantDone, wantFinds)
			}
			if n := k.hub.count(process.SayOnce) + k.hub.count(process.OpenIssue) + k.hub.count(process.MakeMilestone); do != process.AddLabel && n != 1 {
				t.Errorf("made %d times: %q", n, k.hub.log())
			}
		})
	}
}

// silent is a kit whose GitHub does not answer about issue 1, and with pauses that
// do not end. What it does about issue 2, one thing at a time, shows what it has
// left alone by then.
func silent(t *testing.T, first process.Action) (k *kit, second func()) {
	other := label(2, "other")
	k = newKit(t, does(map[string]process.Decision{
		"k":     {Changed: []*process.Item{feature(1), feature(2)}, Actions: []process.Action{first}},
		"other": {Actions: []process.Action{other}},
	}))
	k.config.Timing.FindAfter, k.config.Parallel, k.config.Attempts = time.Hour, 1, 2
	tried, done := make(chan bool, 10), make(chan bool, 1)
	k.hub.before = func(d bot.Deed) error {
		if d.Number == 1 {
			tried <- true
			return errors.New("connection reset")
		}
		done <- true
		return nil
	}
	k.run()
	k.send(asked("k"))
	<-tried
	return k, func() {
		t.Helper()
		k.send(asked("other"))
		<-done
		if len(tried) > 0 || k.hub.finds > 0 {
			t.Errorf("tried again %d times and searched %d times before the pause was over", len(tried), k.hub.finds)
		}
	}
}

func TestWhatMayBeUnderWayIsGivenTimeToLand(t *testing.T) {
	for _, a := range []process.Action{{Do: process.SayOnce, Item: "issue/1", Marker: "m"}, label(1, "a")} {
		t.Run(string(a.Do), func(t *testing.T) {
			_, second := silent(t, a)
			second()
		})
	}
}

func TestThePauseBeforeASearchBeginsWithTheShiftThatNeedsIt(t *testing.T) {
	say := process.Action{Do: process.SayOnce, Item: "issue/1", Marker: "m"}
	long := time.Now().Add(-3 * time.Hour)
	t.Run("after a restart", func(t *testing.T) {
		k, second := silent(t, say)
		k.stop()
		backdate(t, k, long)
		k.restart()
		second()
	})
	t.Run("after a person wants it again", func(t *testing.T) {
		k, second := silent(t, say)
		k.stop()
		l := backdate(t, k, long)
		if err := k.store.Finish(t.Context(), l, repo, process.Result{Action: "k!0", Failed: "given up"}); err != nil {
			t.Fatal(err)
		}
		k.restart()
		k.idle()
		if err := k.bot.Retry(t.Context(), inst, bot.Job{Repo: repo, Key: "k!0"}); err != nil {
			t.Fatal(err)
		}
		second()
	})
}

// backdate makes of the stopped kit's only work one that left then, and is due.
func backdate(t *testing.T, k *kit, at time.Time) bot.Lease {
	t.Helper()
	work, err := k.store.Pending(t.Context(), inst)
	if err != nil || len(work) != 1 || work[0].StartedAt.IsZero() {
		t.Fatalf("pending: %+v, %v", work, err)
	}
	l, err := k.store.Acquire(t.Context(), inst, "test")
	if err != nil {
		t.Fatal(err)
	}
	work[0].StartedAt, work[0].DueAt = at, at
	if err := k.store.Update(t.Context(), l, work[0]); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAStopFinishesWhatIsInHandAndLosesNothing(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{label(1, "a"), label(1, "b")}},
	}))
	left, leave := make(chan bool, 1), make(gate)
	k.hub.before = func(d bot.Deed) error {
		if d.Label == "a" {
			left <- true
			leave.wait()
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	<-left
	k.tell()
	close(leave)
	k.stop()
	equal(t, "done", k.hub.log(), []string{"add-label #1 a"})
	k.restart()
	k.idle()
	equal(t, "done", k.hub.log(), []string{"add-label #1 a", "add-label #1 b"})
}

func TestAStopPastItsLimitHandsBackWhatHangs(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{{Do: process.SayOnce, Item: "issue/1", Marker: "m", Body: "said"}}},
	}))
	k.config.Timing.Stop = time.Nanosecond
	hang := &hanging{hub: k.hub, left: make(chan bool, 1)}
	k.config.GitHub = hang
	k.run()
	k.send(asked("k"))
	<-hang.left
	k.stop()
	k.config.GitHub = k.hub
	k.restart()
	k.idle()
	equal(t, "done", k.hub.log(), []string{"comment #1 said"})
	if k.hub.finds != 1 {
		t.Errorf("searched %d times, want once", k.hub.finds)
	}
}

// hanging never answers until the context ends.
type hanging struct {
	*hub
	left chan bool
}

func (h *hanging) Do(ctx context.Context, _ int64, _ string, _ bot.Deed, leaving func() error) (process.Result, error) {
	if err := leaving(); err != nil {
		return process.Result{}, err
	}
	h.left <- true
	<-ctx.Done()
	return process.Result{}, ctx.Err()
}

// faulty is a store that fails a while.
type faulty struct {
	bot.Store
	fail map[string]int // what → how often yet
}

func (f faulty) failing(what string) error {
	if f.fail[what]--; f.fail[what] >= 0 {
		return errors.New(what + ": disk full")
	}
	return nil
}

func (f faulty) Record(ctx context.Context, l bot.Lease, entries ...bot.Entry) error {
	if err := f.failing("record"); err != nil {
		return err
	}
	return cmp.Or(f.Store.Record(ctx, l, entries...), f.failing("the answer to record"))
}

func (f faulty) Finish(ctx context.Context, l bot.Lease, repo string, ended ...process.Result) error {
	if err := f.failing("finish"); err != nil {
		return err
	}
	return f.Store.Finish(ctx, l, repo, ended...)
}

func TestAStoreThatFailsAWhileLosesNothing(t *testing.T) {
	for _, tt := range []struct {
		what  string
		times int
	}{{"record", 1}, {"record", 2}, {"the answer to record", 1}, {"finish", 2}} {
		t.Run(fmt.Sprintf("%s, %d times", tt.what, tt.times), func(t *testing.T) {
			k := newKit(t, does(map[string]process.Decision{
				"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{label(1, "a")}},
			}))
			k.open()
			k.config.Store = faulty{k.store, map[string]int{tt.what: tt.times}}
			k.run()
			k.send(asked("k"))
			k.idle()
			equal(t, "ledger", k.keys(), []string{"k"})
			if log := slices.Compact(k.hub.log()); len(log) != 1 || log[0] != "add-label #1 a" {
				t.Errorf("done %q", log)
			}
		})
	}
}

func TestATakenLeaseIsTakenBackWithoutDoubling(t *testing.T) {
	k := newKit(t, nil).run()
	k.send(asked("a"))
	k.idle()
	if _, err := k.store.Acquire(t.Context(), inst, "somebody else"); err != nil {
		t.Fatal(err)
	}
	k.send(asked("b"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"a", "b"})
	if err := k.store.Verify(t.Context(), repo); err != nil {
		t.Error(err)
	}
}
