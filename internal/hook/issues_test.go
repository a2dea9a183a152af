package hook

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestEachIssueActionSaysWhatHappened(t *testing.T) {
	at := time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		action string
		pairs  []any // of the payload
		issue  []any
		what   process.What
		key    string
		name   string
		added  bool
	}{
		{"opened", nil, nil, process.Opened, "issue/12/opened", "", false},
		{"closed", nil, []any{"state", "closed"}, process.Closed, "issue/12/closed/1796205600", "completed", false},
		{"reopened", nil, nil, process.Reopened, "issue/12/reopened/1796205600", "", false},
		{"locked", nil, nil, process.Locked, "issue/12/locked/1796205600", "", true},
		{"unlocked", nil, nil, process.Locked, "issue/12/unlocked/1796205600", "", false},
		{"deleted", nil, nil, process.Gone, "issue/12/gone", "", false},
		{"labeled", []any{"label", obj{"name": "c#"}}, nil, process.Labelled, "label/12/d-1", "", false},
		{"unlabeled", []any{"label", obj{"name": "100%"}}, nil, process.Labelled, "label/12/d-1", "", false},
		{"milestoned", []any{"milestone", obj{"title": "Upgrade 17", "number": 3}}, nil,
			process.Milestoned, "milestone/12/d-1", "Upgrade 17", true},
		{"demilestoned", []any{"milestone", obj{"title": "Upgrade 17", "number": 3}}, nil,
			process.Milestoned, "milestone/12/d-1", "Upgrade 17", false},
		{"demilestoned", nil, nil, process.Milestoned, "milestone/12/d-1", "", false},
		{"assigned", []any{"assignee", bob}, nil, process.Assigned, "assignee/12/d-1", "bob", true},
		{"unassigned", []any{"assignee", bob}, nil, process.Assigned, "assignee/12/d-1", "bob", false},
	}
	for _, tt := range tests {
		t.Run(tt.action, func(t *testing.T) {
			p := payload(tt.action, bob, append([]any{"issue", anIssue(tt.issue...)}, tt.pairs...)...)
			e := one(t, "issues", p)
			if e.What != tt.what || e.Key != tt.key || e.Name != tt.name || e.Added != tt.added {
				t.Errorf("got %s %s %q %v, want %s %s %q %v", e.What, e.Key, e.Name, e.Added, tt.what, tt.key, tt.name, tt.added)
			}
			if want := at; tt.action != "opened" && !e.At.Equal(want) {
				t.Errorf("at %v, want %v", e.At, want)
			}
			if e.Repo != "acme/protocol" || e.Actor.Login != "bob" || e.Actor.Self || e.Delivery != "d-1" {
				t.Errorf("said of %q by %+v in %q", e.Repo, e.Actor, e.Delivery)
			}
		})
	}
}

func TestAnIssueIsTakenOverAsThePayloadShowsIt(t *testing.T) {
	e := one(t, "issues", payload("reopened", ada, "issue", anIssue("title", "@everyone /board #1", "locked", true)))
	want := &process.Issue{
		Number: 12, Title: "@everyone /board #1", Author: "ada", Labels: []string{"kind/feature"},
		Assignees: []string{"ada"}, Milestone: 3, State: "open", Locked: true,
	}
	if diff := cmp.Diff(want, e.Issue); diff != "" {
		t.Error(diff)
	}
	if len(e.Lines) != 0 {
		t.Errorf("a title was taken for commands: %v", e.Lines)
	}
}

func TestBodyOfAnIssueIsNoPlaceForCommands(t *testing.T) {
	e := one(t, "issues", payload("opened", ada, "issue", anIssue("body", "/submit alphanet")))
	if len(e.Lines) != 0 || e.What != process.Opened {
		t.Errorf("got %s with %v", e.What, e.Lines)
	}
}

func TestAnIssueFormIsReadByItsHeadings(t *testing.T) {
	body := "### Name of the Feature\n\nFaster exits\n\n### Layers\n\n- [X] L1\n- [ ] L2\n- [x] other\n\n" +
		"### Network\n\nNone\n\n### Why\r\n\r\n_No response_\r\n\n### Log\n\n```shell\n### not a heading\n```\n\n### Name of the feature\n\ntwice"
	e := one(t, "issues", payload("opened", ada, "issue", anIssue("body", body)))
	want := map[string]string{
		"name of the feature": "Faster exits", "layers": "L1, other", "network": "", "why": "",
		"log": "```shell\n### not a heading\n```",
	}
	if diff := cmp.Diff(want, e.Issue.Form); diff != "" {
		t.Error(diff)
	}
	half := one(t, "issues", payload("opened", ada, "issue", anIssue("body", "### half"))).Issue.Form
	if got, ok := half["half"]; !ok || got != "" {
		t.Errorf("a heading without an answer: %q, %v", got, ok)
	}
	if f := one(t, "issues", payload("opened", ada, "issue", anIssue())).Issue.Form; f != nil {
		t.Errorf("a plain body has a form: %v", f)
	}
}

