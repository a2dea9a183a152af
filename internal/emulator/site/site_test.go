package site_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/site"
)

// visitor is a browser without a script: it follows redirects, keeps cookies
// and sends forms.
type visitor struct {
	t    *testing.T
	gh   *emulator.GitHub
	root string
	http *http.Client
}

func newVisitor(t *testing.T, change ...func(*site.Options)) *visitor {
	t.Helper()
	start := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	gh, err := emulator.New(emulator.Options{Seed: 7, Start: start, Frozen: true})
	if err != nil {
		t.Fatal(err)
	}
	cred := gh.Credentials()
	o := site.Options{API: gh, Users: cred.Users, Owner: cred.Owner, Repo: cred.Repo, CodeRepo: cred.CodeRepo,
		Settle: func(ctx context.Context) { _ = gh.Settle(ctx) }}
	for _, f := range change {
		f(&o)
	}
	h, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	gh.SetSite(h)
	srv := httptest.NewServer(gh)
	t.Cleanup(func() {
		srv.Close()
		_ = gh.Close()
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, gh: gh, root: srv.URL, http: &http.Client{Jar: jar}}
}

func (v *visitor) read(res *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// open reads a page that must be there.
func (v *visitor) open(path string) string {
	v.t.Helper()
	status, text := v.read(v.http.Get(v.root + path))
	if status != http.StatusOK {
		v.t.Fatalf("GET %s: %d\n%s", path, status, text)
	}
	return text
}

// press sends a form and reads where it led.
func (v *visitor) press(path string, form url.Values) (int, string) {
	v.t.Helper()
	return v.read(v.http.PostForm(v.root+path, form))
}

// must presses a button that must work.
func (v *visitor) must(path string, form url.Values) string {
	v.t.Helper()
	status, text := v.press(path, form)
	if status != http.StatusOK {
		v.t.Fatalf("POST %s: %d\n%s", path, status, plain(text))
	}
	return text
}

func (v *visitor) act(as string) {
	v.t.Helper()
	v.must("/-/persona", url.Values{"persona": {as}, "back": {"/"}})
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plain is a page's text without its tags, spaces folded.
func plain(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	return strings.Join(strings.Fields(tags.ReplaceAllString(main, " ")), " ")
}

// shows fails if a text lacks one of the pieces.
func shows(t *testing.T, text string, pieces ...string) {
	t.Helper()
	for _, p := range pieces {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in\n%s", p, text)
		}
	}
}

func TestAnIssueIsOpenedReadAndAnswered(t *testing.T) {
	v := newVisitor(t)
	shows(t, plain(v.open("/")), "Issues", "0 open", "Nothing here is open")
	page := v.must("/acme/upgrades/issues", url.Values{"title": {"Faster `batcher`"}, "body": {"It is **slow**.\r\nSee #1."}, "label": {"bug"}})
	shows(t, page, "<h1>Faster <code>batcher</code>", "<strong>slow</strong>.<br/>", `<a href="/acme/upgrades/issues/1"`)
	shows(t, plain(page), "ada opened this", "open", "ada added bug")
	v.act("reviewer")
	page = v.must("/acme/upgrades/issues/1/comment", url.Values{"body": {"Well said, @ada."}, "do": {"comment"}})
	shows(t, page, `id="issuecomment-`, `<a href="/acme/upgrades/issues?assignee=ada" class="mention"`)
	shows(t, plain(v.open("/acme/upgrades/issues?labels=bug")), "1 open", "Faster batcher", "label: bug", "💬 1")
	shows(t, plain(v.open("/acme/upgrades/issues?labels=question")), "0 open", "Nothing here is open")
}
