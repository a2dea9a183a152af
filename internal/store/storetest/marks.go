package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

func marks(t *testing.T, s bot.Store) {
	l := lease(t, s, inst)
	if got := must[string](t, "mark")(s.Mark(t.Context(), repo, "swept")); got != "" {
		t.Errorf("a mark that nobody set is %q", got)
	}
	ok(t, "set", s.SetMark(t.Context(), l, repo, "swept", "monday"))
	ok(t, "set", s.SetMark(t.Context(), l, "acme/other", "swept", "sunday"))
	ok(t, "set", s.SetMark(t.Context(), l, repo, "swept", "tuesday"))
	if got := must[string](t, "mark")(s.Mark(t.Context(), repo, "swept")); got != "tuesday" {
		t.Errorf("the mark is %q, want the last that was set", got)
	}
	ok(t, "release", s.Release(t.Context(), l))
	fails(t, "set under a lease given back", s.SetMark(t.Context(), l, repo, "swept", "wednesday"), bot.ErrLeaseLost)
}

func claims(t *testing.T, s bot.Store) {
	claim := func(name string, at time.Time) bool {
		return must[bool](t, "claim")(s.Claim(t.Context(), name, at, time.Minute))
	}
	for i, tt := range []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"sweep", 0, true},
		{"sweep", 59 * time.Second, false},
		{"other", 59 * time.Second, true},
		{"sweep", time.Minute, true},
		{"sweep", 119 * time.Second, false},
		{"sweep", 2 * time.Minute, true},
	} {
		if got := claim(tt.name, noon.Add(tt.after)); got != tt.want {
			t.Errorf("claim %d of %s after %s: %t", i, tt.name, tt.after, got)
		}
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, err := s.Claim(t.Context(), "at once", noon, time.Minute)
			if err != nil {
				t.Errorf("claim: %v", err)
			}
			if got {
				won.Add(1)
			}
		})
	}
	if all.Wait(); won.Load() != 1 {
		t.Errorf("%d of those that ask at once are told yes", won.Load())
	}
}

func knownIDs(t *testing.T, s bot.Store) {
	var ids []string
	for i := range 1200 {
		ids = append(ids, fmt.Sprint("d", i))
	}
	if known := must[map[string]bool](t, "known")(s.Known(t.Context(), ids)); len(known) != 0 {
		t.Errorf("an empty inbox knows %d", len(known))
	}
	must[bool](t, "receive")(s.Receive(t.Context(), delivery("d7")))
	must[bool](t, "receive")(s.Receive(t.Context(), delivery("d1100")))
	known := must[map[string]bool](t, "known")(s.Known(t.Context(), ids))
	if len(known) != 2 || !known["d7"] || !known["d1100"] {
		t.Errorf("known are %v, want d7 and d1100", known)
	}
	if known := must[map[string]bool](t, "known")(s.Known(t.Context(), nil)); len(known) != 0 {
		t.Errorf("of nothing %v are known", known)
	}
}
