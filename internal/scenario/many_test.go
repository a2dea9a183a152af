package scenario

import (
	"strings"
	"testing"
	"time"
)

func TestOneCommentHoldsFiftyCommandsAndIsToldOfTheRest(t *testing.T) {
	w := NewPure()
	if err := w.Begin(Setup{}, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	opened, err := w.Do(Act{Who: "ada", Deed: Opens, Title: "Opcodes", Labels: []string{"kind/feature"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Do(Act{Who: "ada", Deed: Comments, Issue: opened.Number, Body: strings.Repeat("/status\n", 80)})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Outcomes); n != 51 || r.Outcomes[50].Says != "refusal.too-many" {
		t.Errorf("%d outcomes, the last %v", n, r.Outcomes[n-1])
	}
}
