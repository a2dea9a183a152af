package emulator_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestCommentsAreMadeEditedAndDeleted(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	ada, rui := w.as("engineer"), w.as("reviewer")
	m := must[*github.IssueComment](t)(ada.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("/help")}))
	must[*github.IssueComment](t)(ada.Issues.EditComment(ctx, "acme", "upgrades", m.GetID(), &github.IssueComment{Body: github.String("/help")}))
	must[*github.IssueComment](t)(rui.Issues.EditComment(ctx, "acme", "upgrades", m.GetID(), &github.IssueComment{Body: github.String("/status")}))
	if _, err := ada.Issues.DeleteComment(ctx, "acme", "upgrades", m.GetID()); err != nil {
		t.Fatal(err)
	}
	events := w.heard()
	if len(events) != 3 {
		t.Fatalf("heard %d events: an edit that changes nothing is told of by none", len(events))
	}
	body, _ := events[1].payload["changes"].(map[string]any)["body"].(map[string]any)
	author, _ := events[1].payload["comment"].(map[string]any)["user"].(map[string]any)
	sender, _ := events[1].payload["sender"].(map[string]any)
	if events[1].kind != "issue_comment.edited" || body["from"] != "/help" || author["login"] != "ada" || sender["login"] != "rui" {
		t.Errorf("heard %s from %v by %v of %v's", events[1].kind, body["from"], sender["login"], author["login"])
	}
	if events[2].kind != "issue_comment.deleted" {
		t.Errorf("heard %s", events[2].kind)
	}
	_, _, err := ada.Issues.GetComment(ctx, "acme", "upgrades", m.GetID())
	wantStatus(t, err, http.StatusNotFound, "Not Found")
}

func TestOutsidersEditTheirOwnCommentsOnly(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	m := must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("status")}))
	_, _, err := w.as("outsider").Issues.EditComment(ctx, "acme", "upgrades", m.GetID(), &github.IssueComment{Body: github.String("hacked")})
	wantStatus(t, err, http.StatusForbidden, "")
	if m.GetAuthorAssociation() != "NONE" {
		t.Errorf("the bot is %s", m.GetAuthorAssociation())
	}
}

func TestAReactionIsMadeOnce(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "an issue")
	m := must[*github.IssueComment](t)(w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("/help")}))
	w.heard()
	var id int64
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		x, res, err := w.bot.Reactions.CreateIssueCommentReaction(ctx, "acme", "upgrades", m.GetID(), "rocket")
		if err != nil || res.StatusCode != want {
			t.Errorf("got %v %v, want %d", res, err, want)
		}
		id = x.GetID()
	}
	m = must[*github.IssueComment](t)(w.bot.Issues.GetComment(ctx, "acme", "upgrades", m.GetID()))
	if m.Reactions.GetRocket() != 1 || m.Reactions.GetTotalCount() != 1 {
		t.Errorf("reactions: %v", m.Reactions)
	}
	if _, err := w.bot.Reactions.DeleteIssueCommentReaction(ctx, "acme", "upgrades", m.GetID(), id); err != nil {
		t.Fatal(err)
	}
	if left := must[[]*github.Reaction](t)(w.bot.Reactions.ListIssueCommentReactions(ctx, "acme", "upgrades", m.GetID(), nil)); len(left) != 0 {
		t.Errorf("%d reactions are left", len(left))
	}
	_, _, err := w.bot.Reactions.CreateIssueReaction(ctx, "acme", "upgrades", 1, "party")
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
	if got := w.heardKinds(); got != "" {
		t.Errorf("no webhook tells of reactions, heard %s", got)
	}
}

