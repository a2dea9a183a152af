package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
	"golang.org/x/oauth2"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

const callback = "http://127.0.0.1:9/callback"

// root is the world's address without the API.
func (w *world) root() string { return strings.TrimSuffix(w.cred.BaseURL, "/api/v3") }

func (w *world) oauth() *oauth2.Config {
	return &oauth2.Config{ClientID: w.cred.ClientID, ClientSecret: w.cred.ClientSecret, RedirectURL: callback,
		Endpoint: oauth2.Endpoint{AuthURL: w.root() + "/login/oauth/authorize", TokenURL: w.root() + "/login/oauth/access_token"}}
}

// browser does not follow redirects: the test looks at where they lead.
var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// press posts a form as a page of the emulator would, and tells the status,
// where it leads and the page.
func (w *world) press(path string, form url.Values) (int, *url.URL, string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.root()+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := browser.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	to, _ := res.Location()
	return res.StatusCode, to, string(text)
}

// visit gets a page.
func (w *world) visit(address string) (int, string) {
	w.t.Helper()
	res, err := browser.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

// logIn presses a persona's button on the page of an address and returns the
// code that the App gets.
func (w *world) logIn(address, persona string) string {
	w.t.Helper()
	status, page := w.visit(address)
	if status != http.StatusOK || !strings.Contains(page, `value="`+persona+`"`) {
		w.t.Fatalf("%d: %s", status, page)
	}
	u, err := url.Parse(address)
	if err != nil {
		w.t.Fatal(err)
	}
	form := u.Query()
	form.Set("as", persona)
	status, to, page := w.press("/login/oauth/authorize", form)
	if status != http.StatusFound || !strings.HasPrefix(to.String(), callback) || to.Query().Get("state") != u.Query().Get("state") {
		w.t.Fatalf("%d to %v: %s", status, to, page)
	}
	return to.Query().Get("code")
}

func TestAPersonLogsInToTheApp(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	conf := w.oauth()
	verifier := oauth2.GenerateVerifier()
	code := w.logIn(conf.AuthCodeURL("a state", oauth2.S256ChallengeOption(verifier)), "engineer")
	tok, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(tok.AccessToken, "ghu_") || !strings.HasPrefix(tok.RefreshToken, "ghr_") || time.Until(tok.Expiry) < 7*time.Hour {
		t.Errorf("the token is %+v", tok)
	}
	ada := w.client(conf.Client(ctx, tok).Transport)
	if me := must[*github.User](t)(ada.Users.Get(ctx, "")); me.GetLogin() != "ada" {
		t.Errorf("logged in as %s", me.GetLogin())
	}
	i := must[*github.Issue](t)(ada.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	if i.GetUser().GetLogin() != "ada" || !strings.Contains(w.raw("engineer", "/repos/acme/upgrades/issues/1"), `"performed_via_github_app":{"id"`) {
		t.Errorf("the issue is by %s, not through the App", i.GetUser().GetLogin())
	}
	if _, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier)); oauthCode(err) != "bad_verification_code" {
		t.Errorf("the code was good twice: %v", err)
	}
}

// oauthCode is the error that the token endpoint gave.
func oauthCode(err error) string {
	var no *oauth2.RetrieveError
	if errors.As(err, &no) {
		return no.ErrorCode
	}
	return ""
}

func TestATokenIsRenewedOnce(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	conf := w.oauth()
	old, err := conf.Exchange(ctx, w.logIn(conf.AuthCodeURL("s"), "reviewer"))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil || fresh.AccessToken == old.AccessToken {
		t.Fatalf("got %v, %v", fresh, err)
	}
	if _, _, err := w.client(conf.Client(ctx, &oauth2.Token{AccessToken: old.AccessToken}).Transport).Users.Get(ctx, ""); err == nil {
		t.Error("the old token is still good")
	}
	if _, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token(); oauthCode(err) != "bad_refresh_token" {
		t.Errorf("the refresh token was good twice: %v", err)
	}
}

