package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/recovery"
)

// deaf has GitHub send the bot no webhooks, and keep no log of them, while people go
// on. What they did last is found by the rounds that follow.
func (e *town) deaf(t *testing.T, meanwhile func()) {
	t.Helper()
	e.round(t)
	e.world.github.SetWebhookURL("")
	e.world.github.Advance(time.Minute) // GitHub's stamps tell an edit by the second
	meanwhile()
	e.world.github.SetWebhookURL(e.home + hookPath)
	e.calm(t)
	for range 3 { // the second and the third find nothing that the first did
		e.round(t)
	}
	e.nobodyFailed(t)
}

// round compares GitHub with the record once.
func (e *town) round(t *testing.T) {
	t.Helper()
	e.calm(t)
	e.station.watch.Every = time.Millisecond // so that every round may ask for webhooks
	if err := e.station.watch.Round(context.Background()); err != nil {
		t.Fatal(err)
	}
	e.calm(t)
}

// acts has a person act on the tracking repository, of which nobody hears yet.
func (e *town) acts(t *testing.T, persona, method, path string, in, out any) {
	t.Helper()
	if err := e.people[persona].do(context.Background(), method, e.tracking(path), in, out); err != nil {
		t.Fatal(err)
	}
}

func (e *town) item(t *testing.T, n int) *process.Item {
	t.Helper()
	it := must(e.station.store.Line(context.Background(), e.cred.Owner+"/"+e.cred.Repo)).Number(n)
	if it == nil {
		t.Fatalf("#%d is not tracked", n)
	}
	return it
}

func TestMissedCommandsAreDecidedOnceAndInOrder(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	var first, second, foreign comment
	e.deaf(t, func() {
		first = e.says(t, "engineer", n, "/layers l1")
		second = e.says(t, "engineer", n, "/layers l1 l2\n/stabel")
		foreign = e.says(t, "outsider", n, "/layers l2")
	})
	e.answer(t, n, first.ID).isDone(t)
	e.answer(t, n, second.ID).says(t, "confused", "/stable")
	e.answer(t, n, foreign.ID).says(t, "confused", "D1")
	if got := e.item(t, n).F.Layers; !slices.Equal(got, []string{"l1", "l2"}) {
		t.Errorf("layers are %v: the later command is not the later one", got)
	}
}

func TestAMissedEditRunsWhatItsAuthorAddedAndNothingOfOthers(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	old := e.says(t, "engineer", n, "Thinking about it.")
	var other comment
	e.deaf(t, func() {
		e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/comments/%d", old.ID), map[string]string{"body": "Done.\n/layers l1"}, nil)
		other = e.says(t, "engineer", n, "/hold one moment")
		e.world.github.Advance(time.Minute)
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/comments/%d", other.ID), map[string]string{"body": "/hold one moment\n/drop not wanted"}, nil)
	})
	e.answer(t, n, old.ID).isDone(t)
	it := e.item(t, n)
	if !slices.Equal(it.F.Layers, []string{"l1"}) || len(it.Holds) != 1 || it.Stage != "alphanet-scoping" {
		t.Errorf("layers %v, holds %v, stage %s", it.F.Layers, it.Holds, it.Stage)
	}
}

func TestAnEditThatNobodyCanExplainIsAskedAbout(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	var c comment
	e.round(t)
	e.world.github.SetWebhookURL("")
	c = e.says(t, "engineer", n, "Nothing.")
	e.world.github.Advance(time.Minute)
	for i := range 120 { // more than GitHub tells of
		e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/comments/%d", c.ID), map[string]string{"body": fmt.Sprintf("/layers l1\n%d", i)}, nil)
	}
	e.world.github.SetWebhookURL(e.home + hookPath)
	for range 3 {
		e.round(t)
	}
	asked := 0
	for _, m := range e.comments(t, n) {
		if strings.Contains(m.Body, "edited while I was not listening") {
			asked++
		}
	}
	if asked != 1 || len(e.item(t, n).F.Layers) != 0 {
		t.Errorf("asked %d times, layers %v", asked, e.item(t, n).F.Layers)
	}
}

