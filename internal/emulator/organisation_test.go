package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// keeper are the options of an App that may change repositories and teams.
func keeper(events ...string) emulator.Options {
	return emulator.Options{Events: events, Permissions: map[string]string{"metadata": "read", "issues": "write",
		"contents": "write", "members": "write", "administration": "write"}}
}

func TestARepositoryIsChanged(t *testing.T) {
	w := newWorld(t, keeper("repository"))
	edit := func(r *github.Repository) *github.Repository {
		t.Helper()
		return must[*github.Repository](t)(w.bot.Repositories.Edit(ctx, "acme", "upgrades", r))
	}
	for _, step := range []struct {
		ask   *github.Repository
		heard string
	}{
		{&github.Repository{Description: github.String("new"), Homepage: github.String("https://example.com")}, "repository.edited"},
		{&github.Repository{Description: github.String("new")}, ""},
		{&github.Repository{Private: github.Bool(false)}, "repository.publicized"},
		{&github.Repository{Visibility: github.String("private")}, "repository.privatized"},
		{&github.Repository{Archived: github.Bool(true)}, "repository.archived"},
	} {
		edit(step.ask)
		if got := w.heardKinds(); got != step.heard {
			t.Errorf("after %v heard %q, want %q", step.ask, got, step.heard)
		}
	}
	r := must[*github.Repository](t)(w.bot.Repositories.Get(ctx, "acme", "upgrades"))
	if r.GetDescription() != "new" || r.GetHomepage() != "https://example.com" || !r.GetPrivate() || !r.GetArchived() {
		t.Errorf("it is %v now", r)
	}
	_, _, err := w.as("engineer").Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")})
	wantStatus(t, err, http.StatusForbidden, "archived so is read-only")
	edit(&github.Repository{Archived: github.Bool(false), Name: github.String("trains")})
	if got := w.heardKinds(); got != "repository.renamed repository.unarchived" {
		t.Errorf("heard %s", got)
	}
	_, _, err = w.as("maintainer").Repositories.Edit(ctx, "acme", "trains", &github.Repository{Description: github.String("mine")})
	wantStatus(t, err, http.StatusForbidden, "")
}

func TestRepositoriesAreListedForWhoSeesThem(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	names := func(rs []*github.Repository) string {
		var out []string
		for _, r := range rs {
			out = append(out, r.GetName())
		}
		return strings.Join(out, " ")
	}
	for typ, want := range map[string]string{"": "protocol upgrades", "private": "protocol upgrades", "public": "", "forks": ""} {
		rs := must[[]*github.Repository](t)(w.bot.Repositories.ListByOrg(ctx, "acme",
			&github.RepositoryListByOrgOptions{Type: typ, Sort: "full_name"}))
		if got := names(rs); got != want {
			t.Errorf("type %q: %s, want %s", typ, got, want)
		}
	}
	rs := must[[]*github.Repository](t)(w.client(http.DefaultTransport).Repositories.ListByOrg(ctx, "acme", nil))
	if len(rs) != 0 {
		t.Errorf("nobody sees %s", names(rs))
	}
	mine := must[[]*github.Repository](t)(w.as("engineer").Repositories.ListByAuthenticatedUser(ctx, nil))
	if names(mine) != "protocol upgrades" || !mine[0].GetPermissions()["push"] {
		t.Errorf("ada's: %s %v", names(mine), mine[0].GetPermissions())
	}
}

func TestADispatchIsAWebhookOfTheCallersOwn(t *testing.T) {
	w := newWorld(t, keeper("repository_dispatch"))
	payload := json.RawMessage(`{"train":"17"}`)
	if _, _, err := w.bot.Repositories.Dispatch(ctx, "acme", "upgrades",
		github.DispatchRequestOptions{EventType: "departed", ClientPayload: &payload}); err != nil {
		t.Fatal(err)
	}
	events := w.heard()
	if len(events) != 1 || events[0].kind != "repository_dispatch.departed" || events[0].payload["branch"] != "main" {
		t.Fatalf("heard %v", events)
	}
	if got := fmt.Sprint(events[0].payload["client_payload"]); got != "map[train:17]" {
		t.Errorf("payload %s", got)
	}
	many := map[string]int{}
	for n := range 11 {
		many[fmt.Sprint(n)] = n
	}
	for name, ask := range map[string]map[string]any{
		"no type":       {},
		"a long type":   {"event_type": strings.Repeat("x", 101)},
		"too many keys": {"event_type": "x", "client_payload": many},
		"too much":      {"event_type": "x", "client_payload": map[string]string{"a": strings.Repeat("x", 64<<10)}},
	} {
		t.Run(name, func(t *testing.T) {
			wantStatus(t, send(w.bot, "POST", "/repos/acme/upgrades/dispatches", ask, nil), http.StatusUnprocessableEntity, "")
		})
	}
}

