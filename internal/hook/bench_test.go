package hook

import (
	"bytes"
	"context"
	"crypto/sha256"
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
	door, err := New(Options{Secrets: []string{"first", "second"}, Inbox: nowhere{}, Logger: zerolog.Nop()})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"action":"created","installation":{"id":7},"repository":{"full_name":"acme/upgrades"},"comment":{"body":"` + strings.Repeat("x", 12_000) + `"}}`)
	signed := "sha256=" + mac(sha256.New, "second", body)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/api/github/hook", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-GitHub-Event", "issue_comment")
		r.Header.Set("X-GitHub-Delivery", "d1")
		r.Header.Set("X-Hub-Signature-256", signed)
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
