package emulator_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// A4: `opened` and those of the labels come in any order, and it shows the labels
// already or not yet.
func TestANewIssuesWebhooksComeAsTheyPlease(t *testing.T) {
	type seen struct{ first, shown, assigned int } // how often of twenty
	look := func(o emulator.Options) (s seen) {
		t.Helper()
		w := newWorld(t, o)
		for range 20 {
			must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
				Title: github.String("t"), Labels: &[]string{"bug", "question"}, Assignees: &[]string{"ada"}}))
			all := w.heard()
			var kinds []string
			for _, e := range all {
				kinds = append(kinds, e.kind)
				if e.kind != "issues.opened" {
					continue
				}
				if labels, _ := at(e.payload, "issue", "labels").([]any); len(labels) == 2 {
					s.shown++
				}
				if to, _ := at(e.payload, "issue", "assignees").([]any); len(to) == 1 {
					s.assigned++
				}
			}
			if kinds[0] == "issues.opened" {
				s.first++
			}
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != "issues.assigned issues.labeled issues.labeled issues.opened" {
				t.Fatalf("heard %s", got)
			}
		}
		return s
	}
	if got := look(emulator.Options{}); got != (seen{20, 20, 20}) {
		t.Errorf("in order and whole: %+v", got)
	}
	if got := look(emulator.Options{Opened: emulator.OpenedBare}); got != (seen{20, 0, 0}) {
		t.Errorf("in order and bare: %+v", got)
	}
	got := look(emulator.Options{Shuffle: true, Opened: emulator.OpenedEither})
	if got.first == 0 || got.first == 20 || got.shown == 0 || got.shown == 20 || got.shown != got.assigned {
		t.Errorf("as they please: %+v", got)
	}
}

// A4: a bare `opened` is only the webhook's: the issue itself has its labels.
func TestABareWebhookIsNotABareIssue(t *testing.T) {
	w := newWorld(t, emulator.Options{Opened: emulator.OpenedBare})
	i := must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{
		Title: github.String("t"), Labels: &[]string{"bug"}}))
	if len(i.Labels) != 1 {
		t.Errorf("created with %v", i.Labels)
	}
	labels, _ := at(w.heard()[1].payload, "issue", "labels").([]any)
	if len(labels) != 1 {
		t.Errorf("labeled shows %v", labels)
	}
}

// A4: the four reasons; without one closing is completed. docs: the reason is
// ignored unless the state changes.
func TestAClosedIssueHasItsReason(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	for _, step := range []struct{ state, reason, want string }{
		{"closed", "", "completed"}, {"closed", "not_planned", "completed"}, {"", "duplicate", "completed"},
		{"open", "", "reopened"}, {"closed", "not_planned", "not_planned"}, {"open", "reopened", "reopened"},
		{"closed", "duplicate", "duplicate"},
	} {
		ask := &github.IssueRequest{}
		if step.state != "" {
			ask.State = &step.state
		}
		if step.reason != "" {
			ask.StateReason = &step.reason
		}
		i := must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, ask))
		if i.GetStateReason() != step.want {
			t.Errorf("%s because %q gave the reason %q, want %q", step.state, step.reason, i.GetStateReason(), step.want)
		}
	}
	if got := w.heardKinds(); got != "issues.closed issues.reopened issues.closed issues.reopened issues.closed" {
		t.Errorf("heard %s", got)
	}
	_, _, err := w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{State: github.String("open"), StateReason: github.String("bored")})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
}

// A4: labels null leaves them, [] clears, milestone null clears.
func TestAListReplacesAndAnEmptyOneClears(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	w.open("engineer", "t", "bug", "question")
	auth := "token " + w.Token("maintainer")
	for _, step := range []struct{ body, want string }{
		{`{"milestone":1,"assignees":["ada","rui"]}`, "bug,question M ada,rui"},
		{`{"labels":["wontfix"]}`, "wontfix M ada,rui"},
		{`{"labels":null,"assignees":null}`, "wontfix M "},
		{`{"assignee":"rui"}`, "wontfix M rui"},
		{`{"labels":[{"name":"Bug"}],"milestone":null}`, "bug  rui"},
		{`{"labels":[],"assignees":[]}`, "  "},
	} {
		res, body := w.ask("PATCH", "/repos/acme/upgrades/issues/1", auth, step.body)
		i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
		var labels, people []string
		for _, l := range i.Labels {
			labels = append(labels, l.GetName())
		}
		for _, a := range i.Assignees {
			people = append(people, a.GetLogin())
		}
		got := strings.Join(labels, ",") + " " + i.GetMilestone().GetTitle() + " " + strings.Join(people, ",")
		if res.StatusCode != 200 || got != step.want {
			t.Errorf("%s gave %q, want %q (%d %s)", step.body, got, step.want, res.StatusCode, body)
		}
	}
}

