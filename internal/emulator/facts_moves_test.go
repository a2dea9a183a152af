package emulator_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// at follows keys into a decoded payload; nil where there is nothing.
func at(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// furnished is a world with an issue that has all that a transfer must carry.
func furnished(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, emulator.Options{})
	due := &github.Timestamp{Time: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)}
	for _, repo := range []string{"upgrades", "protocol"} {
		must[*github.Label](t)(w.bot.Issues.CreateLabel(ctx, "acme", "upgrades", &github.Label{Name: github.String("only-in-" + repo)}))
		must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", repo, &github.Milestone{Title: github.String("U17"), DueOn: due}))
	}
	w.open("engineer", "travels", "bug", "only-in-upgrades")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Milestone: github.Int(1), Assignees: &[]string{"rui"}}))
	must[*github.IssueComment](t)(w.as("reviewer").Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("said before")}))
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{Title: github.String("was here first")}))
	w.heard()
	return w
}

// A4: issues.transferred with changes.new_issue and new_repository at the
// source, opened with changes.old_issue at the target.
func TestATransferTellsBothRepositoriesOfEachOther(t *testing.T) {
	w := furnished(t)
	n, err := w.TransferIssue("upgrades", 1, "protocol", "mara")
	if err != nil || n != 2 {
		t.Fatalf("moved to #%d: %v", n, err)
	}
	events := w.heard()
	if len(events) != 2 || events[0].kind != "issues.transferred" || events[1].kind != "issues.opened" {
		t.Fatalf("heard %v", events)
	}
	left, came := events[0].payload, events[1].payload
	if at(left, "repository", "name") != "upgrades" || at(left, "issue", "number") != 1.0 ||
		at(left, "changes", "new_issue", "number") != 2.0 || at(left, "changes", "new_repository", "name") != "protocol" ||
		at(left, "sender", "login") != "mara" {
		t.Errorf("the source heard %v", left)
	}
	if at(came, "repository", "name") != "protocol" || at(came, "issue", "number") != 2.0 ||
		at(came, "changes", "old_issue", "number") != 1.0 || at(came, "changes", "old_repository", "name") != "upgrades" ||
		at(came, "issue", "id") == at(came, "changes", "old_issue", "id") {
		t.Errorf("the target heard %v", came)
	}
}

// A4: labels kept by name, milestones by name and due date; comments and
// assignees stay.
func TestATransferKeepsWhatTheTargetHasToo(t *testing.T) {
	w := furnished(t)
	if _, err := w.TransferIssue("acme/upgrades", 1, "acme/protocol", "mara"); err != nil {
		t.Fatal(err)
	}
	is := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "protocol", 2))
	if len(is.Labels) != 1 || is.Labels[0].GetName() != "bug" || is.GetMilestone().GetTitle() != "U17" ||
		is.GetAssignee().GetLogin() != "rui" || is.GetUser().GetLogin() != "ada" || is.GetComments() != 1 {
		t.Errorf("arrived as %v", is)
	}
	said := must[[]*github.IssueComment](t)(w.bot.Issues.ListComments(ctx, "acme", "protocol", 2, nil))
	if len(said) != 1 || said[0].GetBody() != "said before" || !strings.Contains(said[0].GetURL(), "/protocol/") {
		t.Errorf("comments: %v", said)
	}
	if left := must[[]*github.IssueComment](t)(w.bot.Issues.ListComments(ctx, "acme", "upgrades", 0, nil)); len(left) != 0 {
		t.Errorf("the source keeps %v", left)
	}
	source := must[*github.Milestone](t)(w.bot.Issues.GetMilestone(ctx, "acme", "upgrades", 1))
	target := must[*github.Milestone](t)(w.bot.Issues.GetMilestone(ctx, "acme", "protocol", 1))
	if source.GetOpenIssues() != 0 || target.GetOpenIssues() != 1 {
		t.Errorf("the milestones count %d and %d", source.GetOpenIssues(), target.GetOpenIssues())
	}
}

