package hub

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// A tape is a Meter that keeps what it is told.
type tape struct {
	mu     sync.Mutex
	routes []string
	left   []int
	waits  map[bool][]time.Duration
	held   []time.Time
}

func (m *tape) Answered(route string, status int, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.routes = append(m.routes, route+" "+http.StatusText(status))
}

func (m *tape) Left(_ int64, resource string, left, of int, _ time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.routes = append(m.routes, resource)
	m.left = append(m.left, left, of)
}

func (m *tape) Waited(urgent bool, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waits == nil {
		m.waits = map[bool][]time.Duration{}
	}
	m.waits[urgent] = append(m.waits[urgent], d)
}

func (m *tape) Held(_ int64, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = append(m.held, until)
}

func TestARouteIsATemplateAndNeverAnAddress(t *testing.T) {
	const repo = "/repos/{owner}/{repo}"
	for _, tt := range []struct{ method, root, path, want string }{
		{get, "/", "/repos/acme/releases/issues/12", repo + "/issues/{issue_number}"},
		{get, "/api/v3/", "/api/v3/repos/acme/releases/issues/12/comments?page=2", repo + "/issues/{issue_number}/comments"},
		{patch, "/", "/repos/acme/releases/issues/comments/5", repo + "/issues/comments/{comment_id}"},
		{del, "/", "/repos/acme/releases/issues/12/labels/stage%2Fbetanet", repo + "/issues/{issue_number}/labels/{name}"},
		{get, "/", "/repos/acme/releases/contents/.github/stationmaster.yml", repo + "/contents/{path}"},
		{post, "/", "/app/installations/7/access_tokens", "/app/installations/{installation_id}/access_tokens"},
		{get, "/", "/repositories/123/issues/12", repo + "/issues/{issue_number}"},
		{post, "/", "/graphql", "/graphql"},
		{post, "/api/v3/", "/api/graphql", "/graphql"},
		{get, "/", "/repos/issues/comments", repo},
		{get, "/", "/repos/acme/releases/secret/of/somebody", ""},
		{"BREW", "/", "/app", ""},
		{get, "/", "/", ""},
	} {
		want := otherRoute
		if tt.want != "" {
			want = tt.method + " " + tt.want
		}
		r, err := http.NewRequest(tt.method, "https://api.example.org"+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := route(r, tt.root); got != want {
			t.Errorf("%s %s is %q, not %q", tt.method, tt.path, got, want)
		}
	}
}

func TestEachAnswerIsToldWithItsRouteAndWhatIsLeft(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "41")
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Resource", "made-up")
	}))
	var m tape
	base, err := url.Parse(api.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	wire := newWire(Options{Meter: &m}, base)
	b := newBudget(false)
	ask := func() error {
		r, err := http.NewRequestWithContext(withFare(context.Background(), fare{budget: b}), http.MethodGet, api.URL+"/app", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := wire.RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	api.Close()
	if ask() == nil {
		t.Fatal("it was answered by nobody")
	}
	if want := []string{"GET /app OK", otherRoute, "GET /app "}; !slices.Equal(m.routes, want) || !slices.Equal(m.left, []int{41, 5000}) {
		t.Errorf("told %q and %v, want %q", m.routes, m.left, want)
	}
}

func TestALimitOfOurOwnCountIsToldWhenItBeginsAndWhenItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m tape
		var log strings.Builder
		b := newBudget(true)
		b.meter, b.log = &m, zerolog.New(&log)
		spend(b, 60, true, writePoints, false)
		for range 5 {
			spend(b, 1, true, writePoints, false)
		}
		if n := strings.Count(log.String(), "limit met"); n != 1 || strings.Contains(log.String(), "limit over") {
			t.Fatalf("it begins %d times:\n%s", n, &log)
		}
		spend(b, 1, true, writePoints, true)
		b.passed() // the urgent still go
		if strings.Contains(log.String(), "limit over") {
			t.Error("it is over though the routine waits")
		}
		<-time.After(minute)
		spend(b, 1, true, writePoints, false)
		b.passed()
		b.passed()
		if n := strings.Count(log.String(), "limit over"); n != 1 {
			t.Errorf("it ends %d times:\n%s", n, &log)
		}
		if last := m.held[len(m.held)-1]; !last.IsZero() || m.held[0].IsZero() {
			t.Errorf("held until %v", m.held)
		}
		if waits := m.waits[false]; waits[0] != 0 || waits[60] != minute {
			t.Errorf("the first waited %v, the one put off %v", waits[0], waits[60])
		}
		if waits := m.waits[true]; len(waits) != 1 || waits[0] != 0 {
			t.Errorf("the urgent waited %v", waits)
		}
	})
}

func TestALimitOfGitHubsIsToldEachTimeAndEndsWithTheFirstThatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m tape
		var log strings.Builder
		b := newBudget(false)
		b.meter, b.log = &m, zerolog.New(&log)
		for range 2 {
			b.met(bot.Later{Until: time.Now().Add(aMinute), Cause: "GitHub answered 403"})
			if n, until := spend(b, 1, false, 1, true); n != 0 || !until.Equal(b.blocked) {
				t.Errorf("%d went while GitHub wants none", n)
			}
			<-time.After(time.Until(b.blocked))
		}
		b.passed()
		if met, over := strings.Count(log.String(), "limit met: GitHub answered 403"), strings.Count(log.String(), "limit over"); met != 2 || over != 1 {
			t.Errorf("it is met %d times and over %d times:\n%s", met, over, &log)
		}
		if !m.held[len(m.held)-1].IsZero() {
			t.Errorf("held until %v", m.held)
		}
	})
}
