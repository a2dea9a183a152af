package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestAWebhookHasGitHubsHeaders(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	e := w.heard()[0]
	want := map[string]string{
		"Content-Type":                           "application/json",
		"X-Github-Event":                         "issues",
		"X-Github-Hook-Installation-Target-Id":   fmt.Sprint(w.cred.AppID),
		"X-Github-Hook-Installation-Target-Type": "integration",
	}
	for k, v := range want {
		if got := e.head.Get(k); got != v {
			t.Errorf("%s is %q, want %q", k, got, v)
		}
	}
	if agent := e.head.Get("User-Agent"); !strings.HasPrefix(agent, "GitHub-Hookshot/") {
		t.Errorf("User-Agent is %q", agent)
	}
	if len(e.id) != 36 || strings.Count(e.id, "-") != 4 || e.id[14] != '4' {
		t.Errorf("the delivery id %q is no random UUID", e.id)
	}
	if e.head.Get("X-Hub-Signature") == "" || e.head.Get("X-Github-Hook-Id") == "" {
		t.Error("the old signature or the hook's id is missing")
	}
}

func TestTheClientUnderstandsThePayload(t *testing.T) {
	var got []any
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := github.ValidatePayload(r, []byte(secret))
		if err != nil {
			t.Error(err)
			return
		}
		e, err := github.ParseWebHook(github.WebHookType(r), body)
		if err != nil {
			t.Error(err)
			return
		}
		got = append(got, e)
	}))
	defer hook.Close()
	w := newWorld(t, emulator.Options{})
	w.SetWebhookURL(hook.URL)
	must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	w.heard()
	if len(got) != 2 {
		t.Fatalf("%d webhooks, want ping and issues", len(got))
	}
	e, is := got[1].(*github.IssuesEvent)
	if !is || e.GetInstallation().GetID() != w.cred.InstallationID || e.GetRepo().GetFullName() != "acme/upgrades" ||
		e.GetSender().GetLogin() != "stationmaster[bot]" || e.GetOrg().GetLogin() != "acme" {
		t.Errorf("got %+v", got[1])
	}
}

func TestEventsThatNobodyAskedForAreNotSent(t *testing.T) {
	w := newWorld(t, emulator.Options{Events: []string{"issue_comment"}})
	must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
		Title: github.String("t"), Labels: &[]string{"new"}}))
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("c")}))
	if got := w.heardKinds(); got != "issue_comment.created" {
		t.Errorf("heard %s", got)
	}
}

func TestAFailedDeliveryStaysFailedUntilItIsSentAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.answer = http.StatusServiceUnavailable
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	first := w.heard()
	if len(first) != 1 {
		t.Fatalf("delivered %d times: GitHub never tries again", len(first))
	}
	app := w.app()
	log := must[[]*github.HookDelivery](t)(app.Apps.ListHookDeliveries(ctx, nil))
	if len(log) != 1 || log[0].GetStatusCode() != 503 || log[0].GetStatus() == "OK" || log[0].GetGUID() != first[0].id {
		t.Fatalf("the log says %v", log)
	}
	w.mu.Lock()
	w.answer = http.StatusOK
	w.mu.Unlock()
	_, res, err := app.Apps.RedeliverHookDelivery(ctx, log[0].GetID())
	if _, accepted := err.(*github.AcceptedError); !accepted {
		t.Errorf("redelivery answered %v %v", res, err)
	}
	again := w.heard()
	if len(again) != 1 || again[0].id != first[0].id {
		t.Fatalf("redelivered %d times", len(again))
	}
	log = must[[]*github.HookDelivery](t)(app.Apps.ListHookDeliveries(ctx, nil))
	if len(log) != 2 || !log[0].GetRedelivery() || log[0].GetStatus() != "OK" || log[0].GetID() == log[1].GetID() {
		t.Errorf("the log says %v", log)
	}
	one := must[*github.HookDelivery](t)(app.Apps.GetHookDelivery(ctx, log[0].GetID()))
	if one.Request.Headers["X-GitHub-Delivery"] != first[0].id || !strings.Contains(string(one.Request.GetRawPayload()), `"opened"`) {
		t.Errorf("the delivery shows %v", one.Request.Headers)
	}
}

