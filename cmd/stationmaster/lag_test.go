package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// readyz is what the server says of itself.
func (e *town) readyz(t *testing.T) (int, string) {
	t.Helper()
	req := must(http.NewRequestWithContext(context.Background(), http.MethodGet, e.home+"/readyz", nil))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body)))
}

// waits expects a bot that does nothing for the repository, and says what to type.
func (e *town) waits(t *testing.T, feature int) comment {
	t.Helper()
	before := fmt.Sprint(e.sights(t))
	said := e.says(t, "engineer", feature, "/layers l1 l2")
	e.calm(t)
	e.answer(t, feature, said.ID).isSilent(t)
	if now := fmt.Sprint(e.sights(t)); now != before {
		t.Errorf("it has done something: people see\n%s\nand saw\n%s", now, before)
	}
	status, says := e.readyz(t)
	if status != http.StatusOK || !strings.Contains(says, "type: stationmaster rebuild acme/upgrades") {
		t.Errorf("/readyz says %d %s", status, says)
	}
	return said
}

// goesOn expects the command that has waited to be answered, and nothing twice.
func (e *town) goesOn(t *testing.T, feature int, waiting comment) {
	t.Helper()
	if a := e.answer(t, feature, waiting.ID); !slices.Contains(a.faces, "rocket") || len(a.replies) > 0 { // 👀 as well, for it has waited
		t.Errorf("what has waited was answered by %v %q", a.faces, a.replies)
	}
	if is := e.issue(t, feature); !is.has("layer/l1", "layer/l2", "stage/alphanet-scoping") {
		t.Errorf("#%d has %v", feature, is.labels())
	}
	if _, says := e.readyz(t); strings.Contains(says, "rebuild") {
		t.Errorf("/readyz still says %s", says)
	}
	for _, s := range e.sights(t) {
		for i := 1; i < len(s.Heard); i++ {
			if s.Heard[i] == s.Heard[i-1] {
				t.Errorf("%s has heard %s twice", s.Title, s.Heard[i])
			}
		}
	}
	e.nobodyFailed(t)
}

func TestAnOldBackupIsFoundOutAndRebuilt(t *testing.T) {
	e := newTestWorld(t)
	feature := e.merged(t, "Ahead")
	e.sleep(t)
	database := e.station.settings.Database
	backup := must(os.ReadFile(database))
	e.wake(t)
	e.commands(t, "engineer", feature, "/layers l2", "/submit alphanet").isDone(t)
	other := e.merged(t, "Not in the backup")
	e.commands(t, "engineer", other, "/hold because of the backup").isDone(t)
	e.sleep(t)
	e.lose(t)
	if err := os.WriteFile(database, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	want := e.sights(t)
	e.wake(t)
	waiting := e.waits(t, feature)
	e.sleep(t)
	report := e.rebuild(t, false)
	if !strings.Contains(report, "everything is proved") {
		t.Errorf("the report:\n%s", report)
	}
	if got := e.sights(t); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rebuilding has changed what people see:\n%+v\nwas\n%+v", got, want)
	}
	e.wake(t)
	e.goesOn(t, feature, waiting)
	e.commands(t, "engineer", other, "/unhold").isDone(t)
	if err := e.station.store.Verify(context.Background(), e.cred.Owner+"/"+e.cred.Repo); err != nil {
		t.Errorf("the ledger: %v", err)
	}
}

func TestAnEmptyDatabaseDoesNotStartOver(t *testing.T) {
	for _, board := range []bool{true, false} {
		t.Run(fmt.Sprintf("with a board: %v", board), func(t *testing.T) {
			e := newTestWorld(t)
			feature, number := e.merged(t, "There already"), e.board(t).Number
			e.sleep(t)
			e.lose(t)
			if !board {
				if err := e.world.github.DeleteIssue(e.cred.Owner+"/"+e.cred.Repo, number, "mara"); err != nil {
					t.Fatal(err)
				}
			}
			e.wake(t)
			waiting := e.waits(t, feature)
			e.sleep(t)
			e.rebuild(t, false)
			e.wake(t)
			e.goesOn(t, feature, waiting)
		})
	}
}