func TestWhoIsInATeamBelowIsInTheTeam(t *testing.T) {
	w := newWorld(t, keeper("team", "membership"))
	up := must[*github.Team](t)(w.bot.Teams.GetTeamBySlug(ctx, "acme", "protocol"))
	must[*github.Team](t)(w.bot.Teams.CreateTeam(ctx, "acme", github.NewTeam{Name: "Core Reviewers", ParentTeamID: up.ID}))
	must[*github.Membership](t)(w.bot.Teams.AddTeamMembershipBySlug(ctx, "acme", "core-reviewers", "sasha", nil))
	if got := w.heardKinds(); got != "team.created membership.added" {
		t.Errorf("heard %s", got)
	}
	m := must[*github.Membership](t)(w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "protocol", "sasha"))
	if m.GetState() != "active" {
		t.Errorf("sasha is %v", m)
	}
	people := must[[]*github.User](t)(w.bot.Teams.ListTeamMembersBySlug(ctx, "acme", "protocol", nil))
	if len(people) != 2 {
		t.Errorf("protocol has %d members", len(people))
	}
	below := must[[]*github.Team](t)(w.bot.Teams.ListChildTeamsByParentSlug(ctx, "acme", "protocol", nil))
	if len(below) != 1 || below[0].GetParent().GetSlug() != "protocol" {
		t.Errorf("below it: %v", below)
	}
	if _, err := w.bot.Teams.RemoveTeamMembershipBySlug(ctx, "acme", "core-reviewers", "sasha"); err != nil {
		t.Error(err)
	}
	_, _, err := w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "protocol", "sasha")
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	of := must[*github.Membership](t)(w.bot.Organizations.GetOrgMembership(ctx, "sasha", "acme"))
	if of.GetRole() != "member" || of.GetState() != "active" {
		t.Errorf("sasha's membership: %v", of)
	}
	_, _, err = w.as("outsider").Organizations.GetOrgMembership(ctx, "sasha", "acme")
	wantStatus(t, err, http.StatusForbidden, "must be a member of acme")
}

func TestATeamsRightsAreItsMembers(t *testing.T) {
	w := newWorld(t, keeper("team", "team_add"))
	rename := &github.Repository{Description: github.String("ours")}
	rui := w.as("reviewer").Repositories
	_, _, err := rui.Edit(ctx, "acme", "upgrades", rename)
	wantStatus(t, err, http.StatusForbidden, "")
	grant := func(permission string) {
		t.Helper()
		if _, err := w.bot.Teams.AddTeamRepoBySlug(ctx, "acme", "protocol", "acme", "upgrades",
			&github.TeamAddTeamRepoOptions{Permission: permission}); err != nil {
			t.Fatal(err)
		}
	}
	grant("admin")
	must[*github.Repository](t)(rui.Edit(ctx, "acme", "upgrades", rename))
	if got := w.heardKinds(); got != "team.added_to_repository team_add" {
		t.Errorf("heard %s", got)
	}
	level := must[*github.RepositoryPermissionLevel](t)(w.bot.Repositories.GetPermissionLevel(ctx, "acme", "upgrades", "rui"))
	if level.GetPermission() != "admin" {
		t.Errorf("rui has %s", level.GetPermission())
	}
	grant("pull")
	_, _, err = rui.Edit(ctx, "acme", "upgrades", rename)
	wantStatus(t, err, http.StatusForbidden, "")
	teams := must[[]*github.Team](t)(w.bot.Repositories.ListTeams(ctx, "acme", "upgrades", nil))
	if len(teams) != 1 || teams[0].GetPermission() != "pull" {
		t.Errorf("teams %v", teams)
	}
	if _, err := w.bot.Teams.RemoveTeamRepoBySlug(ctx, "acme", "protocol", "acme", "upgrades"); err != nil {
		t.Error(err)
	}
	if got := w.heardKinds(); got != "team.removed_from_repository" {
		t.Errorf("heard %s", got)
	}
	if rs := must[[]*github.Repository](t)(w.bot.Teams.ListTeamReposBySlug(ctx, "acme", "protocol", nil)); len(rs) != 0 {
		t.Errorf("still in %v", rs)
	}
}

