package trial

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// A gateway stands between the bot and GitHub. It can cut in one of the bot's
// writes: before the request arrives, or after it was carried out and before the
// bot hears of it. And it can hide GitHub's log of deliveries.
type gateway struct {
	url   string
	proxy *httputil.ReverseProxy

	mu     sync.Mutex
	left   int // writes until it cuts; 0 lets all pass
	after  bool
	cut    func()
	hidden bool
}

func newGateway(t *testing.T, api string) *gateway {
	t.Helper()
	target := must(url.Parse(api))
	g := &gateway{proxy: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})}
	g.proxy.ErrorLog = log.New(io.Discard, "", 0) // whoever is killed hangs up
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.url = server.URL + target.Path
	return g
}

// trips has the gateway cut in the write of that number from now on, once.
func (g *gateway) trips(writes int, after bool, cut func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left, g.after, g.cut = writes, after, cut
}

// hides answers as if the log of deliveries were empty, as it is when all that
// was in it is older than three days.
func (g *gateway) hides() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hidden = true
}

// counts a request, and tells what to do with it.
func (g *gateway) counts(r *http.Request) (cut func(), after, hidden bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hidden && strings.Contains(r.URL.Path, "/app/hook/deliveries") {
		return nil, false, true
	}
	if g.left == 0 || r.Method == http.MethodGet || strings.Contains(r.URL.Path, "/access_tokens") {
		return nil, false, false
	}
	if g.left--; g.left > 0 {
		return nil, false, false
	}
	return g.cut, g.after, false
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cut, after, hidden := g.counts(r)
	switch {
	case hidden && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/deliveries"):
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	case hidden:
		http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
	case cut == nil:
		g.proxy.ServeHTTP(w, r)
	default:
		if after {
			g.proxy.ServeHTTP(httptest.NewRecorder(), r)
		}
		cut()
		panic(http.ErrAbortHandler)
	}
}
