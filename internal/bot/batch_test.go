package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A press is a store that notes which entries were recorded together.
type press struct {
	bot.Store
	mu   *sync.Mutex
	runs *[]string
}

func (p press) Record(ctx context.Context, l bot.Lease, entries ...bot.Entry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.Event.Key)
	}
	*p.runs = append(*p.runs, strings.Join(keys, " "))
	return p.Store.Record(ctx, l, entries...)
}

// waiting puts deliveries into the inbox before the bot runs, and returns what was
// recorded together when it has.
func waiting(k *kit, store func(bot.Store) bot.Store, keys ...string) []string {
	k.t.Helper()
	k.open()
	for _, key := range keys {
		k.send(asked(key))
	}
	p := press{k.store, new(sync.Mutex), new([]string)}
	k.config.Store = p
	if store != nil {
		k.config.Store = store(p)
	}
	k.config.Asking = 100
	k.run()
	k.idle()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(*p.runs)
}

func TestABurstIsRecordedTogether(t *testing.T) {
	var keys []string
	for i := range 50 {
		keys = append(keys, fmt.Sprintf("k%02d", i))
	}
	k := newKit(t, nil)
	runs := waiting(k, nil, keys...)
	equal(t, "ledger", k.keys(), keys)
	if len(runs) > 40 {
		t.Errorf("50 decisions took %d writes: %q", len(runs), runs)
	}
	for _, run := range runs {
		if n := len(strings.Fields(run)); n > 16 {
			t.Errorf("%d in one write", n)
		}
	}
	if err := k.store.Verify(t.Context(), repo); err != nil {
		t.Error(err)
	}
}

// Each decision of a batch rests on those before it: on what they changed, and on
// what they have settled.
func TestWhatIsRecordedTogetherRestsOnWhatCameBefore(t *testing.T) {
	k := newKit(t, func(l *process.Line, e process.Event, _ process.Answers) process.Decision {
		if e.What != process.Asked {
			return process.Decision{}
		}
		f := feature(1)
		if before := l.Get("issue/1"); before != nil {
			f.Title = before.Title
		}
		f.Title += "+" + e.Key
		return process.Decision{Changed: []*process.Item{f}, Actions: []process.Action{{Do: process.Refresh, Item: "issue/1"}}}
	})
	waiting(k, nil, "a", "b", "a", "c")
	line, err := k.store.Line(t.Context(), repo)
	if err != nil {
		t.Fatal(err)
	}
	want := feature(1).Title + "+a+b+c"
	if got := line.Get("issue/1").Title; got != want {
		t.Errorf("it came to %q, want %q", got, want)
	}
	said := k.hub.log()
	if last := said[len(said)-1]; !strings.Contains(last, want) {
		t.Errorf("the page says at last %q, want %q; all: %q", last, want, said)
	}
}

func TestOneThatCannotBeRecordedDoesNotTakeItsBatchAlong(t *testing.T) {
	for _, why := range []error{bot.ErrUnfit, fmt.Errorf("timeout")} {
		k := newKit(t, nil)
		refuse := func(e bot.Entry) error { return only(e.Event.Key == "bad", why) }
		waiting(k, func(s bot.Store) bot.Store { return picky{s, refuse} }, "a", "b", "bad", "c", "d")
		equal(t, "ledger", k.keys(), []string{"a", "b", "dead/bad", "c", "d"})
		if got := k.aside(); len(got) != 1 || !strings.HasPrefix(got[0], "delivery-3: ") {
			t.Errorf("aside: %q, want the third", got)
		}
	}
}
