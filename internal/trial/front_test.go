package trial

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// hookPath is where a bot takes webhooks.
const hookPath = "/api/github/hook"

// A front stands before the bots as a load balancer does: it hands each webhook
// to one of them in turn, and to the next if nobody listens. It counts what it
// had to answer.
type front struct {
	url string

	mu      sync.Mutex
	addrs   []string
	next    int
	answers map[int]int // how many, by status
}

func newFront(t *testing.T) *front {
	f := &front{answers: map[int]int{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL + hookPath
	return f
}

func (f *front) joins(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addrs = append(f.addrs, addr)
}

func (f *front) leaves(addr string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addrs = slices.DeleteFunc(f.addrs, func(a string) bool { return a == addr })
}

// answered is how often the front has answered with a status.
func (f *front) answered(status int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.answers[status]
}

// turn is the order in which the bots are tried.
func (f *front) turn() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	var out []string
	for i := range f.addrs {
		out = append(out, f.addrs[(f.next+i)%len(f.addrs)])
	}
	return out
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := f.pass(r)
	f.mu.Lock()
	f.answers[status]++
	f.mu.Unlock()
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// pass hands a webhook on. Who dies with it in hand may have stored it or not.
func (f *front) pass(r *http.Request) (status int, answer []byte) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return http.StatusBadRequest, nil
	}
	err = fmt.Errorf("no bot is up")
	for _, addr := range f.turn() {
		var req *http.Request
		if req, err = http.NewRequestWithContext(r.Context(), r.Method, "http://"+addr+hookPath, bytes.NewReader(body)); err != nil {
			break
		}
		req.Header = r.Header.Clone()
		var resp *http.Response
		if resp, err = http.DefaultTransport.RoundTrip(req); err == nil {
			answer, _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			return resp.StatusCode, answer
		}
	}
	return http.StatusBadGateway, []byte(err.Error())
}
