package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// A chatServer remembers what each of its paths was told. Before it answers, it
// does what it is asked to.
type chatServer struct {
	*httptest.Server
	mu     sync.Mutex
	heard  map[string][]string
	before func(path string)
}

func startChat(t *testing.T, before func(path string)) *chatServer {
	t.Helper()
	c := &chatServer{heard: map[string][]string{}, before: before}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var said struct{ Title, Message string }
		_ = json.NewDecoder(r.Body).Decode(&said)
		c.mu.Lock()
		c.heard[r.URL.Path] = append(c.heard[r.URL.Path], said.Title+"\n"+said.Message)
		c.mu.Unlock()
		if c.before != nil {
			c.before(r.URL.Path)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// address is the secret address of a path.
func (c *chatServer) address(path string) string { return "generic+" + c.URL + path + "?template=json" }

// told returns what a path has heard with the words in it.
func (c *chatServer) told(path, words string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, said := range c.heard[path] {
		if strings.Contains(said, words) {
			out = append(out, said)
		}
	}
	return out
}

// routes let chats hear of departures.
const routes = `
notify:
  - {to: ops, kinds: [departed, trouble]}
  - {to: slow, kinds: [departed]}
  - {to: elsewhere, kinds: [departed]}
`

// A chat that hangs holds up neither issues nor other chats; each hears of a
// departure once.
func TestChatsAreToldOnceAndAHangingOneDelaysNobody(t *testing.T) {
	hang := make(chan struct{})
	release := sync.OnceFunc(func() { close(hang) })
	c := startChat(t, func(path string) {
		if path == "/slow" {
			<-hang
		}
	})
	t.Cleanup(release) // before the server is closed
	e := newTestWorld(t, func(o *worldOptions) {
		o.github.TrackingConfig = demoConfig + routes
		o.channels = []config.Channel{
			{Name: "ops", URL: config.NewSecret(c.address("/ops"))}, {Name: "slow", URL: config.NewSecret(c.address("/slow"))},
			{Name: "elsewhere", Repo: "another/tenant", URL: config.NewSecret(c.address("/elsewhere"))},
		}
	})
	feature := e.feature(t, "Bigger blocks")
	e.world.github.Advance(time.Date(2026, 12, 8, 14, 0, 0, 0, time.UTC).Sub(e.world.github.Now()))
	if err := e.station.beat(context.Background()); err != nil {
		t.Fatal(err)
	}
	until(t, "both chats are told", func() bool {
		return len(c.told("/ops", "Alphanet 2026-12 has departed")) == 1 && len(c.told("/slow", "Alphanet 2026-12 has departed")) == 1
	})
	said := e.says(t, "engineer", feature, "/layers l1")
	until(t, "the command is carried out beside the chat that hangs", func() bool { return e.issue(t, feature).has("layer/l1") && len(e.faces(t, said.ID)) > 0 })
	if err := e.station.beat(context.Background()); err != nil {
		t.Fatal(err)
	}
	release()
	e.calm(t)
	for _, path := range []string{"/ops", "/slow"} {
		told := c.told(path, "has departed")
		if link := e.site + "/" + e.cred.Owner + "/" + e.cred.Repo + "/issues/"; len(told) != 1 || !strings.Contains(told[0], link) {
			t.Errorf("%s heard %q, want one with %s", path, told, link)
		}
	}
	if told := c.told("/elsewhere", ""); len(told) != 0 {
		t.Errorf("another repository's channel heard %q", told)
	}
	for _, is := range must(e.issues(context.Background(), "kind/alphanet")) {
		var page string
		for _, said := range e.comments(t, is.Number) {
			page += said.Body
		}
		if strings.Contains(is.Title, "2026-12") && !strings.Contains(page, "no channel") {
			t.Errorf("that a channel is not there is not told on the train:\n%s", page)
		}
	}
}

// The bot is killed while a chat hears it, and nobody knows how that came out: what
// had left is not said again, and what comes later is.
func TestKillingTheBotInANotificationDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	var bot *program
	killed := make(chan struct{})
	kill := sync.OnceFunc(func() { bot.dies(t); close(killed) })
	c := startChat(t, func(path string) {
		if path == "/ops" {
			kill()
		}
	})
	e := startTown(t)
	in := map[string]string{"message": "routes", "content": base64.StdEncoding.EncodeToString([]byte(demoConfig + routes))}
	var there struct{ SHA string }
	e.sees(t, "/contents/.github/stationmaster.yml", &there)
	in["sha"] = there.SHA
	if err := e.people["maintainer"].do(context.Background(), http.MethodPut, e.tracking("/contents/.github/stationmaster.yml"), in, nil); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(t.TempDir(), "bot.db")
	env := append(e.settings(e.cred.BaseURL, database), fmt.Sprintf("STATIONMASTER_NOTIFY_URLS=ops=%s\nslow=%s", c.address("/ops"), c.address("/slow")))
	bot, addr := e.serve(t, env, "127.0.0.1:0")
	until(t, "there is a train", func() bool { return len(must(e.issues(context.Background(), "kind/alphanet"))) > 0 })
	e.admin(t, "clock", map[string]string{"advance": "960h"})
	until(t, "it is dead", func() bool {
		select {
		case <-killed:
			return true
		default:
			return false
		}
	})
	bot, _ = e.serve(t, env, addr)
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	e.admin(t, "clock", map[string]string{"advance": "960h"})
	until(t, "both chats hear of the next train", func() bool {
		return len(c.told("/ops", "has departed")) > 1 && len(c.told("/slow", "has departed")) > 0
	})
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	bot.stops(t)
	for _, path := range []string{"/ops", "/slow"} {
		seen := map[string]bool{}
		for _, said := range c.told(path, "") {
			if seen[said] {
				t.Errorf("%s is told twice: %s", path, said)
			}
			seen[said] = true
		}
	}
	e.github.stops(t)
}