func TestTheTokenEndpointRefusesInGitHubsWords(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	conf := w.oauth()
	ask := func(accept string, change map[string]string) string {
		form := url.Values{"client_id": {conf.ClientID}, "client_secret": {conf.ClientSecret}, "redirect_uri": {callback},
			"code": {w.logIn(conf.AuthCodeURL("s", oauth2.S256ChallengeOption("right")), "engineer")}, "code_verifier": {"right"}}
		for k, v := range change {
			form.Set(k, v)
		}
		req, err := http.NewRequest(http.MethodPost, conf.Endpoint.TokenURL, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", accept)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK {
			t.Errorf("status %d", res.StatusCode)
		}
		return string(text)
	}
	for want, change := range map[string]map[string]string{
		"incorrect_client_credentials": {"client_secret": "wrong"},
		"bad_verification_code":        {"code": "wrong"},
		"redirect_uri_mismatch":        {"redirect_uri": "http://127.0.0.1/other"},
		"unsupported_grant_type":       {"grant_type": "password"},
		"bad_refresh_token":            {"grant_type": "refresh_token", "refresh_token": "wrong"},
	} {
		var got struct {
			Code string `json:"error"`
			Text string `json:"error_description"`
		}
		text := ask("application/json", change)
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Code != want || got.Text == "" {
			t.Errorf("%v: %s", change, text)
		}
		if form, err := url.ParseQuery(ask("", change)); err != nil || form.Get("error") != want {
			t.Errorf("%v as a form: %v", change, form)
		}
	}
	if got := ask("application/json", map[string]string{"code_verifier": "wrong"}); !strings.Contains(got, "bad_verification_code") {
		t.Errorf("a wrong verifier: %s", got)
	}
	if got := ask("", nil); !strings.Contains(got, "access_token=ghu_") || !strings.Contains(got, "token_type=bearer") {
		t.Errorf("the default form: %s", got)
	}
}

func TestPeopleAreSentBackToTheAppOnly(t *testing.T) {
	w := newWorld(t, emulator.Options{CallbackURLs: []string{"https://bot.example/callback", "http://127.0.0.1/callback"}})
	page := w.root() + "/login/oauth/authorize?client_id=" + w.cred.ClientID
	for address, want := range map[string]int{
		"":                                   200,
		"https://bot.example/callback":       200,
		"http://127.0.0.1:4711/callback":     200,
		"https://bot.example/callback/more":  400,
		"https://evil.example/callback":      400,
		"http://127.0.0.1:4711/other":        400,
		"https://bot.example.evil/callback":  400,
		"https://bot.example/callback?x=y":   400,
		"javascript:alert(1)":                400,
		"http://127.0.0.1.evil.org/callback": 400,
	} {
		at := page
		if address != "" {
			at += "&redirect_uri=" + url.QueryEscape(address)
		}
		if got, text := w.visit(at); got != want {
			t.Errorf("%q: %d, want %d: %s", address, got, want, text)
		}
	}
	if got, _ := w.visit(w.root() + "/login/oauth/authorize?client_id=nobody"); got != http.StatusNotFound {
		t.Errorf("an unknown App: %d", got)
	}
	_, to, _ := w.press("/login/oauth/authorize", url.Values{"client_id": {w.cred.ClientID}, "state": {"s"}, "as": {""}})
	if to == nil || to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "s" {
		t.Errorf("who refuses is sent to %v", to)
	}
}

func TestTheLoginPageIsNotPressedFromElsewhere(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	req, err := http.NewRequest(http.MethodPost, w.root()+"/login/oauth/authorize", strings.NewReader("as=maintainer&client_id="+w.cred.ClientID+"&redirect_uri="+callback))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("got %d", res.StatusCode)
	}
}

func TestALoginIsHeldToTheAppsPermissionsAndThePersonsRole(t *testing.T) {
	w := newWorld(t, emulator.Options{Permissions: map[string]string{"metadata": "read", "issues": "read"}})
	w.open("engineer", "t")
	conf := w.oauth()
	as := func(persona string) *github.Client {
		tok, err := conf.Exchange(ctx, w.logIn(conf.AuthCodeURL("s"), persona))
		if err != nil {
			t.Fatal(err)
		}
		return w.client(conf.Client(ctx, tok).Transport)
	}
	mara := as("maintainer")
	must[*github.Issue](t)(mara.Issues.Get(ctx, "acme", "upgrades", 1))
	_, _, err := mara.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("c")})
	wantStatus(t, err, 403, "Resource not accessible by integration")
	_, _, err = mara.Teams.ListTeams(ctx, "acme", nil)
	wantStatus(t, err, 403, "Resource not accessible by integration")
	ins, _, err := mara.Apps.ListUserInstallations(ctx, nil)
	if err != nil || len(ins) != 1 || ins[0].GetID() != w.cred.InstallationID {
		t.Fatalf("installations %v, %v", ins, err)
	}
	rs, _, err := mara.Apps.ListUserRepos(ctx, w.cred.InstallationID, nil)
	if err != nil || len(rs.Repositories) != 2 || !rs.Repositories[0].GetPermissions()["maintain"] {
		t.Errorf("repositories %v, %v", rs, err)
	}
	_, _, err = w.as("maintainer").Apps.ListUserInstallations(ctx, nil)
	wantStatus(t, err, 403, "authorized to a GitHub App")
}

