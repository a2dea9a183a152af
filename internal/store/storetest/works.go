package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func actionOnce(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	e := entry("k", "issue/1")
	ok(t, "record", s.Record(t.Context(), l, e))
	e.Decision.Actions[0].Label = "stage/other"
	ok(t, "record again", s.Record(t.Context(), l, e))
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	if len(work) != 1 || work[0].Action.Label != "kind/feature" {
		t.Errorf("pending is %+v, want the first action alone", work)
	}
}

func workState(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	e := entry("k", "issue/1")
	e.Decision.Actions = []process.Action{
		{
			Key: "k/1", Do: process.OpenIssue, Item: "issue/1", Title: "Title", Body: "Body\n", Labels: []string{"kind/feature"},
			Words: process.Say("open", "who", "ann"), Due: day, Target: 1 << 40, Urgent: true,
		},
		{Key: "k/2", Do: process.React, Repo: "acme/protocol", Issue: 4},
	}
	ok(t, "record", s.Record(t.Context(), l, e))
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	want := []bot.Work{
		{Repo: repo, Installation: inst, Action: e.Decision.Actions[0]},
		{Repo: repo, Installation: inst, Action: e.Decision.Actions[1]},
	}
	opts := cmp.Options{cmpopts.IgnoreFields(bot.Work{}, "Seq"), cmpopts.EquateComparable(calendar.Date{})}
	if diff := cmp.Diff(want, work, opts); diff != "" {
		t.Fatalf("fresh work (-want +got):\n%s", diff)
	}
	if work[0].Seq >= work[1].Seq {
		t.Errorf("order is %d, %d", work[0].Seq, work[1].Seq)
	}
	changed := work[0]
	changed.Attempt, changed.LastError = 3, "502"
	changed.StartedAt, changed.DueAt = noon, noon.Add(time.Minute)
	ok(t, "update", s.Update(t.Context(), l, changed))
	work = must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	if diff := cmp.Diff([]bot.Work{changed, want[1]}, work, opts); diff != "" {
		t.Errorf("updated work (-want +got):\n%s", diff)
	}
}

func workCovered(t *testing.T, s bot.Store) {
	e := entry("k", "issue/1")
	e.Decision.Actions = append(e.Decision.Actions, process.Action{Key: "k/2", Do: process.Refresh, Item: "issue/1"})
	e.Covered = []string{"k/2"}
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst), e))
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	if len(work) != 1 || work[0].Action.Key != "k/1" {
		t.Errorf("pending is %+v, want only what is not covered", work)
	}
}

func workMayBeDone(t *testing.T, s bot.Store) {
	e := entry("k", "issue/1")
	e.MayBeDone = noon
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst), e))
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	if len(work) != 1 || !work[0].StartedAt.Equal(noon) {
		t.Errorf("pending is %+v, want what may have left at noon", work)
	}
}

func workDone(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	ok(t, "record", s.Record(t.Context(), l, entry("k", "issue/1")))
	w := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))[0]
	for range 2 {
		ok(t, "finish", s.Finish(t.Context(), l, repo, process.Result{Action: "k/1", Kind: process.AddLabel}))
	}
	w.Attempt = 9
	ok(t, "update what is done", s.Update(t.Context(), l, w))
	ok(t, "record again", s.Record(t.Context(), l, entry("k", "issue/1")))
	if work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst)); len(work) != 0 {
		t.Errorf("still pending: %+v", work)
	}
	if work := must[[]bot.Work](t, "failed")(s.Failed(t.Context(), inst)); len(work) != 0 {
		t.Errorf("failed: %+v", work)
	}
	fails(t, "revive what is done", s.Revive(t.Context(), l, repo, "k/1"), bot.ErrNotFound)
}

