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
	"sync/atomic"
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

// ask sends a request and reads the answer.
func (v *visitor) ask(method, path, body string, head ...string) (int, string) {
	v.t.Helper()
	req, err := http.NewRequest(method, v.root+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
		if head[i] == "Host" {
			req.Host = head[i+1]
		}
	}
	res, err := v.http.Do(req)
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
	status, text := v.ask(http.MethodGet, path, "")
	if status != http.StatusOK {
		v.t.Fatalf("GET %s: %d\n%s", path, status, text)
	}
	return text
}

// press sends a form and reads where it led.
func (v *visitor) press(path string, form url.Values) (int, string) {
	v.t.Helper()
	return v.ask(http.MethodPost, path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
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
	shows(t, plain(v.open("/acme/upgrades/issues?labels=question")), "0 open", "Nothing here matches")
}

func TestABoxIsTickedByWhoeverMay(t *testing.T) {
	v := newVisitor(t)
	page := v.must("/acme/upgrades/issues", url.Values{"title": {"t"}, "body": {"- [ ] one\n- [ ] two"}})
	seen := regexp.MustCompile(`name="seen" value="(\w+)"`).FindStringSubmatch(page)
	if seen == nil {
		t.Fatal("no fingerprint")
	}
	shows(t, page, `aria-checked="false" aria-label="two" form="tick-issue-body" name="box" value="1"`)
	press := url.Values{"comment": {"0"}, "seen": {seen[1]}, "box": {"1"}}
	v.act("outsider")
	if status, text := v.press("/acme/upgrades/issues/1/tick", press); status != http.StatusForbidden {
		t.Errorf("the outsider's tick: %d %s", status, plain(text))
	} else {
		shows(t, plain(text), "That was refused", "403 for otto (outsider)", "may not do this")
	}
	v.act("maintainer")
	page = v.must("/acme/upgrades/issues/1/tick", press)
	shows(t, page, `aria-checked="true" aria-label="two"`, `aria-checked="false" aria-label="one"`)
	if status, text := v.press("/acme/upgrades/issues/1/tick", press); status != http.StatusConflict {
		t.Errorf("a tick on an old text: %d %s", status, plain(text))
	}
	press.Set("box", "x")
	press.Set("seen", regexp.MustCompile(`name="seen" value="(\w+)"`).FindStringSubmatch(page)[1])
	if status, _ := v.press("/acme/upgrades/issues/1/tick", press); status != http.StatusBadRequest {
		t.Errorf("a tick of no box: %d", status)
	}
}

func TestEverythingThatIsDoneToAnIssueIsSeen(t *testing.T) {
	v := newVisitor(t)
	issue := "/acme/upgrades/issues/1"
	v.must("/acme/upgrades/issues", url.Values{"title": {"first"}, "label": {"bug"}})
	v.act("maintainer")
	page := v.must(issue+"/labels", url.Values{"had": {"bug"}, "has": {"question"}, "new": {"stage/scoping"}})
	shows(t, plain(page), "mara added question stage/scoping and removed bug")
	page = v.must(issue+"/assignees", url.Values{"has": {"ada", "mara"}})
	shows(t, plain(page), "mara assigned ada", "mara took this on")
	page = v.must(issue+"/assignees", url.Values{"had": {"ada", "mara"}, "has": {"mara"}})
	shows(t, plain(page), "mara unassigned ada")
	page = v.must(issue+"/edit", url.Values{"title": {"second"}})
	shows(t, plain(page), "second #1", "changed the title from first to second")
	page = v.must(issue+"/react", url.Values{"comment": {"0"}, "content": {"rocket"}})
	shows(t, plain(page), "🚀 1")
	if page = v.must(issue+"/react", url.Values{"comment": {"0"}, "content": {"rocket"}}); strings.Contains(plain(page), "🚀 1") {
		t.Error("the reaction was not taken back")
	}
	page = v.must(issue+"/comment", url.Values{"body": {"that is **it**"}, "do": {"preview"}})
	shows(t, page, "<strong>it</strong>", "that is **it**</textarea>")
	page = v.must(issue+"/comment", url.Values{"body": {"that is it"}, "do": {"skip"}})
	shows(t, plain(page), "that is it", "mara closed this as not planned", "Reopen")
	id := regexp.MustCompile(`id="issuecomment-(\d+)"`).FindStringSubmatch(page)[1]
	page = v.must(issue+"/comment", url.Values{"do": {"reopen"}})
	shows(t, plain(page), "mara reopened this", "Close as not planned")
	v.gh.Advance(time.Hour)
	page = v.must(issue+"/edit-comment", url.Values{"comment": {id}, "body": {"was it"}, "do": {"save"}})
	shows(t, plain(page), "was it", "· edited", "1 hour ago")
	if page = v.must(issue+"/edit-comment", url.Values{"comment": {id}, "do": {"delete"}}); strings.Contains(page, "was it") {
		t.Error("the comment was not deleted")
	}
	shows(t, plain(v.open("/acme/upgrades/issues?assignee=mara")), "assigned to mara", "second")
}

func TestAMilestoneIsSetFilteredByAndCleared(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"a feature"}})
	v.api("/repos/acme/upgrades/milestones", `{"title":"Alphanet 2026-12","due_on":"2026-12-10T12:00:00Z"}`)
	page := v.must("/acme/upgrades/issues/1/milestone", url.Values{"milestone": {"1"}})
	shows(t, plain(page), "added this to the milestone Alphanet 2026-12", "⚑ Alphanet 2026-12", "due Thu 10 Dec 2026")
	shows(t, plain(v.open("/acme/upgrades/milestone/1")), "milestone: Alphanet 2026-12", "a feature")
	page = v.must("/acme/upgrades/issues/1/milestone", url.Values{"milestone": {""}})
	shows(t, plain(page), "removed this from the milestone Alphanet 2026-12")
	shows(t, plain(v.open("/acme/upgrades/issues?milestone=none")), "milestone: none", "a feature")
}

