package emulator_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// ask makes a bare request and reads the answer.
func (w *world) ask(method, path, auth, body string, head ...string) (*http.Response, string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.cred.BaseURL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	for n := 0; n+1 < len(head); n += 2 {
		req.Header.Set(head[n], head[n+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(text)
}

// sign makes a JWT of the claims with the App's key, or another one.
func (w *world) sign(claims jwt.MapClaims, own bool) string {
	w.t.Helper()
	key, err := jwt.ParseRSAPrivateKeyFromPEM(w.PrivateKey())
	if err == nil && !own {
		key, err = rsa.GenerateKey(rand.Reader, 1024)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

func TestAnAppTokenIsCheckedInGitHubsWords(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	now := time.Now().Unix()
	good := func() jwt.MapClaims {
		return jwt.MapClaims{"iss": fmt.Sprint(w.cred.AppID), "iat": now - 60, "exp": now + 120}
	}
	with := func(key string, val any) jwt.MapClaims {
		c := good()
		c[key] = val
		return c
	}
	tests := map[string]struct {
		token  string
		status int
		text   string
	}{
		"good":                 {w.sign(good(), true), 200, `"slug":"stationmaster"`},
		"number as issuer":     {w.sign(with("iss", w.cred.AppID), true), 200, ""},
		"another key":          {w.sign(good(), false), 401, "A JSON web token could not be decoded"},
		"another app":          {w.sign(with("iss", "7"), true), 404, "Integration not found"},
		"expired":              {w.sign(with("exp", now-1), true), 401, "('exp') must be a numeric value representing the future time"},
		"too far ahead":        {w.sign(with("exp", now+700), true), 401, "('exp') is too far in the future"},
		"issued in the future": {w.sign(with("iat", now+60), true), 401, "('iat') must be an Integer"},
		"fraction":             {w.sign(with("exp", float64(now)+60.5), true), 401, "('exp') must be a numeric value"},
		"no exp":               {w.sign(jwt.MapClaims{"iss": fmt.Sprint(w.cred.AppID), "iat": now}, true), 401, "'exp'"},
		"no JWT":               {"a.b.c", 401, "A JSON web token could not be decoded"},
		"a person's token":     {w.Token("engineer"), 401, "A JSON web token could not be decoded"},
		"an unknown token":     {"ghp_nothing", 401, "Bad credentials"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			res, body := w.ask("GET", "/app", "Bearer "+tc.token, "")
			if res.StatusCode != tc.status || !strings.Contains(body, tc.text) {
				t.Errorf("got %d %s, want %d %s", res.StatusCode, body, tc.status, tc.text)
			}
		})
	}
	if res, _ := w.ask("GET", "/repos/acme/upgrades/issues", "Bearer "+w.sign(good(), true), ""); res.StatusCode != 401 {
		t.Errorf("the App's own token read issues: %d", res.StatusCode)
	}
}

func TestBothSchemesAreAccepted(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for _, scheme := range []string{"Bearer ", "bearer ", "token "} {
		if res, body := w.ask("GET", "/user", scheme+w.Token("engineer"), ""); res.StatusCode != 200 || !strings.Contains(body, `"login":"ada"`) {
			t.Errorf("%s: %d %s", scheme, res.StatusCode, body)
		}
	}
	if res, _ := w.ask("GET", "/user", "Basic "+w.Token("engineer"), ""); res.StatusCode != 401 {
		t.Errorf("Basic: %d", res.StatusCode)
	}
}

// narrowed mints an installation token and returns a client with it.
func (w *world) narrowed(opt *github.InstallationTokenOptions) *github.Client {
	w.t.Helper()
	tok := must[*github.InstallationToken](w.t)(w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, opt))
	return w.client(http.DefaultTransport).WithAuthToken(tok.GetToken())
}

func TestAnInstallationTokenCanBeNarrowed(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	reader := w.narrowed(&github.InstallationTokenOptions{Repositories: []string{"upgrades"},
		Permissions: &github.InstallationPermissions{Issues: github.String("read")}})
	must[*github.Issue](t)(reader.Issues.Get(ctx, "acme", "upgrades", 1))
	_, res, err := reader.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("x")})
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
	if got := res.Header.Get("X-Accepted-GitHub-Permissions"); got != "issues=write; pull_requests=write" {
		t.Errorf("accepted permissions: %q", got)
	}
	_, _, err = reader.Repositories.Get(ctx, "acme", "protocol")
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	_, _, _, err = reader.Repositories.GetContents(ctx, "acme", "upgrades", "README.md", nil)
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
	repos := must[*github.ListRepositories](t)(reader.Apps.ListRepos(ctx, nil))
	if repos.GetTotalCount() != 1 {
		t.Errorf("covers %d repositories", repos.GetTotalCount())
	}
	for _, opt := range []*github.InstallationTokenOptions{
		{Permissions: &github.InstallationPermissions{Contents: github.String("write")}},
		{Permissions: &github.InstallationPermissions{Checks: github.String("read")}},
		{Repositories: []string{"elsewhere"}},
	} {
		_, _, err := w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, opt)
		wantStatus(t, err, http.StatusUnprocessableEntity, "")
	}
}