// A4: lock reasons; docs: only people with push access may lock, and while it
// is locked only they comment.
func TestALockHasOneOfFourReasons(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for n, reason := range []string{"off-topic", "too heated", "resolved", "spam", ""} {
		w.open("outsider", "t")
		var opt *github.LockIssueOptions
		if reason != "" {
			opt = &github.LockIssueOptions{LockReason: reason}
		}
		if _, err := w.as("engineer").Issues.Lock(ctx, "acme", "upgrades", n+1, opt); err != nil {
			t.Errorf("%q: %v", reason, err)
		}
		i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", n+1))
		if !i.GetLocked() || i.GetActiveLockReason() != reason {
			t.Errorf("locked %t because %q, want %q", i.GetLocked(), i.GetActiveLockReason(), reason)
		}
	}
	_, err := w.as("engineer").Issues.Lock(ctx, "acme", "upgrades", 1, &github.LockIssueOptions{LockReason: "bored"})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
	_, err = w.as("outsider").Issues.Unlock(ctx, "acme", "upgrades", 1)
	wantStatus(t, err, http.StatusForbidden, "")
	say := &github.IssueComment{Body: github.String("my own issue")}
	_, _, err = w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", 1, say)
	wantStatus(t, err, http.StatusForbidden, "locked")
	must[*github.IssueComment](t)(w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", 1, say))
	if _, err := w.as("engineer").Issues.Unlock(ctx, "acme", "upgrades", 1); err != nil {
		t.Fatal(err)
	}
	must[*github.IssueComment](t)(w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", 1, say))
}

// A4: without push access labels, milestone and assignees are dropped in
// silence, also when the milestone or the assignee is not there at all.
func TestWhatIsDroppedIsNotEvenChecked(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	otto := "token " + w.Token("outsider")
	ask := `{"title":"t","labels":["invented"],"milestone":99,"assignees":["nobody"]}`
	res, body := w.ask("POST", "/repos/acme/upgrades/issues", otto, ask)
	if res.StatusCode != 201 || !strings.Contains(body, `"labels":[]`) || !strings.Contains(body, `"milestone":null`) {
		t.Errorf("creating: %d %s", res.StatusCode, body)
	}
	if res, body = w.ask("PATCH", "/repos/acme/upgrades/issues/1", otto, ask); res.StatusCode != 200 {
		t.Errorf("changing: %d %s", res.StatusCode, body)
	}
	if res, _ = w.ask("POST", "/repos/acme/upgrades/issues", "token "+w.Token("engineer"), ask); res.StatusCode != 422 {
		t.Errorf("with push access: %d", res.StatusCode)
	}
}

// A4: 65,536 characters says the message, 262,144 bytes is the limit: on
// creating it refuses, on changing an issue's body it keeps the old one and
// says nothing.
func TestABodyIsCountedInBytes(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	wide := strings.Repeat("€", 87_381) // three bytes each: 262,143
	for name, tc := range map[string]struct {
		body string
		fits bool
	}{
		"exactly so many bytes":     {wide + "x", true},
		"one byte more":             {wide + "xx", false},
		"65,537 characters of text": {strings.Repeat("a", 65_537), true},
	} {
		_, _, err := w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: &name, Body: &tc.body})
		if tc.fits != (err == nil) {
			t.Errorf("an issue of %s: %v", name, err)
		}
		w.open("engineer", "commented")
		_, _, err = w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: &tc.body})
		if tc.fits != (err == nil) {
			t.Errorf("a comment of %s: %v", name, err)
		}
		if !tc.fits && !strings.Contains(err.Error(), "maximum is 65536 characters") {
			t.Errorf("the refusal says %v", err)
		}
	}
	w.heard()
	long := wide + "xx"
	i := must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Title: github.String("new"), Body: &long}))
	if len(i.GetBody()) > 262_144 || i.GetTitle() != "new" {
		t.Errorf("the body has %d bytes now, the title is %q", len(i.GetBody()), i.GetTitle())
	}
	e := w.heard()
	if len(e) != 1 || at(e[0].payload, "changes", "title", "from") == nil || at(e[0].payload, "changes", "body") != nil {
		t.Errorf("told are %v", e[0].payload["changes"])
	}
	c := must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("short")}))
	_, _, err := w.bot.Issues.EditComment(ctx, "acme", "upgrades", c.GetID(), &github.IssueComment{Body: &long})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation")
}

