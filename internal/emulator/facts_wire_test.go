package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

var linkEntry = regexp.MustCompile(`<([^>]+)>; rel="(\w+)"`)

// links are the addresses of a Link header by their rel.
func links(res *http.Response) map[string]string {
	out := map[string]string{}
	for _, m := range linkEntry.FindAllStringSubmatch(res.Header.Get("Link"), -1) {
		out[m[2]] = m[1]
	}
	return out
}

// A3: rel next, prev, first and last, omitted when there is one page; the
// addresses name the repository by id and must be followed, not built.
func TestLinksAreFollowed(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for n := range 5 {
		w.open("engineer", fmt.Sprint(n))
	}
	auth := "token " + w.Token("engineer")
	res, _ := w.ask("GET", "/repos/acme/upgrades/issues?per_page=2&direction=asc", auth, "")
	l := links(res)
	if l["prev"]+l["first"] != "" || l["next"] == "" || l["last"] == "" {
		t.Errorf("the first page links to %v", l)
	}
	var seen []string
	for next := w.cred.BaseURL + "/repos/acme/upgrades/issues?per_page=2&direction=asc"; next != ""; {
		res, body := w.send("GET", next, auth, "")
		var page []struct{ Title string }
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page {
			seen = append(seen, i.Title)
		}
		l = links(res)
		if next = l["next"]; next != "" && !regexp.MustCompile(`/api/v3/repositories/\d+/issues\?`).MatchString(next) {
			t.Errorf("the next page is at %s", next)
		}
	}
	if strings.Join(seen, "") != "01234" || l["prev"] == "" || l["first"] == "" || l["last"] != "" {
		t.Errorf("saw %v, the last page links to %v", seen, l)
	}
	if res, _ := w.ask("GET", "/repos/acme/upgrades/issues?per_page=5", auth, ""); res.Header.Get("Link") != "" {
		t.Errorf("one page links to %s", res.Header.Get("Link"))
	}
	res, _ = w.ask("GET", "/orgs/acme/teams?per_page=1", auth, "")
	if res, body := w.send("GET", links(res)["next"], auth, ""); res.StatusCode != 200 || !strings.Contains(body, `"slug"`) {
		t.Errorf("the organisation's next page: %d", res.StatusCode)
	}
	var team struct {
		Members string `json:"members_url"`
	}
	_, body := w.ask("GET", "/orgs/acme/teams/engineers", auth, "")
	if err := json.Unmarshal([]byte(body), &team); err != nil {
		t.Fatal(err)
	}
	if res, body := w.send("GET", strings.TrimSuffix(team.Members, "{/member}"), auth, ""); res.StatusCode != 200 || !strings.Contains(body, `"login":"ada"`) {
		t.Errorf("a team's own address: %d", res.StatusCode)
	}
}

// A3: per_page is 30 unless asked, and 100 at most.
func TestPagesHaveThirtyUnlessAskedAndAHundredAtMost(t *testing.T) {
	labels := make([]emulator.Label, 120)
	for n := range labels {
		labels[n].Name = fmt.Sprintf("l%03d", n)
	}
	w := newWorld(t, emulator.Options{Labels: labels})
	for query, want := range map[string]int{"": 30, "?per_page=7": 7, "?per_page=100": 100, "?per_page=1000": 100, "?per_page=0": 30,
		"?per_page=100&page=2": 25, "?per_page=x": 30} {
		_, body := w.ask("GET", "/repos/acme/upgrades/labels"+query, "token "+w.Token("engineer"), "")
		var page []any
		if err := json.Unmarshal([]byte(body), &page); err != nil || len(page) != want {
			t.Errorf("%s: %d labels, want %d (%v)", query, len(page), want, err)
		}
	}
}

