package hub

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func label(name string) func(*bot.Deed) { return func(d *bot.Deed) { d.Label = name } }

func TestLabelsWithOddNamesAreThemselves(t *testing.T) {
	for _, name := range []string{"c#", "what?", "100%", "stage/x", "a b", "é", "a%2Fb", "x&y=z", "+1"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			decoys := []string{"c", "what", "100", "stage", "x", "a", "a/b", "y"}
			n := w.opened(decoys...)
			w.do(deed(process.AddLabel, n, label(name)))
			if got, want := w.labelsOf(n), strings.Join(append(decoys, name), " "); got != want {
				t.Fatalf("after adding %q: %s, want %s", name, got, want)
			}
			w.do(deed(process.RemoveLabel, n, label(name)))
			if got, want := w.labelsOf(n), strings.Join(decoys, " "); got != want {
				t.Errorf("after removing %q: %s, want %s", name, got, want)
			}
			w.do(deed(process.RemoveLabel, n, label(name))) // it is not there: as good
		})
	}
}

func TestANewLabelIsMadeWithItsStyle(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	w.do(deed(process.AddLabel, n, label("stage/alphanet-scoping")))
	l := w.issue(n).Labels[0]
	if l.GetColor() != "0e8a16" || l.GetDescription() != "Ours: stage/alphanet-scoping" {
		t.Errorf("made %s %q", l.GetColor(), l.GetDescription())
	}
}

func TestALabelIsMadeOnceWhateverItsCase(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened("On-Hold")
	w.do(deed(process.AddLabel, n, label("on-hold")))
	if got := w.labelsOf(n); got != "On-Hold" {
		t.Errorf("labels %q", got)
	}
	before := w.Requests().ByRoute["POST /repos/{owner}/{repo}/labels"]
	w.do(deed(process.AddLabel, n, label("new")))
	w.do(deed(process.AddLabel, n, label("NEW")))
	if made := w.Requests().ByRoute["POST /repos/{owner}/{repo}/labels"] - before; made != 1 {
		t.Errorf("made %d times", made)
	}
}

func TestALabelMadeBehindOurBackIsNoFault(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	w.do(deed(process.AddLabel, n, label("first"))) // the list is known from now on
	if _, _, err := w.as("maintainer").Issues.CreateLabel(ctx, "acme", "upgrades",
		&github.Label{Name: github.String("Second"), Color: github.String("ffffff")}); err != nil {
		t.Fatal(err)
	}
	w.do(deed(process.AddLabel, n, label("second")))
	if _, err := w.as("maintainer").Issues.DeleteLabel(ctx, "acme", "upgrades", "first"); err != nil {
		t.Fatal(err)
	}
	w.hub.Forget("ACME/upgrades")
	w.do(deed(process.AddLabel, n, label("first")))
	for _, l := range w.issue(n).Labels {
		if l.GetName() == "first" && l.GetColor() != "0e8a16" {
			t.Errorf("a forgotten label came back in %s", l.GetColor())
		}
	}
}

func TestWhatGitHubRefusesForGoodIsNeverTriedAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	tests := []struct {
		name string
		d    bot.Deed
		gone bool
		says string
	}{
		{"a label of 51 characters", deed(process.AddLabel, n, label(strings.Repeat("x", 51))), false, "51 characters"},
		{"a label without a name", deed(process.RemoveLabel, n, label("")), false, "name of a label"},
		{"a label that is a way up", deed(process.RemoveLabel, n, label("..")), false, "name of a label"},
		{"an issue that is not there", deed(process.AddLabel, 999, label("x")), true, "404"},
		{"a comment on none", deed(process.SayOnce, 999, func(d *bot.Deed) { d.Body = "x" }), true, "404"},
		{"an edit of no comment", deed(process.EditComment, n, nil), false, "not known"},
		{"an edit of a deleted comment", deed(process.EditComment, n, func(d *bot.Deed) { d.CommentID, d.Body = 5, "x" }), true, "404"},
		{"a reaction to no comment", deed(process.React, n, nil), false, "not known"},
		{"a reaction GitHub does not know", deed(process.React, n, func(d *bot.Deed) { d.Target, d.Reaction = 5, "rocket" }), true, "404"},
		{"a milestone that is not there", deed(process.SetMilestone, n, func(d *bot.Deed) { d.MilestoneNumber = 77 }), false, "422"},
		{"an assignee who cannot be one", deed(process.Assign, n, func(d *bot.Deed) { d.Login = "nobody" }), false, "nobody"},
		{"a deed without an issue", deed(process.CloseIssue, 0, nil), false, "without an issue"},
		{"a deed that there is not", deed(process.Refresh, n, nil), false, "nothing that can be done"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var never bot.Never
			if err := w.try(tt.d); !errors.As(err, &never) {
				t.Fatalf("got %v, want never", err)
			}
			if never.Gone != tt.gone || !strings.Contains(never.Cause, tt.says) {
				t.Errorf("got %+v, want %q, gone %v", never, tt.says, tt.gone)
			}
		})
	}
	if _, err := w.hub.Do(ctx, w.inst, "acme/..", deed(process.CloseIssue, n, nil), nil); !errors.As(err, new(bot.Never)) {
		t.Errorf("a repository that is a way up: %v", err)
	}
}

