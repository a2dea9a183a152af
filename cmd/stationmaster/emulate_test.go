package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// A harbour is the emulator's program at work.
type harbour struct {
	t    *testing.T
	cred emulator.Credentials
	out  *shared
	stop func() int
}

// shared is a buffer that two goroutines use.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// emulates starts the program and waits for its credentials.
func emulates(t *testing.T, args ...string) *harbour {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	path, out, code := filepath.Join(t.TempDir(), "bot.json"), &shared{}, make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"emulator", "--credentials", path}, args...), &console{out: out, err: out, env: os.LookupEnv})
	}()
	h := &harbour{t: t, out: out, stop: sync.OnceValue(func() int { cancel(); return <-code })}
	t.Cleanup(func() { h.stop() })
	limit, tick := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for {
		if data, err := os.ReadFile(path); err == nil {
			if err := json.Unmarshal(data, &h.cred); err != nil {
				t.Fatal(err)
			}
			return h
		}
		select {
		case <-tick.C:
		case n := <-code:
			t.Fatalf("it ended with %d: %s", n, out)
		case <-limit:
			t.Fatalf("no credentials: %s", out)
		}
	}
}

// asks makes a request as a person.
func (h *harbour) asks(who, method, address, body string) (int, string) {
	h.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "token "+h.cred.Users[who])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

const pilots = `
org: {login: harbour}
app: {slug: pilot}
repos:
  - {name: log, issues: [{title: A ship comes in}]}
people:
  - {login: ada, role: maintain}
`

func TestTheEmulatorGoesOnWhereItWasStopped(t *testing.T) {
	dir := t.TempDir()
	world, state := filepath.Join(dir, "world.yml"), filepath.Join(dir, "state.json")
	if err := os.WriteFile(world, []byte(pilots), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--world", world, "--state", state, "--clock", "2026-12-01", "--frozen"}
	first := emulates(t, args...)
	if status, text := first.asks("ada", "POST", first.cred.BaseURL+"/repos/harbour/log/issues/1/comments", `{"body":"Seen."}`); status != 201 ||
		!strings.Contains(text, `"created_at":"2026-12-01T00:00:00Z"`) {
		t.Fatalf("%d %s", status, text)
	}
	first.asks("", "POST", first.cred.AdminURL+"/clock", `{"advance":"24h"}`)
	if code := first.stop(); code != 0 {
		t.Fatalf("it ended with %d: %s", code, first.out)
	}
	second := emulates(t, args...)
	if second.cred.Users["ada"] != first.cred.Users["ada"] || second.cred.AppID != first.cred.AppID {
		t.Errorf("the credentials are others: %+v", second.cred)
	}
	if _, text := second.asks("ada", "GET", second.cred.BaseURL+"/repos/harbour/log/issues/1/comments", ""); !strings.Contains(text, "Seen.") {
		t.Errorf("the comments are %s", text)
	}
	if _, text := second.asks("", "GET", second.cred.AdminURL+"/clock", ""); !strings.Contains(text, "2026-12-02T00:00:00Z") {
		t.Errorf("the clock shows %s", text)
	}
}

func TestTheEmulatorsFlagsReachIt(t *testing.T) {
	h := emulates(t, "--latency", "1ms..2ms", "--search-delay", "30s", "--limits", "off", "--limit-status", "429",
		"--fault", "api.502=1,who=people,times=1,route=GET /user", "--fault", "deliveries.lost=0.5", "--fault-seed", "7",
		"--webhook-url", "http://127.0.0.1:1/", "--webhook-secret", "between us")
	if h.cred.WebhookSecret != "between us" {
		t.Errorf("the secret is %s", h.cred.WebhookSecret)
	}
	if _, text := h.asks("", "GET", h.cred.AdminURL+"/settings", ""); text != `{"latency":"1ms..2ms","limits":false,"limit_status":429,"search_delay":"30s"}` {
		t.Errorf("the settings are %s", text)
	}
	for _, want := range []int{502, 200} {
		if status, _ := h.asks("engineer", "GET", h.cred.BaseURL+"/user", ""); status != want {
			t.Errorf("answered %d, want %d", status, want)
		}
	}
	if _, text := h.asks("", "GET", strings.TrimSuffix(h.cred.AdminURL, "/_admin")+"/-/faults", ""); !strings.Contains(text, `name="seed" value="7"`) ||
		!strings.Contains(text, "deliveries.lost=0.5") || !strings.Contains(text, "GET /user") {
		t.Errorf("the page of faults is %s", text)
	}
	if !strings.Contains(h.out.String(), "rules: 2, seed: 7") {
		t.Errorf("it says %s", h.out)
	}
}

func TestAStateFileOfAnotherIsLeftAloneInTheEnd(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state.json")
	h := emulates(t, "--state", state)
	if err := os.WriteFile(state, []byte("another's"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.asks("engineer", "POST", h.cred.BaseURL+"/repos/acme/upgrades/issues", `{"title":"t"}`)
	if code := h.stop(); code != 1 || !strings.Contains(h.out.String(), "somebody else wrote") {
		t.Errorf("it ended with %d: %s", code, h.out)
	}
	if text, _ := os.ReadFile(state); string(text) != "another's" {
		t.Error("it was overwritten")
	}
}
