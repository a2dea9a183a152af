package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestOnlyWhatStandsThereAsACommandIsRun(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Grammar")
	for name, body := range map[string]string{
		"a fenced block":       "Try this:\n```\n/drop because of this\n```\n",
		"an indented block":    "Try this:\n\n    /drop because of this\n",
		"a span":               "Type `/drop because of this` if you must",
		"a quote":              "> /drop because of this\n\nNo, please.",
		"a lazy quote":         "> what she said\n/drop because of this",
		"an HTML comment":      "<!--\n/drop because of this\n-->\n",
		"the middle of a line": "please /drop because of this",
		"a path":               "/usr/bin/env is no command",
	} {
		t.Run(name, func(t *testing.T) { e.commands(t, "engineer", feature, body).isSilent(t) })
	}
	if is := e.issue(t, feature); is.State != "open" || !is.has("stage/alphanet-scoping") {
		t.Errorf("it is %s with %v", is.State, is.labels())
	}
	e.commands(t, "engineer", feature, "/sumbit alphanet").says(t, "confused", "`/sumbit`", "/submit alphanet")
	e.commands(t, "engineer", feature, "  /LAYERS L1  ").isDone(t)
}

func TestSeveralCommandsAreAnsweredInOneReply(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Several")
	e.commands(t, "engineer", feature, "/layers l1 l2", "some words", "/submit alphanet").isDone(t)
	e.commands(t, "engineer", feature, "/layers l1", "/submit betanet", "/witdraw", "/withdraw").
		says(t, "confused", "`/layers l1`", "`/submit betanet`", "`/witdraw`", "`/withdraw`")
	if is := e.issue(t, feature); !is.has("layer/l1") || is.has("layer/l2") || is.has("submitted/alphanet") {
		t.Errorf("it has %v", is.labels())
	}
}

func TestADryRunSaysWhatWouldHappenAndChangesNothing(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Dry")
	before := e.issue(t, feature).labels()
	e.commands(t, "engineer", feature, "/layers l1 --dry-run").says(t, "rocket", "/layers l1")
	e.commands(t, "outsider", feature, "/submit alphanet --dry-run").says(t, "confused")
	if after := e.issue(t, feature).labels(); !slices.Equal(before, after) {
		t.Errorf("the labels were %v and are %v", before, after)
	}
}

func TestAnEditRunsWhatItsOwnAuthorAddedAndNothingElse(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Edited")
	said := e.says(t, "engineer", feature, "/layers l1")
	e.calm(t)
	edit := func(persona, body string) {
		t.Helper()
		e.does(t, persona, http.MethodPatch, fmt.Sprintf("/issues/comments/%d", said.ID), map[string]string{"body": body}, nil)
	}
	edit("maintainer", "/layers l1\n/submit alphanet\n/drop because somebody else edits")
	if is := e.issue(t, feature); is.State != "open" || is.has("submitted/alphanet") {
		t.Errorf("another's edit was run: %v", is.labels())
	}
	e.commands(t, "engineer", feature, "/layers l2").isDone(t)
	edit("engineer", "Some words before.\n\n/layers l1\n/submit alphanet\n/drop because somebody else edits\n/hold because it was added")
	if is := e.issue(t, feature); !is.has("layer/l2", "on-hold") || is.has("layer/l1") || is.State != "open" {
		t.Errorf("the edit has come to %v, %s", is.labels(), is.State)
	}
	e.does(t, "engineer", http.MethodDelete, fmt.Sprintf("/issues/comments/%d", said.ID), nil, nil)
	if is := e.issue(t, feature); !is.has("layer/l2", "on-hold") {
		t.Errorf("a deletion has undone something: %v", is.labels())
	}
	e.nobodyFailed(t)
}

func TestTheSameWebhookAgainDoesNothing(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Twice")
	answer := e.commands(t, "engineer", feature, "/submit betanet", "/layers l1")
	answer.says(t, "confused")
	writes := e.world.github.Requests().Writes
	for _, d := range e.world.github.Deliveries() {
		if d.Event != "ping" {
			e.posts(t, d.Event, d.GUID, d.Payload)          // as GitHub redelivers it
			e.posts(t, d.Event, "again-"+d.GUID, d.Payload) // as a sweep would find it
		}
	}
	if again := e.world.github.Requests().Writes; again != writes {
		t.Errorf("%d writes more", again-writes)
	}
	e.answer(t, feature, answer.id).says(t, "confused")
	e.nobodyFailed(t)
}