func TestIssuesAreListedAcrossRepositories(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	ada := w.as("engineer")
	for _, i := range []struct{ who, repo, title, body string }{
		{"engineer", "upgrades", "a", ""}, {"maintainer", "protocol", "b", "cc @ada"}, {"maintainer", "upgrades", "c", ""},
	} {
		must[*github.Issue](t)(w.as(i.who).Issues.Create(ctx, "acme", i.repo, &github.IssueRequest{Title: &i.title, Body: &i.body}))
	}
	must[*github.Issue](t)(w.bot.Issues.AddAssignees(ctx, "acme", "upgrades", 2, []string{"ada"}))
	for filter, want := range map[string]string{"": "c", "assigned": "c", "created": "a", "mentioned": "b", "subscribed": "a b c", "all": "a b c"} {
		opt := &github.IssueListOptions{Filter: filter, Direction: "asc"}
		for _, list := range [][]*github.Issue{
			must[[]*github.Issue](t)(ada.Issues.List(ctx, true, opt)),
			must[[]*github.Issue](t)(ada.Issues.ListByOrg(ctx, "acme", opt)),
		} {
			got := ""
			for _, i := range list {
				got += i.GetTitle() + " "
				if i.GetRepository().GetName() == "" {
					t.Errorf("%s does not say where it is from", i.GetTitle())
				}
			}
			if strings.Join(strings.Fields(got), " ") != want {
				t.Errorf("filter %q: %s, want %s", filter, got, want)
			}
		}
	}
}

func TestPullRequestsAreSortedAsAsked(t *testing.T) {
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	w := newWorld(t, emulator.Options{Start: start, Frozen: true})
	for _, name := range []string{"old", "talked", "new"} {
		must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
			Title: &name, Head: &name, Base: github.String("main")}))
		w.Advance(20 * 24 * time.Hour)
	}
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 2, &github.IssueComment{Body: github.String("hm")}))
	for name, tc := range map[string]struct {
		opt  github.PullRequestListOptions
		want string
	}{
		"newest first":       {github.PullRequestListOptions{}, "new talked old"},
		"least popular":      {github.PullRequestListOptions{Sort: "popularity"}, "old new talked"},
		"most popular":       {github.PullRequestListOptions{Sort: "popularity", Direction: "desc"}, "talked new old"},
		"long and not quiet": {github.PullRequestListOptions{Sort: "long-running"}, "talked"},
		"of one head":        {github.PullRequestListOptions{Head: "acme:old"}, "old"},
		"closed":             {github.PullRequestListOptions{State: "closed"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, p := range must[[]*github.PullRequest](t)(w.bot.PullRequests.List(ctx, "acme", "upgrades", &tc.opt)) {
				got += p.GetTitle() + " "
			}
			if strings.TrimSpace(got) != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	_, _, err := w.bot.PullRequests.List(ctx, "acme", "upgrades", &github.PullRequestListOptions{State: "merged"})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
}

func TestBranchesAreCompared(t *testing.T) {
	w := newWorld(t, ci())
	for _, name := range []string{"feat", "same"} {
		must[*github.Reference](t)(w.bot.Git.CreateRef(ctx, "acme", "upgrades", &github.Reference{
			Ref: github.String("refs/heads/" + name), Object: &github.GitObject{SHA: github.String(w.tip("main"))}}))
	}
	w.write("a.txt", "a\n", "feat")
	w.write("b.txt", "b\n", "feat")
	compare := func(base, head string) string {
		v := must[*github.CommitsComparison](t)(w.bot.Repositories.CompareCommits(ctx, "acme", "upgrades", base, head, nil))
		return fmt.Sprintf("%s %d %d %d %d", v.GetStatus(), v.GetAheadBy(), v.GetBehindBy(), len(v.Commits), len(v.Files))
	}
	for _, step := range []struct{ base, head, want string }{
		{"main", "same", "identical 0 0 0 0"}, {"main", "feat", "ahead 2 0 2 2"}, {"feat", "main", "behind 0 2 0 0"},
	} {
		if got := compare(step.base, step.head); got != step.want {
			t.Errorf("%s...%s: %s, want %s", step.base, step.head, got, step.want)
		}
	}
	w.write("c.txt", "c\n", "main")
	if got := compare("main", "feat"); !strings.HasPrefix(got, "diverged") {
		t.Errorf("both moved: %s", got)
	}
}
