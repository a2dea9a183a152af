package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// appJWT signs a token of the seeded App.
func appJWT(t *testing.T, g *GitHub, iat, exp int64) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": itoa(g.st.app.id), "iat": iat, "exp": exp}).SignedString(g.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A3: 5,000 an hour, 50 more for each repository and each member beyond 20,
// 12,500 at most; a person 5,000, nobody 60.
func TestAnInstallationsHourGrowsWithItsOrganisation(t *testing.T) {
	many := func(n int, prefix string) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprint(prefix, i))
		}
		return names
	}
	for name, tc := range map[string]struct {
		repos, people, want int // beyond the two and the four that there are
	}{
		"small":                     {0, 0, 5000},
		"twenty of both":            {18, 16, 5000},
		"one repository more":       {19, 16, 5050},
		"and three members":         {19, 19, 5200},
		"as many as may count":      {18 + 100, 16 + 50, 12_500},
		"more than that":            {18 + 200, 16 + 50, 12_500},
		"members but few projects":  {0, 16 + 10, 5500},
		"projects but few members":  {18 + 10, 0, 5500},
		"half of it with both ends": {18 + 5, 16 + 5, 5500},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWired(t, Options{Limits: true, Repositories: many(tc.repos, "r"), Colleagues: many(tc.people, "c")})
			rec := w.ask("GET", "/repos/acme/upgrades", w.mint(), "")
			if got := rec.Header().Get("X-RateLimit-Limit"); got != strconv.Itoa(tc.want) {
				t.Errorf("%s an hour, want %d", got, tc.want)
			}
			if got := w.ask("GET", "/meta", w.st.personas["engineer"], "").Header().Get("X-RateLimit-Limit"); got != "5000" {
				t.Errorf("a person has %s", got)
			}
		})
	}
}

// A3: the headers count truly: used and remaining add up to the limit, every
// answer but a 304 costs one, whatever its status, and /rate_limit nothing.
func TestTheHeadersCountWhatWasSpent(t *testing.T) {
	w := newWired(t, Options{Limits: true})
	ada := w.st.personas["engineer"]
	tag := w.ask("GET", "/repos/acme/upgrades", ada, "").Header().Get("ETag")
	used := 1
	for _, step := range []struct {
		method, path, body, tag string
		status, cost            int
	}{
		{"GET", "/repos/acme/upgrades", "", tag, 304, 0},
		{"GET", "/rate_limit", "", "", 200, 0},
		{"GET", "/repos/acme/nothing", "", "", 404, 1},
		{"POST", "/repos/acme/upgrades/issues", `{"title":"t"}`, "", 201, 1},
		{"POST", "/repos/acme/upgrades/issues", `{}`, "", 422, 1},
		{"GET", "/repos/acme/upgrades/issues", "", tag, 200, 1},
	} {
		r := httptest.NewRequest(step.method, "/api/v3"+step.path, strings.NewReader(step.body))
		r.Header.Set("User-Agent", "test")
		r.Header.Set("Authorization", "token "+ada)
		if step.tag != "" {
			r.Header.Set("If-None-Match", step.tag)
		}
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		used += step.cost
		head := func(k string) string { return rec.Header().Get("X-RateLimit-" + k) }
		if rec.Code != step.status || head("Used") != strconv.Itoa(used) || head("Remaining") != strconv.Itoa(5000-used) ||
			head("Limit") != "5000" || head("Resource") != "core" || head("Reset") != itoa(w.now.Add(time.Hour+time.Second-1).Unix()) {
			t.Errorf("%s %s: %d, used %s, remaining %s of %s, reset %s", step.method, step.path, rec.Code,
				head("Used"), head("Remaining"), head("Limit"), head("Reset"))
		}
	}
}