func TestTheAppAsksAboutAndEndsLogins(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	conf := w.oauth()
	login := func() string {
		tok, err := conf.Exchange(ctx, w.logIn(conf.AuthCodeURL("s"), "security"))
		if err != nil {
			t.Fatal(err)
		}
		return tok.AccessToken
	}
	basic := w.client((&github.BasicAuthTransport{Username: w.cred.ClientID, Password: w.cred.ClientSecret}).Client().Transport)
	one, two := login(), login()
	a := must[*github.Authorization](t)(basic.Authorizations.Check(ctx, w.cred.ClientID, one))
	if a.GetUser().GetLogin() != "sasha" || a.GetApp().GetClientID() != w.cred.ClientID {
		t.Errorf("got %+v", a)
	}
	fresh := must[*github.Authorization](t)(basic.Authorizations.Reset(ctx, w.cred.ClientID, one))
	if _, _, err := basic.Authorizations.Check(ctx, w.cred.ClientID, one); err == nil || fresh.GetToken() == one {
		t.Error("a token that was reset is still good")
	}
	if _, err := basic.Authorizations.Revoke(ctx, w.cred.ClientID, fresh.GetToken()); err != nil {
		t.Error(err)
	}
	w.heard()
	if _, err := basic.Authorizations.DeleteGrant(ctx, w.cred.ClientID, two); err != nil {
		t.Error(err)
	}
	if got := w.heardKinds(); got != "github_app_authorization.revoked" {
		t.Errorf("heard %q", got)
	}
	if _, _, err := basic.Authorizations.Check(ctx, w.cred.ClientID, two); err == nil {
		t.Error("a token outlived its grant")
	}
	wrong := w.client((&github.BasicAuthTransport{Username: w.cred.ClientID, Password: "wrong"}).Client().Transport)
	_, _, err := wrong.Authorizations.Check(ctx, w.cred.ClientID, two)
	wantStatus(t, err, 401, "Bad credentials")
}

func TestAHookMaySendForms(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	got := make(chan string, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if payload, err := github.ValidatePayload(r, []byte("another secret")); err == nil {
			got <- r.Header.Get("X-GitHub-Event") + " " + string(payload[:1])
		} else {
			got <- err.Error()
		}
	}))
	t.Cleanup(hook.Close)
	c := must[*github.HookConfig](t)(w.app().Apps.UpdateHookConfig(ctx, &github.HookConfig{ContentType: github.String("form"),
		Secret: github.String("another secret"), URL: github.String(hook.URL)}))
	if c.GetSecret() != "********" || c.GetContentType() != "form" {
		t.Errorf("the configuration is %+v", c)
	}
	if text := <-got; text != "ping {" {
		t.Errorf("got %s", text)
	}
}

func TestANarrowTokenSeesLess(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	i := w.open("engineer", "t")
	tok := must[*github.InstallationToken](t)(w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, &github.InstallationTokenOptions{
		Repositories: []string{"protocol"}, Permissions: &github.InstallationPermissions{Contents: github.String("read")}}))
	narrow := w.client(http.DefaultTransport).WithAuthToken(tok.GetToken())
	rs, _, err := narrow.Apps.ListRepos(ctx, nil)
	if err != nil || len(rs.Repositories) != 1 || rs.Repositories[0].GetName() != "protocol" {
		t.Errorf("it sees %v, %v", rs, err)
	}
	_, _, err = narrow.Issues.Get(ctx, "acme", "upgrades", 1)
	wantStatus(t, err, 404, "Not Found")
	_, _, err = narrow.Issues.ListByRepo(ctx, "acme", "protocol", nil)
	wantStatus(t, err, 403, "Resource not accessible by integration")
	if got := w.post(tok.GetToken(), `{ node(id: "`+i.GetNodeID()+`") { id } }`, nil); !strings.Contains(got, "NOT_FOUND") {
		t.Errorf("GraphQL shows %s", got)
	}
	for text, opts := range map[string]*github.InstallationTokenOptions{
		"not granted to this installation":      {Permissions: &github.InstallationPermissions{Contents: github.String("write")}},
		"at least one repository that does not": {Repositories: []string{"protocol", "nowhere"}},
	} {
		_, _, err := w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, opts)
		wantStatus(t, err, 422, text)
	}
}