// api posts as the maintainer what the site has no button for.
func (v *visitor) api(path, body string) {
	v.t.Helper()
	status, text := v.ask(http.MethodPost, "/api/v3"+path, body, "Authorization", "token "+v.gh.Token("maintainer"))
	if status >= 300 {
		v.t.Fatalf("POST %s: %d %s", path, status, text)
	}
}

func TestAPullRequestIsMadeAndMerged(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"the feature"}})
	v.open("/acme/protocol/compare")
	page := v.must("/acme/protocol/pulls", url.Values{"title": {"Send sooner!"}, "body": {"Feature: acme/upgrades#1"}, "label": {"enhancement"}})
	shows(t, page, `<a href="/acme/upgrades/issues/1"`, "Merge pull request")
	shows(t, plain(page), "ada wants to merge ada/send-sooner into main", "ada added enhancement")
	shows(t, plain(v.open("/acme/protocol")), "1 open", "Send sooner!")
	shows(t, plain(v.open("/acme/upgrades/issues/1")), "ada mentioned this in acme/protocol#1 Send sooner!")
	sha := regexp.MustCompile(`name="sha" value="(\w+)"`).FindStringSubmatch(page)[1]
	v.act("outsider")
	if status, _ := v.press("/acme/protocol/pull/1/merge", url.Values{"sha": {sha}}); status != http.StatusForbidden {
		t.Errorf("the outsider's merge: %d", status)
	}
	v.act("maintainer")
	page = v.must("/acme/protocol/pull/1/merge", url.Values{"sha": {sha}})
	shows(t, plain(page), "merged", "mara merged commit", "Merged by mara")
	shows(t, plain(v.open("/acme/protocol/pulls?state=closed")), "1 closed", "was merged")
	shows(t, plain(v.open("/acme/protocol/issues/1")), "Send sooner!")
}

func TestTheClockIsMovedForwardOnly(t *testing.T) {
	v := newVisitor(t)
	page := v.must("/-/clock", url.Values{"advance": {"24h"}, "back": {"/acme/upgrades/issues?state=closed"}})
	shows(t, page, "Wed 2 Dec 2026, 09:00 UTC", `value="/acme/upgrades/issues?state=closed"`)
	shows(t, v.must("/-/clock", url.Values{"to": {"2026-12-24T18:00"}, "back": {"/"}}), "Thu 24 Dec 2026, 18:00 UTC")
	for _, to := range []string{"2026-12-01T00:00", "tomorrow"} {
		if status, text := v.press("/-/clock", url.Values{"to": {to}}); status != http.StatusUnprocessableEntity {
			t.Errorf("to %s: %d %s", to, status, plain(text))
		}
	}
}

func TestButtonsLeadBackHereOnly(t *testing.T) {
	v := newVisitor(t)
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for back, want := range map[string]string{"/acme/upgrades/issues?a=b": "/acme/upgrades/issues?a=b", "//evil.example": "/",
		"https://evil.example/": "/", `/\evil.example`: "/", "": "/", "evil": "/"} {
		res, err := v.http.PostForm(v.root+"/-/persona", url.Values{"persona": {"security"}, "back": {back}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Location"); got != want {
			t.Errorf("back to %q leads to %q", back, got)
		}
	}
}

func TestOtherSitesPressNoButtons(t *testing.T) {
	v := newVisitor(t)
	tests := []struct {
		name, header, value string
		status              int
	}{
		{"another origin", "Origin", "https://evil.example", http.StatusForbidden},
		{"another site, by its own word", "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"this origin", "Origin", v.root, http.StatusOK},
		{"another name", "Host", "evil.example", http.StatusMisdirectedRequest},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			status, text := v.ask(http.MethodPost, "/-/clock", "advance=1h&back=/",
				"Content-Type", "application/x-www-form-urlencoded", tc.header, tc.value)
			if status != tc.status {
				t.Errorf("got %d %s", status, text)
			}
		})
	}
}