// A3: the primary limit's message names who is over it; its page is not the
// one by which clients know a secondary limit.
func TestTheRefusalSaysWhichLimitItIs(t *testing.T) {
	w := newWired(t, Options{Limits: true, LimitStatus: 403})
	bot := w.mint()
	in := w.st.installs[0].id
	w.meters["installation "+itoa(in)] = &meter{used: hourlyLimit, since: w.now}
	rec := w.ask("GET", "/repos/acme/upgrades", bot, "")
	var got struct {
		Message, Status string
		Docs            string `json:"documentation_url"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if rec.Code != 403 || got.Message != "API rate limit exceeded for installation ID "+itoa(in)+"." || got.Status != "403" ||
		strings.HasSuffix(got.Docs, "secondary-rate-limits") || rec.Header().Get("X-RateLimit-Remaining") != "0" ||
		rec.Header().Get("Retry-After") != "" {
		t.Errorf("%d %s %v", rec.Code, rec.Body, rec.Header())
	}
	if free := w.ask("GET", "/rate_limit", bot, ""); free.Code != 200 || !strings.Contains(free.Body.String(), `"remaining":0`) {
		t.Errorf("/rate_limit itself: %d %s", free.Code, free.Body)
	}
	rec = w.ask("GET", "/meta", w.st.personas["engineer"], "")
	if rec.Code != 200 {
		t.Errorf("a person pays for the installation: %d", rec.Code)
	}
}

// A3: a write costs five of the 900 points of a minute.
func TestAWriteCostsFivePoints(t *testing.T) {
	w := newWired(t, Options{Limits: true, LimitStatus: 429})
	w.ask("POST", "/repos/acme/upgrades/issues", w.mint(), `{"title":"t"}`)
	ada, n := w.st.personas["engineer"], 0
	for ; n <= pointsPerMin; n++ {
		if rec := w.ask("PATCH", "/repos/acme/upgrades/issues/1", ada, `{}`); rec.Code != 200 {
			break
		}
	}
	if n != 180 {
		t.Errorf("refused after %d writes", n)
	}
}

// A3: 100 requests at once; the one too many is refused by a secondary limit.
func TestAHundredRequestsMayBeUnderWay(t *testing.T) {
	w := newWired(t, Options{Limits: true, LimitStatus: 403})
	bot, other := w.mint(), w.st.personas["engineer"]
	var wg sync.WaitGroup
	codes := make(chan int, mostAtOnce)
	bodies := make([]*io.PipeWriter, mostAtOnce)
	for i := range bodies {
		body, in := io.Pipe()
		bodies[i] = in
		wg.Go(func() {
			r := httptest.NewRequest("PATCH", "/api/v3/repos/acme/upgrades/issues/9", body)
			r.Header.Set("User-Agent", "test")
			r.Header.Set("Authorization", "token "+bot)
			rec := httptest.NewRecorder()
			w.ServeHTTP(rec, r)
			codes <- rec.Code
		})
	}
	for _, in := range bodies {
		_, _ = in.Write([]byte("{")) // taken once the request is under way
	}
	rec := w.ask("GET", "/meta", bot, "")
	if rec.Code != 403 || !strings.Contains(rec.Body.String(), "You have exceeded a secondary rate limit") ||
		!strings.Contains(rec.Body.String(), `#about-secondary-rate-limits"`) || rec.Header().Get("Retry-After") == "" {
		t.Errorf("the 101st: %d %s", rec.Code, rec.Body)
	}
	if rec := w.ask("GET", "/meta", other, ""); rec.Code != 200 {
		t.Errorf("another's first: %d", rec.Code)
	}
	for _, in := range bodies {
		_, _ = in.Write([]byte("}"))
		_ = in.Close()
	}
	wg.Wait()
	for range bodies {
		if code := <-codes; code != http.StatusNotFound {
			t.Errorf("one of the hundred: %d", code)
		}
	}
	if rec := w.ask("GET", "/meta", bot, ""); rec.Code != 200 || len(w.under) != 0 {
		t.Errorf("afterwards: %d, %d still counted", rec.Code, len(w.under))
	}
}
