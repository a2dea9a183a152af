package emulator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// A4: an unknown label is made in grey without a description, by creating,
// changing, adding and setting alike: a typo makes a label.
func TestATypoMakesAGreyLabel(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	bot := w.bot.Issues
	must[*github.Issue](t)(bot.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t"), Labels: &[]string{"created"}}))
	must[*github.Issue](t)(bot.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Labels: &[]string{"Changed"}}))
	must[[]*github.Label](t)(bot.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"ADDED"}))
	must[[]*github.Label](t)(bot.ReplaceLabelsForIssue(ctx, "acme", "upgrades", 1, []string{"set!"}))
	heard := strings.Fields(w.heardKinds())
	for _, name := range []string{"created", "Changed", "ADDED", "set%21"} {
		l := must[*github.Label](t)(bot.GetLabel(ctx, "acme", "upgrades", name))
		if l.GetColor() != "ededed" || l.Description != nil || l.GetDefault() {
			t.Errorf("%s is %v", name, l)
		}
	}
	if n := len(slices.DeleteFunc(heard, func(k string) bool { return k != "label.created" })); n != 4 {
		t.Errorf("label.created was heard %d times", n)
	}
}

// A4: a name has at most 50 characters, not bytes, and a description 100; the
// colour has six hexadecimal digits without #.
func TestALabelsTextIsBounded(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for name, tc := range map[string]struct {
		label github.Label
		fits  bool
	}{
		"50 wide characters":         {github.Label{Name: github.String(strings.Repeat("ü", 50))}, true},
		"51 characters":              {github.Label{Name: github.String(strings.Repeat("x", 51))}, false},
		"a description of 100":       {github.Label{Name: github.String("a"), Description: github.String(strings.Repeat("é", 100))}, true},
		"a description of 101":       {github.Label{Name: github.String("b"), Description: github.String(strings.Repeat("d", 101))}, false},
		"a colour in capitals":       {github.Label{Name: github.String("c"), Color: github.String("FF00AA")}, true},
		"a colour with #":            {github.Label{Name: github.String("d"), Color: github.String("#ff00aa")}, false},
		"a colour of three":          {github.Label{Name: github.String("e"), Color: github.String("f0a")}, false},
		"a standard name, otherwise": {github.Label{Name: github.String("Documentation")}, false},
	} {
		if _, _, err := w.bot.Issues.CreateLabel(ctx, "acme", "upgrades", &tc.label); tc.fits != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := strings.Repeat("y", 51)
	_, _, err := w.bot.Issues.EditLabel(ctx, "acme", "upgrades", "bug", &github.Label{Name: &long, Color: github.String("red")})
	if err == nil {
		t.Error("a label became unfit")
	}
}

// A4: names are unique without case; the case given is kept and shown.
func TestRenamingALabelToAnothersNameIsRefused(t *testing.T) {
	w := newWorld(t, emulator.Options{Labels: []emulator.Label{{Name: "Stage/X", Color: "AABBCC", Description: "where it stands"}}})
	auth := "token " + w.Token("maintainer")
	if res, body := w.ask("PATCH", "/repos/acme/upgrades/labels/stage%2Fx", auth, `{"new_name":"BUG"}`); res.StatusCode != 422 ||
		!strings.Contains(body, `"code":"already_exists"`) || !strings.Contains(body, `"resource":"Label"`) || !strings.Contains(body, `"field":"name"`) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res, body := w.ask("PATCH", "/repos/acme/upgrades/labels/stage%2Fx", auth, `{"new_name":"STAGE/x"}`); res.StatusCode != 200 || !strings.Contains(body, `"name":"STAGE/x"`) {
		t.Errorf("its own name in another case: %d %s", res.StatusCode, body)
	}
	l := must[*github.Label](t)(w.bot.Issues.GetLabel(ctx, "acme", "upgrades", "stage%2FX"))
	if l.GetName() != "STAGE/x" || l.GetColor() != "aabbcc" || l.GetDescription() != "where it stands" {
		t.Errorf("it is %v", l)
	}
}

// A4: adding is one by one and atomic towards others; the whole list is not.
func TestReplacingTheListLosesWhatWasAddedMeanwhile(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	i := w.open("engineer", "t", "bug")
	must[[]*github.Label](t)(w.as("reviewer").Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"question"}))
	names := []string{i.Labels[0].GetName(), "wontfix"}
	is := must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Labels: &names}))
	if len(is.Labels) != 2 {
		t.Errorf("has %v", is.Labels)
	}
	if got := w.heardKinds(); got != "issues.labeled issues.unlabeled issues.labeled" {
		t.Errorf("heard %s", got)
	}
}
