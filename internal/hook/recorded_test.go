package hook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/contract"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// become is what GitHub's recorded payloads come to: each event and action with
// what is made of it, and how many recordings there are of the kind.
var become = map[string]int{
	"ping: 200 pong": 4,

	"issues.opened: opened #1 Spelling error in the README file": 4,
	"issues.edited: an edit that leaves the title":               3,
	"issues.reopened: reopened #1":                               1,
	"issues.labeled: labelled #1 +bug":                           2,
	"issues.unlabeled: labelled #1 -bug":                         2,
	"issues.milestoned: milestoned #2 +v1.0":                     2,
	"issues.demilestoned: milestoned #2 -v1.0":                   2,
	"issues.assigned: assigned #1 +Codertocat":                   3,
	"issues.unassigned: assigned #1 -Codertocat":                 2,
	"issues.locked: locked #1 +":                                 2,
	"issues.unlocked: locked #1 -":                               2,
	"issues.deleted: gone #1":                                    1,
	"issues.transferred: gone #1 Codertocat/Hello-World#1":       1,
	"issues.pinned: " + notOurs:                                  1,
	"issues.unpinned: " + notOurs:                                1,

	"issue_comment.created: no commands in it": 5,
	"issue_comment.edited: no commands in it":  2,
	"issue_comment.deleted: no commands in it": 2,

	"pull_request.opened: pull-opened #2 Update the README with new information.":      4,
	"pull_request.reopened: pull-opened #2 Update the README with new information.":    2,
	"pull_request.synchronize: pull-opened #2 Update the README with new information.": 1,
	"pull_request.closed: pull-closed #2 Update the README with new information.":      2,
	"pull_request.assigned: " + notOurs:                                                2,
	"pull_request.unassigned: " + notOurs:                                              2,
	"pull_request.labeled: " + notOurs:                                                 2,
	"pull_request.unlabeled: " + notOurs:                                               2,
	"pull_request.locked: " + notOurs:                                                  2,
	"pull_request.unlocked: " + notOurs:                                                2,
	"pull_request.converted_to_draft: " + notOurs:                                      3,
	"pull_request.ready_for_review: " + notOurs:                                        3,
	"pull_request.review_requested: " + notOurs:                                        1,
	"pull_request.review_request_removed: " + notOurs:                                  1,

	"label.created: told of the labels of Codertocat/Hello-World": 3,
	"label.edited: told of the labels of Codertocat/Hello-World":  1,
	"label.deleted: told of the labels of Codertocat/Hello-World": 2,

	"push: a push to another branch":           5, // tags, all of them
	"push: told of Codertocat/Hello-World: []": 2, // made or forced: any file may have changed
}

// notOurs is the door's answer to an action that means nothing to the process.
const notOurs = "202 none of ours: no action that is handled"

// recording is what GitHub once sent of an event.
type recording struct {
	Name     string
	Examples []json.RawMessage
}