func TestAMergeClosesWhatTheBodySays(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	ada, mara := w.as("engineer"), w.as("maintainer")
	for _, title := range []string{"fixed", "only named", "in code"} {
		must[*github.Issue](t)(ada.Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{Title: &title}))
	}
	p := must[*github.PullRequest](t)(ada.PullRequests.Create(ctx, "acme", "protocol", &github.NewPullRequest{
		Title: github.String("Batcher"), Head: github.String("batcher"), Base: github.String("main"),
		Body: github.String("Fixes #1. See #2.\n`Closes #3`\nFeature: acme/upgrades#12")}))
	w.heard()
	_, _, err := ada.PullRequests.Merge(ctx, "acme", "protocol", 4, "", &github.PullRequestOptions{SHA: "0000"})
	wantStatus(t, err, http.StatusConflict, "Head branch was modified")
	_, _, err = w.as("outsider").PullRequests.Merge(ctx, "acme", "protocol", 4, "", nil)
	wantStatus(t, err, http.StatusForbidden, "")
	done := must[*github.PullRequestMergeResult](t)(mara.PullRequests.Merge(ctx, "acme", "protocol", 4, "",
		&github.PullRequestOptions{SHA: p.GetHead().GetSHA()}))
	if !done.GetMerged() {
		t.Error("not merged")
	}
	events := w.heard()
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.kind)
	}
	if got := strings.Join(kinds, " "); got != "pull_request.closed push issues.closed" {
		t.Errorf("heard %s", got)
	}
	pr, _ := events[0].payload["pull_request"].(map[string]any)
	if pr["merged"] != true || pr["merge_commit_sha"] != done.GetSHA() {
		t.Errorf("the webhook says merged: %v", pr["merged"])
	}
	closed := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "protocol", 1))
	if closed.GetState() != "closed" || closed.GetClosedBy().GetLogin() != "mara" || closed.GetStateReason() != "completed" {
		t.Errorf("issue 1 is %s by %s", closed.GetState(), closed.GetClosedBy().GetLogin())
	}
	for _, n := range []int{2, 3} {
		if i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "protocol", n)); i.GetState() != "open" {
			t.Errorf("issue %d is %s", n, i.GetState())
		}
	}
	_, _, err = mara.PullRequests.Merge(ctx, "acme", "protocol", 4, "", nil)
	wantStatus(t, err, http.StatusMethodNotAllowed, "not mergeable")
	_, _, err = mara.Issues.Edit(ctx, "acme", "protocol", 4, &github.IssueRequest{State: github.String("open")})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
}

func TestAPullRequestIsAnIssueWithItsOwnEvents(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	ada := w.as("engineer")
	create := &github.NewPullRequest{Title: github.String("p"), Head: github.String("x"), Base: github.String("main")}
	must[*github.PullRequest](t)(ada.PullRequests.Create(ctx, "acme", "protocol", create))
	_, _, err := ada.PullRequests.Create(ctx, "acme", "protocol", create)
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
	must[[]*github.Label](t)(ada.Issues.AddLabelsToIssue(ctx, "acme", "protocol", 1, []string{"bug"}))
	must[*github.IssueComment](t)(ada.Issues.CreateComment(ctx, "acme", "protocol", 1, &github.IssueComment{Body: github.String("hm")}))
	must[*github.PullRequest](t)(ada.PullRequests.Edit(ctx, "acme", "protocol", 1, &github.PullRequest{State: github.String("closed")}))
	must[*github.PullRequest](t)(ada.PullRequests.Edit(ctx, "acme", "protocol", 1, &github.PullRequest{State: github.String("open")}))
	must[*github.RepositoryContentResponse](t)(ada.Repositories.CreateFile(ctx, "acme", "protocol", "a/b.go",
		&github.RepositoryContentFileOptions{Message: github.String("m"), Content: []byte("package b\n"), Branch: github.String("x")}))
	want := "pull_request.opened pull_request.labeled issue_comment.created pull_request.closed " +
		"pull_request.reopened push pull_request.synchronize"
	if got := w.heardKinds(); got != want {
		t.Errorf("heard %s\nwant  %s", got, want)
	}
	i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "protocol", 1))
	if !i.IsPullRequest() {
		t.Error("the issue does not say that it is a pull request")
	}
	files := must[[]*github.CommitFile](t)(w.bot.PullRequests.ListFiles(ctx, "acme", "protocol", 1, nil))
	if len(files) != 1 || files[0].GetFilename() != "a/b.go" {
		t.Errorf("files: %v", files)
	}
	list := must[[]*github.PullRequest](t)(w.bot.PullRequests.List(ctx, "acme", "protocol", nil))
	if len(list) != 1 || list[0].GetHead().GetRef() != "x" {
		t.Errorf("list: %v", list)
	}
}

