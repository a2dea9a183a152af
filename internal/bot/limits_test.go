package bot_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Somebody whose role cannot be looked up for a limit of GitHub's is not refused
// for it: the decision waits, and so does what came after it.
func TestADecisionWaitsForGitHubsLimitsAndKeepsItsPlace(t *testing.T) {
	k := newKit(t, nil)
	var left, asks atomic.Int64
	left.Store(3)
	k.hub.later = func() error {
		if asks.Add(1); left.Add(-1) >= 0 {
			return bot.Later{Until: time.Now().Add(5 * time.Millisecond), Cause: "a limit"}
		}
		return nil
	}
	k.config.Rules.Ask = func(_ *process.Process, _ *process.Line, e process.Event) (q process.Questions) {
		if e.Key == "limited" {
			q.Need("ada", process.Engineer)
		}
		return q
	}
	k.run()
	k.send(asked("limited"))
	k.send(asked("after"))
	k.idle()
	equal(t, "ledger", k.keys(), []string{"limited", "after"})
	if n := asks.Load(); n != 4 {
		t.Errorf("GitHub was asked %d times, and not 4", n)
	}
}
