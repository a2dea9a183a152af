package emulator_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestOneUpdateChangesEverythingAndTellsEachChange(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	w.open("engineer", "before", "a")
	i := must[*github.Issue](t)(w.as("maintainer").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Title: github.String("after"), Body: github.String("text"), Labels: &[]string{"bug"},
		Assignees: &[]string{"ada"}, Milestone: github.Int(1), State: github.String("closed"),
		StateReason: github.String("not_planned")}))
	if i.GetTitle() != "after" || i.GetState() != "closed" || i.GetStateReason() != "not_planned" ||
		i.GetMilestone().GetNumber() != 1 || i.GetAssignee().GetLogin() != "ada" || i.GetClosedBy().GetLogin() != "mara" {
		t.Errorf("got %v", i)
	}
	want := "issues.edited issues.unlabeled issues.labeled issues.assigned issues.milestoned issues.closed"
	if got := w.heardKinds(); got != want {
		t.Errorf("heard %s\nwant  %s", got, want)
	}
}

func TestAMilestoneIsTakenOffWithNull(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	w.open("engineer", "an issue")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Milestone: github.Int(1)}))
	i := must[*github.Issue](t)(w.bot.Issues.RemoveMilestone(ctx, "acme", "upgrades", 1))
	if i.Milestone != nil {
		t.Error("the milestone is still there")
	}
	if got := w.heardKinds(); got != "issues.milestoned issues.demilestoned" {
		t.Errorf("heard %s", got)
	}
}

func TestAnUnchangedIssueTellsNothing(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "same", "bug")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Title: github.String("same"), Labels: &[]string{"bug"}, State: github.String("open")}))
	if got := w.heardKinds(); got != "" {
		t.Errorf("heard %s", got)
	}
}

func TestATickTellsTheBodyBefore(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades",
		&github.IssueRequest{Title: github.String("list"), Body: github.String("- [ ] one")}))
	w.heard()
	must[*github.Issue](t)(w.as("reviewer").Issues.Edit(ctx, "acme", "upgrades", 1,
		&github.IssueRequest{Body: github.String("- [x] one")}))
	e := w.heard()[0]
	body, _ := e.payload["changes"].(map[string]any)["body"].(map[string]any)
	sender, _ := e.payload["sender"].(map[string]any)
	if e.kind != "issues.edited" || body["from"] != "- [ ] one" || sender["login"] != "rui" {
		t.Errorf("heard %s by %v from %v", e.kind, sender["login"], body["from"])
	}
}

func TestIssueTextHasLimits(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	huge := strings.Repeat("x", 262_145)
	create := func(title, body string) error {
		_, _, err := w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: &title, Body: &body})
		return err
	}
	wantStatus(t, create(strings.Repeat("t", 257), ""), http.StatusUnprocessableEntity, "Validation")
	wantStatus(t, create(" ", ""), http.StatusUnprocessableEntity, "Validation")
	wantStatus(t, create("t", huge), http.StatusUnprocessableEntity, "Validation")
	if err := create(strings.Repeat("ü", 256), huge[:262_144]); err != nil {
		t.Errorf("the largest issue was refused: %v", err)
	}
	_, _, err := w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{})
	wantStatus(t, err, http.StatusUnprocessableEntity, `"title" wasn't supplied`)
	i := must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Body: &huge}))
	if i.GetBody() != huge[:262_144] {
		t.Error("an update past the limit did not keep the old body")
	}
	_, _, err = w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: &huge})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
}

func TestTextIsKeptAsItIs(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	text := "@everyone <!-- bot:x --> & \u200b /board #1\r\n- [X] \"done\""
	i := must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades",
		&github.IssueRequest{Title: github.String("@everyone /help"), Body: &text}))
	if i.GetBody() != text || i.GetTitle() != "@everyone /help" {
		t.Errorf("got %q", i.GetBody())
	}
}

func TestOnlyAuthorsAndTriagersChangeIssues(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "ada's")
	_, _, err := w.as("outsider").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{State: github.String("closed")})
	wantStatus(t, err, http.StatusForbidden, "Must have admin rights")
}