func TestCommentsBearTheirMarkerAndAreEditedInPlace(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	d := deed(process.SayOnce, n, func(d *bot.Deed) { d.Marker, d.Body = "status", "One" })
	r := w.do(d)
	if got := w.comments(n)[0]; got.GetBody() != "<!-- stationmaster:status -->\nOne" || got.GetID() != r.Comment || r.Number != n {
		t.Errorf("said %q as %+v", got.GetBody(), r)
	}
	d.Do, d.CommentID, d.Body = process.EditComment, r.Comment, "Two"
	if again := w.do(d); again.Comment != r.Comment {
		t.Errorf("edited %+v", again)
	}
	if list := w.comments(n); len(list) != 1 || list[0].GetBody() != "<!-- stationmaster:status -->\nTwo" {
		t.Errorf("after the edit: %v", list)
	}
	react := deed(process.React, n, func(d *bot.Deed) { d.Target, d.Reaction = r.Comment, "rocket" })
	w.do(react)
	w.do(react)
	if got := w.comments(n)[0].GetReactions().GetRocket(); got != 1 {
		t.Errorf("%d rockets", got)
	}
}

func TestLongAndInvalidTextIsMadeToFit(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := w.do(deed(process.OpenIssue, 0, func(d *bot.Deed) {
		d.Marker, d.Title = "item/x", strings.Repeat("ä", 300)
		d.Body = strings.Repeat("line\n", 20000) + "\xff\x00"
	}))
	i := w.issue(r.Number)
	body := i.GetBody()
	if n := utf8.RuneCountInString(body); n > maxBody || n < maxBody-100 || !strings.HasSuffix(body, cutLine) || !utf8.ValidString(body) {
		t.Errorf("body of %d characters ends %q", n, body[len(body)-30:])
	}
	if n := utf8.RuneCountInString(i.GetTitle()); n != 256 || !strings.HasSuffix(i.GetTitle(), "…") {
		t.Errorf("title of %d characters", n)
	}
	if got := compose("", "a\xffb\x00", ""); got != "a\ufffdb\ufffd" {
		t.Errorf("made valid: %q", got)
	}
}

func TestAnIssueIsOpenedEditedClosedAndReopened(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := w.do(deed(process.OpenIssue, 0, func(d *bot.Deed) {
		d.Marker, d.Title, d.Body, d.Labels = "item/alphanet/2026-12", "Alphanet", "Words", []string{"kind/alphanet", "stage/x"}
	}))
	i := w.issue(r.Number)
	if i.GetTitle() != "Alphanet" || i.GetBody() != "<!-- stationmaster:item/alphanet/2026-12 -->\nWords" ||
		w.labelsOf(r.Number) != "kind/alphanet stage/x" || i.Labels[0].GetColor() != "0e8a16" {
		t.Errorf("opened %q %q with %s", i.GetTitle(), i.GetBody(), w.labelsOf(r.Number))
	}
	w.do(deed(process.EditIssue, r.Number, func(d *bot.Deed) { d.Title = "Alphanet 2026-12" }))
	w.do(deed(process.CloseIssue, r.Number, func(d *bot.Deed) { d.Reason = "not_planned" }))
	i = w.issue(r.Number)
	if i.GetTitle() != "Alphanet 2026-12" || !strings.HasSuffix(i.GetBody(), "Words") || i.GetState() != "closed" || i.GetStateReason() != "not_planned" {
		t.Errorf("now %q %q %s %s", i.GetTitle(), i.GetBody(), i.GetState(), i.GetStateReason())
	}
	w.do(deed(process.ReopenIssue, r.Number, nil))
	w.do(deed(process.EditIssue, r.Number, func(d *bot.Deed) { d.Marker, d.Body = "item/alphanet/2026-12", "More" }))
	if i = w.issue(r.Number); i.GetState() != "open" || i.GetBody() != "<!-- stationmaster:item/alphanet/2026-12 -->\nMore" {
		t.Errorf("now %q %s", i.GetBody(), i.GetState())
	}
}

func TestAssigneesComeAndGo(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	ada := func(d *bot.Deed) { d.Login = "Ada" }
	w.do(deed(process.Assign, n, ada))
	if got := w.issue(n).Assignees; len(got) != 1 || got[0].GetLogin() != "ada" {
		t.Errorf("assigned %v", got)
	}
	w.do(deed(process.Unassign, n, ada))
	w.do(deed(process.Unassign, n, ada))
	if got := w.issue(n).Assignees; len(got) != 0 {
		t.Errorf("still assigned %v", got)
	}
}