// A3: a tag is tied to its token: the next hour's token of the same
// installation reads everything anew; the scheme is no part of it.
func TestANewTokenVoidsTheTagsOfTheOldOne(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	mint := func() string {
		return must[*github.InstallationToken](t)(w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, nil)).GetToken()
	}
	old, fresh := mint(), mint()
	res, _ := w.ask("GET", "/repos/acme/upgrades/labels", "Bearer "+old, "")
	tag := res.Header.Get("ETag")
	for auth, want := range map[string]int{"Bearer " + old: 304, "token " + old: 304, "Bearer " + fresh: 200} {
		if res, _ := w.ask("GET", "/repos/acme/upgrades/labels", auth, "", "If-None-Match", tag); res.StatusCode != want {
			t.Errorf("answered %d, want %d", res.StatusCode, want)
		}
	}
	if res.Header.Get("Last-Modified") != "" {
		t.Error("a list has a date")
	}
}

// A3: Last-Modified on some; a condition that holds is answered 304 and free.
func TestAnIssueHasADate(t *testing.T) {
	start := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	w := newWorld(t, emulator.Options{Start: start, Frozen: true})
	w.open("engineer", "t")
	auth, path := "token "+w.Token("engineer"), "/repos/acme/upgrades/issues/1"
	res, _ := w.ask("GET", path, auth, "")
	date, used := res.Header.Get("Last-Modified"), res.Header.Get("X-RateLimit-Used")
	if date != "Tue, 01 Dec 2026 09:00:00 GMT" {
		t.Errorf("dated %q", date)
	}
	if res, _ = w.ask("GET", path, auth, "", "If-Modified-Since", date); res.StatusCode != 304 || res.Header.Get("X-RateLimit-Used") != used {
		t.Errorf("unchanged: %d, used %s after %s", res.StatusCode, res.Header.Get("X-RateLimit-Used"), used)
	}
	must[*github.Issue](t)(w.as("engineer").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Title: github.String("u")}))
	if res, _ = w.ask("GET", path, auth, "", "If-Modified-Since", date, "If-None-Match", `"other"`); res.StatusCode != 200 {
		t.Errorf("the tag decides where there is one: %d", res.StatusCode)
	}
	w.Advance(time.Second)
	must[*github.Issue](t)(w.as("engineer").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Title: github.String("v")}))
	if res, _ = w.ask("GET", path, auth, "", "If-Modified-Since", date); res.StatusCode != 200 {
		t.Errorf("changed: %d", res.StatusCode)
	}
}