func TestFilesAreReadListedAndWritten(t *testing.T) {
	w := newWorld(t, emulator.Options{TrackingConfig: "roles: {}\n"})
	file, _, _, err := w.bot.Repositories.GetContents(ctx, "acme", "upgrades", ".github/stationmaster.yml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := file.GetContent(); err != nil || text != "roles: {}\n" {
		t.Errorf("got %q %v", text, err)
	}
	_, dir, _, err := w.bot.Repositories.GetContents(ctx, "acme", "upgrades", "", nil)
	if err != nil || len(dir) != 2 || dir[0].GetType() != "dir" || dir[1].GetPath() != "README.md" {
		t.Errorf("the root holds %v %v", dir, err)
	}
	auth := "token " + w.Token("engineer")
	for _, path := range []string{"", "/", "/.github%2Fstationmaster.yml", "/.github"} {
		if res, _ := w.ask("GET", "/repos/acme/upgrades/contents"+path, auth, ""); res.StatusCode != 200 {
			t.Errorf("contents%s: %d", path, res.StatusCode)
		}
	}
	body, _, err := w.bot.Repositories.DownloadContents(ctx, "acme", "upgrades", ".github/stationmaster.yml", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if text, err := io.ReadAll(body); err != nil || string(text) != "roles: {}\n" {
		t.Errorf("downloaded %q %v", text, err)
	}
	ada := w.as("engineer")
	change := &github.RepositoryContentFileOptions{Message: github.String("m"), Content: []byte("roles: {a: b}\n")}
	_, _, err = ada.Repositories.UpdateFile(ctx, "acme", "upgrades", ".github/stationmaster.yml", change)
	wantStatus(t, err, http.StatusUnprocessableEntity, `"sha" wasn't supplied`)
	change.SHA = github.String("beef")
	_, _, err = ada.Repositories.UpdateFile(ctx, "acme", "upgrades", ".github/stationmaster.yml", change)
	wantStatus(t, err, http.StatusConflict, "does not match")
	change.SHA = file.SHA
	must[*github.RepositoryContentResponse](t)(ada.Repositories.UpdateFile(ctx, "acme", "upgrades", ".github/stationmaster.yml", change))
	if got := w.heardKinds(); got != "push" {
		t.Errorf("heard %s", got)
	}
	_, _, err = w.bot.Repositories.UpdateFile(ctx, "acme", "upgrades", ".github/stationmaster.yml", change)
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
}

func TestTeamsAndRolesAreAsSeeded(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := map[string]string{"ada": "write", "rui": "write", "sasha": "write", "mara": "maintain", "otto": "read"}
	for login, want := range roles {
		p := must[*github.RepositoryPermissionLevel](t)(w.bot.Repositories.GetPermissionLevel(ctx, "acme", "upgrades", login))
		legacy := strings.Replace(want, "maintain", "write", 1)
		if p.GetUser().GetRoleName() != want || p.GetPermission() != legacy {
			t.Errorf("%s is %s (%s)", login, p.GetUser().GetRoleName(), p.GetPermission())
		}
	}
	m := must[*github.Membership](t)(w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "release-managers", "mara"))
	if m.GetState() != "active" {
		t.Errorf("mara is %s", m.GetState())
	}
	_, _, err := w.bot.Teams.GetTeamMembershipBySlug(ctx, "acme", "security", "ada")
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	for persona, want := range map[string]int{"engineer": 6, "outsider": 0} {
		if got := must[[]*github.Team](t)(w.as(persona).Teams.ListTeams(ctx, "acme", nil)); len(got) != want {
			t.Errorf("%s sees %d teams, want %d", persona, len(got), want)
		}
	}
	if err := w.AddTeamMember("security", "ada"); err != nil {
		t.Fatal(err)
	}
	if err := w.RemoveTeamMember("engineers", "ada"); err != nil {
		t.Fatal(err)
	}
	who := must[[]*github.User](t)(w.bot.Teams.ListTeamMembersBySlug(ctx, "acme", "security", nil))
	if !slices.ContainsFunc(who, func(u *github.User) bool { return u.GetLogin() == "ada" }) {
		t.Error("ada did not join")
	}
	if got := w.heardKinds(); got != "membership.added membership.removed" {
		t.Errorf("heard %s", got)
	}
	if w.AddTeamMember("nobodies", "ada") == nil || w.AddTeamMember("security", "nobody") == nil {
		t.Error("a team or person that is not was accepted")
	}
}
