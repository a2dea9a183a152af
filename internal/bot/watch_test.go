package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

type watched struct{}

// A diary is a Watch that writes down what it sees, and by which cause.
type diary struct {
	mu   sync.Mutex
	seen []string
}

func (d *diary) write(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, fmt.Sprintf(format, args...))
}

func name(ctx context.Context) any {
	if ctx == nil {
		return "nothing"
	}
	return ctx.Value(watched{})
}

func (d *diary) Deciding(ctx, cause context.Context, e process.Event) context.Context {
	d.write("deciding %s by %v", e.Key, name(cause))
	return context.WithValue(ctx, watched{}, e.Key)
}

func (d *diary) Decided(ctx context.Context, e bot.Entry, waited time.Duration) {
	d.write("decided %v: %s %s", name(ctx), e.Event.What, e.Decision.Skipped)
	if (waited > 0) == (e.Event.What == process.Receipt) {
		d.write("%s waited %v", e.Event.Key, waited)
	}
}

func (d *diary) Acting(ctx, cause context.Context, w bot.Work) context.Context {
	d.write("acting %s by %v", w.Action.Key, name(cause))
	return context.WithValue(ctx, watched{}, w.Action.Key)
}

func (d *diary) Acted(ctx context.Context, w bot.Work, t bot.Try) {
	d.write("acted %v: %s", name(ctx), t.Came)
	if t.Took < 0 || t.Waited < t.Took {
		d.write("%s took %v of %v", w.Action.Key, t.Took, t.Waited)
	}
}

func TestAWatchSeesEachDecisionAndEachAttemptWithItsCause(t *testing.T) {
	d := &diary{}
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		switch e.Key {
		case "panics":
			panic("odd")
		case "foreign":
			return process.Decision{Skipped: "none of ours"}
		case "opens":
			return process.Decision{Changed: []*process.Item{{ID: "alphanet/1", Kind: process.Alphanet}}, Actions: []process.Action{{Do: process.OpenIssue, Item: "alphanet/1"}}}
		case "done/opens!0":
			return process.Decision{Changed: []*process.Item{feature(9)}}
		}
		return process.Decision{Actions: []process.Action{{Do: process.AddLabel, Issue: 3, Label: e.Key}}}
	})
	tries := 0
	k.hub.before = func(d bot.Deed) error {
		if d.Label != "stubborn" {
			return nil
		}
		tries++
		return []error{errors.New("502"), bot.Later{Until: time.Now()}, bot.Never{Cause: "gone"}}[tries-1]
	}
	k.config.Watch = d
	k.run()
	for _, key := range []string{"stubborn", "foreign", "panics", "opens"} {
		d.write("%s comes", key)
		k.send(asked(key))
		k.idle()
	}
	equal(t, "what was seen", d.seen, []string{
		"stubborn comes",
		"deciding stubborn by nothing", "decided stubborn: asked ",
		"acting stubborn!0 by stubborn", "acted stubborn!0: again",
		"acting stubborn!0 by stubborn", "acted stubborn!0: later",
		"acting stubborn!0 by stubborn", "acted stubborn!0: dead",
		"foreign comes",
		"deciding foreign by nothing", "decided foreign: asked none of ours",
		"panics comes",
		"deciding panics by nothing", "decided panics: dead the decision failed",
		"opens comes",
		"deciding opens by nothing", "decided opens: asked ",
		"acting opens!0 by opens", "acted opens!0: done",
		"deciding done/opens!0 by opens!0", "decided done/opens!0: receipt ",
	})
}

func TestAnActionOfAnEarlierProcessHasNoCause(t *testing.T) {
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		return process.Decision{Actions: []process.Action{{Do: process.AddLabel, Issue: 3}}}
	})
	started := make(chan struct{})
	hold := make(chan struct{})
	k.hub.before = func(bot.Deed) error {
		close(started)
		<-hold
		return errors.New("502")
	}
	k.config.Timing.Retry, k.config.Timing.RetryMost = time.Hour, time.Hour
	k.run()
	k.send(asked("one"))
	<-started
	k.tell()
	close(hold)
	k.stop()
	d := &diary{}
	k.config.Watch, k.hub.before = d, nil
	k.config.Timing.Retry = time.Microsecond
	work, err := k.store.Pending(t.Context(), inst)
	if err != nil || len(work) != 1 {
		t.Fatal(work, err)
	}
	work[0].DueAt = time.Time{}
	lease, err := k.store.Acquire(t.Context(), inst, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := k.store.Update(t.Context(), lease, work[0]); err != nil {
		t.Fatal(err)
	}
	k.run()
	k.idle()
	equal(t, "what was seen", d.seen, []string{"acting one!0 by nothing", "acted one!0: done"})
}

func TestEachDecisionHasOneLineInTheLog(t *testing.T) {
	var out strings.Builder
	var mu sync.Mutex
	refused := process.Outcome{State: process.Refused, Rule: "T6", Why: process.Why{Of: []process.Why{
		{Rule: "A8", Verdict: process.No}, {Rule: "A3", Verdict: process.Yes},
	}}}
	k := newKit(t, func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
		switch e.Key {
		case "panics":
			panic("odd")
		case "foreign":
			return process.Decision{Skipped: "none of ours"}
		}
		return process.Decision{
			Actions: []process.Action{{Do: process.AddLabel, Issue: 3, Label: "x"}},
			Parts:   []process.Part{{Line: process.Typed{Verb: "stable"}, Outcome: refused}},
		}
	})
	k.config.Log = zerolog.New(writer(func(b []byte) {
		mu.Lock()
		defer mu.Unlock()
		out.Write(b)
	}))
	k.run()
	for _, key := range []string{"first", "foreign", "panics"} {
		e := asked(key)
		e.Actor.Login, e.Delivery, e.Issue = "ada", "guid-"+key, &process.Issue{Number: 12}
		k.send(e)
		k.idle()
	}
	lines := map[string]map[string]any{}
	mu.Lock()
	defer mu.Unlock()
	for line := range strings.Lines(out.String()) {
		var said map[string]any
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		if said["level"] == "debug" || said["message"] != "decided" {
			continue
		}
		key := fmt.Sprint(said["event"])
		if lines[key] != nil {
			t.Errorf("%s has two lines", key)
		}
		lines[key] = said
	}
	equal(t, "the ledger", k.keys(), []string{"first", "dead/panics"})
	first := lines["first"]
	for key, want := range map[string]any{
		"level": "info", "repo": repo, "installation": float64(inst), "issue": float64(12), "what": "asked", "by": "ada",
		"delivery": "guid-first", "outcomes": "[stable refused]", "rules": "[T6 A8]", "changed": float64(0), "actions": float64(1),
	} {
		if fmt.Sprint(first[key]) != fmt.Sprint(want) {
			t.Errorf("%s is %v, not %v", key, first[key], want)
		}
	}
	if after, ok := first["after"].(float64); !ok || after <= 0 {
		t.Errorf("it waited %v", first["after"])
	}
	if len(lines) != 2 || lines["dead/panics"]["level"] != "error" {
		t.Errorf("the lines are %v", lines)
	}
}

// writer is an io.Writer of a function.
type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }
