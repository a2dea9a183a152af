package emulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// world is an emulator that listens, with a receiver for its webhooks.
type world struct {
	*emulator.GitHub
	t    *testing.T
	cred emulator.Credentials
	bot  *github.Client

	mu     sync.Mutex
	events []event
	answer int // the receiver's status
}

// event is a webhook that came in.
type event struct {
	kind    string // issues.opened
	id      string
	payload map[string]any
	head    http.Header
}

const secret = "It's a Secret to Everybody"

func newWorld(t *testing.T, o emulator.Options) *world {
	t.Helper()
	w := &world{t: t, answer: http.StatusOK}
	hook := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(hook.Close)
	if o.Seed == 0 {
		o.Seed = 1
	}
	o.WebhookURL, o.WebhookSecret = hook.URL, secret
	gh, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gh.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.heard() // or a webhook would be cut off in the middle
		_ = gh.Close()
	})
	w.GitHub, w.cred = gh, gh.Credentials()
	w.bot = w.client(w.transport())
	return w
}

func (w *world) receive(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); r.Header.Get("X-Hub-Signature-256") != want {
		w.t.Errorf("webhook %s is not signed", r.Header.Get("X-GitHub-Event"))
	}
	e := event{kind: r.Header.Get("X-GitHub-Event"), id: r.Header.Get("X-GitHub-Delivery"), head: r.Header}
	if err := json.Unmarshal(body, &e.payload); err != nil {
		w.t.Errorf("webhook %s: %v", e.kind, err)
	}
	if action, has := e.payload["action"].(string); has {
		e.kind += "." + action
	}
	w.mu.Lock()
	w.events = append(w.events, e)
	answer := w.answer
	w.mu.Unlock()
	rw.WriteHeader(answer)
}

// heard waits for the webhooks under way and takes all that came.
func (w *world) heard() []event {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.events
	w.events = nil
	return out
}

// heardKinds is heard, the names only.
func (w *world) heardKinds() string {
	w.t.Helper()
	var kinds []string
	for _, e := range w.heard() {
		kinds = append(kinds, e.kind)
	}
	return strings.Join(kinds, " ")
}

func (w *world) transport() *ghinstallation.Transport {
	w.t.Helper()
	tr, err := ghinstallation.New(http.DefaultTransport, w.cred.AppID, w.cred.InstallationID, w.PrivateKey())
	if err != nil {
		w.t.Fatal(err)
	}
	tr.BaseURL = w.cred.BaseURL
	return tr
}

func (w *world) client(rt http.RoundTripper) *github.Client {
	w.t.Helper()
	root := strings.TrimSuffix(w.cred.BaseURL, "/api/v3")
	c, err := github.NewClient(&http.Client{Transport: rt}).WithEnterpriseURLs(root, root)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// as is a client with a persona's token.
func (w *world) as(persona string) *github.Client {
	w.t.Helper()
	return w.client(http.DefaultTransport).WithAuthToken(w.Token(persona))
}

// app is a client with the App's JWT.
func (w *world) app() *github.Client {
	w.t.Helper()
	tr, err := ghinstallation.NewAppsTransport(http.DefaultTransport, w.cred.AppID, w.PrivateKey())
	if err != nil {
		w.t.Fatal(err)
	}
	tr.BaseURL = w.cred.BaseURL
	return w.client(tr)
}

// must fails the test on an error and passes the value on.
func must[T any](t *testing.T) func(T, *github.Response, error) T {
	return func(v T, _ *github.Response, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantStatus fails unless an error is GitHub's answer with a status and a
// message that contains text.
func wantStatus(t *testing.T, err error, status int, text string) {
	t.Helper()
	switch e := err.(type) {
	case *github.ErrorResponse:
		if e.Response.StatusCode != status || !strings.Contains(e.Message, text) {
			t.Errorf("got %d %q, want %d %q", e.Response.StatusCode, e.Message, status, text)
		}
	default:
		t.Errorf("got %T %v, want %d %q", err, err, status, text)
	}
}

var ctx = context.Background()

// open makes an issue as a persona and forgets the webhooks of it.
func (w *world) open(persona, title string, labels ...string) *github.Issue {
	w.t.Helper()
	i := must[*github.Issue](w.t)(w.as(persona).Issues.Create(ctx, "acme", "upgrades",
		&github.IssueRequest{Title: &title, Labels: &labels}))
	w.heard()
	return i
}
