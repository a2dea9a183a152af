package meter

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	span "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A collecting is a collector that keeps what it is sent.
type collecting struct {
	*httptest.Server
	mu    sync.Mutex
	spans map[string]*span.Span // by name
	about map[string]string
}

func newCollector(t *testing.T) *collecting {
	t.Helper()
	c := &collecting{spans: map[string]*span.Span{}, about: map[string]string{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, rs := range sent.ResourceSpans {
			for _, a := range rs.Resource.Attributes {
				c.about[a.Key] = a.Value.GetStringValue()
			}
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					c.spans[s.Name] = s
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collecting) traces(t *testing.T) *Traces {
	t.Helper()
	traces, err := NewTraces(t.Context(), c.URL+"/v1/traces", zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

func tells(t *testing.T, s *span.Span, key, want string) {
	t.Helper()
	for _, a := range s.GetAttributes() {
		if a.Key == key {
			if got := a.Value.GetStringValue(); got != want {
				t.Errorf("%s says %s %q, not %q", s.GetName(), key, got, want)
			}
			return
		}
	}
	t.Errorf("%s does not say %s", s.GetName(), key)
}

func TestADecisionItsActionAndItsRequestsAreTraced(t *testing.T) {
	c := newCollector(t)
	traces := c.traces(t)
	m := New(Options{Traces: traces})
	var carried http.Header
	github := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { carried = r.Header }))
	defer github.Close()

	entry := decision(part("stable", process.Refused))
	entry.Event.Delivery, entry.Event.Repo, entry.Event.Key = "guid-1", "acme/releases", "comment/1"
	decided := m.Deciding(t.Context(), nil, entry.Event)
	m.Decided(decided, entry, time.Second)
	work := bot.Work{Repo: "acme/releases", Action: process.Action{Do: process.AddLabel, Key: "comment/1/1"}}
	acting := m.Acting(t.Context(), decided, work)
	req, err := http.NewRequestWithContext(acting, http.MethodPost, github.URL+"/repos/acme/releases/labels", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Pattern = "POST /repos/{owner}/{repo}/labels"
	resp, err := traces.Client(http.DefaultTransport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	m.Acted(acting, work, bot.Try{Came: bot.CameAgain})
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	decide, act, post := c.spans["decide asked"], c.spans["act add-label"], c.spans["POST /repos/{owner}/{repo}/labels"]
	tells(t, decide, "github.delivery", "guid-1")
	tells(t, decide, "stationmaster.outcome", "refused")
	tells(t, act, "github.delivery", "guid-1")
	tells(t, act, "stationmaster.outcome", "again")
	if links := act.GetLinks(); len(links) != 1 || string(links[0].SpanId) != string(decide.GetSpanId()) {
		t.Errorf("the action is linked with %v, and not with its decision", links)
	}
	if string(post.GetParentSpanId()) != string(act.GetSpanId()) || post.GetKind() != span.Span_SPAN_KIND_CLIENT {
		t.Errorf("the request is no part of its action: %v", post)
	}
	if act.GetStatus().GetCode() != span.Status_STATUS_CODE_ERROR {
		t.Error("a failed action is no error")
	}
	if carried.Get("Traceparent") != "" {
		t.Error("GitHub is told of our traces")
	}
	if c.about["service.name"] != "stationmaster" {
		t.Errorf("the service is %q", c.about["service.name"])
	}
}

func TestAWebhookIsTracedWithItsDeliveryAndIsNoPartOfAStrangersTrace(t *testing.T) {
	c := newCollector(t)
	traces := c.traces(t)
	h := traces.Webhooks(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	r := httptest.NewRequest(http.MethodPost, "/hook", nil)
	r.Header.Set("X-GitHub-Delivery", "guid-2")
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := c.spans["webhook"]
	if w.Code != http.StatusTeapot || s.GetKind() != span.Span_SPAN_KIND_SERVER || len(s.GetParentSpanId()) > 0 {
		t.Errorf("%d %v", w.Code, s)
	}
	tells(t, s, "github.delivery", "guid-2")
}

func TestWithoutACollectorNothingIsWrapped(t *testing.T) {
	var none *Traces
	next := http.DefaultTransport
	if none.Client(next) != next {
		t.Error("the transport is another one")
	}
	m, ctx := New(Options{}), t.Context()
	if m.Deciding(ctx, nil, process.Event{}) != ctx || m.Acting(ctx, ctx, bot.Work{}) != ctx {
		t.Error("the context is another one")
	}
	if err := none.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestACollectorThatHangsHoldsUpNoStop(t *testing.T) {
	release := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hangs.Close()
	defer close(release)
	traces, err := NewTraces(t.Context(), hangs.URL, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	m := New(Options{Traces: traces})
	m.Decided(m.Deciding(t.Context(), nil, process.Event{}), bot.Entry{}, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := traces.Close(ctx); err == nil {
		t.Error("what was not sent is said to have been")
	}
}

func TestTroubleWithTheCollectorIsToldOnceAMinute(t *testing.T) {
	var out strings.Builder
	tr := &troubles{log: zerolog.New(&out)}
	for range 3 {
		tr.Handle(io.ErrUnexpectedEOF)
	}
	if n := strings.Count(out.String(), "traces are not sent"); n != 1 {
		t.Errorf("it is told %d times", n)
	}
}
