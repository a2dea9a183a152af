package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// A railway is a world with two features on their way, before its database is lost.
type railway struct {
	*town
	one, two, board int
	early           string // the page of one before it was submitted
}

func newRailway(t *testing.T) *railway {
	t.Helper()
	e := newTestWorld(t)
	r := &railway{town: e, board: e.board(t).Number, one: e.merged(t, "One"), two: e.merged(t, "Two")}
	r.early = r.page(t, r.one).Body
	e.commands(t, "engineer", r.one, "/layers l1", "/submit alphanet").isDone(t)
	e.commands(t, "engineer", r.two, "/layers l2").isDone(t)
	return r
}

// page is the status comment of an issue.
func (e *town) page(t *testing.T, number int) comment {
	t.Helper()
	for _, c := range e.comments(t, number) {
		if m := marker.FindStringSubmatch(c.Body); c.User.Type == "Bot" && m != nil && m[1] == "status" {
			return c
		}
	}
	t.Fatalf("#%d has no status", number)
	return comment{}
}

// edits has a maintainer write a comment of the bot's afresh while the bot sleeps.
func (e *town) edits(t *testing.T, id int64, body string) {
	t.Helper()
	err := e.people["maintainer"].do(context.Background(), http.MethodPatch, e.tracking(fmt.Sprintf("/issues/comments/%d", id)), map[string]string{"body": body}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// redraws has a maintainer write an issue's body afresh.
func (e *town) redraws(t *testing.T, number int, body string) {
	t.Helper()
	err := e.people["maintainer"].do(context.Background(), http.MethodPatch, e.tracking(fmt.Sprintf("/issues/%d", number)), map[string]string{"body": body}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatProvesNothingIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		tamper func(t *testing.T, r *railway)
		says   string // of feature one, as a pattern
		proved string // "everything", "others"
	}{
		{"nothing was touched", func(*testing.T, *railway) {}, ``, "everything"},
		{"a forged snapshot", func(t *testing.T, r *railway) {
			page := r.page(t, r.one)
			at := strings.LastIndex(page.Body, ":demo:") + 20
			r.edits(t, page.ID, page.Body[:at]+string("AB"[page.Body[at]&1])+page.Body[at+1:])
		}, `signature is wrong: it is refused`, "others"},
		{"an older one put back", func(t *testing.T, r *railway) {
			r.edits(t, r.page(t, r.one).ID, r.early)
		}, `rolled back by mara: it is of line [0-9]+, and the departures board knows another one at line [0-9]+: it is refused`, "others"},
		{"that of another issue", func(t *testing.T, r *railway) {
			r.edits(t, r.page(t, r.one).ID, r.page(t, r.two).Body)
		}, `belongs to another issue: acme/upgrades#[0-9]+: it is refused`, "others"},
		{"a form that nobody knows", func(t *testing.T, r *railway) {
			page := r.page(t, r.one)
			r.edits(t, page.ID, strings.Replace(page.Body, "snapshot:v1:", "snapshot:v7:", 1))
		}, `form that this program does not know: v7: it is refused`, "others"},
		{"a key that is configured no more", func(_ *testing.T, r *railway) {
			r.station.settings.SnapshotKeys = []config.SnapshotKey{{ID: "new", Secret: config.NewSecret(strings.Repeat("x", 32))}}
		}, `signed with a key that is not configured: demo: it is refused`, "nothing"},
		{"the comment deleted", func(t *testing.T, r *railway) {
			path := r.tracking(fmt.Sprintf("/issues/comments/%d", r.page(t, r.one).ID))
			if err := r.people["maintainer"].do(context.Background(), http.MethodDelete, path, nil, nil); err != nil {
				t.Fatal(err)
			}
		}, `carries no snapshot`, "others"},
		{"words around it, and 60,000 more of them", func(t *testing.T, r *railway) {
			page := r.page(t, r.one)
			r.edits(t, page.ID, page.Body+"\n"+strings.Repeat("words ", 10_000))
		}, ``, "everything"},
		{"the departures board deleted", func(t *testing.T, r *railway) {
			if err := r.world.github.DeleteIssue(r.cred.Owner+"/"+r.cred.Repo, r.board, "mara"); err != nil {
				t.Fatal(err)
			}
		}, ``, "others"},
		{"the departures board edited", func(t *testing.T, r *railway) {
			r.redraws(t, r.board, "Nothing to see here.\n\n"+snapshot.Find(r.issue(t, r.board).Body))
		}, ``, "others"},
		{"the board and the page put back together", func(t *testing.T, r *railway) {
			r.redraws(t, r.board, r.issue(t, r.board).Body+" ")
			r.edits(t, r.page(t, r.one).ID, r.early)
		}, `page was edited by mara, so that its snapshot of line [0-9]+ may be an older one put back: it is refused`, "others"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRailway(t)
			was := r.sights(t)
			r.sleep(t)
			c.tamper(t, r)
			r.lose(t)
			if dry := r.rebuild(t, true); !strings.Contains(dry, "nothing was written") {
				t.Errorf("a dry run says:\n%s", dry)
			}
			report := r.rebuild(t, false)
			if all := strings.Contains(report, "everything is proved"); all != (c.proved == "everything") {
				t.Errorf("proved is %v:\n%s", all, report)
			}
			line := regexp.MustCompile(fmt.Sprintf(`(?m)^  #%d: .*%s$`, r.one, c.says))
			if c.says != "" && (!line.MatchString(report) || !strings.Contains(report, "/correct stage alphanet-scoping because …")) {
				t.Errorf("of #%d it says:\n%s", r.one, report)
			}
			if two := strings.Contains(report, fmt.Sprintf("  #%d: ", r.two)); two != (c.proved == "nothing") {
				t.Errorf("of #%d it says:\n%s", r.two, report)
			}
			r.wake(t)
			r.commands(t, "engineer", r.one, "/withdraw").isDone(t)
			r.commands(t, "engineer", r.one, "/submit alphanet").isDone(t)
			if !strings.HasPrefix(c.name, "the departures board deleted") {
				if now := r.sights(t); fmt.Sprint(now) != fmt.Sprint(was) {
					t.Errorf("people see\n%+v\nand saw\n%+v", now, was)
				}
			}
			r.nobodyFailed(t)
		})
	}
}