func TestMissedLeversAreDecidedInTheNameOfWhoPulledThem(t *testing.T) {
	e := newTestWorld(t)
	n, m := e.merged(t, "Faster proofs"), e.feature(t, "Slower proofs")
	e.board(t)
	train := must(e.issues(context.Background(), "kind/alphanet"))[0]
	milestone := e.item(t, train.Number).T.Milestone
	e.deaf(t, func() {
		e.acts(t, "engineer", http.MethodPost, fmt.Sprintf("/issues/%d/labels", n), map[string]any{"labels": []string{"layer/l1", "bug"}}, nil)
		e.acts(t, "engineer", http.MethodPost, fmt.Sprintf("/issues/%d/labels", m), map[string]any{"labels": []string{"stage/betanet-scoping"}}, nil)
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/%d", n), map[string]any{"milestone": milestone}, nil)
		e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/%d", m), map[string]any{"milestone": milestone}, nil)
	})
	it := e.item(t, n)
	if !slices.Equal(it.F.Layers, []string{"l1"}) || it.F.Train == "" {
		t.Errorf("layers %v, aboard %q", it.F.Layers, it.F.Train)
	}
	if is := e.issue(t, m); !is.has("stage/alphanet-scoping") || is.has("stage/betanet-scoping") || is.Milestone != nil {
		t.Errorf("it has %v and milestone %v", is.labels(), is.Milestone)
	}
	replies := 0
	for _, c := range e.comments(t, m) {
		if c.User.Type == "Bot" && strings.Contains(c.Body, "stationmaster:reply/") {
			replies++
		}
	}
	if replies != 2 {
		t.Errorf("%d refusals were explained, want that of the label and that of the milestone", replies)
	}
}

func TestALateWebhookOfAFoundLeverChangesNothing(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	e.round(t)
	e.goesWrong(t, 1, "deliveries.lost=1")
	e.acts(t, "engineer", http.MethodPost, fmt.Sprintf("/issues/%d/labels", n), map[string]any{"labels": []string{"stage/betanet-scoping"}}, nil)
	e.calm(t)
	lost := e.last(t, "issues", "labeled")
	e.world.github.ClearFaults()
	watch := *e.station.watch
	watch.Handled = func(string, string) bool { return false } // no webhook is asked for again
	for range 2 {
		if err := watch.Round(context.Background()); err != nil {
			t.Fatal(err)
		}
		e.calm(t)
	}
	before := e.world.github.Requests().Writes
	e.posts(t, "issues", "late", must(json.Marshal(lost)))
	if after := e.world.github.Requests().Writes; after != before {
		t.Errorf("the late webhook led to %d writes", after-before)
	}
	if is := e.issue(t, n); is.has("stage/betanet-scoping") {
		t.Errorf("it has %v", is.labels())
	}
	e.nobodyFailed(t)
}

func TestLostWebhooksAreAskedForAgainUnderTheirOwnIds(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	e.round(t)
	e.goesWrong(t, 1, "deliveries.lost=1")
	c := e.says(t, "engineer", n, "/layers l1")
	e.calm(t)
	e.world.github.ClearFaults()
	found := map[recovery.Kind]int{}
	e.station.watch.Tell = func(kind recovery.Kind, n int) { found[kind] += n }
	for range 3 {
		e.round(t)
	}
	e.answer(t, n, c.ID).isDone(t)
	if found[recovery.Redelivered] != 1 || found[recovery.Missed] != 0 {
		t.Errorf("found %v, want one webhook sent again and nothing else", found)
	}
	e.nobodyFailed(t)
}

func TestMissedPullRequestsAndIssuesComeOntoTheLine(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Declared")
	var opened int
	e.deaf(t, func() {
		s := &script{world: e.world, out: io.Discard}
		if err := s.merges(context.Background(), "Code", fmt.Sprintf("Feature: %s/%s#%d", e.cred.Owner, e.cred.Repo, n)); err != nil {
			t.Fatal(err)
		}
		if err := s.merges(context.Background(), "A feature by itself", "", "feature"); err != nil {
			t.Fatal(err)
		}
		opened = e.opens(t, "engineer", "Opened in the dark", "kind/feature")
	})
	if it := e.item(t, n); len(it.F.Pulls) != 1 || !it.F.Pulls[0].Merged {
		t.Errorf("its pull requests are %+v", it.F.Pulls)
	}
	if is := e.issue(t, opened); !is.has("stage/alphanet-scoping") {
		t.Errorf("the issue has %v", is.labels())
	}
	titled := 0
	for _, is := range must(e.issues(context.Background(), "kind/feature")) {
		if is.Title == "A feature by itself" {
			titled++
		}
	}
	if titled != 1 {
		t.Errorf("%d issues were opened for the feature without one", titled)
	}
}

