package trial

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// shares are moments of a play, as shares of all its commands, in order; the
// first is early and the last not at the very end.
func shares(n int, purpose uint64) []float64 {
	d := dice(purpose)
	out := make([]float64, n)
	for i := range out {
		out[i] = 0.03 + 0.92*(float64(i)+d.Float64())/float64(n)
	}
	slices.Sort(out)
	return out
}

// (a) The one bot is killed and started again at random moments: half of them in
// a write to GitHub, before or after it was carried out.
func TestKillingTheBotLosesAndDoublesNothing(t *testing.T) {
	begins(t)
	tr := startTrial(t, inFile(t), theScript(), 1, true)
	kills := shares(whole(100, 3), 10)
	killed := 0
	tr.isAsInCalmWeather(tr.plays(tr.helps, func(ctx context.Context) error {
		d := dice(11)
		for _, share := range kills {
			if !tr.reaches(ctx, share) {
				return nil
			}
			if err := tr.killsAndStarts(ctx, d.IntN(2) == 0, 1+d.IntN(12), d.IntN(2) == 0, time.Duration(d.IntN(50))*time.Millisecond); err != nil {
				return err
			}
			killed++
		}
		return nil
	}))
	t.Logf("killed %d times", killed)
	if killed < len(kills)*9/10 {
		t.Errorf("it was killed %d times, and not %d", killed, len(kills))
	}
}

// killsAndStarts kills the bot, in its next writes or after a moment, and starts
// another.
func (tr *trial) killsAndStarts(ctx context.Context, writing bool, writes int, after bool, moment time.Duration) error {
	dead := make(chan struct{})
	var once atomic.Bool
	kill := func() {
		if once.CompareAndSwap(false, true) {
			tr.bots.kills(0)
			close(dead)
		}
	}
	if writing {
		moment = 2 * time.Second // it may have nothing to write for long
		tr.gateway.trips(writes, after, kill)
	}
	timer := time.AfterFunc(moment, kill)
	defer timer.Stop()
	select {
	case <-dead:
	case <-ctx.Done():
		kill() // or the gateway does it now
		<-dead
	}
	tr.gateway.trips(0, false, nil)
	return tr.bots.starts()
}

// sawTrouble makes sure that a test was one.
func (tr *trial) sawTrouble(t *testing.T, kinds ...string) {
	t.Helper()
	counts, err := tr.struck(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("it went wrong: %v", counts)
	for _, kind := range kinds {
		if counts[kind] == 0 {
			t.Errorf("%s never struck", kind)
		}
	}
}

// (d) GitHub answers badly all the time: 502, cut connections, limits, tokens that
// it does not know any more.
func TestABadlyAnsweringGitHubLosesAndDoublesNothing(t *testing.T) {
	begins(t)
	tr := startTrial(t, inFile(t), theScript(), 1, false)
	tr.patience = 5 * time.Minute
	rules := []string{"api.502=0.05,effect=either", "api.cut=0.02,effect=either", "api.401=0.01,within=1h"}
	kinds := []string{"api.502", "api.cut"}
	if *part >= 0.1 { // who meets one waits a minute
		rules = append(rules, "api.secondary-limit=0.002,by=1s..5s")
		kinds = append(kinds, "api.secondary-limit", "api.401")
	}
	if err := tr.goesWrong(t.Context(), rules...); err != nil {
		t.Fatal(err)
	}
	tr.isAsInCalmWeather(tr.plays(tr.helps))
	tr.sawTrouble(t, kinds...)
	if err := tr.admin(t.Context(), http.MethodDelete, "/faults", nil, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