// A4: the sender of a bot's act is a Bot, of a person's a User; the App hears
// of its own acts.
func TestTheSenderSaysWhoActed(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("t")}))
	must[[]*github.Label](t)(w.as("reviewer").Issues.AddLabelsToIssue(ctx, "acme", "upgrades", 1, []string{"bug"}))
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("c")}))
	want := []string{"issues.opened stationmaster[bot] Bot", "issues.labeled rui User", "issue_comment.created stationmaster[bot] Bot"}
	for n, e := range w.heard() {
		got := e.kind + " " + at(e.payload, "sender", "login").(string) + " " + at(e.payload, "sender", "type").(string)
		if got != want[n] {
			t.Errorf("heard %s, want %s", got, want[n])
		}
		if at(e.payload, "installation", "id") == nil || at(e.payload, "organization", "login") != "acme" || at(e.payload, "repository", "name") != "upgrades" {
			t.Errorf("%s lacks its frame", e.kind)
		}
	}
	i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	if i.GetUser().GetType() != "Bot" || i.GetUser().GetLogin() != "stationmaster[bot]" {
		t.Errorf("the author is %v", i.GetUser())
	}
}

// A4: a click on a box rewrites the whole text of issue or comment, tells the
// old one, and the sender is who clicked; x and X are kept as they are.
func TestAClickedBoxTellsTheWholeTextBefore(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	before, after := "- [ ] one\n- [X] two", "- [x] one\n- [X] two"
	w.open("engineer", "t")
	c := must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: &before}))
	w.heard()
	must[*github.IssueComment](t)(w.as("reviewer").Issues.EditComment(ctx, "acme", "upgrades", c.GetID(), &github.IssueComment{Body: &after}))
	e := w.heard()[0]
	if e.kind != "issue_comment.edited" || at(e.payload, "changes", "body", "from") != before ||
		at(e.payload, "comment", "body") != after || at(e.payload, "sender", "login") != "rui" ||
		at(e.payload, "comment", "user", "type") != "Bot" {
		t.Errorf("heard %s %v", e.kind, e.payload)
	}
	must[*github.IssueComment](t)(w.as("reviewer").Issues.EditComment(ctx, "acme", "upgrades", c.GetID(), &github.IssueComment{Body: &after}))
	if got := w.heardKinds(); got != "" {
		t.Errorf("nothing changed, heard %s", got)
	}
}

// A4: the list of issues includes pull requests, and their comments are
// issue_comment with issue.pull_request.
func TestAPullRequestsCommentIsAnIssuesComment(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("p"), Head: github.String("x"), Base: github.String("main")}))
	w.heard()
	must[*github.IssueComment](t)(w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("c")}))
	e := w.heard()[0]
	if e.kind != "issue_comment.created" || at(e.payload, "issue", "pull_request", "url") == nil {
		t.Errorf("heard %s of %v", e.kind, at(e.payload, "issue"))
	}
	list := must[[]*github.Issue](t)(w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", nil))
	if len(list) != 1 || !list[0].IsPullRequest() {
		t.Errorf("listed are %v", list)
	}
}

// A4: reactions answer 201, then 200; no webhook tells of them.
func TestReactionsAreQuiet(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	for _, kind := range []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"} {
		for _, want := range []int{201, 200} {
			res, _ := w.ask("POST", "/repos/acme/upgrades/issues/1/reactions", "token "+w.Token("engineer"), `{"content":"`+kind+`"}`)
			if res.StatusCode != want {
				t.Errorf("%s: %d, want %d", kind, res.StatusCode, want)
			}
		}
	}
	if res, _ := w.ask("POST", "/repos/acme/upgrades/issues/1/reactions", "token "+w.Token("engineer"), `{"content":"thumbs"}`); res.StatusCode != 422 {
		t.Errorf("an unknown one: %d", res.StatusCode)
	}
	if got := w.heardKinds(); got != "" {
		t.Errorf("heard %s", got)
	}
}

// A4: deleting a milestone clears it from its issues; the description lets
// demilestoned come without the milestone, as unlabeled without the label.
func TestADeletedMilestoneIsTakenOffWithoutItsName(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("M")}))
	w.open("engineer", "t")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Milestone: github.Int(1)}))
	w.heard()
	if _, err := w.bot.Issues.DeleteMilestone(ctx, "acme", "upgrades", 1); err != nil {
		t.Fatal(err)
	}
	e := w.heard()
	if len(e) != 2 || e[0].kind != "issues.demilestoned" || at(e[0].payload, "milestone") != nil ||
		at(e[0].payload, "issue", "milestone") != nil || e[1].kind != "milestone.deleted" {
		t.Errorf("heard %v", e)
	}
	i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	if i.Milestone != nil {
		t.Error("it still has the milestone")
	}
	_, _, err := w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{})
	wantStatus(t, err, http.StatusUnprocessableEntity, "\"title\" wasn't supplied")
}