func TestTheDeliveryLogIsPagedByACursor(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for range 5 {
		w.open("engineer", "t")
	}
	app := w.app()
	opt, seen := &github.ListCursorOptions{PerPage: 2}, []int64{}
	for {
		page, res, err := app.Apps.ListHookDeliveries(ctx, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			seen = append(seen, d.GetID())
		}
		if res.Cursor == "" {
			break
		}
		opt.Cursor = res.Cursor
		w.open("engineer", "new ones do not shift the pages")
	}
	if len(seen) != 5 || !slices.IsSortedFunc(seen, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("saw %v", seen)
	}
}

func TestADeadReceiverIsLogged(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.SetWebhookURL("http://127.0.0.1:1/hook")
	w.open("engineer", "t")
	log := w.Deliveries()
	last := log[len(log)-1]
	if !last.Done || last.StatusCode != 0 || last.Status == "OK" || last.Status == "" {
		t.Errorf("logged as %d %q", last.StatusCode, last.Status)
	}
}

func TestNewHooksArePinged(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	hook := httptest.NewServer(http.HandlerFunc(w.receive))
	defer hook.Close()
	cfg := must[*github.HookConfig](t)(w.app().Apps.UpdateHookConfig(ctx, &github.HookConfig{URL: &hook.URL}))
	if cfg.GetURL() != hook.URL || cfg.GetSecret() != "********" {
		t.Errorf("config: %v", cfg)
	}
	if got := w.heardKinds(); got != "ping" {
		t.Errorf("heard %s", got)
	}
}

// history is what a fixed script makes the receiver hear, in order.
func history(t *testing.T, o emulator.Options) []string {
	t.Helper()
	w := newWorld(t, o)
	for range 4 {
		must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
			Title: github.String("t"), Labels: &[]string{"a", "b", "c", "d"}, Assignees: &[]string{"ada"}}))
	}
	var out []string
	for _, e := range w.heard() {
		out = append(out, e.kind+" "+e.id)
	}
	return out
}

func TestTheSameSeedMakesTheSameHistory(t *testing.T) {
	plain := history(t, emulator.Options{Seed: 7})
	if again := history(t, emulator.Options{Seed: 7}); !slices.Equal(plain, again) {
		t.Errorf("two histories of one seed differ:\n%v\n%v", plain, again)
	}
	shuffled := history(t, emulator.Options{Seed: 7, Shuffle: true})
	if again := history(t, emulator.Options{Seed: 7, Shuffle: true}); !slices.Equal(shuffled, again) {
		t.Errorf("two shuffled histories of one seed differ:\n%v\n%v", shuffled, again)
	}
	kinds := func(h []string) (out []string) {
		for _, e := range h {
			kind, _, _ := strings.Cut(e, " ")
			out = append(out, kind)
		}
		return out
	}
	if slices.Equal(kinds(plain), kinds(shuffled)) {
		t.Error("nothing was shuffled")
	}
	a, b := kinds(plain), kinds(shuffled)
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Error("shuffling lost or added events")
	}
}

func TestAnUnseededWorldIsNewEachTime(t *testing.T) {
	ids := map[int64]bool{}
	for range 3 {
		gh, err := emulator.New(emulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		gh.SetWebhookURL("http://127.0.0.1:1/")
		ids[gh.Deliveries()[0].ID] = true
		_ = gh.Close()
	}
	if len(ids) != 3 {
		t.Errorf("%d different worlds of 3", len(ids))
	}
}

func TestSeveralWorkersDeliverEverything(t *testing.T) {
	w := newWorld(t, emulator.Options{Workers: 8})
	for range 20 {
		must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	}
	ids := map[string]bool{}
	for _, e := range w.heard() {
		ids[e.id] = true
	}
	if len(ids) != 20 {
		t.Errorf("%d deliveries of 20", len(ids))
	}
}
