package meter

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A database says what waits in it, or fails.
type database func(now time.Time) (bot.Backlog, error)

func (d database) Backlog(_ context.Context, now time.Time) (bot.Backlog, error) { return d(now) }

func fails(time.Time) (bot.Backlog, error) { return bot.Backlog{}, errors.New("away") }

// scrape asks as Prometheus does.
func scrape(t *testing.T, m *Meter) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("it is answered %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func says(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(text, "\n"+l+"\n") {
			t.Errorf("it does not say %q", l)
		}
	}
}

func silent(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("it says %q", w)
		}
	}
}

// busy has a meter told something of every kind.
func busy(m *Meter) {
	ctx := context.Background()
	m.Received("stored", time.Millisecond)
	m.Decided(ctx, decision(part("stable", process.Refused)), time.Second)
	m.Acted(ctx, bot.Work{Action: process.Action{Do: process.AddLabel}}, bot.Try{Came: bot.CameDone})
	m.Answered("GET /app", 200, time.Millisecond)
	m.Waited(true, 0)
	m.Left(7, "core", 4999, 5000, time.Now().Add(time.Hour))
	m.Held(7, time.Now().Add(time.Minute))
	m.Recovered("comment", 1)
	m.Repaired("label", 2)
}

func part(verb string, state process.State) process.Part {
	return process.Part{Line: process.Typed{Verb: verb}, Outcome: process.Outcome{State: state}}
}

func decision(parts ...process.Part) bot.Entry {
	return bot.Entry{Event: process.Event{What: process.Asked}, Decision: process.Decision{Parts: parts}}
}

func TestTheMetricsAreNamedAndExplainedAsPrometheusAsks(t *testing.T) {
	m := New(Options{})
	m.Read(database(func(time.Time) (bot.Backlog, error) { return bot.Backlog{}, nil }))
	busy(m)
	problems, err := testutil.GatherAndLint(m.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestTheTableHasEveryMetricOfOurOwnAndNoOther(t *testing.T) {
	m := New(Options{})
	m.Read(database(func(time.Time) (bot.Backlog, error) { return bot.Backlog{}, nil }))
	busy(m)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), namespace+"_") {
			told[f.GetName()] = strings.ToLower(f.GetType().String())
		}
	}
	for _, line := range Table() {
		if told[line.Name] != line.Kind {
			t.Errorf("%s is told as %q, not as %s", line.Name, told[line.Name], line.Kind)
		}
		delete(told, line.Name)
	}
	if len(told) > 0 {
		t.Errorf("the table lacks %v", told)
	}
}

func TestWhatWaitsIsReadWhenItIsAskedFor(t *testing.T) {
	m := New(Options{})
	m.Read(database(func(now time.Time) (bot.Backlog, error) {
		return bot.Backlog{Undecided: 3, Oldest: now.Add(-90 * time.Second), Pending: 4, Waiting: 5, Dead: 6}, nil
	}))
	says(t, scrape(t, m),
		`stationmaster_database_up 1`,
		`stationmaster_inbox_deliveries 3`,
		`stationmaster_inbox_oldest_seconds 90`,
		`stationmaster_actions{state="pending"} 4`,
		`stationmaster_actions{state="waiting"} 5`,
		`stationmaster_actions{state="dead"} 6`)
}

func TestADatabaseThatIsAwayLeavesTheRestToBeTold(t *testing.T) {
	m := New(Options{Deliveries: []string{"stored", "not-stored"}})
	m.Read(database(fails))
	m.Received("not-stored", time.Second)
	text := scrape(t, m)
	says(t, text, `stationmaster_database_up 0`, `stationmaster_deliveries_total{outcome="not-stored"} 1`,
		`stationmaster_deliveries_total{outcome="stored"} 0`)
	silent(t, text, "stationmaster_inbox_deliveries ", "stationmaster_inbox_oldest_seconds ", "stationmaster_actions{")
	if !strings.Contains(text, "go_goroutines ") || !strings.Contains(text, "go_build_info{") || !strings.Contains(text, "process_start_time_seconds ") {
		t.Error("Go, the build or the process is not told")
	}
}

func TestADecisionCountsAsItsWorstLineDid(t *testing.T) {
	failed := decision()
	failed.Event.What = process.Dead
	changed := decision()
	changed.Decision.Actions = []process.Action{{}}
	ignored := decision()
	ignored.Decision.Skipped = "none of ours"
	split := decision(part("board", process.Done))
	split.Decision.Parts[0].Outcome.Parts = []process.Outcome{{State: process.Done}, {State: process.Refused}}
	for _, tt := range []struct {
		name  string
		entry bot.Entry
		want  string
	}{
		{"one is refused", decision(part("stable", process.Done), part("board", process.Refused)), "refused"},
		{"one is not understood", decision(part("stable", process.Done), part("stabel", process.Puzzled)), "puzzled"},
		{"one did something", decision(part("status", process.Answered), part("layers", process.Done)), "done"},
		{"all were true before", decision(part("layers", process.Already)), "already"},
		{"one of the issues of one line is refused", split, "refused"},
		{"nobody asked, and something changed", changed, "recorded"},
		{"it is none of ours", ignored, "skipped"},
		{"it failed", failed, "dead"},
	} {
		if got := came(tt.entry); got != tt.want {
			t.Errorf("%s: %s, not %s", tt.name, got, tt.want)
		}
	}
}

