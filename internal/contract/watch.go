package contract

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Watch checks what passes through it. It is safe for concurrent use.
type Watch struct {
	d      *Description
	report func(fault string)
	sample *Sample // nil checks everything

	mu         sync.Mutex
	operations map[string]int
	events     map[string]int
}

// NewWatch tells report of each fault, in one line.
func NewWatch(d *Description, report func(fault string)) *Watch {
	return &Watch{d: d, report: report, operations: map[string]int{}, events: map[string]int{}}
}

// Sample is how often each kind of thing is checked, where so much passes that
// checking all of it would cost more than it shows. Several watches may share
// one.
type Sample struct {
	most int
	mu   sync.Mutex
	seen map[string]int
}

// NewSample lets each kind be checked so many times.
func NewSample(most int) *Sample { return &Sample{most: most, seen: map[string]int{}} }

func (s *Sample) take(kind string) bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[kind]++
	return s.seen[kind] <= s.most
}

// Sampled makes the watch check no more than the sample asks for.
func (w *Watch) Sampled(s *Sample) *Watch {
	w.sample = s
	return w
}

// API wraps a server whose REST API is below /api/v3 and whose GraphQL is at
// /api/graphql: every answer from there is checked on its way. What lies
// elsewhere passes unseen.
func (w *Watch) API(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		path, isAPI := strings.CutPrefix(r.URL.EscapedPath(), "/api/v3")
		if path == "/api/graphql" {
			path, isAPI = "/graphql", true
		}
		if !isAPI {
			next.ServeHTTP(out, r)
			return
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		maps.Copy(out.Header(), rec.Header())
		out.WriteHeader(rec.Code)
		_, _ = out.Write(rec.Body.Bytes())
		if r.UserAgent() != "" { // what a front server refuses is not the API's
			w.exchange(Exchange{Method: r.Method, Path: path, Accept: r.Header.Get("Accept"), Query: r.URL.Query(),
				Sent: sent, Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()})
		}
	})
}

func (w *Watch) exchange(x Exchange) {
	if w.sample != nil {
		op, err := w.d.find(x.Method, x.Path)
		if err == nil && op != nil && !w.sample.take(fmt.Sprintf("%s %d", op.name, x.Status)) {
			return
		}
	}
	op, faults := w.d.Check(x)
	shown, _ := url.PathUnescape(x.Path)
	for _, f := range faults {
		w.report(x.Method + " " + shown + ": " + f)
	}
	if faults == nil {
		w.mu.Lock()
		w.operations[op]++
		w.mu.Unlock()
	}
}

// anAction is the key that tells deliveries of one event apart, near enough.
var anAction = regexp.MustCompile(`"action":"\w+"`)

// Webhook checks one delivery, signed with the secret.
func (w *Watch) Webhook(head http.Header, payload []byte, secret string) {
	if kind := head.Get("X-GitHub-Event") + string(anAction.Find(payload)); !w.sample.take(kind) {
		return
	}
	event, faults := w.d.CheckWebhook(head, payload, secret)
	for _, f := range faults {
		w.report("webhook " + event + ": " + f)
	}
	if faults == nil {
		w.mu.Lock()
		w.events[event]++
		w.mu.Unlock()
	}
}

// Hook is a receiver that checks every delivery and answers 200.
func (w *Watch) Hook(secret string) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		if err != nil {
			w.report("webhook: " + err.Error())
			return
		}
		w.Webhook(r.Header, payload, secret)
	})
}

// Operations counts the exchanges that had no fault, by operation.
func (w *Watch) Operations() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.operations)
}

// Events counts the deliveries that had no fault, by event and action.
func (w *Watch) Events() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.events)
}