func TestWhatBotsSayIsLeftAlone(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Robots")
	said := e.says(t, "engineer", feature, "nothing yet")
	e.calm(t)
	payload := e.last(t, "issue_comment", "created")
	robot := map[string]any{"login": "dependabot[bot]", "type": "Bot", "id": 49699333}
	payload["sender"] = robot
	payload["comment"].(map[string]any)["user"] = robot
	payload["comment"].(map[string]any)["body"] = "/drop because robots may"
	e.posts(t, "issue_comment", "from-a-robot", must(json.Marshal(payload)))
	e.answer(t, feature, said.ID).isSilent(t)
	if is := e.issue(t, feature); is.State != "open" {
		t.Error("a robot has dropped the feature")
	}
}

func TestPeopleCommandingAtOnceAreEachAnsweredOnce(t *testing.T) {
	e := newTestWorld(t)
	feature, other := e.feature(t, "Crowded"), e.feature(t, "Crowded too")
	lines := []string{"/layers l1", "/layers l2", "/status", "/hold h%d: because %d", "/stabel"}
	said := make([]comment, 20)
	var all sync.WaitGroup
	for i := range said {
		all.Go(func() {
			line := lines[i%len(lines)]
			if strings.Contains(line, "%") {
				line = fmt.Sprintf(line, i, i)
			}
			on := []int{feature, other}[i/len(lines)%2]
			var err error
			if said[i], err = e.say(context.Background(), []string{"engineer", "maintainer"}[i%2], on, line); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	e.calm(t)
	for i, c := range said {
		a := e.answer(t, []int{feature, other}[i/len(lines)%2], c.ID)
		replies := map[string]int{"/status": 1, "/stabel": 1}[lines[i%len(lines)]]
		if len(a.faces) != 1 || !strings.HasPrefix(lines[i%len(lines)], "/layers") && len(a.replies) != replies {
			t.Errorf("%s was answered by %v and %d replies", lines[i%len(lines)], a.faces, len(a.replies))
		}
	}
	for _, n := range []int{feature, other} {
		is := e.issue(t, n)
		if is.has("layer/l1") == is.has("layer/l2") || !is.has("on-hold") {
			t.Errorf("#%d has %v", n, is.labels())
		}
	}
	e.nobodyFailed(t)
}

func TestWhoHasLeftTheTeamIsRefusedFromThenOn(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Left behind")
	e.commands(t, "engineer", feature, "/layers l1").isDone(t)
	if err := e.world.github.RemoveTeamMember("engineers", "ada"); err != nil {
		t.Fatal(err)
	}
	e.calm(t)
	e.commands(t, "engineer", feature, "/submit alphanet").says(t, "confused", "maintainer")
	if is := e.issue(t, feature); is.has("submitted/alphanet") {
		t.Error("it was submitted")
	}
}

func TestACommandOnTheWrongIssueIsShownTheRightOne(t *testing.T) {
	e := newTestWorld(t)
	plain := e.opens(t, "engineer", "A question")
	e.calm(t)
	feature := e.feature(t, "Right here")
	e.board(t)
	trains, err := e.issues(context.Background(), "kind/alphanet")
	if err != nil || len(trains) == 0 {
		t.Fatal(trains, err)
	}
	train := trains[0].Number

	e.commands(t, "maintainer", feature, "/deployed https://x.example").says(t, "confused", "/deployed")
	e.commands(t, "engineer", plain, "/submit alphanet").says(t, "confused", "/feature")
	e.commands(t, "engineer", plain, "/feature").isDone(t)
	if is := e.issue(t, plain); !is.has("kind/feature", "stage/alphanet-scoping") {
		t.Errorf("#%d has %v", plain, is.labels())
	}
	e.commands(t, "engineer", train, "/submit alphanet").says(t, "confused")
	e.commands(t, "maintainer", e.board(t).Number, "/depart").says(t, "confused")

	var pull struct{ Number int }
	in := map[string]string{"title": "A change", "body": "", "head": "topic", "base": "main"}
	if err := e.people["engineer"].do(context.Background(), http.MethodPost, e.code("/pulls"), in, &pull); err != nil {
		t.Fatal(err)
	}
	var said comment
	at := e.code(fmt.Sprintf("/issues/%d/comments", pull.Number))
	if err := e.people["engineer"].do(context.Background(), http.MethodPost, at, map[string]string{"body": "/submit alphanet"}, &said); err != nil {
		t.Fatal(err)
	}
	e.calm(t)
	var all []comment
	if err := e.people["engineer"].do(context.Background(), http.MethodGet, at, nil, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Errorf("a command in a repository that is not tracked was answered: %+v", all)
	}
	e.nobodyFailed(t)
}
