package hook

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// obj is a piece of a payload as GitHub would send it.
type obj map[string]any

const us = "stationmaster[bot]"

var (
	ada   = person("ada")
	bob   = person("bob")
	ours  = obj{"login": us, "type": "Bot"}
	other = obj{"login": "dependabot[bot]", "type": "Bot"}
)

func person(login string) obj { return obj{"login": login, "type": "User"} }

// with returns a copy of o with the pairs set; a nil value removes the key.
func (o obj) with(pairs ...any) obj {
	c := maps.Clone(o)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(c, pairs[i].(string))
			continue
		}
		c[pairs[i].(string)] = pairs[i+1]
	}
	return c
}

func (o obj) json() []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return b
}

func payload(action string, sender obj, pairs ...any) obj {
	return obj{
		"action": action, "sender": sender,
		"installation": obj{"id": 77},
		"repository": obj{"full_name": "acme/protocol", "html_url": "https://github.com/acme/protocol",
			"default_branch": "main"},
	}.with(pairs...)
}

func anIssue(pairs ...any) obj {
	return obj{
		"number": 12, "title": "Faster exits", "state": "open", "user": ada, "locked": false,
		"labels": []obj{{"name": "kind/feature"}}, "assignees": []obj{ada}, "milestone": obj{"number": 3, "title": "Upgrade 17"},
		"body": "Words.", "created_at": "2026-12-01T09:00:00Z", "updated_at": "2026-12-02T10:00:00Z",
	}.with(pairs...)
}

func aComment(body string, pairs ...any) obj {
	return obj{
		"id": 5001, "body": body, "user": ada, "html_url": "https://github.com/acme/protocol/issues/12#issuecomment-5001",
		"created_at": "2026-12-02T10:00:00Z", "updated_at": "2026-12-02T10:05:00Z",
	}.with(pairs...)
}

func aPull(pairs ...any) obj {
	return obj{
		"number": 7, "title": "Add faster exits", "state": "open", "merged": false, "user": ada, "body": "Feature: #12",
		"labels": []obj{{"name": "feature"}}, "created_at": "2026-12-01T09:00:00Z", "updated_at": "2026-12-02T10:00:00Z",
	}.with(pairs...)
}

// teller translates in a world that knows itself.
type teller struct {
	world World
	why   string
}

func newTeller() *teller {
	t := &teller{}
	t.world = World{Bot: func() string { return us }, Skipped: func(_ bot.Delivery, why string) { t.why = why }}
	return t
}

func (tt *teller) all(t *testing.T, event string, p obj) []process.Event {
	t.Helper()
	events, err := translate(tt, event, p.json())
	if err != nil {
		t.Fatalf("Translate: %v", err)
	}
	return events
}

func translate(tt *teller, event string, payload []byte) ([]process.Event, error) {
	return NewTranslator(tt.world).Translate(bot.Delivery{ID: "d-1", Event: event, Payload: payload})
}

// one translates a payload that must come to one event.
func one(t *testing.T, event string, p obj) process.Event {
	t.Helper()
	tt := newTeller()
	events := tt.all(t, event, p)
	if len(events) != 1 {
		t.Fatalf("%d events, want 1; skipped: %q", len(events), tt.why)
	}
	return events[0]
}

// none translates a payload that must come to nothing, for a reason.
func none(t *testing.T, event string, p obj, why string) {
	t.Helper()
	tt := newTeller()
	if events := tt.all(t, event, p); len(events) != 0 {
		t.Fatalf("%d events, want none: %+v", len(events), events)
	}
	if !strings.Contains(tt.why, why) {
		t.Errorf("skipped because %q, want a word of %q", tt.why, why)
	}
}