func TestATransferredIssueSaysWhereItWent(t *testing.T) {
	p := payload("transferred", ada, "issue", anIssue(),
		"changes", obj{"new_issue": obj{"number": 41}, "new_repository": obj{"full_name": "acme/elsewhere"}})
	if e := one(t, "issues", p); e.Issue.To != "acme/elsewhere#41" || e.Key != "issue/12/gone" {
		t.Errorf("to %q, key %q", e.Issue.To, e.Key)
	}
	turned := payload("transferred", ada, "issue", anIssue(), "changes", obj{})
	if e := one(t, "issues", turned); e.What != process.Gone || e.Issue.To != "" {
		t.Errorf("converted: %s to %q", e.What, e.Issue.To)
	}
}

func TestACloseKeepsItsReasonAndMoment(t *testing.T) {
	e := one(t, "issues", payload("closed", ada, "issue",
		anIssue("state", "closed", "state_reason", "not_planned", "closed_at", "2026-12-03T00:00:00Z")))
	if e.Name != "not_planned" || !e.At.Equal(time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %q at %v", e.Name, e.At)
	}
}

func TestAnEditCountsWhenItChangesTheTitle(t *testing.T) {
	e := one(t, "issues", payload("edited", ada, "issue", anIssue(), "changes", obj{"title": obj{"from": "Old"}}))
	if e.What != process.Edited || e.Name != "Faster exits" {
		t.Errorf("got %s %q", e.What, e.Name)
	}
	none(t, "issues", payload("edited", ada, "issue", anIssue(), "changes", obj{"body": obj{"from": "x"}}), "leaves the title")
}

func TestADeletedLabelIsAChangeWithoutAName(t *testing.T) {
	e := one(t, "issues", payload("unlabeled", ada, "issue", anIssue()))
	if len(e.Labels) != 1 || e.Labels[0].Name != "" || e.Labels[0].Added {
		t.Errorf("got %+v", e.Labels)
	}
	none(t, "issues", payload("labeled", ada, "issue", anIssue()), "without a name")
}

func TestALabelChangeNamesWhoAndWhich(t *testing.T) {
	e := one(t, "issues", payload("labeled", bob, "issue", anIssue(), "label", obj{"name": "stage/X"}))
	want := []process.LabelChange{{Name: "stage/X", Added: true, By: process.Actor{Login: "bob"}, At: e.At}}
	if diff := cmp.Diff(want, e.Labels); diff != "" {
		t.Error(diff)
	}
}

func TestOurOwnActsAreTheirOwnReceipts(t *testing.T) {
	for _, action := range []string{"labeled", "unlabeled", "milestoned", "demilestoned", "assigned", "unassigned"} {
		p := payload(action, ours, "issue", anIssue(), "label", obj{"name": "x"}, "assignee", bob, "milestone", obj{"title": "t"})
		none(t, "issues", p, "our own act")
		if e := one(t, "issues", p.with("sender", other)); !e.Actor.Bot || e.Actor.Self {
			t.Errorf("%s by another bot: %+v", action, e.Actor)
		}
		// A person may call themselves anything; only a Bot account is ours.
		if e := one(t, "issues", p.with("sender", person(us))); e.Actor.Self {
			t.Errorf("%s by a person with our name counts as ours", action)
		}
	}
	e := one(t, "issues", payload("opened", ours, "issue",
		anIssue("user", ours, "body", "<!-- stationmaster:open/alphanet/2026-12 -->\nWords")))
	if !e.Actor.Self || e.Issue.Marker != "open/alphanet/2026-12" {
		t.Errorf("our own issue: %+v, marker %q", e.Actor, e.Issue.Marker)
	}
}

func TestAMarkerCountsOnlyUnderOurName(t *testing.T) {
	for _, user := range []obj{ada, other, person(us)} {
		e := one(t, "issues", payload("opened", ada, "issue", anIssue("user", user, "body", "<!-- stationmaster:a -->")))
		if e.Issue.Marker != "" {
			t.Errorf("%v: marker %q", user, e.Issue.Marker)
		}
	}
}

func TestUnknownActionsAreLeftAlone(t *testing.T) {
	for _, action := range []string{"pinned", "typed", "field_added", ""} {
		none(t, "issues", payload(action, ada, "issue", anIssue()), "no action that is handled")
	}
	if !slices.Contains(Handled()["issues"], "labeled") || Handled()["ping"] != nil {
		t.Errorf("Handled() = %v", Handled())
	}
}