// A4: the old URL answers 301; A3: follow it.
func TestATransferredIssueIsFoundFromItsOldAddress(t *testing.T) {
	w := furnished(t)
	if _, err := w.TransferIssue("upgrades", 1, "protocol", "mara"); err != nil {
		t.Fatal(err)
	}
	is := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	if is.GetNumber() != 2 || !strings.Contains(is.GetURL(), "/protocol/") {
		t.Errorf("came to %s", is.GetURL())
	}
	auth := "token " + w.Token("engineer")
	for _, tc := range []struct{ method, path, tail string }{
		{"GET", "/issues/1", "/issues/2"}, {"GET", "/issues/1/comments?per_page=5", "/issues/2/comments?per_page=5"},
		{"PATCH", "/issues/1", "/issues/2"}, {"POST", "/issues/1/labels", "/issues/2/labels"},
		{"DELETE", "/issues/1/labels/stage%2Fx", "/issues/2/labels/stage%2Fx"},
	} {
		res, body := w.once(tc.method, "/repos/acme/upgrades"+tc.path, auth, "")
		to := res.Header.Get("Location")
		if res.StatusCode != http.StatusMovedPermanently || !strings.HasSuffix(to, tc.tail) ||
			!strings.Contains(to, "/api/v3/repositories/") || !strings.Contains(body, "Moved Permanently") {
			t.Errorf("%s %s: %d to %q", tc.method, tc.path, res.StatusCode, to)
		}
	}
	list := must[[]*github.Issue](t)(w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", &github.IssueListByRepoOptions{State: "all"}))
	if len(list) != 0 {
		t.Errorf("the source lists %v", list)
	}
	if next := w.open("engineer", "next"); next.GetNumber() != 2 {
		t.Errorf("the next issue is #%d: a number is never given twice", next.GetNumber())
	}
}

// docs, "Transferring an issue": not from a private to a public repository;
// pull requests stay where they are.
func TestWhatCannotBeTransferredStays(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("p"), Head: github.String("x"), Base: github.String("main")}))
	for name, try := range map[string]func() error{
		"a pull request":         func() error { _, err := w.TransferIssue("upgrades", 2, "protocol", "mara"); return err },
		"an issue to itself":     func() error { _, err := w.TransferIssue("upgrades", 1, "upgrades", "mara"); return err },
		"an issue to nowhere":    func() error { _, err := w.TransferIssue("upgrades", 1, "nowhere", "mara"); return err },
		"an issue from nowhere":  func() error { _, err := w.TransferIssue("nowhere", 1, "protocol", "mara"); return err },
		"no issue":               func() error { _, err := w.TransferIssue("upgrades", 9, "protocol", "mara"); return err },
		"an issue by nobody":     func() error { _, err := w.TransferIssue("upgrades", 1, "protocol", "nobody"); return err },
		"a pull request deleted": func() error { return w.DeleteIssue("upgrades", 2, "mara") },
	} {
		if try() == nil {
			t.Errorf("%s was moved", name)
		}
	}
	if is := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1)); is.GetTitle() != "an issue" {
		t.Errorf("it became %v", is)
	}
}

// A4: issues.deleted, then 410 for those who may read the repository and 404
// for others.
func TestADeletedIssueIsGone(t *testing.T) {
	w := furnished(t)
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{
		Title: github.String("points"), Body: github.String("see acme/upgrades#1")}))
	w.open("engineer", "stays")
	w.heard()
	if err := w.DeleteIssue("upgrades", 1, "mara"); err != nil {
		t.Fatal(err)
	}
	e := w.heard()
	if len(e) != 1 || e[0].kind != "issues.deleted" || at(e[0].payload, "issue", "title") != "travels" {
		t.Fatalf("heard %v", e)
	}
	for _, path := range []string{"/issues/1", "/issues/1/comments", "/issues/1/labels"} {
		res, body := w.once("GET", "/repos/acme/upgrades"+path, "token "+w.Token("engineer"), "")
		if res.StatusCode != http.StatusGone || !strings.Contains(body, "This issue was deleted") {
			t.Errorf("GET %s: %d %s", path, res.StatusCode, body)
		}
	}
	if res, _ := w.once("GET", "/repos/acme/upgrades/issues/1", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("who may not read the repository is answered %d", res.StatusCode)
	}
	_, _, err := w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("still here?")})
	wantStatus(t, err, http.StatusGone, "deleted")
	m := must[*github.Milestone](t)(w.bot.Issues.GetMilestone(ctx, "acme", "upgrades", 1))
	if m.GetOpenIssues() != 0 {
		t.Errorf("the milestone counts %d", m.GetOpenIssues())
	}
	left := must[[]*github.Issue](t)(w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", nil))
	if len(left) != 1 || left[0].GetNumber() != 2 {
		t.Errorf("listed are %v", left)
	}
}

