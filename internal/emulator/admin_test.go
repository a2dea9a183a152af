package emulator_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// admin asks the admin API.
func (w *world) admin(method, path, body string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.cred.AdminURL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
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
	return res.StatusCode, string(text)
}

func TestTheWorldsClockMovesForwardOnly(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Frozen: true})
	tests := []struct {
		body   string
		status int
		text   string
	}{
		{`{"advance":"24h"}`, 200, "2026-12-02T00:00:00Z"},
		{`{"to":"2026-12-25T00:00:00+02:00"}`, 200, "2026-12-24T22:00:00Z"},
		{`{"to":"2026-12-01T00:00:00Z"}`, 422, "only moves forward"},
		{`{"advance":"-1s"}`, 422, "only moves forward"},
		{`{"advance":"tomorrow"}`, 422, "not a duration"},
		{`{"to":"tomorrow"}`, 422, "not a time"},
		{`{}`, 422, "Give either"},
		{`{`, 400, "parsing"},
	}
	for _, tc := range tests {
		if status, text := w.admin("POST", "/clock", tc.body); status != tc.status || !strings.Contains(text, tc.text) {
			t.Errorf("%s: got %d %s, want %d %s", tc.body, status, text, tc.status, tc.text)
		}
	}
	if _, text := w.admin("GET", "/clock", ""); text != `{"now":"2026-12-24T22:00:00Z"}` {
		t.Errorf("the clock shows %s", text)
	}
	if i := w.open("engineer", "t"); !i.GetCreatedAt().Equal(github.Timestamp{Time: w.Now()}) {
		t.Errorf("the issue was made at %s", i.GetCreatedAt())
	}
}

func TestTheWireKeepsRealTime(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)})
	w.Advance(1000 * time.Hour)
	tok := must[*github.InstallationToken](t)(w.app().Apps.CreateInstallationToken(ctx, w.cred.InstallationID, nil))
	if left := time.Until(tok.GetExpiresAt().Time); left < 59*time.Minute || left > time.Hour {
		t.Errorf("the token lives for %s", left)
	}
	res, _ := w.ask("GET", "/meta", "", "")
	date, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date is %s", res.Header.Get("Date"))
	}
	if got := w.Now(); got.Before(time.Date(2031, 2, 11, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("the world is at %s", got)
	}
}

func TestTheWorldRunsAtRealSpeedUnlessFrozen(t *testing.T) {
	gh, err := emulator.New(emulator.Options{Start: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for before := gh.Now(); !gh.Now().After(before); {
		continue
	}
}

func TestTheAdminAPIShowsDeliveriesAndChangesTeamsAndHook(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	if status, text := w.admin("GET", "/deliveries", ""); status != 200 || !strings.Contains(text, `"event":"issues"`) {
		t.Errorf("deliveries: %d %s", status, text)
	}
	if status, _ := w.admin("POST", "/teams/security/members", `{"login":"ada"}`); status != 204 {
		t.Errorf("add: %d", status)
	}
	if status, _ := w.admin("DELETE", "/teams/security/members/ada", ""); status != 204 {
		t.Errorf("remove: %d", status)
	}
	if status, _ := w.admin("POST", "/teams/nobodies/members", `{"login":"ada"}`); status != 404 {
		t.Errorf("unknown team: %d", status)
	}
	if status, _ := w.admin("POST", "/settle", ""); status != 204 {
		t.Errorf("settle: %d", status)
	}
	if got := w.heardKinds(); got != "membership.added membership.removed" {
		t.Errorf("heard %s", got)
	}
	if status, _ := w.admin("POST", "/webhook", `{"url":""}`); status != 200 {
		t.Errorf("webhook: %d", status)
	}
	w.open("engineer", "unheard")
	if n := len(w.Deliveries()); n != 3 {
		t.Errorf("%d deliveries, want the 3 before the hook was taken away", n)
	}
	w.ask("GET", "/nothing", "", "")
	if _, text := w.admin("GET", "/unknown", ""); text != `["GET /api/v3/nothing"]` {
		t.Errorf("unknown: %s", text)
	}
	if status, _ := w.admin("GET", "/nothing", ""); status != 404 {
		t.Errorf("unknown admin route: %d", status)
	}
}

func TestCredentialsAreWrittenWhole(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	dir := t.TempDir()
	path := filepath.Join(dir, "cred.json")
	if err := w.WriteCredentials(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c emulator.Credentials
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(c.BaseURL, "/api/v3") || !strings.HasSuffix(c.AdminURL, "/_admin") || c.Owner != "acme" ||
		c.Repo != "upgrades" || c.CodeRepo != "protocol" || c.WebhookSecret != secret || !filepath.IsAbs(c.PrivateKeyFile) {
		t.Errorf("got %+v", c)
	}
	for _, persona := range []string{"engineer", "reviewer", "security", "maintainer", "outsider"} {
		if c.Users[persona] == "" || c.Users[persona] != w.Token(persona) {
			t.Errorf("%s has token %q", persona, c.Users[persona])
		}
	}
	for _, file := range []string{path, c.PrivateKeyFile} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
	key, err := os.ReadFile(c.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(key)
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestASiteTakesWhatIsNotTheAPI(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.SetSite(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, "page "+r.URL.Path) }))
	i := w.open("engineer", "t")
	res, err := http.Get(i.GetHTMLURL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != "page /acme/upgrades/issues/1" {
		t.Errorf("got %s %v", text, err)
	}
}

func TestTheAdminAPITakesNothingFromOtherSites(t *testing.T) {
	g, err := emulator.New(emulator.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, host, site string
		want             int
	}{
		{"curl", "127.0.0.1:80", "", http.StatusOK},
		{"a page elsewhere", "127.0.0.1:80", "cross-site", http.StatusForbidden},
		{"a name that points here", "evil.example", "", http.StatusForbidden},
		{"localhost", "localhost:80", "", http.StatusOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/_admin/clock", strings.NewReader(`{"advance":"1s"}`))
			r.Host = tt.host
			if tt.site != "" {
				r.Header.Set("Sec-Fetch-Site", tt.site)
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("answered %d, want %d: %s", w.Code, tt.want, w.Body)
			}
		})
	}
}
