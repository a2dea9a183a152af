package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// measured has a test world's bot serve its metrics.
func measured(o *worldOptions) {
	o.prepare = func(st *station) error {
		st.settings.MetricsListen = "127.0.0.1:0"
		return nil
	}
}

// scrape asks as Prometheus does, and returns each series with its value.
func (e *town) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	resp, err := http.Get("http://" + e.station.metrics + metricsPath)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	all := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			all[line[:i]] = must(strconv.ParseFloat(line[i+1:], 64))
		}
	}
	return all
}

var routeLabel = regexp.MustCompile(`^stationmaster_github_requests_total\{route="([^"]*)",status="(\d+)"\}$`)

func TestTheMetricsTellWhatHappened(t *testing.T) {
	e := newTestWorld(t, measured)
	before := e.scrape(t)
	n := e.feature(t, "Faster proofs")
	e.commands(t, "engineer", n, "/layers l1").isDone(t)
	e.commands(t, "engineer", n, "/layers l1", "/stabel")
	e.commands(t, "outsider", n, "/drop I do not like it")
	refused, err := http.Post(e.home+hookPath, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_ = refused.Body.Close()

	now := e.scrape(t)
	for series, want := range map[string]float64{
		`stationmaster_commands_total{command="layers",outcome="done"}`:     1,
		`stationmaster_commands_total{command="layers",outcome="already"}`:  1,
		`stationmaster_commands_total{command="unknown",outcome="puzzled"}`: 1,
		`stationmaster_commands_total{command="drop",outcome="refused"}`:    1,
		`stationmaster_decisions_total{outcome="done",what="asked"}`:        1,
		`stationmaster_decisions_total{outcome="puzzled",what="asked"}`:     1,
		`stationmaster_decisions_total{outcome="refused",what="asked"}`:     1,
		`stationmaster_deliveries_total{outcome="unreadable"}`:              1,
		`stationmaster_actions_total{do="react",outcome="done"}`:            3,
	} {
		if got := now[series] - before[series]; got != want {
			t.Errorf("%s rose by %v, not %v", series, got, want)
		}
	}
	for series, want := range map[string]float64{
		"stationmaster_database_up": 1, "stationmaster_inbox_deliveries": 0, "stationmaster_inbox_oldest_seconds": 0,
		`stationmaster_actions{state="pending"}`: 0, `stationmaster_actions{state="waiting"}`: 0, `stationmaster_actions{state="dead"}`: 0,
		"stationmaster_github_limits_total": 0, `stationmaster_deliveries_total{outcome="not-stored"}`: 0,
	} {
		if got, told := now[series]; !told || got != want {
			t.Errorf("%s is %v (told: %v), not %v", series, got, told, want)
		}
	}
	if got := now["stationmaster_webhook_seconds_count"]; got < float64(len(e.world.github.Deliveries())) {
		t.Errorf("%v webhooks were answered, and GitHub has sent %d", got, len(e.world.github.Deliveries()))
	}
	id := strconv.FormatInt(e.cred.InstallationID, 10)
	left, of := now[`stationmaster_github_budget_left{installation="`+id+`",resource="core"}`], now[`stationmaster_github_budget_limit{installation="`+id+`",resource="core"}`]
	if of == 0 || left >= of || left < of-1000 {
		t.Errorf("%v of %v requests are left", left, of)
	}
}

func TestEveryRequestToGitHubIsCountedUnderARouteOfGitHubs(t *testing.T) {
	e := newTestWorld(t, measured, func(o *worldOptions) { o.github.Labels = nil })
	n := e.merged(t, "Faster proofs")
	e.commands(t, "engineer", n, "/submit alphanet")
	e.board(t)
	known := e.world.github.Requests().ByRoute
	short := strings.NewReplacer("{issue_number}", "{number}", "{pull_number}", "{number}") // as the emulator writes them
	var sum int64
	for series, value := range e.scrape(t) {
		m := routeLabel.FindStringSubmatch(series)
		if m == nil {
			continue
		}
		sum += int64(value)
		if known[short.Replace(m[1])] == 0 {
			t.Errorf("GitHub knows nothing of the route %q", m[1])
		}
	}
	if all := e.station.hub.Counts().Requests; sum != all || all == 0 {
		t.Errorf("%d of %d requests are counted", sum, all)
	}
}

func TestTheMetricsNameNeitherPeopleNorRepositories(t *testing.T) {
	e := newTestWorld(t, measured)
	n := e.feature(t, "Faster proofs")
	e.commands(t, "engineer", n, "/xyzzy", "/owner @"+e.people["maintainer"].login)
	for series := range e.scrape(t) {
		for _, word := range []string{e.cred.Owner, e.cred.Repo, "xyzzy", `"` + e.people["engineer"].login, "Faster"} {
			if strings.Contains(series, word) {
				t.Errorf("%q is in %s", word, series)
			}
		}
	}
}

func TestTheWebhooksAddressServesNoMetrics(t *testing.T) {
	e := newTestWorld(t, measured)
	resp, err := http.Get(e.home + metricsPath)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("it answers %s", resp.Status)
	}
	resp, err = http.Post("http://"+e.station.metrics+hookPath, "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("the metrics' address takes webhooks: %s", resp.Status)
	}
}

func TestWhatHappensIsTraced(t *testing.T) {
	var mu sync.Mutex
	type seen struct{ name, delivery string }
	spans := map[seen]int{}
	c := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		var sent collector.ExportTraceServiceRequest
		if _, err := body.ReadFrom(r.Body); err != nil || proto.Unmarshal(body.Bytes(), &sent) != nil {
			t.Error("what was sent cannot be read", err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, rs := range sent.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					one := seen{name: s.Name}
					for _, a := range s.Attributes {
						if a.Key == "github.delivery" {
							one.delivery = a.Value.GetStringValue()
						}
					}
					spans[one]++
				}
			}
		}
	}))
	var delivery string
	t.Cleanup(func() { // after the world has stopped
		c.Close()
		for _, want := range []seen{
			{"webhook", delivery},
			{"decide asked", delivery},
			{"act add-label", delivery},
			{"act react", delivery},
			{"POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", ""},
			{"POST /app/installations/{installation_id}/access_tokens", ""},
		} {
			if spans[want] == 0 {
				t.Errorf("no span %q of the delivery %q among %v", want.name, want.delivery, spans)
			}
		}
	})
	e := newTestWorld(t, func(o *worldOptions) { o.traces = c.URL + "/v1/traces" })
	n := e.feature(t, "Faster proofs")
	e.commands(t, "engineer", n, "/layers l1").isDone(t)
	for _, d := range e.world.github.Deliveries() {
		if d.Event == "issue_comment" && bytes.Contains(d.Payload, []byte(`"body":"/layers l1"`)) {
			delivery = d.GUID
		}
	}
}