// A3: 301 for renamed things; writing is answered 307, so that the method and
// the body stay (spec, repos/update).
func TestARenamedRepositoryIsFoundByItsOldName(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	if err := w.RenameRepository("upgrades", "trains", "mara"); err != nil {
		t.Fatal(err)
	}
	e := w.heard()[0]
	if e.kind != "repository.renamed" || at(e.payload, "changes", "repository", "name", "from") != "upgrades" ||
		at(e.payload, "repository", "full_name") != "acme/trains" {
		t.Errorf("heard %s %v", e.kind, e.payload["changes"])
	}
	is := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	if !strings.Contains(is.GetHTMLURL(), "/acme/trains/issues/1") {
		t.Errorf("it is at %s", is.GetHTMLURL())
	}
	auth := "token " + w.Token("engineer")
	if res, _ := w.once("POST", "/repos/acme/upgrades/issues/1/comments", auth, `{"body":"c"}`); res.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("writing is answered %d", res.StatusCode)
	}
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("follows")}))
	if res, _ := w.once("GET", "/repos/acme/upgrades", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("who may not see it is answered %d", res.StatusCode)
	}
	if err := w.RenameRepository("protocol", "upgrades", "mara"); err != nil {
		t.Fatal(err)
	}
	if r := must[*github.Repository](t)(w.bot.Repositories.Get(ctx, "acme", "upgrades")); r.GetDescription() != "The protocol itself" {
		t.Errorf("the old name was not free: %v", r.GetFullName())
	}
	if w.RenameRepository("trains", "upgrades", "mara") == nil || w.RenameRepository("trains", "a b", "mara") == nil {
		t.Error("a name that is taken, or none, was given")
	}
}

func TestARenamedTeamHasANewSlug(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if err := w.RenameTeam("engineers", "Core Engineers!"); err != nil {
		t.Fatal(err)
	}
	e := w.heard()[0]
	if e.kind != "team.edited" || at(e.payload, "changes", "name", "from") != "engineers" || at(e.payload, "team", "slug") != "core-engineers" {
		t.Errorf("heard %s %v", e.kind, e.payload["team"])
	}
	_, _, err := w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "engineers", "ada")
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	if m := must[*github.Membership](t)(w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "core-engineers", "ada")); m.GetState() != "active" {
		t.Errorf("ada is %v", m)
	}
	if w.RenameTeam("protocol", "Security") == nil || w.RenameTeam("nobody", "x") == nil || w.RenameTeam("protocol", "!") == nil {
		t.Error("a name that is taken, or none, was given")
	}
}

func TestTheAdminAPIMovesThings(t *testing.T) {
	w := furnished(t)
	admin := func(method, path, body string, want int) string {
		t.Helper()
		res, text := w.send(method, strings.TrimSuffix(w.cred.BaseURL, "/api/v3")+"/_admin/"+path, "", body)
		if res.StatusCode != want {
			t.Errorf("%s %s: %d %s", method, path, res.StatusCode, text)
		}
		return text
	}
	var moved struct{ Number int }
	if err := json.Unmarshal([]byte(admin("POST", "repos/acme/upgrades/issues/1/transfer", `{"to":"protocol","as":"rui"}`, 200)), &moved); err != nil || moved.Number != 2 {
		t.Errorf("moved to %d, %v", moved.Number, err)
	}
	admin("DELETE", "repos/acme/protocol/issues/2", "", 204)
	admin("DELETE", "repos/acme/protocol/issues/2", "", 422)
	admin("PATCH", "repos/acme/upgrades", `{"name":"trains"}`, 204)
	admin("PATCH", "teams/protocol", `{"name":"Platform"}`, 204)
	admin("PATCH", "teams/protocol", `{"name":"Platform"}`, 422)
	admin("POST", "repos/acme/trains/issues/x/transfer", "", 404)
	if got := w.heardKinds(); !slices.Equal(strings.Fields(got), []string{"issues.transferred", "issues.opened", "issues.deleted", "repository.renamed", "team.edited"}) {
		t.Errorf("heard %s", got)
	}
	// What was transferred and then deleted is gone from both addresses.
	if res, _ := w.once("GET", "/repos/acme/trains/issues/1", "token "+w.Token("engineer"), ""); res.StatusCode != http.StatusGone {
		t.Errorf("the first address answers %d", res.StatusCode)
	}
}
