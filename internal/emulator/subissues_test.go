package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// kin is what an issue says of its family.
type kin struct {
	ID      int64  `json:"id"`
	Number  int    `json:"number"`
	Parent  string `json:"parent_issue_url"`
	Summary struct {
		Total     int `json:"total"`
		Completed int `json:"completed"`
		Percent   int `json:"percent_completed"`
	} `json:"sub_issues_summary"`
	Dependencies struct {
		BlockedBy      int `json:"blocked_by"`
		Blocking       int `json:"blocking"`
		TotalBlockedBy int `json:"total_blocked_by"`
		TotalBlocking  int `json:"total_blocking"`
	} `json:"issue_dependencies_summary"`
}

// send makes a request that go-github has no method for.
func send(c *github.Client, method, path string, body any, into any) error {
	req, err := c.NewRequest(method, strings.TrimPrefix(path, "/"), body)
	if err != nil {
		return err
	}
	_, err = c.Do(ctx, req, into)
	return err
}

// sent is send, and the test fails if it does.
func sent[T any](t *testing.T, c *github.Client, method, path string, body any) T {
	t.Helper()
	var v T
	if err := send(c, method, path, body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const oneTwoThree = "/repos/acme/upgrades/issues/"

func numbers(is []kin) string {
	var out []string
	for _, i := range is {
		out = append(out, fmt.Sprint(i.Number))
	}
	return strings.Join(out, " ")
}

func subIssue(i *github.Issue) map[string]any { return map[string]any{"sub_issue_id": i.GetID()} }

func TestSubIssuesAreKeptInOrderAndCounted(t *testing.T) {
	w := newWorld(t, emulator.Options{Events: []string{"issues", "sub_issues"}})
	w.open("engineer", "parent")
	a, b, c := w.open("engineer", "a"), w.open("engineer", "b"), w.open("engineer", "c")
	for _, i := range []*github.Issue{a, b, c} {
		p := sent[kin](t, w.bot, "POST", oneTwoThree+"1/sub_issues", subIssue(i))
		if p.Number != 1 {
			t.Errorf("adding answers with #%d, want the parent", p.Number)
		}
	}
	if got := w.heardKinds(); got != strings.TrimSpace(strings.Repeat("sub_issues.sub_issue_added sub_issues.parent_issue_added ", 3)) {
		t.Errorf("heard %s", got)
	}
	sent[kin](t, w.bot, "PATCH", oneTwoThree+"1/sub_issues/priority", map[string]any{"sub_issue_id": c.GetID(), "before_id": a.GetID()})
	sent[kin](t, w.bot, "PATCH", oneTwoThree+"1/sub_issues/priority", map[string]any{"sub_issue_id": a.GetID(), "after_id": b.GetID()})
	if got := numbers(sent[[]kin](t, w.bot, "GET", oneTwoThree+"1/sub_issues", nil)); got != "4 3 2" {
		t.Errorf("order is %s, want 4 3 2", got)
	}
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 3, &github.IssueRequest{State: github.String("closed")}))
	p := sent[kin](t, w.bot, "GET", oneTwoThree+"1", nil)
	if s := p.Summary; s.Total != 3 || s.Completed != 1 || s.Percent != 33 || p.Parent != "" {
		t.Errorf("the parent says %+v", p)
	}
	if up := sent[kin](t, w.bot, "GET", oneTwoThree+"3/parent", nil); up.Number != 1 {
		t.Errorf("the parent of #3 is #%d", up.Number)
	}
	if sub := sent[kin](t, w.bot, "GET", oneTwoThree+"3", nil); !strings.HasSuffix(sub.Parent, "/issues/1") {
		t.Errorf("parent_issue_url is %q", sub.Parent)
	}
	w.heard()
	sent[kin](t, w.bot, "DELETE", oneTwoThree+"1/sub_issue", subIssue(b))
	if got := w.heardKinds(); got != "sub_issues.sub_issue_removed sub_issues.parent_issue_removed" {
		t.Errorf("heard %s", got)
	}
	wantStatus(t, send(w.bot, "GET", oneTwoThree+"3/parent", nil, nil), http.StatusNotFound, "Not Found")
}

func TestASubIssueOfAnotherRepositoryIsToldOfInBoth(t *testing.T) {
	w := newWorld(t, emulator.Options{Events: []string{"sub_issues"}})
	w.open("engineer", "parent")
	sub := must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{Title: github.String("sub")}))
	sent[kin](t, w.bot, "POST", oneTwoThree+"1/sub_issues", subIssue(sub))
	var got []string
	for _, e := range w.heard() {
		home := e.payload["repository"].(map[string]any)["name"]
		there, _ := e.payload["sub_issue_repo"].(map[string]any)
		if there == nil {
			there, _ = e.payload["parent_issue_repo"].(map[string]any)
		}
		got = append(got, fmt.Sprint(e.kind, " ", home, " ", there["name"], " ", e.payload["sub_issue_id"] == float64(sub.GetID())))
	}
	want := "sub_issues.sub_issue_added upgrades protocol true; sub_issues.parent_issue_added protocol upgrades true"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %v", got)
	}
}