func workEndsWithUpdate(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	e := entry("k", "issue/1")
	for _, key := range []string{"k/2", "k/3", "k/4"} {
		e.Decision.Actions = append(e.Decision.Actions, process.Action{Key: key, Do: process.Refresh, Item: "issue/1"})
	}
	ok(t, "record", s.Record(t.Context(), l, e))
	pending := func() (keys []string) {
		for _, w := range must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst)) {
			keys = append(keys, w.Action.Key)
		}
		return keys
	}
	w := bot.Work{Repo: repo, Action: process.Action{Key: "k/3"}, StartedAt: noon}
	ended := []process.Result{{Action: "k/1"}, {Action: "k/2"}}
	lost := bot.Lease{Installation: inst, Epoch: l.Epoch + 1}
	fails(t, "update under a lease that nobody has", s.Update(t.Context(), lost, w, ended...), bot.ErrLeaseLost)
	if got := pending(); len(got) != 4 {
		t.Errorf("pending %q, want all four", got)
	}
	ok(t, "update", s.Update(t.Context(), l, w, ended...))
	if got := pending(); !slices.Equal(got, []string{"k/3", "k/4"}) {
		t.Errorf("pending %q, want what has not ended", got)
	}
	ok(t, "finish nothing", s.Finish(t.Context(), l, repo))
	ok(t, "finish", s.Finish(t.Context(), l, repo, process.Result{Action: "k/4", Failed: "no"}, process.Result{Action: "k/3"}))
	dead := must[[]bot.Work](t, "failed")(s.Failed(t.Context(), inst))
	if got := pending(); len(got) != 0 || len(dead) != 1 || dead[0].Action.Key != "k/4" {
		t.Errorf("pending %q, dead %+v", got, dead)
	}
}

func workRevived(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	ok(t, "record", s.Record(t.Context(), l, entry("k", "issue/1")))
	w := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))[0]
	w.Attempt, w.StartedAt = 12, noon
	ok(t, "update", s.Update(t.Context(), l, w))
	ok(t, "finish", s.Finish(t.Context(), l, repo, process.Result{Action: "k/1", Failed: "the issue is locked"}))
	dead := must[[]bot.Work](t, "failed")(s.Failed(t.Context(), inst))
	if len(dead) != 1 || !dead[0].Dead || dead[0].LastError != "the issue is locked" {
		t.Fatalf("failed is %+v, want the action with its cause", dead)
	}
	ok(t, "revive", s.Revive(t.Context(), l, repo, "k/1"))
	work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst))
	if len(work) != 1 || work[0].Attempt != 0 || work[0].LastError != "" {
		t.Fatalf("pending is %+v, want the action as if never tried", work)
	}
	if !work[0].StartedAt.Equal(noon) {
		t.Error("it forgot that it may have been carried out")
	}
	fails(t, "revive the living", s.Revive(t.Context(), l, repo, "k/1"), bot.ErrNotFound)
	fails(t, "revive the unknown", s.Revive(t.Context(), l, repo, "none"), bot.ErrNotFound)
}

func receipt(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	ok(t, "record", s.Record(t.Context(), l, entry("k", "issue/1")))
	result := process.Result{Action: "k/1", Kind: process.OpenIssue, Item: "issue/1", Number: 12}
	r := bot.Entry{
		Repo: repo, At: noon, Event: process.Event{Key: "done/k/1", What: process.Receipt, Result: &result},
		Decision: process.Decision{
			Keys:    []string{"done/k/1"},
			Changed: []*process.Item{{ID: "issue/1", Shown: process.Shown{Number: 12}}},
		},
		Finished: &result,
	}
	ok(t, "record the receipt", s.Record(t.Context(), l, r))
	if work := must[[]bot.Work](t, "pending")(s.Pending(t.Context(), inst)); len(work) != 0 {
		t.Errorf("still pending: %+v", work)
	}
	if it := must[*process.Line](t, "line")(s.Line(t.Context(), repo)).Number(12); it == nil {
		t.Error("the line does not know the number")
	}
}
