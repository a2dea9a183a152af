package hook

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// nowhere takes everything and keeps nothing.
type nowhere struct{}

func (nowhere) Receive(context.Context, bot.Delivery) (bool, error) { return true, nil }

// BenchmarkDoor is what a webhook costs before it is stored: its body is bounded
// and read, the signature checked, the installation and the repository found.
func BenchmarkDoor(b *testing.B) {
	knocks(b, World{}, http.StatusOK, payload("created", ada, "comment", obj{"body": strings.Repeat("x", 12_000)}))
}

// BenchmarkOwnAct is what the webhook of an act of our own costs.
func BenchmarkOwnAct(b *testing.B) {
	knocks(b, World{Bot: func() string { return us }}, http.StatusAccepted, payload("created", ours, "comment", obj{"body": strings.Repeat("x", 12_000)}))
}

// knocks has a comment's webhook come to a door again and again.
func knocks(b *testing.B, w World, want int, comment obj) {
	b.Helper()
	door, err := New(Options{Secrets: []string{"first", "second"}, Inbox: nowhere{}, World: w, Logger: zerolog.Nop()})
	if err != nil {
		b.Fatal(err)
	}
	body := comment.json()
	signed := request(body, "second").Header // once, for it is not the door's time
	signed.Set("X-GitHub-Event", "issue_comment")
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/api/github/hook", bytes.NewReader(body))
		r.Header = signed
		if got := post(door, r).Code; got != want {
			b.Fatal(got)
		}
	}
}

// BenchmarkTranslate is what a stored comment costs until it is an event.
func BenchmarkTranslate(b *testing.B) {
	links := func(of obj) obj { // GitHub's objects are links for the most part
		for i := range 40 {
			of[fmt.Sprintf("link_%d_url", i)] = "https://api.github.example/repos/acme/upgrades/of/some/other/kind"
		}
		for _, name := range []string{"archive_url", "assignees_url", "branches_url", "commits_url", "compare_url", "contents_url", "forks_url", "hooks_url"} {
			of[name] = "https://api.github.example/repos/acme/upgrades/" + name
		}
		return of
	}
	d := bot.Delivery{ID: "d1", Event: "issue_comment", Payload: payload("created", ada, "issue", links(anIssue()), "comment", links(obj{
		"id": 9, "user": links(person("ada")), "body": "/stable\n" + strings.Repeat("x", 1000),
	}), "repository", links(obj{"full_name": "acme/upgrades"}), "sender", links(person("ada"))).json()}
	tr := NewTranslator(World{})
	b.ReportAllocs()
	b.SetBytes(int64(len(d.Payload)))
	for b.Loop() {
		if events, err := tr.Translate(d); err != nil || len(events) != 1 {
			b.Fatal(events, err)
		}
	}
}
