package hub

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// world is an emulated GitHub with a hub that works on it.
type world struct {
	*emulator.GitHub
	t    *testing.T
	hub  *Hub
	inst int64
	repo string
	wire *faulty
}

// faulty is the way to the network, on which a test may lie in wait.
type faulty struct {
	next http.RoundTripper
	// meddle answers in GitHub's place; nil lets the request through.
	meddle func(*http.Request) (*http.Response, error)
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.meddle != nil {
		if resp, err := f.meddle(r); resp != nil || err != nil {
			return resp, err
		}
	}
	return f.next.RoundTrip(r)
}

func newWorld(t *testing.T, o emulator.Options, tweak ...func(*Options)) *world {
	t.Helper()
	if o.Seed == 0 {
		o.Seed = 1
	}
	gh, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gh.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	cred := gh.Credentials()
	tr := http.DefaultTransport.(*http.Transport).Clone()
	wire := &faulty{next: tr}
	opts := Options{
		BaseURL: cred.BaseURL, AppID: cred.AppID, PrivateKey: gh.PrivateKey(), Transport: wire,
		LabelStyle: func(name string) (string, string) { return "#0e8a16", "Ours: " + name },
	}
	for _, change := range tweak {
		change(&opts)
	}
	h, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = gh.Close()
		tr.CloseIdleConnections()
		if unknown := gh.Unknown(); len(unknown) > 0 {
			t.Errorf("GitHub has no such routes: %q", unknown)
		}
	})
	return &world{GitHub: gh, t: t, hub: h, inst: cred.InstallationID, repo: cred.Owner + "/" + cred.Repo, wire: wire}
}

// as is a client with a persona's token.
func (w *world) as(persona string) *github.Client {
	w.t.Helper()
	root := strings.TrimSuffix(w.BaseURL(), "/api/v3")
	c, err := github.NewClient(nil).WithAuthToken(w.Token(persona)).WithEnterpriseURLs(root, root)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// opened makes an issue by a person's hand and returns its number.
func (w *world) opened(labels ...string) int {
	w.t.Helper()
	i, _, err := w.as("maintainer").Issues.Create(ctx, "acme", "upgrades",
		&github.IssueRequest{Title: github.String("An issue"), Labels: &labels})
	if err != nil {
		w.t.Fatal(err)
	}
	return i.GetNumber()
}

func (w *world) issue(number int) *github.Issue {
	w.t.Helper()
	i, _, err := w.as("maintainer").Issues.Get(ctx, "acme", "upgrades", number)
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func (w *world) comments(number int) []*github.IssueComment {
	w.t.Helper()
	list, _, err := w.as("maintainer").Issues.ListComments(ctx, "acme", "upgrades", number, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) labelsOf(number int) string {
	w.t.Helper()
	var names []string
	for _, l := range w.issue(number).Labels {
		names = append(names, l.GetName())
	}
	return strings.Join(names, " ")
}

// do does a deed that must succeed.
func (w *world) do(d bot.Deed) process.Result {
	w.t.Helper()
	r, err := w.hub.Do(ctx, w.inst, w.repo, d, nil)
	if err != nil {
		w.t.Fatalf("%s: %v", d.Do, err)
	}
	return r
}

// try does a deed that may fail.
func (w *world) try(d bot.Deed) error {
	_, err := w.hub.Do(ctx, w.inst, w.repo, d, nil)
	return err
}

func deed(do process.Do, number int, fill func(*bot.Deed)) bot.Deed {
	d := bot.Deed{Action: process.Action{Key: "k", Do: do}, Number: number}
	if fill != nil {
		fill(&d)
	}
	return d
}

var ctx = context.Background()

// aWhile bounds what a test waits for.
const aWhile = 10 * time.Second

// response is an answer in GitHub's place.
func response(r *http.Request, status int, body string, header ...string) *http.Response {
	resp := &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, Request: r,
	}
	if body != "" {
		resp.Body = readCloser{strings.NewReader(body)}
	}
	for i := 0; i+1 < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// receiver takes webhooks in and tells their ids.
func receiver(t *testing.T, came chan<- string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		came <- r.Header.Get("X-GitHub-Delivery")
	}))
	t.Cleanup(server.Close)
	return server.URL
}
