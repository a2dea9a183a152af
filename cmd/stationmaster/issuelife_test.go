package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestALabelDeletedFromTheRepositoryComesBack(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Unlabelled")
	e.commands(t, "engineer", feature, "/layers l1", "/submit alphanet").isDone(t)
	e.does(t, "maintainer", http.MethodDelete, "/labels/stage%2Falphanet-scoping", nil, nil)
	e.does(t, "maintainer", http.MethodDelete, "/labels/submitted%2Falphanet", nil, nil)
	if is := e.issue(t, feature); !is.has("stage/alphanet-scoping", "submitted/alphanet", "layer/l1") {
		t.Errorf("after the labels were deleted it has %v", is.labels())
	}
	e.commands(t, "engineer", feature, "/withdraw").isDone(t)
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	if is := e.issue(t, feature); !is.has("submitted/alphanet", "layer/l1") {
		t.Errorf("it has %v", is.labels())
	}
	e.nobodyFailed(t)
}

func TestABareRemovalOfALabelIsPutBack(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Put back")
	e.does(t, "maintainer", http.MethodDelete, fmt.Sprintf("/issues/%d/labels/stage%%2Falphanet-scoping", feature), nil, nil)
	if is := e.issue(t, feature); !is.has("stage/alphanet-scoping") {
		t.Errorf("it has %v", is.labels())
	}
	e.does(t, "engineer", http.MethodPost, fmt.Sprintf("/issues/%d/labels", feature), map[string][]string{"labels": {"stage/shipped", "bug"}}, nil)
	if is := e.issue(t, feature); !is.has("stage/alphanet-scoping", "bug") || is.has("stage/shipped") {
		t.Errorf("it has %v", is.labels())
	}
	e.nobodyFailed(t)
}

// happens posts a recorded payload of what the emulator cannot do.
func (e *town) happens(t *testing.T, number int, action string, changes map[string]any) {
	t.Helper()
	var is map[string]any
	e.sees(t, fmt.Sprintf("/issues/%d", number), &is)
	payload := e.last(t, "issues", "opened")
	payload["action"], payload["issue"] = action, is
	if changes != nil {
		payload["changes"] = changes
	}
	e.posts(t, "issues", fmt.Sprintf("%s-%d", action, number), must(json.Marshal(payload)))
}

func TestWhatIsGoneIsLeftAlone(t *testing.T) {
	for _, c := range []struct {
		action  string
		changes map[string]any
	}{
		{"deleted", nil},
		{"transferred", map[string]any{"new_issue": map[string]any{"number": 99}, "new_repository": map[string]any{"full_name": "acme/elsewhere"}}},
	} {
		t.Run(c.action, func(t *testing.T) {
			e := newTestWorld(t)
			feature, other := e.merged(t, "Here today"), e.merged(t, "Stays")
			e.board(t)
			trains, err := e.issues(context.Background(), "kind/alphanet")
			if err != nil || len(trains) == 0 {
				t.Fatal(trains, err)
			}
			e.commands(t, "maintainer", trains[0].Number, fmt.Sprintf("/board #%d #%d", feature, other)).isDone(t)
			e.happens(t, feature, c.action, c.changes)
			before := e.world.github.Requests().Writes
			comments := len(e.comments(t, feature))
			e.commands(t, "maintainer", trains[0].Number, "/depart").isDone(t)
			if is := e.issue(t, other); !is.has("stage/alphanet-deployment") {
				t.Errorf("the other has %v", is.labels())
			}
			if is := e.issue(t, feature); is.has("stage/alphanet-deployment") || len(e.comments(t, feature)) != comments {
				t.Errorf("the one that is gone has %v and %d comments", is.labels(), len(e.comments(t, feature)))
			}
			if e.world.github.Requests().Writes == before {
				t.Error("nothing was written at all")
			}
			e.nobodyFailed(t)
		})
	}
}

func TestALockedIssueIsStillServed(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Heated")
	e.does(t, "maintainer", http.MethodPut, fmt.Sprintf("/issues/%d/lock", feature), map[string]string{"lock_reason": "too heated"}, nil)
	e.commands(t, "engineer", feature, "/layers l1").isDone(t)
	e.commands(t, "engineer", feature, "/submit betanet").says(t, "confused", "P5")
	e.nobodyFailed(t)
}

func TestClosingByHandMovesNothingAndReopeningGoesOn(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Slammed")
	e.does(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/%d", feature), map[string]string{"state": "closed", "state_reason": "not_planned"}, nil)
	if is := e.issue(t, feature); !is.has("stage/alphanet-scoping") {
		t.Errorf("it has %v", is.labels())
	}
	said := e.comments(t, feature)
	if last := said[len(said)-1]; last.User.Type != "Bot" || !strings.Contains(last.Body, "/drop") {
		t.Errorf("nobody says how a feature ends: %q", last.Body)
	}
	e.does(t, "engineer", http.MethodPatch, fmt.Sprintf("/issues/%d", feature), map[string]string{"state": "open"}, nil)
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	if again := e.comments(t, feature); len(again) != len(said)+1 {
		t.Errorf("there are %d comments, and were %d", len(again), len(said))
	}
	e.nobodyFailed(t)
}

func TestAnAuditIssueTakesTheAuditsCommandsAndNoOthers(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Audited")
	e.commands(t, "engineer", feature, "/layers l1", "/audit required", "/audit request")
	audits, err := e.issues(context.Background(), "kind/audit")
	if err != nil || len(audits) != 1 {
		t.Fatalf("there are %d audit requests: %v", len(audits), err)
	}
	audit := audits[0].Number
	e.commands(t, "engineer", audit, "/audit cleared https://audit.example/1").says(t, "confused", "security")
	e.commands(t, "engineer", audit, "/submit alphanet").says(t, "confused", fmt.Sprintf("#%d", feature))
	e.commands(t, "security", audit, "/audit cleared https://audit.example/1").isDone(t)
	if is := e.issue(t, feature); !is.has("audit/cleared") || is.has("audit/requested") {
		t.Errorf("it has %v", is.labels())
	}
	e.nobodyFailed(t)
}
