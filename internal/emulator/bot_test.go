package emulator_test

import (
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestTheBotOpensLabelsAndCommentsAndHearsOfItsOwnActs(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	i := must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
		Title: github.String("Upgrade 17"), Body: github.String("body"), Labels: &[]string{"kind/upgrade"}}))
	if i.GetNumber() != 1 || i.GetUser().GetLogin() != "stationmaster[bot]" || i.GetUser().GetType() != "Bot" {
		t.Errorf("issue %d by %s (%s)", i.GetNumber(), i.GetUser().GetLogin(), i.GetUser().GetType())
	}
	if len(i.Labels) != 1 || i.Labels[0].GetColor() != "ededed" {
		t.Errorf("unknown label came out as %v", i.Labels)
	}
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1,
		&github.IssueComment{Body: github.String("hello")}))
	events := w.heard()
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.kind)
		sender, _ := e.payload["sender"].(map[string]any)
		if sender["login"] != "stationmaster[bot]" || sender["type"] != "Bot" {
			t.Errorf("%s was sent by %v", e.kind, sender["login"])
		}
		for _, key := range []string{"repository", "organization", "installation"} {
			if e.payload[key] == nil {
				t.Errorf("%s has no %s", e.kind, key)
			}
		}
	}
	want := []string{"label.created", "issues.opened", "issues.labeled", "issue_comment.created"}
	if len(kinds) != len(want) {
		t.Fatalf("heard %v, want %v", kinds, want)
	}
	for n := range want {
		if kinds[n] != want[n] {
			t.Fatalf("heard %v, want %v", kinds, want)
		}
	}
}
