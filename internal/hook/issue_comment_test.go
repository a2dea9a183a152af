package hook

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func comment(action string, sender obj, body string, pairs ...any) obj {
	return payload(action, sender, append([]any{"issue", anIssue(), "comment", aComment(body)}, pairs...)...)
}

func edited(sender, author obj, before, after string) obj {
	return payload("edited", sender, "issue", anIssue(), "comment", aComment(after, "user", author),
		"changes", obj{"body": obj{"from": before}})
}

func verbs(e process.Event) string {
	var out []string
	for _, l := range e.Lines {
		out = append(out, l.Verb)
	}
	return strings.Join(out, " ")
}

func TestACommentAsksItsCommandsInOrder(t *testing.T) {
	e := one(t, "issue_comment", comment("created", ada, "Hello.\n/layers l1 l2\n```\n/depart\n```\n> /stable\n\n/submit alphanet --dry-run"))
	if e.What != process.Asked || e.Key != "comment/5001/created" || verbs(e) != "layers submit" {
		t.Fatalf("got %s %s %q", e.What, e.Key, verbs(e))
	}
	want := &process.Comment{ID: 5001, Author: "ada", URL: "https://github.com/acme/protocol/issues/12#issuecomment-5001"}
	if diff := cmp.Diff(want, e.Comment); diff != "" {
		t.Error(diff)
	}
	if !e.Lines[1].DryRun || e.Lines[0].Hash == "" || e.Issue.Number != 12 || e.Actor.Login != "ada" {
		t.Errorf("lines %+v of %+v", e.Lines, e.Issue)
	}
}

func TestACommentOnAPullRequestSaysSo(t *testing.T) {
	p := comment("created", ada, "/feature", "issue", anIssue("pull_request", obj{"url": "https://api.github.com/x"}))
	if e := one(t, "issue_comment", p); !e.Issue.IsPull {
		t.Error("it is taken for an issue")
	}
}

func TestCommentsWithoutCommandsComeToNothing(t *testing.T) {
	none(t, "issue_comment", comment("created", ada, "Thank you"), "no commands")
	none(t, "issue_comment", comment("deleted", ada, "Thank you"), "no commands")
	none(t, "issue_comment", comment("created", ada, "/usr/bin/env"), "no commands")
}

func TestBotsCommandNothing(t *testing.T) {
	none(t, "issue_comment", comment("created", other, "/depart"), "bot's comment")
	none(t, "issue_comment", comment("created", ours, "/depart"), "our own act")
	none(t, "issue_comment", comment("deleted", ours, "/depart"), "our own act")
	none(t, "issue_comment", edited(other, other, "x", "/depart"), "bot's comment")
}

func TestAnEditRunsWhatItsAuthorAdded(t *testing.T) {
	e := one(t, "issue_comment", edited(ada, ada, "/status", "/status\n/stable https://example.com/run"))
	if verbs(e) != "stable" || !e.Comment.Edited || !strings.HasPrefix(e.Key, "comment/5001/edited/") {
		t.Errorf("got %q %+v %s", verbs(e), e.Comment, e.Key)
	}
	if !e.At.Equal(time.Date(2026, 12, 2, 10, 5, 0, 0, time.UTC)) {
		t.Errorf("at %v", e.At)
	}
	again := one(t, "issue_comment", edited(ada, ada, "/status", "/status\n/depart"))
	if again.Key == e.Key {
		t.Error("two edits have one key")
	}
	none(t, "issue_comment", edited(ada, ada, "/status", "Well.\n/status"), "no commands")
	none(t, "issue_comment", comment("edited", ada, "/status"), "leaves the text")
}

func TestAnEditOfAnothersCommentRunsNothing(t *testing.T) {
	none(t, "issue_comment", edited(bob, ada, "x", "/depart"), "another's")
	none(t, "issue_comment", edited(bob, other, "x", "/depart"), "another's")
	none(t, "issue_comment", edited(bob, nil, "x", "/depart"), "another's")
	none(t, "issue_comment", edited(bob, ours, "<!-- stationmaster:status -->\nx", "/depart"), "no checklist")
	// The name of an author is not told apart by case.
	if e := one(t, "issue_comment", edited(person("ADA"), ada, "x", "/status")); verbs(e) != "status" {
		t.Errorf("got %q", verbs(e))
	}
}

const listBefore = "<!-- stationmaster:checklist/betanet-acceptance/1 -->\nIntro\n\n- [ ] Run linked (T6)\n- [ ] Rollback rehearsed\n"