func TestAMilestoneIsMadeOnceAndKeptUpToDate(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	due, err := calendar.ParseDate("2026-12-08")
	if err != nil {
		t.Fatal(err)
	}
	d := deed(process.MakeMilestone, 0, func(d *bot.Deed) { d.Title, d.Due = "Alphanet 2026-12", due })
	first, second := w.do(d), w.do(d)
	if first.Number == 0 || first.Number != second.Number {
		t.Fatalf("made %d and %d", first.Number, second.Number)
	}
	d.MilestoneNumber, d.Title, d.Closed = first.Number, "Alphanet 2026-12a", true
	w.do(d)
	m, _, err := w.as("maintainer").Issues.GetMilestone(ctx, "acme", "upgrades", first.Number)
	if err != nil || m.GetTitle() != "Alphanet 2026-12a" || m.GetState() != "closed" || m.GetDueOn().Format(time.DateOnly) != "2026-12-08" {
		t.Errorf("now %v %v", m, err)
	}
	n := w.opened()
	w.do(deed(process.SetMilestone, n, func(d *bot.Deed) { d.MilestoneNumber = first.Number }))
	if got := w.issue(n).GetMilestone().GetNumber(); got != first.Number {
		t.Errorf("milestone %d", got)
	}
	w.do(deed(process.SetMilestone, n, nil))
	if got := w.issue(n).Milestone; got != nil {
		t.Errorf("milestone %v", got)
	}
	if _, err := w.as("maintainer").Issues.DeleteMilestone(ctx, "acme", "upgrades", first.Number); err != nil {
		t.Fatal(err)
	}
	if again := w.do(d); again.Number == 0 || again.Number == first.Number {
		t.Errorf("a deleted milestone was made again as %d", again.Number)
	}
}

func TestADoneDeedIsFoundAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	before := time.Now()
	said := deed(process.SayOnce, n, func(d *bot.Deed) { d.Marker, d.Body = "reply/comment/5/created", "x" })
	opened := deed(process.OpenIssue, 0, func(d *bot.Deed) { d.Marker, d.Title = "item/pull/acme/protocol/7", "y" })
	made := deed(process.MakeMilestone, 0, func(d *bot.Deed) { d.Title = "Upgrade 17" })
	for _, d := range []bot.Deed{said, opened, made} {
		if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, before); found || err != nil {
			t.Errorf("%s: found %+v before it was done, %v", d.Do, r, err)
		}
		// A person's own words with our marker are not ours.
		if _, _, err := w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", n,
			&github.IssueComment{Body: github.String(compose(said.Marker, "forged", ""))}); err != nil {
			t.Fatal(err)
		}
		want := w.do(d)
		if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, before); !found || err != nil || r != want {
			t.Errorf("%s: found %+v %v %v, want %+v", d.Do, r, found, err, want)
		}
		if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, time.Time{}); !found || err != nil || r != want {
			t.Errorf("%s: found %+v %v %v at any time, want %+v", d.Do, r, found, err, want)
		}
		if d.Do == process.MakeMilestone {
			continue
		}
		if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, before.Add(time.Hour)); found || err != nil {
			t.Errorf("%s: found the old one %+v, %v", d.Do, r, err)
		}
		d.Marker += "/other"
		if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, before); found || err != nil {
			t.Errorf("%s: found another's %+v, %v", d.Do, r, err)
		}
	}
}

func TestADeedOfManyCommentsAgoIsFound(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	d := deed(process.SayOnce, n, func(d *bot.Deed) { d.Marker = "m" })
	for range 130 {
		if _, _, err := w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", n,
			&github.IssueComment{Body: github.String("noise")}); err != nil {
			t.Fatal(err)
		}
	}
	want := w.do(d)
	if r, found, err := w.hub.Find(ctx, w.inst, w.repo, d, time.Now().Add(-time.Hour)); !found || err != nil || r != want {
		t.Errorf("found %+v %v %v, want %+v", r, found, err, want)
	}
}

func TestAFileIsReadAsItIs(t *testing.T) {
	w := newWorld(t, emulator.Options{TrackingConfig: "# ä\nroles: {}\n"})
	text, err := w.hub.File(ctx, w.inst, w.repo, ".github/stationmaster.yml")
	if err != nil || string(text) != "# ä\nroles: {}\n" {
		t.Errorf("read %q, %v", text, err)
	}
	for _, path := range []string{".github/other.yml", ".github", "a b/c#d.yml"} {
		if _, err := w.hub.File(ctx, w.inst, w.repo, path); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := w.hub.File(ctx, w.inst, w.repo, "../../../app"); err == nil || errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a path that leads elsewhere: %v", err)
	}
}

func TestAnInstallationKnowsItsRepositories(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	names, err := w.hub.Repositories(ctx, w.inst)
	if err != nil || strings.Join(names, " ") != "acme/upgrades acme/protocol" {
		t.Errorf("%q, %v", names, err)
	}
	ids, err := w.hub.Installations(ctx)
	if err != nil || len(ids) != 1 || ids[0] != w.inst {
		t.Errorf("installations %v, %v", ids, err)
	}
	if _, err := w.hub.Repositories(ctx, 0); err == nil {
		t.Error("no installation has repositories")
	}
}
