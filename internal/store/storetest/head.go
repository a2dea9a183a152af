package storetest

import (
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// headOfLedger holds the number of the last line, and the gap that a rebuilding
// may leave before its own.
func headOfLedger(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	head := func(want int64) {
		t.Helper()
		if got := must[int64](t, "head")(s.Head(t.Context(), repo)); got != want {
			t.Errorf("the head is %d, want %d", got, want)
		}
	}
	head(0)
	ok(t, "record", s.Record(t.Context(), l, entry("k1", "issue/1")))
	ok(t, "record", s.Record(t.Context(), l, entry("k2", "issue/2")))
	head(2)
	rebuilt := entry("k3", "issue/3")
	rebuilt.Event.What, rebuilt.After = process.Rebuilt, 40
	ok(t, "record", s.Record(t.Context(), l, rebuilt))
	head(41)
	ok(t, "record", s.Record(t.Context(), l, entry("k4", "issue/4")))
	head(42)
	behind := entry("k5", "issue/5")
	behind.Event.What, behind.After = process.Rebuilt, 7
	ok(t, "record", s.Record(t.Context(), l, behind))
	head(43)
	ok(t, "verify", s.Verify(t.Context(), repo))
	if all := must[[]bot.LedgerEntry](t, "entries")(s.Entries(t.Context(), repo, 2, 1)); len(all) != 1 || all[0].Seq != 41 {
		t.Errorf("after line 2 comes %+v", all)
	}
	gap := entry("k6", "issue/6")
	gap.After = 50
	ok(t, "record", s.Record(t.Context(), l, gap))
	if err := s.Verify(t.Context(), repo); err == nil {
		t.Error("a gap before a line that rebuilds nothing is taken for sound")
	}
}