func TestSubIssuesAreATree(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	var is []*github.Issue
	for n := range 10 {
		is = append(is, w.open("engineer", fmt.Sprint("issue ", n+1)))
	}
	add := func(parent, sub int, replace bool) error {
		return send(w.bot, "POST", fmt.Sprint(oneTwoThree, parent, "/sub_issues"),
			map[string]any{"sub_issue_id": is[sub-1].GetID(), "replace_parent": replace}, nil)
	}
	for n := 1; n < 8; n++ {
		if err := add(n, n+1, false); err != nil {
			t.Fatalf("#%d below #%d: %v", n+1, n, err)
		}
	}
	wantStatus(t, add(8, 9, false), http.StatusUnprocessableEntity, "8 levels")
	wantStatus(t, add(1, 2, false), http.StatusUnprocessableEntity, "duplicate sub-issues")
	wantStatus(t, add(9, 5, false), http.StatusUnprocessableEntity, "only have one parent")
	wantStatus(t, add(4, 1, true), http.StatusUnprocessableEntity, "parent of its own parent")
	wantStatus(t, add(1, 1, true), http.StatusUnprocessableEntity, "parent of its own parent")
	if err := add(9, 5, true); err != nil {
		t.Errorf("a parent is not replaced: %v", err)
	}
	if up := sent[kin](t, w.bot, "GET", oneTwoThree+"5/parent", nil); up.Number != 9 {
		t.Errorf("the parent of #5 is #%d now, want #9", up.Number)
	}
	unknown := map[string]any{"sub_issue_id": 7}
	wantStatus(t, send(w.bot, "POST", oneTwoThree+"1/sub_issues", unknown, nil), http.StatusNotFound, "does not exist")
	wantStatus(t, send(w.bot, "DELETE", oneTwoThree+"1/sub_issue", subIssue(is[9]), nil), http.StatusNotFound, "not a sub-issue")
	wantStatus(t, send(w.as("outsider"), "POST", oneTwoThree+"1/sub_issues", subIssue(is[9]), nil), http.StatusForbidden, "")
}

func TestDependenciesCountWhatIsOpenAndRefuseCircles(t *testing.T) {
	w := newWorld(t, emulator.Options{Events: []string{"issue_dependencies"}})
	a, b, c := w.open("engineer", "a"), w.open("engineer", "b"), w.open("engineer", "c")
	blockedBy := func(n int, by *github.Issue) error {
		return send(w.bot, "POST", fmt.Sprint(oneTwoThree, n, "/dependencies/blocked_by"), map[string]any{"issue_id": by.GetID()}, nil)
	}
	for _, err := range []error{blockedBy(1, b), blockedBy(1, c)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := w.heardKinds(); got != "issue_dependencies.blocked_by_added issue_dependencies.blocking_added "+
		"issue_dependencies.blocked_by_added issue_dependencies.blocking_added" {
		t.Errorf("heard %s", got)
	}
	wantStatus(t, blockedBy(1, b), http.StatusUnprocessableEntity, "Validation Failed")
	wantStatus(t, blockedBy(3, a), http.StatusUnprocessableEntity, "Validation Failed")
	wantStatus(t, blockedBy(1, a), http.StatusUnprocessableEntity, "Validation Failed")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 2, &github.IssueRequest{State: github.String("closed")}))
	d := sent[kin](t, w.bot, "GET", oneTwoThree+"1", nil).Dependencies
	if d.BlockedBy != 1 || d.TotalBlockedBy != 2 || d.Blocking != 0 {
		t.Errorf("#1 says %+v", d)
	}
	if got := numbers(sent[[]kin](t, w.bot, "GET", oneTwoThree+"1/dependencies/blocked_by", nil)); got != "2 3" {
		t.Errorf("#1 is blocked by %s", got)
	}
	if got := numbers(sent[[]kin](t, w.bot, "GET", oneTwoThree+"3/dependencies/blocking", nil)); got != "1" {
		t.Errorf("#3 blocks %s", got)
	}
	w.heard()
	gone := fmt.Sprint(oneTwoThree, "1/dependencies/blocked_by/", b.GetID())
	sent[kin](t, w.bot, "DELETE", gone, nil)
	if got := w.heardKinds(); got != "issue_dependencies.blocked_by_removed issue_dependencies.blocking_removed" {
		t.Errorf("heard %s", got)
	}
	wantStatus(t, send(w.bot, "DELETE", gone, nil, nil), http.StatusNotFound, "Not Found")
}
