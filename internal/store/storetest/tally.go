package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// backlog brings two installations into every state that is counted.
func backlog(t *testing.T, s bot.Store) {
	counts := func(doing string, now time.Time, want bot.Backlog) {
		t.Helper()
		got := must[bot.Backlog](t, "count")(s.Backlog(t.Context(), now))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", doing, diff)
		}
	}
	counts("an empty database", noon, bot.Backlog{})

	l := lease(t, s, inst)
	receive := func(id string, installation int64, at time.Time) {
		t.Helper()
		d := delivery(id)
		d.Installation, d.ReceivedAt = installation, at
		must[bool](t, "receive")(s.Receive(t.Context(), d))
	}
	receive("settled", inst, noon.Add(-time.Hour))
	receive("later", inst, noon)
	receive("other's", inst+1, noon.Add(-time.Minute))
	first := must[[]bot.Delivery](t, "read the inbox")(s.Undecided(t.Context(), inst, 0, 1))[0]
	ok(t, "settle", s.Settle(t.Context(), l, []int64{first.Seq}, ""))
	counts("deliveries", noon, bot.Backlog{Undecided: 2, Oldest: noon.Add(-time.Minute)})

	e := entry("k", "issue/1")
	e.Decision.Actions = nil
	for _, key := range []string{"due", "waits", "dead", "done"} {
		e.Decision.Actions = append(e.Decision.Actions, process.Action{Key: key, Do: process.AddLabel, Item: "issue/1"})
	}
	ok(t, "record", s.Record(t.Context(), l, e))
	ok(t, "put off", s.Update(t.Context(), l, bot.Work{Repo: repo, Action: e.Decision.Actions[1], DueAt: noon.Add(time.Minute)}))
	ok(t, "give up", s.Finish(t.Context(), l, repo, process.Result{Action: "dead", Failed: "gone"}))
	ok(t, "finish", s.Finish(t.Context(), l, repo, process.Result{Action: "done"}))
	want := bot.Backlog{Undecided: 2, Oldest: noon.Add(-time.Minute), Pending: 1, Waiting: 1, Dead: 1}
	counts("actions", noon, want)
	want.Pending, want.Waiting = 2, 0
	counts("actions once their time has come", noon.Add(time.Minute), want)
}
