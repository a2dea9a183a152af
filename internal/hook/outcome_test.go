package hook

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestEachRequestIsToldOnceWithWhatBecameOfIt(t *testing.T) {
	body := payload("reopened", ada, "issue", anIssue()).json()
	none := func(*http.Request) {}
	seen := map[Outcome]bool{}
	for _, tt := range []struct {
		name  string
		times int
		fail  error
		spoil func(*http.Request)
		want  Outcome
	}{
		{"a fresh delivery", 1, nil, none, Stored},
		{"one that comes again", 2, nil, none, Known},
		{"an inbox that is full", 1, errors.New("disk full"), none, NotStored},
		{"a ping", 1, nil, func(r *http.Request) { r.Header.Set("X-GitHub-Event", "ping") }, Ignored},
		{"what no handler takes", 1, nil, func(r *http.Request) { r.Header.Set("X-GitHub-Event", "star") }, Ignored},
		{"no signature", 1, nil, func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }, Unsigned},
		{"no id", 1, nil, func(r *http.Request) { r.Header.Del("X-GitHub-Delivery") }, Unread},
		{"not a POST", 1, nil, func(r *http.Request) { r.Method = http.MethodGet }, Unread},
		{"far too much", 1, nil, func(r *http.Request) { r.ContentLength = MaxBody + 1 }, TooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := inbox{fail: tt.fail}
			var told []Outcome
			h := newDoor(t, &i, Options{Told: func(o Outcome, _ time.Duration) { told = append(told, o) }})
			for range tt.times {
				r := request(body, "first")
				tt.spoil(r)
				post(h, r)
			}
			if len(told) != tt.times || told[len(told)-1] != tt.want {
				t.Errorf("told %v, want %v in the end", told, tt.want)
			}
		})
		seen[tt.want] = true
	}
	for _, o := range Outcomes {
		if !seen[o] {
			t.Errorf("%s never comes about", o)
		}
	}
	for o := range seen {
		if !slices.Contains(Outcomes, o) {
			t.Errorf("%s is not listed", o)
		}
	}
}
