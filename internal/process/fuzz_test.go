package process_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// FuzzDecide decides whatever can be written as events, one after another: none
// may bring the decision down, and each is decided the same twice.
func FuzzDecide(f *testing.F) {
	issue := `"issue":{"number":1,"title":"t","author":"ada","labels":["kind/feature"]}`
	for _, seed := range []string{
		`[{"key":"a","what":"opened",` + issue + `}]`,
		`[{"key":"a","what":"asked","issue":{"number":3},"actor":{"login":"mara"},"comment":{"id":1},"lines":[{"text":"/board #1 #2","verb":"board","rest":"#1 #2"},{"text":"/depart","verb":"depart"}]}]`,
		`[{"key":"a","what":"labelled","issue":{"number":1},"labels":[{"name":"stage/betanet-deployment","added":true,"by":{"login":"mara"}},{"name":"kind/feature"}]}]`,
		`[{"key":"a","what":"milestoned","issue":{"number":1},"name":"","added":true},{"key":"b","what":"assigned","issue":{"number":1},"name":"eve","added":true,"actor":{"login":"ada"}}]`,
		`[{"key":"a","what":"ticked","issue":{"number":1},"boxes":{"marker":"x"}},{"key":"b","what":"gone","issue":{"number":3}}]`,
		`[{"key":"a","what":"pull-merged","pull":{"repo":"acme/protocol","number":7,"author":"ada","merged":true,"labels":["feature"],"names":[{"repo":"acme/upgrades","number":1,"feature":true}]}}]`,
		`[{"key":"a","what":"tick","at":"2026-12-01T09:00:00Z","due":[{"kind":"alphanet","at":"2026-12-08T10:00:00Z"}]},{"key":"b","what":"tick","at":"2027-01-01T09:00:00Z"}]`,
		`[{"key":"a","what":"tick","due":[{"at":"2027-01-01T00:00:00Z"}]}]`,
		`[{"key":"a","what":"receipt","result":{"action":"x","kind":"open-issue","item":"issue/1","number":7}},{"key":"b","what":"closed"},{"key":"c","what":"comment-deleted","issue":{"number":1},"comment":{"id":0}}]`,
		`[{"key":"a","what":"asked","issue":{"number":3},"actor":{"login":"mara"},"comment":{"id":1},"lines":[{"verb":"correct","rest":"stage governance x"},{"verb":"undo"},{"verb":"schedule","rest":"testnet 2026-12-01"},{"verb":"released","rest":"v1"},{"verb":"activated","rest":"later x y"}]}]`,
	} {
		f.Add(seed)
	}
	p := bundled(f)
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		var events []process.Event
		if json.NewDecoder(strings.NewReader(text)).Decode(&events) != nil || len(events) > 50 {
			return
		}
		l := station(p, at)
		for _, e := range events {
			if e.At.IsZero() {
				e.At = at
			}
			q := process.Ask(p, l, e)
			d := process.Decide(p, l, e, allRoles())
			if again := process.Decide(p, l, e, allRoles()); string(asJSON(d)) != string(asJSON(again)) {
				t.Fatalf("decided otherwise the second time: %s", asJSON(e))
			}
			if e.Key != "" && d.Skipped == "" && len(d.Keys) == 0 && q.Issue >= 0 {
				t.Fatalf("settles nothing: %s", asJSON(e))
			}
			l = l.With(d.Changed)
			for _, it := range d.Changed {
				if n := p.Node(it.Stage); it.Stage != "" && (n == nil || !n.Settled()) {
					t.Fatalf("%s stands at %q", it.ID, it.Stage)
				}
			}
		}
	})
}