func TestWhatPeopleTypeIsNoLabel(t *testing.T) {
	m := New(Options{})
	m.Decided(t.Context(), decision(part("stabel-xyzzy", process.Puzzled), part("stable", process.Done)), 0)
	text := scrape(t, m)
	says(t, text, `stationmaster_commands_total{command="unknown",outcome="puzzled"} 1`,
		`stationmaster_commands_total{command="stable",outcome="done"} 1`,
		`stationmaster_decisions_total{outcome="puzzled",what="asked"} 1`)
	silent(t, text, "xyzzy")
}

func TestWhatCameToNothingIsNoWait(t *testing.T) {
	m := New(Options{})
	m.Decided(t.Context(), bot.Entry{Event: process.Event{What: process.Tick}, Decision: process.Decision{Skipped: "nothing"}}, time.Hour)
	m.Decided(t.Context(), bot.Entry{Event: process.Event{What: process.Receipt}, Decision: process.Decision{Actions: []process.Action{{}}}}, 0)
	m.Decided(t.Context(), decision(part("stable", process.Done)), 3*time.Second)
	says(t, scrape(t, m), `stationmaster_decision_wait_seconds_sum 3`, `stationmaster_decision_wait_seconds_count 1`)
}

func TestAnActionsWaitEndsWhenItIsDoneOrDead(t *testing.T) {
	m := New(Options{})
	work := bot.Work{Action: process.Action{Do: process.SayOnce, Urgent: true}}
	for _, came := range []bot.Came{bot.CameLater, bot.CameAgain, bot.CameBack, bot.CameDone, bot.CameDead} {
		m.Acted(t.Context(), work, bot.Try{Came: came, Took: time.Second, Waited: time.Minute})
	}
	says(t, scrape(t, m),
		`stationmaster_actions_total{do="comment",outcome="again"} 1`,
		`stationmaster_actions_total{do="comment",outcome="dead"} 1`,
		`stationmaster_action_seconds_count{do="comment"} 5`,
		`stationmaster_action_wait_seconds_count{urgency="urgent"} 2`,
		`stationmaster_action_wait_seconds_sum{urgency="urgent"} 120`)
}

func TestARequestWithoutAnAnswerIsCountedAsSuch(t *testing.T) {
	m := New(Options{})
	m.Answered("GET /app", 0, time.Second)
	m.Answered("GET /app", 304, time.Second)
	says(t, scrape(t, m), `stationmaster_github_requests_total{route="GET /app",status="none"} 1`,
		`stationmaster_github_requests_total{route="GET /app",status="304"} 1`,
		`stationmaster_github_request_seconds_count{route="GET /app"} 2`)
}

func TestWhatIsLeftIsToldAsOfNow(t *testing.T) {
	m := New(Options{})
	now := time.Now()
	m.Left(1, "core", 4000, 5000, now.Add(time.Hour))
	m.Left(1, "core", 4001, 5000, now.Add(time.Hour)) // left before, and came later
	m.Left(2, "core", 3, 5000, now.Add(-time.Minute)) // the limit has begun anew since
	m.Left(3, "core", 3, 5000, now.Add(-2*time.Hour)) // somebody else works for it
	text := scrape(t, m)
	says(t, text, `stationmaster_github_budget_left{installation="1",resource="core"} 4000`,
		`stationmaster_github_budget_limit{installation="1",resource="core"} 5000`,
		`stationmaster_github_budget_left{installation="2",resource="core"} 5000`,
		`stationmaster_github_blocked_until_timestamp_seconds{installation="2"} 0`)
	silent(t, text, `installation="3"`)
}

func TestTheWaitForALimitIsSeenUntilItEnds(t *testing.T) {
	m := New(Options{})
	until := time.Unix(time.Now().Unix()+600, 0)
	m.Held(7, until.Add(-time.Second))
	m.Held(7, until) // it goes on
	at := "stationmaster_github_blocked_until_timestamp_seconds{installation=\"7\"} "
	if text := scrape(t, m); !strings.Contains(text, at) || strings.Contains(text, at+"0\n") {
		t.Error("the wait is not seen")
	}
	says(t, scrape(t, m), "stationmaster_github_limits_total 1")
	m.Held(7, time.Time{})
	silent(t, scrape(t, m), at)
	m.Held(7, time.Now().Add(-time.Second))
	says(t, scrape(t, m), at+"0", "stationmaster_github_limits_total 2")
}