func TestAPullRequestThatNamesAFeatureAfterItsMergeIsFoundOnce(t *testing.T) {
	e := newTestWorld(t)
	n, m := e.feature(t, "Declared"), e.feature(t, "Declared too")
	s := &script{world: e.world, out: io.Discard}
	if err := s.merges(context.Background(), "Code", "No feature yet."); err != nil {
		t.Fatal(err)
	}
	var pulls []struct{ Number int }
	if err := e.people["maintainer"].do(context.Background(), http.MethodGet, e.code("/pulls?state=all"), nil, &pulls); err != nil || len(pulls) != 1 {
		t.Fatal(pulls, err)
	}
	names := func(body string) {
		in := map[string]string{"body": strings.ReplaceAll(body, "#", e.cred.Owner+"/"+e.cred.Repo+"#")}
		if err := e.people["maintainer"].do(context.Background(), http.MethodPatch, e.code(fmt.Sprintf("/pulls/%d", pulls[0].Number)), in, nil); err != nil {
			t.Fatal(err)
		}
	}
	found := map[recovery.Kind]int{}
	e.station.watch.Tell = func(kind recovery.Kind, n int) { found[kind] += n }
	e.world.github.Advance(10 * time.Minute) // so that the merge is not in the overlap
	e.deaf(t, func() { names(fmt.Sprintf("Feature: #%d", n)) })
	if found[recovery.Missed] != 1 {
		t.Errorf("found %v, want one act that was missed", found)
	}
	names(fmt.Sprintf("Feature: #%d, #%d", n, m)) // of this the webhook comes
	for range 2 {
		e.round(t)
	}
	if found[recovery.Missed] != 1 {
		t.Errorf("found %v: what a webhook told was found again", found)
	}
	for _, number := range []int{n, m} {
		it := e.item(t, number)
		by := slices.IndexFunc(it.History, func(note process.Note) bool { return note.What.Key == "note.pull" && note.By == "mara" })
		if len(it.F.Pulls) != 1 || !it.F.Pulls[0].Merged || it.Stage != "alphanet-scoping" || by < 0 {
			t.Errorf("#%d has the pull requests %+v and the history %+v", number, it.F.Pulls, it.History)
		}
	}
}

func TestMissedTicksCountForWhoMadeThem(t *testing.T) {
	e := newTestWorld(t)
	n := e.onAlphanet(t, "Faster proofs")
	e.deaf(t, func() {
		for _, c := range e.comments(t, n) {
			if strings.Contains(c.Body, "stationmaster:checklist/") {
				e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/comments/%d", c.ID), map[string]string{"body": strings.Replace(c.Body, "- [ ]", "- [x]", 1)}, nil)
			}
		}
	})
	list := e.item(t, n).Current()
	if list == nil || list.Items[0].By != "ada" || list.Open() != len(list.Items)-1 {
		t.Errorf("the checklist is %+v", list)
	}
}

// onAlphanet has a feature travel to where it is tested alone.
func (e *town) onAlphanet(t *testing.T, title string) int {
	t.Helper()
	n := e.merged(t, title)
	e.board(t)
	train := must(e.issues(context.Background(), "kind/alphanet"))[0].Number
	e.commands(t, "engineer", n, "/layers l1", "/submit alphanet").isDone(t)
	e.commands(t, "maintainer", train, fmt.Sprintf("/board #%d", n), "/depart").isDone(t)
	e.commands(t, "maintainer", train, "/deployed https://alphanet.example").isDone(t)
	return n
}

func TestDriftIsPutRight(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	board := e.board(t)
	status := e.status(t, n)
	var is issue
	e.deaf(t, func() {
		e.acts(t, "maintainer", http.MethodDelete, fmt.Sprintf("/issues/%d/labels/stage%%2Falphanet-scoping", n), nil, nil)
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/comments/%d", status.ID), map[string]string{"body": "<!-- stationmaster:status -->\nAll is well."}, nil)
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/%d", board.Number), map[string]string{"body": "Nothing to see."}, nil)
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/%d", n), map[string]any{"assignees": []string{}}, &is)
	})
	if is := e.issue(t, n); !is.has("stage/alphanet-scoping") || len(is.Assignees) != 1 {
		t.Errorf("it has %v, assigned to %v", is.labels(), is.Assignees)
	}
	if now := e.status(t, n); prose(now.Body) != prose(status.Body) || now.ID != status.ID {
		t.Errorf("the status is\n%s\nand was\n%s", now.Body, status.Body)
	}
	if now := e.issue(t, board.Number); prose(now.Body) != prose(board.Body) {
		t.Errorf("the board is\n%s\nand was\n%s", now.Body, board.Body)
	}
}