// A3: errors have message, documentation_url and status, a string; 422 adds
// errors, of one of six codes, as plain strings, or not at all.
func TestRefusalsHaveGitHubsShapes(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("outsider", "t", "bug")
	long := strings.Repeat("x", 51)
	for name, tc := range map[string]struct {
		who, method, path, body string
		status                  int
		message, code           string // code of the first error, if there are any
	}{
		"not there":             {"engineer", "GET", "/issues/9", "", 404, "Not Found", ""},
		"not there, and gone":   {"engineer", "PUT", "/nothing/", "", 501, "The emulator has no route", ""},
		"a slash too many":      {"engineer", "GET", "/issues/", "", 404, "Not Found", ""},
		"broken":                {"engineer", "POST", "/issues", "{", 400, "Problems parsing JSON", ""},
		"no object":             {"engineer", "POST", "/issues", "[]", 400, "Body should be a JSON object", ""},
		"a key is missing":      {"engineer", "POST", "/issues", "{}", 422, "Invalid request.\n\n\"title\" wasn't supplied.", ""},
		"a value is missing":    {"engineer", "POST", "/issues", `{"title":""}`, 422, "Validation Failed", "missing_field"},
		"a value is not one":    {"engineer", "PATCH", "/issues/1", `{"state":"ajar"}`, 422, "Validation Failed", "invalid"},
		"there already":         {"engineer", "POST", "/labels", `{"name":"BUG"}`, 422, "Validation Failed", "already_exists"},
		"too long":              {"engineer", "POST", "/labels", `{"name":"` + long + `"}`, 422, "Validation Failed", "custom"},
		"blank":                 {"engineer", "POST", "/issues/1/comments", `{"body":" "}`, 422, "Validation Failed", "unprocessable"},
		"not allowed":           {"outsider", "DELETE", "/labels/bug", "", 403, "Must have admin rights to Repository.", ""},
		"no such label":         {"engineer", "DELETE", "/issues/1/labels/none", "", 404, "Label does not exist", ""},
		"not what it should be": {"engineer", "POST", "/issues", `{"title":"t","labels":7}`, 422, "Invalid request.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res, body := w.once(tc.method, "/repos/acme/upgrades"+tc.path, "token "+w.Token(tc.who), tc.body)
			var got struct {
				Message string
				Docs    string `json:"documentation_url"`
				Status  string
				Errors  []struct{ Resource, Field, Code string }
			}
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatal(body, err)
			}
			code := ""
			if len(got.Errors) > 0 {
				code = got.Errors[0].Code
			}
			if res.StatusCode != tc.status || !strings.HasPrefix(got.Message, tc.message) || code != tc.code ||
				!strings.HasPrefix(got.Docs, "https://docs.github.com/") || got.Status != fmt.Sprint(tc.status) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
}

// A3: an unsupported version is 400, the spoken one and none are taken, and
// the answer says which was.
func TestTheVersionIsChecked(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for version, want := range map[string]int{"": 200, "2022-11-28": 200, "2021-01-01": 400, "soon": 400} {
		res, body := w.ask("GET", "/meta", "", "", "X-GitHub-Api-Version", version)
		if res.StatusCode != want || res.Header.Get("X-GitHub-Api-Version-Selected") != "2022-11-28" {
			t.Errorf("%q: %d %s", version, res.StatusCode, body)
		}
	}
}

// A3: 404 hides what one may not see, 403 names the permission that is missing
// where one may.
func TestWhatIsHiddenAndWhatIsForbidden(t *testing.T) {
	w := newWorld(t, emulator.Options{Permissions: map[string]string{"metadata": "read", "issues": "read"}, Repositories: []string{"secret"}})
	narrow := w.narrowed(&github.InstallationTokenOptions{Repositories: []string{"upgrades"}})
	_, res, err := narrow.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")})
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
	if got := res.Header.Get("X-Accepted-GitHub-Permissions"); got != "issues=write" {
		t.Errorf("accepted would be %q", got)
	}
	_, _, err = narrow.Issues.Create(ctx, "acme", "secret", &github.IssueRequest{Title: github.String("t")})
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	if res, _ := w.ask("GET", "/repos/acme/secret/issues/1", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("nobody is answered %d", res.StatusCode)
	}
	if res, _ := w.ask("GET", "/repos/acme/secret", "token "+w.Token("engineer"), ""); res.StatusCode != http.StatusOK {
		t.Errorf("a member is answered %d", res.StatusCode)
	}
}

// A8: go-github asks for contents/ and contents/a/b, Octokit for contents and
// contents/a%2Fb.
func TestFilesAreFoundByAllFourAddresses(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for path, want := range map[string]string{"/contents": `"README.md"`, "/contents/": `"README.md"`,
		"/contents/.github/stationmaster.yml": `"encoding":"base64"`, "/contents/.github%2Fstationmaster.yml": `"encoding":"base64"`} {
		if res, body := w.ask("GET", "/repos/acme/upgrades"+path, "token "+w.Token("engineer"), ""); res.StatusCode != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

// HEAD is GET without the body.
func TestHeadAsksForTheHeadAlone(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	auth := "token " + w.Token("engineer")
	get, _ := w.ask("GET", "/repos/acme/upgrades/labels", auth, "")
	head, body := w.ask("HEAD", "/repos/acme/upgrades/labels", auth, "")
	if head.StatusCode != 200 || body != "" || head.Header.Get("ETag") != get.Header.Get("ETag") || len(w.Unknown()) > 0 {
		t.Errorf("%d %q %v", head.StatusCode, body, w.Unknown())
	}
}
