package hub

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// answering makes GitHub answer writes in one way.
func (w *world) answering(status int, body string, header ...string) {
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/access_tokens") {
			return nil, nil
		}
		return response(r, status, body, header...), nil
	}
}

const secondary = `{"message":"You have exceeded a secondary rate limit.","documentation_url":"https://docs.github.com/x#about-secondary-rate-limits"}`

func TestLimitsPostponeHoweverGitHubSaysThem(t *testing.T) {
	in := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	tests := []struct {
		name   string
		status int
		body   string
		header []string
		wait   time.Duration
	}{
		{"403 with retry-after", 403, secondary, []string{"Retry-After", "30"}, 31 * time.Second},
		{"429 with retry-after", 429, secondary, []string{"Retry-After", "30"}, 31 * time.Second},
		{"429 without a body", 429, "", nil, time.Minute},
		{"429 with nothing remaining", 429, `{"message":"API rate limit exceeded."}`,
			[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", in(20 * time.Minute)}, 20 * time.Minute},
		{"403 with nothing remaining", 403, `{"message":"API rate limit exceeded."}`,
			[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", in(20 * time.Minute)}, 20 * time.Minute},
		{"403 by its words alone", 403, secondary, nil, time.Minute},
		{"an absurd wait", 429, "", []string{"Retry-After", "99999999"}, 2 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			n := w.opened()
			w.answering(tt.status, tt.body, tt.header...)
			var later bot.Later
			if err := w.try(deed(process.CloseIssue, n, nil)); !errors.As(err, &later) {
				t.Fatalf("got %v, want later", err)
			}
			if wait := time.Until(later.Until); wait < tt.wait-5*time.Second || wait > tt.wait+5*time.Second {
				t.Errorf("wait %v, want about %v: %s", wait, tt.wait, later.Cause)
			}
			// Nothing of this installation leaves meanwhile.
			before := w.hub.Counts().Requests
			if err := w.try(deed(process.ReopenIssue, n, nil)); !errors.As(err, &later) || w.hub.Counts().Requests != before {
				t.Errorf("afterwards %v with %d more requests", err, w.hub.Counts().Requests-before)
			}
		})
	}
}

func TestOtherAnswersMeanWhatTheySay(t *testing.T) {
	validation := `{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"},"plain words"]}`
	tests := []struct {
		name   string
		status int
		body   string
		check  func(error) bool
		says   string
	}{
		{"a missing permission", 403, `{"message":"Resource not accessible by integration"}`, isNever, "not accessible"},
		{"a refusal", 422, validation, isNever, "422: Validation Failed (Issue title missing_field; plain words)"},
		{"deleted", 410, `{"message":"This issue was deleted"}`, isGone, "deleted"},
		{"not found", 404, `{"message":"Not Found"}`, isGone, "Not Found"},
		{"a token not known yet", 401, `{"message":"Bad credentials"}`, isLater, "Bad credentials"},
		{"a bad gateway", 502, `<html>`, isOpen, "502"},
		{"unavailable", 503, `{"message":"Service unavailable"}`, isOpen, "Service unavailable"},
		{"moved", 301, `{"message":"Moved Permanently"}`, isGone, "moved"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			n := w.opened()
			w.answering(tt.status, tt.body, "Location", w.BaseURL()+"/repos/acme/upgrades/issues/1")
			err := w.try(deed(process.SayOnce, n, func(d *bot.Deed) { d.Body = "x" }))
			if !tt.check(err) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %T %v", err, err)
			}
		})
	}
}

func isNever(err error) bool { var n bot.Never; return errors.As(err, &n) && !n.Gone }
func isGone(err error) bool  { var n bot.Never; return errors.As(err, &n) && n.Gone }
func isLater(err error) bool { var l bot.Later; return errors.As(err, &l) }
func isOpen(err error) bool  { return err != nil && !isNever(err) && !isGone(err) && !isLater(err) }

func TestABrokenWireLeavesTheOutcomeOpen(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/access_tokens") {
			return nil, nil
		}
		if resp, err := w.wire.next.RoundTrip(r); err == nil { // done, and then cut
			_ = resp.Body.Close()
		}
		return nil, errors.New("connection reset by peer")
	}
	d := deed(process.SayOnce, n, func(d *bot.Deed) { d.Marker, d.Body = "m", "x" })
	before := time.Now()
	if err := w.try(d); !isOpen(err) {
		t.Fatalf("got %v", err)
	}
	w.wire.meddle = nil
	if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, before); !found || err != nil || r.Comment == 0 {
		t.Errorf("found %+v %v %v", r, found, err)
	}
}

// Whether a label is not there, or is there already, is told by GitHub's words
// alone: a refusal that is cut off in them is none, and is tried again.
func TestARefusalThatIsCutOffLeavesTheOutcomeOpen(t *testing.T) {
	for _, status := range []int{400, 403, 404, 410, 422} {
		w := newWorld(t, emulator.Options{})
		n := w.opened()
		w.wire.meddle = func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodDelete {
				return nil, nil
			}
			resp := response(r, status, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"message":"Label doe`), iotest.ErrReader(io.ErrUnexpectedEOF)))
			return resp, nil
		}
		err := w.try(deed(process.RemoveLabel, n, func(d *bot.Deed) { d.Label = "hold" }))
		var never bot.Never
		var later bot.Later
		if err == nil || errors.As(err, &never) || errors.As(err, &later) || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("after a %d that was cut off: %v", status, err)
		}
	}
}

