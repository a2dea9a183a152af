package hub

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// numbers reads a list and returns a field of each element.
func (w *world) numbers(q bot.Query, field string) []any {
	w.t.Helper()
	var out []any
	err := w.hub.List(ctx, w.inst, w.repo, q, func(raw json.RawMessage) bool {
		one := map[string]any{}
		if err := json.Unmarshal(raw, &one); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, one[field])
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true})
	first := w.opened("kind/feature")
	for range 119 {
		w.opened()
	}
	if got := w.numbers(bot.Query{Of: bot.Issues}, "number"); len(got) < 120 {
		t.Errorf("%d issues in a list of more than a page", len(got))
	}
	w.Advance(time.Hour)
	since := w.Now()
	w.Advance(time.Minute)
	c, _, err := w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", first, &github.IssueComment{Body: github.String("/layers l1")})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.numbers(bot.Query{Of: bot.Issues, Since: since}, "number"); !slices.Equal(got, []any{float64(first)}) {
		t.Errorf("changed since: %v", got)
	}
	for _, q := range []bot.Query{{Of: bot.Comments, Since: since}, {Of: bot.CommentsOf, Number: first}} {
		if got := w.numbers(q, "id"); !slices.Equal(got, []any{float64(c.GetID())}) {
			t.Errorf("%s: %v", q.Of, got)
		}
	}
	if got := w.numbers(bot.Query{Of: bot.EventsOf, Number: first}, "event"); !slices.Contains(got, any("labeled")) {
		t.Errorf("events: %v", got)
	}
	if got := w.numbers(bot.Query{Of: bot.OneIssue, Number: first}, "number"); len(got) != 1 {
		t.Errorf("one issue: %v", got)
	}
	if got := w.numbers(bot.Query{Of: bot.Pulls}, "number"); len(got) != 0 {
		t.Errorf("pull requests: %v", got)
	}
	err = w.hub.List(ctx, w.inst, w.repo, bot.Query{Of: bot.OneIssue, Number: 9999}, func(json.RawMessage) bool { return true })
	var never bot.Never
	if !errors.As(err, &never) || !never.Gone {
		t.Errorf("an issue that is not there: %v", err)
	}
	if err := w.hub.List(ctx, w.inst, w.repo, bot.Query{Of: "wishes"}, nil); err == nil {
		t.Error("there is a list of wishes")
	}
}

func TestAListEndsWhereItsReaderHasEnough(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.opened()
	w.opened()
	seen := 0
	err := w.hub.List(ctx, w.inst, w.repo, bot.Query{Of: bot.Issues}, func(json.RawMessage) bool { seen++; return false })
	if err != nil || seen != 1 {
		t.Errorf("it was shown %d, %v", seen, err)
	}
}

func TestAPageThatGitHubMakesWaitForIsAskedForAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.opened()
	left := 2
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if left == 0 || !strings.HasSuffix(r.URL.Path, "/issues") {
			return nil, nil
		}
		left--
		if left == 1 {
			return response(r, 502, "<html>"), nil
		}
		return response(r, 429, secondary, "Retry-After", "0"), nil
	}
	if got := w.numbers(bot.Query{Of: bot.Issues}, "number"); len(got) == 0 || left != 0 {
		t.Errorf("listed %v, with %d faults left", got, left)
	}
}

func TestEditsTellWhoWroteWhat(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true})
	n := w.opened()
	c, _, err := w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", n, &github.IssueComment{Body: github.String("one")})
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(time.Minute)
	if _, _, err := w.as("maintainer").Issues.EditComment(ctx, "acme", "upgrades", c.GetID(), &github.IssueComment{Body: github.String("two")}); err != nil {
		t.Fatal(err)
	}
	var got []string
	err = w.hub.Edits(ctx, w.inst, w.repo, []string{c.GetNodeID(), w.issue(n).GetNodeID(), "IC_nothing"}, func(raw json.RawMessage) { got = append(got, string(raw)) })
	if err != nil || len(got) != 2 {
		t.Fatalf("%d histories, %v", len(got), err)
	}
	for _, want := range []string{`"diff":"two"`, `"diff":"one"`, `"login":"mara"`, `"login":"ada"`, c.GetNodeID()} {
		if !strings.Contains(got[0], want) {
			t.Errorf("%s is not in %s", want, got[0])
		}
	}
}

func TestEditsOfPullRequestsAreToldAndWhatMayNotBeReadHoldsUpNothing(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true})
	head, base := "topic", "main"
	p, _, err := w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{Title: github.String("Code"), Body: github.String("one"), Head: &head, Base: &base})
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(time.Minute)
	if _, _, err := w.as("maintainer").PullRequests.Edit(ctx, "acme", "upgrades", p.GetNumber(), &github.PullRequest{Body: github.String("two")}); err != nil {
		t.Fatal(err)
	}
	var got []string
	read := func() error {
		got = nil
		return w.hub.Edits(ctx, w.inst, w.repo, []string{p.GetNodeID()}, func(raw json.RawMessage) { got = append(got, string(raw)) })
	}
	if err := read(); err != nil || len(got) != 1 || !strings.Contains(got[0], `"diff":"two"`) || !strings.Contains(got[0], `"login":"mara"`) {
		t.Errorf("told %v, %v", got, err)
	}
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		return response(r, 200, `{"data":{"nodes":[null]},"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`), nil
	}
	if err := read(); err != nil || len(got) != 0 {
		t.Errorf("told %v, %v", got, err)
	}
}

func TestTheAddressOfGraphQLFollowsThatOfREST(t *testing.T) {
	for rest, want := range map[string]string{
		"https://api.github.com":            "https://api.github.com/graphql",
		"https://github.example.com/api/v3": "https://github.example.com/api/graphql",
		"http://127.0.0.1:4711/api/v3/":     "http://127.0.0.1:4711/api/graphql",
	} {
		key := newWorld(t, emulator.Options{}).PrivateKey()
		h, err := New(Options{BaseURL: rest, AppID: 1, PrivateKey: key})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.graphql(); got != want {
			t.Errorf("%s: %s, want %s", rest, got, want)
		}
	}
}

func TestLostDeliveriesAreListedAndSentAgain(t *testing.T) {
	rule, err := fault.Parse("deliveries.lost=1,times=1,event=issues.opened")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan string, 100)
	hook := receiver(t, came)
	w := newWorld(t, emulator.Options{WebhookURL: hook, Faults: []fault.Rule{rule}})
	w.opened()
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	type entry struct {
		ID   int64
		GUID string
	}
	var lost []entry
	each := func(raw json.RawMessage) bool {
		var e entry
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		lost = append(lost, e)
		return true
	}
	if err := w.hub.FailedDeliveries(ctx, each); err != nil || len(lost) != 1 {
		t.Fatalf("%v lost, %v", lost, err)
	}
	for len(came) > 0 {
		<-came
	}
	if err := w.hub.Redeliver(ctx, lost[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if len(came) != 1 || <-came != lost[0].GUID {
		t.Error("it did not come under its own id")
	}
	var never bot.Never
	if err := w.hub.Redeliver(ctx, 1); !errors.As(err, &never) {
		t.Errorf("one that is not in the log: %v", err)
	}
}