func TestPagesLoadNothingButTheirStyle(t *testing.T) {
	v := newVisitor(t)
	res, err := v.http.Get(v.root + "/acme/upgrades/issues")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'self';") {
		t.Errorf("policy: %s", got)
	}
	shows(t, v.open("/-/style.css"), "prefers-color-scheme: dark")
	shows(t, v.open("/-/icon.svg"), "<svg")
}

func TestEveryPageIsThere(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"t"}})
	for path, piece := range map[string]string{
		"/": "Issues", "/acme/upgrades": "Issues", "/acme/upgrades/issues/new?title=x&labels=bug": `value="bug" checked`,
		"/acme/upgrades/issues/1": "t", "/acme/upgrades/pull/1": "opened this", "/-/deliveries": "Nothing was sent yet",
		"/acme/upgrades/blob/main/.github/stationmaster.yml": "roles:", "/acme/upgrades/issues?page=2": "1 open",
		"/acme": "Issues", "/ada": "assigned to ada", "/apps/stationmaster": "Issues",
	} {
		shows(t, v.open(path), piece, "<!DOCTYPE html>", "</html>")
	}
	for path, status := range map[string]int{"/acme/upgrades/issues/99": 404, "/acme/nothing/issues": 404, "/-/delivery?id=1": 404,
		"/-/delivery": 404, "/acme/upgrades/blob/main/nothing": 404, "/acme/upgrades/blob/main/.github": 404, "/a/b/c/d": 404, "/nobody": 404, "/avatars/1": 404,
		"/acme/upgrades/issues?milestone=77": 422} {
		if got, text := v.ask(http.MethodGet, path, ""); got != status {
			t.Errorf("GET %s: %d\n%s", path, got, plain(text))
		}
	}
	for path, form := range map[string]url.Values{"/acme/upgrades/issues": {"title": {" "}}, "/-/persona": {"persona": {"nobody"}},
		"/acme/upgrades/issues/1/comment": {"body": {" "}, "do": {"comment"}}} {
		if got, text := v.press(path, form); got != http.StatusUnprocessableEntity {
			t.Errorf("POST %s: %d\n%s", path, got, plain(text))
		}
	}
	if got := v.gh.Unknown(); len(got) > 0 {
		t.Errorf("the site asked for what is not there: %s", got)
	}
}

func TestTheDeliveryLogIsReadAndRepeated(t *testing.T) {
	for _, asApp := range []bool{false, true} {
		var heard atomic.Int32
		bot := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
		defer bot.Close()
		var gh *emulator.GitHub
		v := newVisitor(t, func(o *site.Options) {
			gh, _ = o.API.(*emulator.GitHub)
			if asApp {
				o.AppID, o.PrivateKey = gh.Credentials().AppID, gh.PrivateKey()
			}
		})
		gh.SetWebhookURL(bot.URL)
		v.must("/acme/upgrades/issues", url.Values{"title": {"t"}})
		page := v.open("/-/deliveries")
		shows(t, plain(page), "issues.opened", "200 OK")
		link := regexp.MustCompile(`/-/delivery\?id=(\d+)`).FindStringSubmatch(page)
		page = v.open(link[0])
		shows(t, page, "X-Hub-Signature-256", "&#34;action&#34;: &#34;opened&#34;")
		before := heard.Load()
		status, text := v.press("/-/redeliver", url.Values{"id": {link[1]}})
		if asApp {
			shows(t, page, "Deliver again")
			shows(t, plain(text), "again")
		} else if status != http.StatusNotImplemented {
			t.Errorf("without the App's key: %d", status)
		}
		if again := heard.Load() > before; again != asApp {
			t.Errorf("delivered again: %v, want %v", again, asApp)
		}
	}
}

func TestLookingAroundSpendsNobodysBudget(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"t"}})
	for range 3 {
		v.open("/acme/upgrades/issues/1")
	}
	_, said := v.ask(http.MethodGet, "/api/v3/rate_limit", "", "Authorization", "token "+v.gh.Token("engineer"))
	shows(t, said, `"used":0`)
}

func TestWhatIsMissingIsSaidAtOnce(t *testing.T) {
	if _, err := site.New(site.Options{}); err == nil {
		t.Error("a site of nothing was made")
	}
}
