package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A book is a store that notes how works were written down, one line a write.
type book struct {
	bot.Store
	mu    *sync.Mutex
	lines *[]string
}

func (b book) note(form string, about []process.Result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range about {
		form += " " + strings.TrimPrefix(r.Action, "k!")
	}
	*b.lines = append(*b.lines, form)
}

func (b book) Update(ctx context.Context, l bot.Lease, w bot.Work, ended ...process.Result) error {
	b.note("mark "+strings.TrimPrefix(w.Action.Key, "k!")+", end", ended)
	return b.Store.Update(ctx, l, w, ended...)
}

func (b book) Finish(ctx context.Context, l bot.Lease, repo string, ended ...process.Result) error {
	b.note("end", ended)
	return b.Store.Finish(ctx, l, repo, ended...)
}

// written is what a plan is written down as, one action after another.
func written(t *testing.T, actions ...process.Action) (*kit, []string) {
	k := newKit(t, does(map[string]process.Decision{"k": {Changed: []*process.Item{feature(1), feature(2)}, Actions: actions}}))
	k.open()
	b := book{k.store, new(sync.Mutex), new([]string)}
	k.config.Store, k.config.Parallel = b, 1
	k.run()
	k.send(asked("k"))
	k.idle()
	b.mu.Lock()
	defer b.mu.Unlock()
	return k, slices.Clone(*b.lines)
}

func TestAnEndIsWrittenWithTheNextMark(t *testing.T) {
	reply := process.Action{Do: process.SayOnce, Item: "issue/1", Body: "a reply"}
	k, lines := written(t, label(1, "a"), reply, reply)
	equal(t, "writes", lines, []string{"mark 1, end 0", "mark 2, end 1", "end 2"})
	if left, _ := k.store.Pending(t.Context(), inst); len(left) > 0 {
		t.Errorf("idle, and left over: %+v", left)
	}
}

func TestEndsAreWrittenTogetherWhenNothingIsUnderWay(t *testing.T) {
	_, lines := written(t, label(1, "a"), label(1, "b"), label(2, "c"))
	equal(t, "writes", lines, []string{"end 0 1 2"})
}

// A request that takes long does not keep what has ended from being written down.
func TestAnEndIsWrittenBesideARequestThatTakesLong(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1), feature(2)}, Actions: []process.Action{label(1, "a"), label(1, "b"), label(2, "c")}},
	}))
	ends := func() (left int) {
		work, err := k.store.Pending(t.Context(), inst)
		if err != nil {
			t.Error(err)
		}
		return len(work)
	}
	k.hub.before = func(d bot.Deed) error {
		if d.Label == "b" {
			until(t, "all others have ended", func() bool { return ends() == 1 })
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	if left := ends(); left > 0 {
		t.Errorf("%d left", left)
	}
}

func TestWhatHasEndedIsWrittenDownThoughTheNextFails(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{label(1, "a"), label(1, "b")}},
	}))
	k.hub.before = func(d bot.Deed) error {
		if d.Label == "b" {
			return bot.Never{Cause: "no such label"}
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	left, _ := k.store.Pending(t.Context(), inst)
	dead, _ := k.store.Failed(t.Context(), inst)
	if len(left) != 0 || len(dead) != 1 || dead[0].Action.Label != "b" {
		t.Errorf("pending %+v, dead %+v", left, dead)
	}
}

// A stop writes down what is owed: the next start has nothing to do again.
func TestAStopWritesDownWhatHasEnded(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{label(1, "a"), label(1, "b")}},
	}))
	k.open()
	told := make(chan bool)
	k.hub.before = func(bot.Deed) error {
		k.tell()
		close(told)
		return nil
	}
	k.run()
	k.send(asked("k"))
	<-told
	k.stop()
	left, err := k.store.Pending(t.Context(), inst)
	if err != nil || len(left) != 1 || left[0].Action.Label != "b" {
		t.Errorf("pending %+v, %v; want the second alone", left, err)
	}
}

func TestWhatIsKeptFromLeavingIsNotMarked(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{{Do: process.SayOnce, Item: "issue/1", Body: "a reply"}}},
	}))
	turns := 0
	k.hub.turn = func() error {
		if turns++; turns < 3 {
			return bot.Later{Cause: "GitHub's limits would be passed"}
		}
		left, err := k.store.Pending(t.Context(), inst)
		if err != nil || len(left) != 1 || !left[0].StartedAt.IsZero() {
			return errors.Join(err, fmt.Errorf("it bears a mark before its turn: %+v", left))
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	if n := k.hub.count(process.SayOnce); n != 1 || k.hub.finds != 0 || turns != 3 {
		t.Errorf("said %d times after %d turns, searched %d times", n, turns, k.hub.finds)
	}
}
