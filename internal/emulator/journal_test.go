package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestTheJournalTellsWhatPassedAndWhen(t *testing.T) {
	w := newWorld(t, emulator.Options{Frozen: true})
	during := make(chan emulator.Journal, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-GitHub-Event") == "issues" {
			during <- w.Journal(0)
		}
	}))
	t.Cleanup(hook.Close)
	w.SetWebhookURL(hook.URL)
	if err := w.Settle(ctx); err != nil { // the ping
		t.Fatal(err)
	}
	began, before := time.Now(), w.Journal(0).Next
	w.open("engineer", "t")
	if j := <-during; j.UnderWay == 0 {
		t.Error("nothing is under way while a webhook is heard")
	}
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	status, text := w.admin("GET", fmt.Sprintf("/journal?from=%d", before), "")
	var j emulator.Journal
	if err := json.Unmarshal([]byte(text), &j); err != nil || status != http.StatusOK {
		t.Fatal(status, text, err)
	}
	if len(j.Passages) != 2 || j.Next != before+2 || j.UnderWay != 0 {
		t.Fatalf("a request and a webhook passed, and the journal says %s", text)
	}
	for _, p := range j.Passages {
		if p.From.Before(began) || p.To.Before(p.From) || p.To.After(time.Now()) {
			t.Errorf("it passed from %s to %s, and this began at %s", p.From, p.To, began)
		}
		switch {
		case p.Event == "issues" && p.Path == "":
		case p.Method == http.MethodPost && p.Path == "/api/v3/repos/acme/upgrades/issues" && p.Agent != "":
		default:
			t.Errorf("what is %+v?", p)
		}
	}
	if left := w.Journal(j.Next); len(left.Passages) != 0 || left.Next != j.Next {
		t.Errorf("what is known is told again: %+v", left)
	}
	if status, _ := w.admin("GET", "/journal?from=today", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("a place that is none is answered with %d", status)
	}
}