func TestTicksOfAChecklistOfOursAreRead(t *testing.T) {
	after := "<!-- stationmaster:checklist/betanet-acceptance/1 -->\r\nIntro\r\n\r\n" +
		"- [x] Run linked (T6) http://no.example https://ci.example/run?a=1&b=2 [or](https://two.example)\r\n" +
		"- [X] Rollback [rehearsed](https://docs.example/r)\r\n  1. [ ] nested `code`\r\n" +
		"> - [x] quoted\r\n\r\n```\r\n- [x] fenced\r\n```\r\n- no box\r\n"
	e := one(t, "issue_comment", edited(bob, ours, listBefore, after))
	want := &process.Boxes{Marker: "checklist/betanet-acceptance/1", Items: []process.Box{
		{Text: "Run linked (T6) http://no.example https://ci.example/run?a=1&b=2 [or](https://two.example)", Done: true,
			Link: "https://ci.example/run?a=1&b=2"},
		{Text: "Rollback [rehearsed](https://docs.example/r)", Done: true, Link: "https://docs.example/r"},
		{Text: "nested `code`"},
	}}
	if diff := cmp.Diff(want, e.Boxes); diff != "" {
		t.Error(diff)
	}
	if e.What != process.Ticked || e.Actor.Login != "bob" || e.Comment.Marker != want.Marker || len(e.Lines) != 0 {
		t.Errorf("got %s by %s of %q with %v", e.What, e.Actor.Login, e.Comment.Marker, e.Lines)
	}
}

func TestATickAndItsTakingBackAreTwoEvents(t *testing.T) {
	tick := edited(bob, ours, listBefore, strings.Replace(listBefore, "[ ]", "[x]", 1))
	back := edited(bob, ours, strings.Replace(listBefore, "[ ]", "[x]", 1), listBefore)
	again := tick.with("comment", aComment(strings.Replace(listBefore, "[ ]", "[x]", 1), "user", ours, "updated_at", "2026-12-02T10:06:00Z"))
	keys := map[string]bool{}
	for _, p := range []obj{tick, back, again} {
		keys[one(t, "issue_comment", p).Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("keys %v", keys)
	}
}

func TestAChecklistIsKnownByTheMarkerThatWeWrote(t *testing.T) {
	for name, after := range map[string]string{
		"taken out": "- [x] all", "forged": "<!-- stationmaster:checklist/other/1 -->\n- [x] all",
	} {
		if e := one(t, "issue_comment", edited(bob, ours, listBefore, after)); e.Boxes.Marker != "checklist/betanet-acceptance/1" {
			t.Errorf("%s: marker %q", name, e.Boxes.Marker)
		}
	}
	none(t, "issue_comment", edited(ours, ours, listBefore, listBefore+"- [x] b"), "our own act")
	none(t, "issue_comment", edited(bob, ada, listBefore, listBefore+"- [x] b"), "another's")
	none(t, "issue_comment", edited(ada, ada, listBefore, listBefore+"- [x] b"), "no commands")
}

func TestADeletedCommentIsNoted(t *testing.T) {
	e := one(t, "issue_comment", comment("deleted", bob, "/stable"))
	if e.What != process.CommentDeleted || e.Key != "comment/5001/deleted" || len(e.Lines) != 0 {
		t.Errorf("got %s %s %v", e.What, e.Key, e.Lines)
	}
	p := payload("deleted", bob, "issue", anIssue(), "comment", aComment("<!-- stationmaster:status -->\nx", "user", ours))
	if e := one(t, "issue_comment", p); e.Comment.Marker != "status" {
		t.Errorf("marker %q", e.Comment.Marker)
	}
}

func TestALongCommentIsReadWithoutHarm(t *testing.T) {
	body := "/status\n" + strings.Repeat("x", 70000) + "\n/depart"
	if e := one(t, "issue_comment", comment("created", ada, body)); verbs(e) != "status" {
		t.Errorf("got %q", verbs(e))
	}
}

func TestInvalidTextIsMadeValid(t *testing.T) {
	raw := comment("created", ada, "/hold BAD").json()
	raw = []byte(strings.ReplaceAll(string(raw), "BAD", "a\xff\xfeb\\u0000c"))
	raw = []byte(strings.ReplaceAll(string(raw), "Faster exits", "F\xc3\\u0000"))
	events, err := translate(newTeller(), "issue_comment", raw)
	if err != nil || len(events) != 1 {
		t.Fatalf("%v, %d events", err, len(events))
	}
	if got, want := events[0].Lines[0].Rest, "a\ufffd\ufffdb\ufffdc"; got != want {
		t.Errorf("rest %q, want %q", got, want)
	}
	if got := events[0].Issue.Title; got != "F\ufffd\ufffd" {
		t.Errorf("title %q", got)
	}
}