func recordings(t *testing.T) []recording {
	t.Helper()
	dir := contract.Installed(t, "@octokit/webhooks-examples")
	text, err := os.ReadFile(filepath.Join(dir, "api.github.com", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out []recording
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGitHubsRecordedPayloadsComeToWhatTheyShould(t *testing.T) {
	var in inbox
	door := newDoor(t, &in, Options{})
	got, seen, others := map[string]int{}, map[string]bool{}, 0
	for _, rec := range recordings(t) {
		seen[rec.Name] = true
		for _, body := range rec.Examples {
			what, outcome := send(t, door, &in, rec.Name, body)
			if _, known := handled[rec.Name]; known || rec.Name == "ping" {
				got[what+": "+outcome]++
				continue
			}
			if others++; outcome != "202 none of ours: no event that is handled" {
				t.Errorf("%s: %s, and nobody handles it", what, outcome)
			}
		}
	}
	if diff := cmp.Diff(become, got); diff != "" {
		t.Errorf("what the recordings come to (- wanted, + came to):\n%s", diff)
	}
	for event := range handled {
		if !seen[event] {
			t.Errorf("nothing is recorded of %s", event)
		}
	}
	t.Logf("%d recordings stored and translated, %d forgotten", len(in.got), others)
}

// send posts a payload as GitHub would and says what became of it: what the
// door answered if it stored nothing, or else what the translator makes of it.
func send(t *testing.T, h http.Handler, in *inbox, event string, body []byte) (what, outcome string) {
	t.Helper()
	var p struct{ Action string }
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	what = strings.TrimSuffix(event+"."+p.Action, ".")
	r, id := request(body, "first"), fmt.Sprintf("%s-%d", what, len(in.got))
	r.Header.Set("X-GitHub-Event", event)
	r.Header.Set("X-GitHub-Delivery", id)
	w := post(h, r)
	d, stored := in.got[id]
	if !stored {
		return what, fmt.Sprintf("%d %s", w.Code, strings.TrimSpace(w.Body.String()))
	}
	if w.Code != http.StatusOK {
		t.Errorf("%s was stored, and answered with %d", what, w.Code)
	}
	return what, made(t, d)
}

// made says what the translator makes of a delivery.
func made(t *testing.T, d bot.Delivery) string {
	t.Helper()
	tt, told := newTeller(), ""
	tt.world.Pushed = func(_ int64, repo string, paths []string) { told = fmt.Sprintf("told of %s: %v", repo, paths) }
	tt.world.Relabelled = func(_ int64, repo string) { told = "told of the labels of " + repo }
	events, err := NewTranslator(tt.world).Translate(d)
	switch {
	case err != nil:
		t.Errorf("%s: %v", d.ID, err)
		return "a fault"
	case told != "":
		return told
	case len(events) == 0:
		return tt.why
	}
	var said []string
	for _, e := range events {
		if e.Repo != d.Repo || e.Actor.Login == "" || e.Key == "" || e.At.IsZero() {
			t.Errorf("%s: the event lacks repository, actor, key or time: %+v", d.ID, e)
		}
		said = append(said, inShort(e))
	}
	return strings.Join(said, ", ")
}

// inShort is what matters of an event, in one line.
func inShort(e process.Event) string {
	sign := map[bool]string{true: "+", false: "-"}
	s := string(e.What)
	switch {
	case e.Pull != nil:
		s += fmt.Sprintf(" #%d %s", e.Pull.Number, e.Pull.Title)
	case e.Issue != nil:
		s += fmt.Sprintf(" #%d", e.Issue.Number)
	}
	switch e.What {
	case process.Opened:
		s += " " + e.Issue.Title
	case process.Labelled:
		s += " " + sign[e.Labels[0].Added] + e.Labels[0].Name
	case process.Milestoned, process.Assigned, process.Locked:
		s += " " + sign[e.Added] + e.Name
	case process.Gone:
		s = strings.TrimSpace(s + " " + e.Issue.To)
	case process.Asked:
		s += fmt.Sprintf(" %d commands of %s", len(e.Lines), e.Actor.Login)
	}
	return s
}

// TestARecordedCommentWithACommandIsAsked says in a recorded payload what
// nobody said when it was recorded.
func TestARecordedCommentWithACommandIsAsked(t *testing.T) {
	var in inbox
	door, n := newDoor(t, &in, Options{}), 0
	for _, rec := range recordings(t) {
		for _, body := range rec.Examples {
			var p obj
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatal(err)
			}
			if rec.Name != "issue_comment" || p["action"] != "created" {
				continue
			}
			p["comment"].(map[string]any)["body"] = "Please:\n\n/status\n"
			if _, got := send(t, door, &in, rec.Name, p.json()); got != "asked #1 1 commands of Codertocat" {
				t.Errorf("made %q of it", got)
			}
			n++
		}
	}
	if n == 0 {
		t.Error("no comment is recorded")
	}
}
