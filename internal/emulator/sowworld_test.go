package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

const harbour = `
org: {login: harbour, name: Harbour}
app: {slug: pilot, permissions: {issues: write}, events: [issues], on: [log]}
repos:
  - name: log
    files: {.github/pilot.yml: "greet: true\n"}
    labels: [{name: urgent, color: B60205}]
    milestones: [{title: "1.0", due: 2026-12-10}]
    issues:
      - {title: A ship comes in, body: From the north, by: rui, labels: [Urgent, kind/ship], milestone: "1.0", assignees: [ada],
         comments: [{by: otto, body: "I see it, @ada"}]}
      - {title: It has left, by: otto, state: closed, labels: [urgent]}
  - {name: charts, public: true}
people:
  - {login: rui, role: write}
  - {login: Ada, role: maintain, teams: [pilots]}
  - {login: otto, role: read, member: false}
`

func TestAWorldFromAFileIsAsIfItsPeopleHadMadeIt(t *testing.T) {
	file, err := genesis.Parse([]byte(harbour))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, emulator.Options{World: file, Limits: true})
	if got := w.heardKinds(); got != "" {
		t.Errorf("of how it was made the bot heard %s", got)
	}
	if w.cred.Owner != "harbour" || w.cred.Repo != "log" || w.cred.CodeRepo != "charts" || w.cred.Users["Ada"] == "" || len(w.cred.Users) != 3 {
		t.Errorf("the credentials are %+v", w.cred)
	}
	issues, _, err := w.bot.Issues.ListByRepo(ctx, "harbour", "log", &github.IssueListByRepoOptions{State: "all", Direction: "asc"})
	if err != nil || len(issues) != 2 {
		t.Fatalf("%d issues, %v", len(issues), err)
	}
	first, second := issues[0], issues[1]
	if first.GetUser().GetLogin() != "rui" || len(first.Labels) != 2 || first.Labels[0].GetName() != "urgent" || first.Labels[0].GetColor() != "b60205" ||
		first.GetMilestone().GetTitle() != "1.0" || first.GetMilestone().GetDueOn().Format(time.DateOnly) != "2026-12-10" ||
		first.GetAssignee().GetLogin() != "Ada" || first.GetComments() != 1 {
		t.Errorf("the first is %s", text(first))
	}
	if second.GetState() != "closed" || second.GetUser().GetLogin() != "otto" || len(second.Labels) != 1 {
		t.Errorf("the second is %s", text(second))
	}
	if a := must[*github.App](t)(w.app().Apps.Get(ctx, "")); a.GetSlug() != "pilot" || a.GetPermissions().GetMetadata() != "read" || len(a.Events) != 1 {
		t.Errorf("the App is %s", text(a))
	}
	c := must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "harbour", "log", 1, &github.IssueComment{Body: github.String("hello")}))
	if c.GetUser().GetLogin() != "pilot[bot]" {
		t.Errorf("the bot is %s", c.GetUser().GetLogin())
	}
	if _, _, err := w.bot.Issues.Create(ctx, "harbour", "charts", &github.IssueRequest{Title: github.String("t")}); err == nil {
		t.Error("the App may write where it is not installed")
	}
	if err := w.AddTeamMember("pilots", "rui"); err != nil {
		t.Error(err)
	}
	if n := w.Requests().Writes; n != 2 {
		t.Errorf("making the world counts as %d writes", n-2)
	}
	if _, unread := w.ask("GET", "/repos/harbour/log/contents/.github/pilot.yml", "token "+w.Token("rui"), ""); !strings.Contains(unread, "pilot.yml") {
		t.Errorf("the file is %s", unread)
	}
}

func TestAnAppFromAFileHearsOnlyOfWhatItMayRead(t *testing.T) {
	for app, want := range map[string]string{
		"{permissions: {issues: write}}":                          "issues issue_comment label milestone repository",
		"{permissions: {contents: read}, events: [push]}":         "push",
		"{permissions: {contents: read}, events: [push, issues]}": "",
	} {
		file, err := genesis.Parse([]byte("app: " + app + "\nrepos: [{name: log}]\npeople: [{login: ada}]"))
		if err != nil {
			t.Fatal(err)
		}
		gh, err := emulator.New(emulator.Options{World: file})
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "issues") {
				t.Errorf("%s: %v", app, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		w := &trouble{GitHub: gh, t: t}
		if _, err := gh.Start("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = gh.Close() })
		w.cred = gh.Credentials()
		var a struct{ Events []string }
		if err := json.Unmarshal([]byte(w.ask("Bearer "+jwtOf(t, w.cred.AppID, gh.PrivateKey(), time.Now()), "GET", "/app", "").body), &a); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(a.Events, " "); got != want {
			t.Errorf("%s: it hears of %s, want %s", app, got, want)
		}
	}
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
