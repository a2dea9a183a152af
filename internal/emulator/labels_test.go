package emulator_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestLabelNamesWithEscapesAreAddedAndRemoved(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "escapes")
	for _, name := range []string{"c#", "stage/x", "100%", "what?", "two words", "größe", "a+b"} {
		must[[]*github.Label](t)(w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{name}))
		got := must[*github.Label](t)(w.bot.Issues.GetLabel(ctx, "acme", "upgrades", url.PathEscape(name)))
		if got.GetName() != name {
			t.Errorf("label %q came back as %q", name, got.GetName())
		}
		if _, err := w.bot.Issues.RemoveLabelForIssue(ctx, "acme", "upgrades", 1, url.PathEscape(name)); err != nil {
			t.Errorf("remove %q: %v", name, err)
		}
	}
	left := must[[]*github.Label](t)(w.bot.Issues.ListLabelsByIssue(ctx, "acme", "upgrades", 1, nil))
	if len(left) != 0 {
		t.Errorf("%d labels are left", len(left))
	}
}

func TestAnUnescapedLabelNameMissesItsLabelAsAtGitHub(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "trap", "c", "c#")
	if _, err := w.bot.Issues.RemoveLabelForIssue(ctx, "acme", "upgrades", 1, "c#"); err != nil {
		t.Fatal(err)
	}
	left := must[[]*github.Label](t)(w.bot.Issues.ListLabelsByIssue(ctx, "acme", "upgrades", 1, nil))
	if len(left) != 1 || left[0].GetName() != "c#" {
		t.Errorf("left are %v, want c# alone", left)
	}
}

func TestALabelIsRefusedWhen(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "an issue", "present")
	long := strings.Repeat("x", 51)
	tests := map[string]struct {
		label github.Label
		text  string
	}{
		"its name has 51 characters":   {github.Label{Name: &long}, "name is too long (maximum is 50 characters)"},
		"it exists in other case":      {github.Label{Name: github.String("PRESENT")}, "already_exists"},
		"its colour is no hexadecimal": {github.Label{Name: github.String("n"), Color: github.String("#ff0000")}, "invalid"},
		"it has no name":               {github.Label{}, "wasn't supplied"},
		"its description is long": {github.Label{Name: github.String("n"),
			Description: github.String(strings.Repeat("d", 101))}, "description is too long"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.bot.Issues.CreateLabel(ctx, "acme", "upgrades", &tc.label)
			wantStatus(t, err, http.StatusUnprocessableEntity, "")
			if err == nil || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got %v, want it to say %q", err, tc.text)
			}
		})
	}
	_, _, err := w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{long})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
	if got := w.heardKinds(); got != "" {
		t.Errorf("refused labels were told of: %s", got)
	}
}

func TestLabelsAreFoundWithoutCaseAndKeepTheirOwn(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "case", "Stage/X")
	got := must[[]*github.Label](t)(w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"stage/x"}))
	if len(got) != 1 || got[0].GetName() != "Stage/X" {
		t.Errorf("labels are %v", got)
	}
	if kinds := w.heardKinds(); kinds != "" {
		t.Errorf("a label that was there already was told of: %s", kinds)
	}
}

func TestRemovingALabelThatIsNotThereSaysSo(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "an issue")
	_, err := w.bot.Issues.RemoveLabelForIssue(ctx, "acme", "upgrades", 1, "bug")
	wantStatus(t, err, http.StatusNotFound, "Label does not exist")
}

func TestDeletingALabelUnlabelsItsIssuesWithoutNamingIt(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "one", "gone")
	w.open("maintainer", "two", "gone", "stays")
	if _, err := w.as("maintainer").Issues.DeleteLabel(ctx, "acme", "upgrades", "gone"); err != nil {
		t.Fatal(err)
	}
	events := w.heard()
	if len(events) != 3 || events[0].kind != "label.deleted" {
		t.Fatalf("heard %d events", len(events))
	}
	for _, e := range events[1:] {
		if _, has := e.payload["label"]; e.kind != "issues.unlabeled" || has {
			t.Errorf("heard %s, with a label: %t", e.kind, has)
		}
	}
	two := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 2))
	if len(two.Labels) != 1 || two.Labels[0].GetName() != "stays" {
		t.Errorf("labels left: %v", two.Labels)
	}
}