func TestWithoutATokenNothingIsLost(t *testing.T) {
	for status, least := range map[int]time.Duration{401: time.Minute, 404: time.Minute, 502: time.Second} {
		w := newWorld(t, emulator.Options{})
		n := w.opened()
		w.wire.meddle = func(r *http.Request) (*http.Response, error) {
			return response(r, status, `{"message":"no"}`), nil
		}
		var later bot.Later
		if err := w.try(deed(process.CloseIssue, n, nil)); !errors.As(err, &later) || time.Until(later.Until) < least {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestOneTokenServesAnInstallation(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	var g sync.WaitGroup
	for range 8 {
		g.Go(func() {
			if err := w.try(deed(process.CloseIssue, n, nil)); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if c := w.hub.Counts(); c.Tokens != 1 || c.Writes != 8 || c.Requests != 9 {
		t.Errorf("%+v", c)
	}
}

func TestATokenThatWasRevokedIsReplaced(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	w.do(deed(process.CloseIssue, n, nil))
	if _, err := w.hub.client(w.inst); err != nil {
		t.Fatal(err)
	}
	c, err := w.hub.client(w.inst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Apps.RevokeInstallationToken(withFare(ctx, fare{budget: newBudget(false)})); err != nil {
		t.Fatal(err)
	}
	if err := w.try(deed(process.ReopenIssue, n, nil)); !isLater(err) {
		t.Fatalf("with the old token: %v", err)
	}
	if err := w.try(deed(process.ReopenIssue, n, nil)); !isLater(err) {
		t.Fatalf("a young token is given time: %v", err)
	}
	w.hub.mu.Lock()
	w.hub.made = time.Now().Add(-time.Hour)
	w.hub.mu.Unlock()
	if err := w.try(deed(process.ReopenIssue, n, nil)); !isLater(err) {
		t.Fatalf("the request that finds out: %v", err)
	}
	w.do(deed(process.ReopenIssue, n, nil))
}

func TestPagesThatHaveNotChangedAreNotSentAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{"x": {Permission: "write"}}
	ask := func() process.Verdict {
		return w.answer(roles, func(q *process.Questions) { q.Need("ada", "x") }).Role("ada", "x")
	}
	for range 3 {
		if got := ask(); got != process.Yes {
			t.Fatalf("got %s", got)
		}
	}
	if c := w.hub.Counts(); c.NotModified != 2 || w.Requests().NotModified != 2 {
		t.Errorf("%+v", c)
	}
	// With another token GitHub's tag is another one, and so is ours.
	if err := w.hub.renew(); err != nil {
		t.Fatal(err)
	}
	ask()
	if c := w.hub.Counts(); c.NotModified != 2 || c.Tokens != 2 {
		t.Errorf("with a new token: %+v", c)
	}
}

func TestRememberedPagesAreBounded(t *testing.T) {
	p := newPages()
	keep := func(r *http.Request, body string) string {
		t.Helper()
		resp, err := p.keep(r, response(r, 200, body, "ETag", `"a"`), nil) //nolint:bodyclose // closed below
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	at := func(n int) *http.Request {
		return httptest.NewRequest(http.MethodGet, "https://api.example/x?"+strconv.Itoa(n), nil)
	}
	body := strings.Repeat("x", mostOfAPage)
	for n := range 200 {
		if keep(at(n), body) != body {
			t.Fatal("a page came through changed")
		}
	}
	if p.size > mostOfPages || p.order.Len() != len(p.byKey) || p.order.Len() < 40 {
		t.Errorf("%d bytes in %d pages", p.size, p.order.Len())
	}
	if p.ask(at(0)) != nil {
		t.Error("the oldest page is still there")
	}
	if p.ask(at(199)) == nil {
		t.Error("the newest page is gone")
	}
	if got := keep(at(500), body+"x"); len(got) != mostOfAPage+1 || p.ask(at(500)) != nil {
		t.Errorf("of a large page %d bytes come through", len(got))
	}
}

func TestNothingLeavesForAnotherHost(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	w.answering(307, "", "Location", "https://evil.example/collect")
	err := w.try(deed(process.CloseIssue, n, nil))
	if err == nil || !strings.Contains(err.Error(), "refusing to send a token to evil.example") {
		t.Errorf("got %v", err)
	}
}

func TestAHubIsNotMadeFromNothing(t *testing.T) {
	good := Options{BaseURL: "http://127.0.0.1:1/api/v3", AppID: 1, PrivateKey: []byte("no key")}
	for name, change := range map[string]func(*Options){
		"no key": func(o *Options) { o.PrivateKey = nil }, "no App": func(o *Options) { o.AppID = 0 },
		"no address": func(o *Options) { o.BaseURL = "github" }, "a key that is none": func(*Options) {},
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTheAppKnowsItsOwnName(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if w.hub.KnownLogin() != "" {
		t.Error("known before it was asked")
	}
	for range 2 {
		if login, err := w.hub.Login(ctx); login != "stationmaster[bot]" || err != nil {
			t.Errorf("%q, %v", login, err)
		}
	}
	if w.hub.KnownLogin() != "stationmaster[bot]" || w.hub.Counts().Requests != 1 {
		t.Errorf("%q after %d requests", w.hub.KnownLogin(), w.hub.Counts().Requests)
	}
}

// A connection is used again even if nobody reads what was answered on it.
func TestConnectionsAreKept(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	said := w.do(deed(process.SayOnce, n, func(d *bot.Deed) { d.Body, d.Marker = "one", "m" }))
	fresh := 0
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		if !i.Reused {
			fresh++
		}
	}})
	for i := range 10 {
		d := deed(process.EditComment, n, func(d *bot.Deed) {
			d.CommentID, d.Marker, d.Body = said.Comment, "m", strings.Repeat("many words ", 500*i)
		})
		if _, err := w.hub.Do(traced, w.inst, w.repo, d, nil); err != nil {
			t.Fatal(err)
		}
	}
	if fresh > 0 {
		t.Errorf("ten edits made %d connections anew", fresh)
	}
}
