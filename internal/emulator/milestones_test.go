package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestDueDatesAreCutToThePacificDay(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	tests := map[string]struct{ in, want string }{
		"noon in winter":           {"2026-12-31T12:00:00Z", "2026-12-31T08:00:00Z"},
		"noon in summer":           {"2026-07-01T12:00:00Z", "2026-07-01T07:00:00Z"},
		"midnight is still before": {"2026-12-31T00:00:00Z", "2026-12-30T08:00:00Z"},
		"another zone":             {"2026-12-31T01:00:00+01:00", "2026-12-30T08:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			in, err := time.Parse(time.RFC3339, tc.in)
			if err != nil {
				t.Fatal(err)
			}
			m := must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades",
				&github.Milestone{Title: &name, DueOn: &github.Timestamp{Time: in}}))
			if got := m.GetDueOn().UTC().Format(time.RFC3339); got != tc.want {
				t.Errorf("%s became %s, want %s", tc.in, got, tc.want)
			}
		})
	}
}

func TestMilestonesAreMadeChangedAndDeleted(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	title := func(s string) *github.Milestone { return &github.Milestone{Title: &s} }
	m := must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", title("Upgrade 17")))
	if m.GetNumber() != 1 || m.GetID() == 1 {
		t.Errorf("number %d, id %d", m.GetNumber(), m.GetID())
	}
	_, _, err := w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", title("Upgrade 17"))
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
	w.open("engineer", "passenger")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Milestone: github.Int(1)}))
	m = must[*github.Milestone](t)(w.bot.Issues.EditMilestone(ctx, "acme", "upgrades", 1,
		&github.Milestone{Title: github.String("Upgrade 17 · Karst"), State: github.String("closed")}))
	if m.GetOpenIssues() != 1 || m.GetState() != "closed" || m.ClosedAt == nil {
		t.Errorf("got %v", m)
	}
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{State: github.String("closed")}))
	m = must[*github.Milestone](t)(w.bot.Issues.GetMilestone(ctx, "acme", "upgrades", 1))
	if m.GetOpenIssues() != 0 || m.GetClosedIssues() != 1 {
		t.Errorf("counts %d open, %d closed", m.GetOpenIssues(), m.GetClosedIssues())
	}
	w.heard()
	if _, err := w.bot.Issues.DeleteMilestone(ctx, "acme", "upgrades", 1); err != nil {
		t.Fatal(err)
	}
	if got := w.heardKinds(); got != "issues.demilestoned milestone.deleted" {
		t.Errorf("heard %s", got)
	}
	m = must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", title("next")))
	if m.GetNumber() != 2 {
		t.Errorf("the number of a deleted milestone was given again: %d", m.GetNumber())
	}
}

func TestMilestonesAreListedOpenOnesFirstDueFirst(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	day := func(d int) *github.Timestamp {
		return &github.Timestamp{Time: time.Date(2026, 12, d, 12, 0, 0, 0, time.UTC)}
	}
	for _, m := range []github.Milestone{
		{Title: github.String("never")}, {Title: github.String("late"), DueOn: day(20)},
		{Title: github.String("soon"), DueOn: day(2)}, {Title: github.String("past"), State: github.String("closed")},
	} {
		must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &m))
	}
	got := ""
	for _, m := range must[[]*github.Milestone](t)(w.bot.Issues.ListMilestones(ctx, "acme", "upgrades", nil)) {
		got += m.GetTitle() + " "
	}
	if got != "soon late never " {
		t.Errorf("got %s", got)
	}
}
