package emulator

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wired is an emulator whose wire's clock the test turns.
type wired struct {
	*GitHub
	t   *testing.T
	now time.Time
}

func newWired(t *testing.T, o Options) *wired {
	t.Helper()
	o.Seed, o.BaseURL = 1, "http://github.test"
	gh, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &wired{GitHub: gh, t: t, now: time.Now()}
	gh.wire = func() time.Time { return w.now }
	return w
}

// ask makes a request as the App's installation or a persona.
func (w *wired) ask(method, path, token, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, "/api/v3"+path, strings.NewReader(body))
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// mint makes an installation token without a request.
func (w *wired) mint() string {
	t := &token{kind: byInstallation, account: w.st.app.bot, app: w.st.app, install: w.st.installs[0], text: "ghs_" + w.letters(36),
		repos: w.st.installs[0].repos, perms: w.st.app.perms, expires: w.now.Add(tokenLife)}
	w.st.tokens[t.text] = t
	return t.text
}

func TestAnInstallationTokenDiesAfterAnHour(t *testing.T) {
	w := newWired(t, Options{})
	tok := w.mint()
	w.now = w.now.Add(time.Hour - time.Second)
	if rec := w.ask("GET", "/repos/acme/upgrades", tok, ""); rec.Code != http.StatusOK {
		t.Errorf("before the hour: %d", rec.Code)
	}
	w.now = w.now.Add(time.Second)
	if rec := w.ask("GET", "/repos/acme/upgrades", tok, ""); rec.Code != http.StatusUnauthorized ||
		!strings.Contains(rec.Body.String(), "Bad credentials") {
		t.Errorf("after the hour: %d %s", rec.Code, rec.Body)
	}
}

func TestThePrimaryLimitEndsWithTheHour(t *testing.T) {
	w := newWired(t, Options{Limits: true})
	w.meters["user "+itoa(w.st.account("ada").id)] = &meter{limit: hourlyLimit, used: hourlyLimit - 1, since: w.now}
	ada, rui := w.st.personas["engineer"], w.st.personas["reviewer"]
	if rec := w.ask("GET", "/meta", ada, ""); rec.Code != 200 || rec.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("the last one: %d, remaining %s", rec.Code, rec.Header().Get("X-RateLimit-Remaining"))
	}
	for _, want := range []int{403, 429} {
		rec := w.ask("GET", "/meta", ada, "")
		if rec.Code != want || !strings.Contains(rec.Body.String(), "rate limit exceeded") {
			t.Errorf("got %d %s, want %d", rec.Code, rec.Body, want)
		}
		if rec.Header().Get("X-RateLimit-Reset") != itoa(w.now.Add(time.Hour+time.Second-1).Unix()) {
			t.Errorf("reset is %s", rec.Header().Get("X-RateLimit-Reset"))
		}
	}
	if rec := w.ask("GET", "/meta", rui, ""); rec.Code != 200 {
		t.Errorf("another's budget was spent: %d", rec.Code)
	}
	w.now = w.now.Add(time.Hour)
	if rec := w.ask("GET", "/meta", ada, ""); rec.Code != 200 || rec.Header().Get("X-RateLimit-Used") != "1" {
		t.Errorf("the next hour: %d, used %s", rec.Code, rec.Header().Get("X-RateLimit-Used"))
	}
}

