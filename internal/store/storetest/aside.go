package storetest

import (
	stdcmp "cmp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

func asideOf(t *testing.T, s bot.Store, installation int64) []bot.Aside {
	t.Helper()
	return must[[]bot.Aside](t, "aside")(s.Aside(t.Context(), installation, 10))
}

func setAside(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	for _, id := range []string{"fine", "dead", "unreadable", "half", "waiting"} {
		must[bool](t, "receive")(s.Receive(t.Context(), delivery(id)))
	}
	all := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	fine, dead, unreadable, half := all[0].Seq, all[1].Seq, all[2].Seq, all[3].Seq
	e := entry("k1", "issue/1")
	e.Deliveries, e.From = []int64{fine}, []int64{fine} // no trouble
	ok(t, "record", s.Record(t.Context(), l, e))
	e = entry("k2", "issue/2")
	e.Deliveries, e.From, e.Trouble = []int64{dead}, []int64{dead, half}, "no such stage"
	ok(t, "record a failure", s.Record(t.Context(), l, e))
	ok(t, "set aside", s.SetAside(t.Context(), l, []int64{unreadable}, "no JSON"))

	kept := func(d bot.Delivery, why string) bot.Aside {
		d.Payload = nil
		return bot.Aside{Delivery: d, Why: why}
	}
	want := []bot.Aside{kept(all[1], "no such stage"), kept(all[2], "no JSON")} // half of it is still to be decided
	if diff := cmp.Diff(want, asideOf(t, s, inst)); diff != "" {
		t.Errorf("aside (-want +got):\n%s", diff)
	}
	ok(t, "settle the other half", s.Settle(t.Context(), l, []int64{half}, ""))
	want = append(want, kept(all[3], "no such stage"))
	if diff := cmp.Diff(want, asideOf(t, s, inst)); diff != "" {
		t.Errorf("aside in the end (-want +got):\n%s", diff)
	}
	if got := must[[]bot.Aside](t, "aside")(s.Aside(t.Context(), inst, 1)); len(got) != 1 {
		t.Errorf("asked for one, it gives %d", len(got))
	}
	if got := asideOf(t, s, inst+1); len(got) != 0 {
		t.Errorf("another installation has %+v", got)
	}
}

func recalled(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	for _, id := range []string{"dead", "fine", "waiting"} {
		must[bool](t, "receive")(s.Receive(t.Context(), delivery(id)))
	}
	all := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	ok(t, "set aside", s.SetAside(t.Context(), l, []int64{all[0].Seq}, "no JSON"))
	ok(t, "settle", s.Settle(t.Context(), l, []int64{all[1].Seq}, ""))
	other := lease(t, s, inst+1)
	fails(t, "recall another's", s.Recall(t.Context(), other, "dead"), bot.ErrNotFound)
	ok(t, "recall", s.Recall(t.Context(), l, "dead"))
	for _, id := range []string{"dead", "fine", "waiting", "unknown"} {
		fails(t, "recall "+id, s.Recall(t.Context(), l, id), bot.ErrNotFound)
	}
	again := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	if diff := cmp.Diff([]bot.Delivery{all[0], all[2]}, again); diff != "" {
		t.Errorf("undecided (-want +got):\n%s", diff)
	}
	ok(t, "settle it well", s.Settle(t.Context(), l, []int64{all[0].Seq}, ""))
	if got := asideOf(t, s, inst); len(got) != 0 {
		t.Errorf("still aside: %+v", got)
	}
}

func cut(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	own := map[string]string{"own": bot.Injected, "retry": bot.Retry}
	for _, id := range []string{"a", "dead", "own", "retry", "b", "waiting"} {
		d := delivery(id)
		d.Event = stdcmp.Or(own[id], d.Event)
		must[bool](t, "receive")(s.Receive(t.Context(), d))
	}
	all := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	ok(t, "set aside", s.SetAside(t.Context(), l, []int64{all[1].Seq}, "no JSON"))
	ok(t, "settle", s.Settle(t.Context(), l, []int64{all[0].Seq, all[2].Seq, all[3].Seq, all[4].Seq}, ""))
	total := 0
	for i, st := range []struct {
		before time.Time
		limit  int
	}{{time.Now().Add(-time.Hour), 10}, {time.Now().Add(time.Hour), 3}, {time.Now().Add(time.Hour), 3}, {time.Now().Add(time.Hour), 3}} {
		n := must[int](t, "cut")(s.Cut(t.Context(), l, st.before, st.limit))
		if total += n; n > st.limit || i == 0 && n > 0 || i == 1 && n != 3 || i == 3 && n > 0 {
			t.Errorf("step %d cut %d", i, n)
		}
	}
	if total != 4 {
		t.Errorf("%d were cut, want two emptied and two dropped", total)
	}
	for id, fresh := range map[string]bool{"a": false, "b": false, "dead": false, "waiting": false, "own": true, "retry": true} {
		if got := must[bool](t, "receive")(s.Receive(t.Context(), delivery(id))); got != fresh {
			t.Errorf("%s is fresh again: %v", id, got)
		}
	}
	ok(t, "recall", s.Recall(t.Context(), l, "dead"))
	for _, d := range must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10)) {
		if len(d.Payload) == 0 {
			t.Errorf("%s was emptied before it was decided", d.ID)
		}
	}
}