func TestMilestonesAreTheTrainsAgain(t *testing.T) {
	e := newTestWorld(t)
	n := e.onAlphanet(t, "Faster proofs")
	trains := must(e.issues(context.Background(), "kind/alphanet"))
	aboard, other := e.item(t, trains[0].Number), e.item(t, trains[1].Number)
	if aboard.T.Milestone == 0 || other.T.Milestone == 0 {
		t.Fatal("the trains have no milestones")
	}
	e.deaf(t, func() {
		e.acts(t, "maintainer", http.MethodPatch, fmt.Sprintf("/milestones/%d", other.T.Milestone), map[string]any{"title": "Whenever", "due_on": "2030-01-01T12:00:00Z", "state": "closed"}, nil)
		e.acts(t, "maintainer", http.MethodDelete, fmt.Sprintf("/milestones/%d", aboard.T.Milestone), nil, nil)
	})
	type milestone struct {
		Title, State string
		DueOn        time.Time `json:"due_on"`
	}
	var all []milestone
	e.sees(t, "/milestones?state=all", &all)
	for _, it := range []*process.Item{aboard, other} {
		at := slices.IndexFunc(all, func(m milestone) bool { return m.Title == it.T.Titled })
		if at < 0 || all[at].State != "open" || all[at].DueOn.Format(time.DateOnly) != it.T.Dated.String() {
			t.Errorf("the milestones are %+v, want one open %q due on %s", all, it.T.Titled, it.T.Dated)
		}
	}
	if is := e.issue(t, n); is.Milestone == nil || is.Milestone.Title != aboard.T.Titled {
		t.Errorf("the passenger has %v", is.Milestone)
	}
	if it := e.item(t, n); it.F.Train != aboard.ID {
		t.Errorf("the feature is aboard %q", it.F.Train)
	}
}

// status is the living comment of an issue.
func (e *town) status(t *testing.T, n int) comment {
	t.Helper()
	var out []comment
	for _, c := range e.comments(t, n) {
		if c.User.Type == "Bot" && strings.HasPrefix(c.Body, "<!-- stationmaster:status -->") {
			out = append(out, c)
		}
	}
	if len(out) != 1 {
		t.Fatalf("#%d has %d status comments", n, len(out))
	}
	return out[0]
}

func TestADeletedStatusIsWrittenAnew(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	e.deaf(t, func() {
		e.acts(t, "maintainer", http.MethodDelete, fmt.Sprintf("/issues/comments/%d", e.status(t, n).ID), nil, nil)
		e.says(t, "engineer", n, "Where is it?")
	})
	e.status(t, n)
}

func TestWhatHappenedToAnIssueInTheDarkIsKnownAfterwards(t *testing.T) {
	e := newTestWorld(t)
	closed, renamed, gone := e.feature(t, "Closed"), e.feature(t, "Renamed"), e.feature(t, "Gone")
	e.deaf(t, func() {
		e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/%d", closed), map[string]string{"state": "closed"}, nil)
		e.acts(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/%d", renamed), map[string]string{"title": "Another name"}, nil)
		e.admin(t, fmt.Sprintf("repos/%s/%s/issues/%d/transfer", e.cred.Owner, e.cred.Repo, gone), map[string]string{"to": e.cred.Owner + "/" + e.cred.CodeRepo})
		e.station.watch.Whole = time.Nanosecond
	})
	if it := e.item(t, closed); !it.Shown.Closed {
		t.Error("nobody knows that it is closed")
	}
	if it := e.item(t, renamed); it.Title != "Another name" {
		t.Errorf("it is called %q", it.Title)
	}
	l := must(e.station.store.Line(context.Background(), e.cred.Owner+"/"+e.cred.Repo))
	if it := l.Get(process.ID(fmt.Sprintf("issue/%d", gone))); it == nil || !it.Shown.Gone {
		t.Errorf("the transferred one is %+v", it)
	}
	told := 0
	for _, c := range e.comments(t, closed) {
		if strings.Contains(c.Body, "/drop") && c.User.Type == "Bot" && !strings.Contains(c.Body, "stationmaster:status") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("who closed it was told %d times which command ends a feature", told)
	}
}

func TestNothingChangedCostsFewRequestsAndNoWrites(t *testing.T) {
	e := newTestWorld(t)
	for i := range 8 {
		e.feature(t, fmt.Sprint("Feature ", i))
	}
	e.board(t)
	e.round(t)
	e.world.github.Advance(10 * time.Minute) // so that nothing is in the overlap
	e.round(t)
	requests, writes := e.spent(t, func() { e.round(t) })
	t.Logf("a round over %d issues of which none has changed: %d requests, %d writes", 10, requests, writes)
	if writes != 0 || requests > 10 {
		t.Errorf("%d requests and %d writes", requests, writes)
	}
}

func TestABotThatWasDownSaysWhatItFound(t *testing.T) {
	e := newTestWorld(t)
	n := e.feature(t, "Faster proofs")
	e.board(t)
	e.station.watch.Silence = time.Nanosecond
	e.deaf(t, func() { e.says(t, "engineer", n, "/layers l1") })
	if body := e.board(t).Body; !strings.Contains(body, "Back after a silence") || !strings.Contains(body, "1 act found by comparison") {
		t.Errorf("the board says\n%s", body)
	}
}