func TestPullRequestPermissionIsNotIssuePermission(t *testing.T) {
	w := newWorld(t, emulator.Options{Permissions: map[string]string{"metadata": "read", "pull_requests": "write"}})
	w.open("engineer", "an issue")
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("a pull request"), Head: github.String("x"), Base: github.String("main")}))
	_, _, err := w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"bug"})
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
	must[[]*github.Label](t)(w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 2, []string{"bug"}))
}

func TestARevokedTokenIsDead(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	c := w.narrowed(nil)
	if _, err := c.Apps.RevokeInstallationToken(ctx); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.Apps.ListRepos(ctx, nil)
	wantStatus(t, err, http.StatusUnauthorized, "Bad credentials")
}

func TestTokensHaveTheirNewLongFormUnlessAskedOtherwise(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	jwt := w.sign(jwt.MapClaims{"iss": fmt.Sprint(w.cred.AppID), "iat": time.Now().Unix() - 60, "exp": time.Now().Unix() + 60}, true)
	path := fmt.Sprintf("/app/installations/%d/access_tokens", w.cred.InstallationID)
	for wish, length := range map[string]int{"": 520, "disabled": 40} {
		res, body := w.ask("POST", path, "Bearer "+jwt, "", "X-GitHub-Stateless-S2S-Token", wish)
		var got struct{ Token string }
		if err := json.Unmarshal([]byte(body), &got); err != nil || res.StatusCode != 201 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if n := len(got.Token); n < length-20 || n > length+20 || !strings.HasPrefix(got.Token, "ghs_") {
			t.Errorf("wish %q gave a token of %d characters", wish, n)
		}
	}
}

func TestWhatOneMayNotSeeIsNotFound(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for path, status := range map[string]int{
		"/repos/acme/upgrades": 404, "/repos/acme/nothing": 404, "/users/ada": 200, "/meta": 200,
		"/user": 401, "/orgs/acme/teams": 401,
	} {
		if res, _ := w.ask("GET", path, "", ""); res.StatusCode != status {
			t.Errorf("nobody asked for %s and got %d, want %d", path, res.StatusCode, status)
		}
	}
	open := newWorld(t, emulator.Options{Public: true})
	if res, _ := open.ask("GET", "/repos/acme/upgrades/issues", "", ""); res.StatusCode != 200 {
		t.Errorf("a public repository answered %d", res.StatusCode)
	}
	if res, _ := open.ask("POST", "/repos/acme/upgrades/issues", "", "{}"); res.StatusCode != 401 {
		t.Errorf("nobody may write, got %d", res.StatusCode)
	}
}

func TestAPersonsRouteIsClosedToTheApp(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	_, _, err := w.bot.Users.Get(ctx, "")
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
	_, _, err = w.as("engineer").Apps.ListRepos(ctx, nil)
	wantStatus(t, err, http.StatusForbidden, "installation access token")
}

func TestBadRequestsAreRefusedInGitHubsWords(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	auth := "token " + w.Token("maintainer")
	tests := map[string]struct {
		body   string
		status int
		text   string
	}{
		"broken JSON":   {`{"title":`, 400, "Problems parsing JSON"},
		"invalid UTF-8": {"{\"title\":\"\xff\"}", 400, "Problems parsing JSON"},
		"no object":     {`"title"`, 400, "Body should be a JSON object"},
		"wrong type":    {`{"title":"t","assignees":7}`, 422, "Invalid request"},
		"wrong state":   {`{"title":"t","milestone":99}`, 422, `"code":"invalid"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			res, body := w.ask("POST", "/repos/acme/upgrades/issues", auth, tc.body)
			if res.StatusCode != tc.status || !strings.Contains(body, tc.text) || !strings.Contains(body, "documentation_url") {
				t.Errorf("got %d %s", res.StatusCode, body)
			}
		})
	}
	if res, body := w.ask("GET", "/meta", "", "", "User-Agent", ""); res.StatusCode != 403 || !strings.Contains(body, "User-Agent") {
		t.Errorf("without a User-Agent: %d %s", res.StatusCode, body)
	}
	if res, _ := w.ask("GET", "/meta", "", "", "X-GitHub-Api-Version", "2020-01-01"); res.StatusCode != 400 {
		t.Errorf("unknown API version: %d", res.StatusCode)
	}
}

func TestUnknownRoutesFailLoudly(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if res, _ := w.ask("GET", "/repos/acme/upgrades/wiki", "", ""); res.StatusCode != 501 {
		t.Errorf("got %d", res.StatusCode)
	}
	if got := w.Unknown(); len(got) != 1 || got[0] != "GET /api/v3/repos/acme/upgrades/wiki" {
		t.Errorf("unknown: %v", got)
	}
}