func TestContentIsLimitedByTheMinuteAndTheHour(t *testing.T) {
	w := newWired(t, Options{Limits: true})
	bot := w.mint()
	issue := func() *httptest.ResponseRecorder {
		return w.ask("POST", "/repos/acme/upgrades/issues", bot, `{"title":"t"}`)
	}
	made := 0
	for made < contentPerHour {
		for range contentPerMin {
			if rec := issue(); rec.Code != 201 {
				t.Fatalf("after %d: %d %s", made, rec.Code, rec.Body)
			}
			if made++; made == contentPerHour {
				break
			}
		}
		rec := issue()
		wait, err := strconv.Atoi(rec.Header().Get("Retry-After"))
		if err != nil || rec.Code != 403 && rec.Code != 429 ||
			!strings.Contains(rec.Body.String(), "#about-secondary-rate-limits") ||
			!strings.Contains(rec.Body.String(), "You have exceeded a secondary rate limit") {
			t.Fatalf("after %d: %d %s, Retry-After %q", made, rec.Code, rec.Body, rec.Header().Get("Retry-After"))
		}
		if made == contentPerHour && wait < 50*60 {
			t.Errorf("the hour's limit says to wait %d s", wait)
		}
		if rec := w.ask("GET", "/meta", bot, ""); rec.Code != 200 {
			t.Errorf("reading was refused too: %d", rec.Code)
		}
		w.now = w.now.Add(time.Duration(wait) * time.Second)
	}
	bot = w.mint() // the old one died meanwhile, the budget is the installation's
	if rec := issue(); rec.Code != 201 {
		t.Errorf("after waiting as told: %d", rec.Code)
	}
}

func TestPointsAreLimitedByTheMinute(t *testing.T) {
	w := newWired(t, Options{Limits: true, LimitStatus: 429})
	ada, n := w.st.personas["engineer"], 0
	for ; n <= pointsPerMin; n++ {
		if rec := w.ask("GET", "/meta", ada, ""); rec.Code != 200 {
			if rec.Code != 429 || rec.Header().Get("Retry-After") == "" {
				t.Errorf("got %d", rec.Code)
			}
			break
		}
	}
	if n != pointsPerMin {
		t.Errorf("refused after %d reads", n)
	}
	w.now = w.now.Add(time.Minute)
	if rec := w.ask("GET", "/meta", ada, ""); rec.Code != 200 {
		t.Errorf("a minute later: %d", rec.Code)
	}
}

func TestWithoutLimitsNothingIsRefused(t *testing.T) {
	w := newWired(t, Options{})
	bot := w.mint()
	for n := range 600 {
		if rec := w.ask("POST", "/repos/acme/upgrades/issues", bot, `{"title":"t"}`); rec.Code != 201 {
			t.Fatalf("issue %d: %d", n, rec.Code)
		}
	}
}

func TestTheRouteTableIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, rt := range table {
		if seen[rt.name()] {
			t.Errorf("%s is there twice", rt.name())
		}
		seen[rt.name()] = true
		if rt.do == nil || rt.tokens == 0 {
			t.Errorf("%s has no handler or no token", rt.name())
		}
		writes := rt.method != http.MethodGet
		if writes && rt.tokens&byNobody != 0 && rt.flag != open {
			t.Errorf("%s lets nobody write", rt.name())
		}
		if rt.tokens&byInstallation != 0 && strings.HasPrefix(rt.pattern, oneRepo) && rt.perm == "" {
			t.Errorf("%s asks no permission of the App", rt.name())
		}
	}
}

func TestReferencesAreReadFromProseOnly(t *testing.T) {
	w := newWired(t, Options{})
	for range 9 {
		w.ask("POST", "/repos/acme/upgrades/issues", w.mint(), `{"title":"t"}`)
	}
	r := w.st.repo("acme", "upgrades")
	tests := map[string]struct {
		text string
		want string
	}{
		"short":          {"see #1, and (#2)", "1 2"},
		"full":           {"acme/upgrades#3 other/repo#4", "3"},
		"old style":      {"GH-5", "5"},
		"address":        {"http://github.test/acme/upgrades/issues/6#issuecomment-1", "6"},
		"code":           {"`#1` and ``#2``", ""},
		"fence":          {"```\n#1\n```\n#2", "2"},
		"hidden":         {"<!-- #1 -->", ""},
		"part of a word": {"a#1 x/#2 &#3;", ""},
		"too large":      {"#99999999999999999999 #10", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, i := range w.referred(r, prose(tc.text)) {
				got = append(got, strconv.Itoa(i.number))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
}