func TestRenamingALabelTellsTheOldNameAndKeepsItOnIssues(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "one", "old")
	must[*github.Label](t)(w.bot.Issues.EditLabel(ctx, "acme", "upgrades", "old", &github.Label{Name: github.String("old")}))
	if kinds := w.heardKinds(); kinds != "" {
		t.Errorf("nothing changed, heard %s", kinds)
	}
	req, err := w.bot.NewRequest("PATCH", "repos/acme/upgrades/labels/old", map[string]string{"new_name": "new"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.bot.Do(ctx, req, nil); err != nil {
		t.Fatal(err)
	}
	e := w.heard()[0]
	name, _ := e.payload["changes"].(map[string]any)["name"].(map[string]any)
	if e.kind != "label.edited" || name["from"] != "old" {
		t.Errorf("heard %s from %v", e.kind, name["from"])
	}
	i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	if i.Labels[0].GetName() != "new" {
		t.Errorf("the issue has %s", i.Labels[0].GetName())
	}
}

func TestReplacingLabelsTellsEachOneThatCameAndWent(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "one", "a", "b")
	must[[]*github.Label](t)(w.bot.Issues.ReplaceLabelsForIssue(ctx, "acme", "upgrades", 1, []string{"b", "bug"}))
	if got := w.heardKinds(); got != "issues.unlabeled issues.labeled" {
		t.Errorf("heard %s", got)
	}
	if _, err := w.bot.Issues.RemoveLabelsForIssue(ctx, "acme", "upgrades", 1); err != nil {
		t.Fatal(err)
	}
	if got := w.heardKinds(); got != "issues.unlabeled issues.unlabeled" {
		t.Errorf("heard %s", got)
	}
}

func TestAnIssueTakesAHundredLabels(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "full")
	var names []string
	for n := range 100 {
		names = append(names, "l"+string(rune('a'+n/26))+string(rune('a'+n%26)))
	}
	got := must[[]*github.Label](t)(w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, names))
	if len(got) != 100 {
		t.Errorf("has %d labels", len(got))
	}
	_, _, err := w.bot.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"one-more"})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
}

func TestOutsidersMayNotLabel(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("maintainer", "an issue")
	otto := w.as("outsider")
	_, _, err := otto.Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"bug"})
	wantStatus(t, err, http.StatusForbidden, "Must have admin rights")
	_, _, err = otto.Issues.CreateLabel(ctx, "acme", "upgrades", &github.Label{Name: github.String("x")})
	wantStatus(t, err, http.StatusForbidden, "Must have admin rights")
}

func TestWhatAnOutsiderMayNotSetIsDroppedInSilence(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	i := must[*github.Issue](t)(w.as("outsider").Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
		Title: github.String("mine"), Labels: &[]string{"bug", "invented"}, Milestone: github.Int(1),
		Assignees: &[]string{"ada"}}))
	if len(i.Labels) != 0 || i.Milestone != nil || len(i.Assignees) != 0 {
		t.Errorf("got labels %v, milestone %v, assignees %v", i.Labels, i.Milestone, i.Assignees)
	}
	i = must[*github.Issue](t)(w.as("outsider").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Title: github.String("still mine"), Labels: &[]string{"bug"}}))
	if len(i.Labels) != 0 || i.GetTitle() != "still mine" {
		t.Errorf("got labels %v, title %q", i.Labels, i.GetTitle())
	}
	all := must[[]*github.Label](t)(w.bot.Issues.ListLabels(ctx, "acme", "upgrades", nil))
	if slices.ContainsFunc(all, func(l *github.Label) bool { return l.GetName() == "invented" }) {
		t.Error("a dropped label was made in the repository")
	}
}
