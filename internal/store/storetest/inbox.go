package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

func deliveryIsKept(t *testing.T, s bot.Store) {
	want := delivery("d1")
	want.Payload = []byte("not JSON: \x00\xff")
	must[bool](t, "receive")(s.Receive(t.Context(), want))
	got := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	if len(got) != 1 || got[0].Seq == 0 {
		t.Fatalf("got %+v, want the one delivery with a place in the order", got)
	}
	want.Seq = got[0].Seq
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("delivery changed on its way (-want +got):\n%s", diff)
	}
}

func deliveryOnce(t *testing.T, s bot.Store) {
	again := delivery("d1")
	again.Payload = []byte("another body")
	if fresh := must[bool](t, "receive")(s.Receive(t.Context(), delivery("d1"))); !fresh {
		t.Error("the first is not fresh")
	}
	if fresh := must[bool](t, "receive")(s.Receive(t.Context(), again)); fresh {
		t.Error("the second is fresh")
	}
	l := lease(t, s, inst)
	got := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	if len(got) != 1 || string(got[0].Payload) == "another body" {
		t.Fatalf("got %+v, want the first alone", got)
	}
	ok(t, "settle", s.Settle(t.Context(), l, []int64{got[0].Seq}, "none of ours"))
	if fresh := must[bool](t, "receive")(s.Receive(t.Context(), again)); fresh {
		t.Error("a settled one is fresh again")
	}
	if _, err := s.Receive(t.Context(), bot.Delivery{}); err == nil {
		t.Error("a delivery without an id was taken")
	}
}

func manyAtOnce(t *testing.T, s bot.Store) {
	const senders, each = 20, 25
	var fresh atomic.Int64
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() { // all send the same ids
			for i := range each {
				first, err := s.Receive(t.Context(), delivery(fmt.Sprint("d", i)))
				if err != nil {
					t.Errorf("receive: %v", err)
				}
				if first {
					fresh.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if fresh.Load() != each {
		t.Errorf("%d were fresh, want %d", fresh.Load(), each)
	}
	if got := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 1000)); len(got) != each {
		t.Errorf("%d are stored, want %d", len(got), each)
	}
}

func inOrder(t *testing.T, s bot.Store) {
	other := delivery("other")
	other.Installation = inst + 1
	for _, d := range []bot.Delivery{delivery("c"), other, delivery("a"), delivery("b")} {
		must[bool](t, "receive")(s.Receive(t.Context(), d))
	}
	var got []string
	for after := int64(0); ; {
		page := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, after, 2))
		if len(page) == 0 {
			break
		}
		if len(page) > 2 {
			t.Fatalf("a page of %d, want at most 2", len(page))
		}
		for _, d := range page {
			got, after = append(got, d.ID), d.Seq
		}
	}
	if diff := cmp.Diff([]string{"c", "a", "b"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func settled(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	for _, id := range []string{"a", "b", "c"} {
		must[bool](t, "receive")(s.Receive(t.Context(), delivery(id)))
	}
	all := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	ok(t, "settle", s.Settle(t.Context(), l, []int64{all[0].Seq}, "none of ours"))
	e := entry("k", "issue/1")
	e.Deliveries = []int64{all[2].Seq}
	ok(t, "record", s.Record(t.Context(), l, e))
	left := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	if len(left) != 1 || left[0].ID != "b" {
		t.Errorf("left are %+v, want b alone", left)
	}
	ok(t, "settle nothing", s.Settle(t.Context(), l, nil, ""))
}

func forgotten(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	for _, id := range []string{"a", "b", "c", "d"} {
		must[bool](t, "receive")(s.Receive(t.Context(), delivery(id)))
	}
	foreign := delivery("foreign")
	foreign.Installation++
	must[bool](t, "receive")(s.Receive(t.Context(), foreign))
	all := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10))
	ok(t, "settle", s.Settle(t.Context(), l, []int64{all[0].Seq, all[1].Seq, all[2].Seq}, ""))
	steps := []struct {
		before time.Time
		limit  int
		want   int
	}{
		{time.Now().Add(-time.Hour), 10, 0},
		{time.Now().Add(time.Hour), 2, 2},
		{time.Now().Add(time.Hour), 2, 1},
		{time.Now().Add(time.Hour), 2, 0},
	}
	for i, st := range steps {
		if n := must[int](t, "forget")(s.Forget(t.Context(), l, st.before, st.limit)); n != st.want {
			t.Errorf("step %d forgot %d, want %d", i, n, st.want)
		}
	}
	if left := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst, 0, 10)); len(left) != 1 || left[0].ID != "d" {
		t.Errorf("left are %+v, want d alone", left)
	}
	if left := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), inst+1, 0, 10)); len(left) != 1 {
		t.Error("another installation's delivery is gone")
	}
}

func installations(t *testing.T, s bot.Store) {
	if got := must[[]int64](t, "installations")(s.Installations(t.Context())); len(got) != 0 {
		t.Errorf("an empty store has installations %v", got)
	}
	for _, n := range []int64{9, 3} {
		d := delivery(fmt.Sprint("d", n))
		d.Installation = n
		must[bool](t, "receive")(s.Receive(t.Context(), d))
	}
	ok(t, "record", s.Record(t.Context(), lease(t, s, inst), entry("k", "issue/1")))
	got := must[[]int64](t, "installations")(s.Installations(t.Context()))
	if diff := cmp.Diff([]int64{3, 7, 9}, got); diff != "" {
		t.Errorf("installations (-want +got):\n%s", diff)
	}
	d := must[[]bot.Delivery](t, "undecided")(s.Undecided(t.Context(), 9, 0, 1))
	ok(t, "settle", s.Settle(t.Context(), lease(t, s, 9), []int64{d[0].Seq}, ""))
	got = must[[]int64](t, "installations")(s.Installations(t.Context()))
	if diff := cmp.Diff([]int64{3, 7}, got); diff != "" {
		t.Errorf("installations after settling (-want +got):\n%s", diff)
	}
}