func TestIssuesAreListedBy(t *testing.T) {
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(t, emulator.Options{Start: start, Frozen: true})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	w.open("engineer", "1", "a", "b") // at 0:00
	w.Advance(time.Hour)
	w.open("reviewer", "2", "a")
	w.Advance(time.Hour)
	w.open("engineer", "3")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 3, &github.IssueRequest{
		Milestone: github.Int(1), Assignees: &[]string{"ada"}}))
	w.Advance(time.Hour)
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1,
		&github.IssueComment{Body: github.String("cc @rui")}))
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 2, &github.IssueRequest{State: github.String("closed")}))
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("4"), Head: github.String("x"), Base: github.String("main")}))

	tests := map[string]struct {
		opt  github.IssueListByRepoOptions
		want string
	}{
		"newest first, open ones, pull requests too": {github.IssueListByRepoOptions{}, "4 3 1"},
		"all, oldest first":                          {github.IssueListByRepoOptions{State: "all", Direction: "asc"}, "1 2 3 4"},
		"closed":                                     {github.IssueListByRepoOptions{State: "closed"}, "2"},
		"label":                                      {github.IssueListByRepoOptions{State: "all", Labels: []string{"A"}}, "2 1"},
		"two labels":                                 {github.IssueListByRepoOptions{State: "all", Labels: []string{"a", "b"}}, "1"},
		"milestone":                                  {github.IssueListByRepoOptions{Milestone: "1"}, "3"},
		"any milestone":                              {github.IssueListByRepoOptions{Milestone: "*"}, "3"},
		"no milestone":                               {github.IssueListByRepoOptions{Milestone: "none"}, "4 1"},
		"assignee":                                   {github.IssueListByRepoOptions{Assignee: "ADA"}, "3"},
		"no assignee":                                {github.IssueListByRepoOptions{Assignee: "none"}, "4 1"},
		"creator":                                    {github.IssueListByRepoOptions{State: "all", Creator: "rui"}, "2"},
		"mentioned":                                  {github.IssueListByRepoOptions{State: "all", Mentioned: "rui"}, "1"},
		"updated since":                              {github.IssueListByRepoOptions{State: "all", Since: start.Add(3 * time.Hour)}, "4 2 1"},
		"updated since that hour":                    {github.IssueListByRepoOptions{State: "all", Since: start.Add(2 * time.Hour)}, "4 3 2 1"},
		"most comments first":                        {github.IssueListByRepoOptions{State: "all", Sort: "comments"}, "1 4 3 2"},
		"last updated last":                          {github.IssueListByRepoOptions{State: "all", Sort: "updated", Direction: "asc"}, "3 1 2 4"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, i := range must[[]*github.Issue](t)(w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", &tc.opt)) {
				got = append(got, i.GetTitle())
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
	_, _, err := w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", &github.IssueListByRepoOptions{Milestone: "9"})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
}

func TestAssigneesAreWhoMayBeAssigned(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	i := must[*github.Issue](t)(w.bot.Issues.AddAssignees(ctx, "acme", "upgrades", 1, []string{"rui", "otto", "nobody"}))
	if len(i.Assignees) != 1 || i.Assignees[0].GetLogin() != "rui" {
		t.Errorf("assigned %v, want rui alone", i.Assignees)
	}
	_, _, err := w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Assignees: &[]string{"nobody"}})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
	must[*github.IssueComment](t)(w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", 1,
		&github.IssueComment{Body: github.String("me?")}))
	i = must[*github.Issue](t)(w.bot.Issues.AddAssignees(ctx, "acme", "upgrades", 1, []string{"otto"}))
	if len(i.Assignees) != 2 {
		t.Errorf("otto commented and may be assigned now, got %v", i.Assignees)
	}
	can := must[bool](t)(w.bot.Issues.IsAssignee(ctx, "acme", "upgrades", "ada"))
	cannot := must[bool](t)(w.bot.Issues.IsAssignee(ctx, "acme", "upgrades", "otto"))
	if !can || cannot {
		t.Errorf("ada may: %t, otto may: %t", can, cannot)
	}
}

func TestALockedIssueTakesCommentsFromWritersOnly(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "heated")
	if _, err := w.as("maintainer").Issues.Lock(ctx, "acme", "upgrades", 1, &github.LockIssueOptions{LockReason: "resolved"}); err != nil {
		t.Fatal(err)
	}
	comment := &github.IssueComment{Body: github.String("but")}
	_, _, err := w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", 1, comment)
	wantStatus(t, err, http.StatusForbidden, "issue is locked")
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, comment))
	if got := w.heardKinds(); got != "issues.locked issue_comment.created" {
		t.Errorf("heard %s", got)
	}
}

func TestTheTimelineTellsWhoDidWhat(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "one", "bug")
	mara := w.as("maintainer")
	must[*github.Issue](t)(mara.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Title: github.String("uno"), Assignees: &[]string{"ada"}}))
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("hm")}))
	must[*github.Issue](t)(mara.Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{
		Title: github.String("two"), Body: github.String("like acme/upgrades#1, not `acme/upgrades#2`")}))
	must[*github.Issue](t)(mara.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{State: github.String("closed")}))
	var got []string
	for _, e := range must[[]*github.Timeline](t)(w.bot.Issues.ListIssueTimeline(ctx, "acme", "upgrades", 1, nil)) {
		got = append(got, e.GetEvent()+" "+e.GetActor().GetLogin())
	}
	want := []string{"labeled ada", "renamed mara", "assigned mara", "commented stationmaster[bot]",
		"cross-referenced mara", "closed mara"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	events := must[[]*github.IssueEvent](t)(w.bot.Issues.ListIssueEvents(ctx, "acme", "upgrades", 1, nil))
	if len(events) != 4 || events[1].GetRename().GetFrom() != "one" {
		t.Errorf("events: %v", events)
	}
}
