package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// tricky is a title that would call half the organisation if it were repeated
// as it stands.
const tricky = "@everyone @acme/security @rui /drop #1 GH-1 acme/upgrades#1 <script>alert(1)</script> | a | `b` ![x](https://evil.example/i.png)"

func TestATitleFullOfTricksCallsLinksAndCommandsNobody(t *testing.T) {
	e := newTestWorld(t)
	bystander := e.opens(t, "engineer", "Nobody's business")
	e.calm(t)
	feature := e.feature(t, tricky)
	train := e.opens(t, "maintainer", "Upgrade "+tricky, "kind/upgrade")
	e.calm(t)
	if is := e.issue(t, feature); is.State != "open" {
		t.Error("the command in the title was run")
	}
	for _, line := range []string{
		"/status", "/why", "/why stable", "/help", "/stable", "/stabel @rui #1", "/layers <script>", "/layers l1 @rui",
		"/submit betanet", "/submit @acme/security", "/hold @rui because @acme/security #1 | <script>alert(2)</script>",
		"/link https://evil.example/@rui#1", "/owner @nobody-here", "/schedule mainnet @rui", "/audit finding low @rui",
		"/waive alphanet-passed because @rui #1 said so",
	} {
		e.commands(t, "engineer", feature, line)
		e.commands(t, "maintainer", feature, line)
	}
	for _, line := range []string{"/board #" + itoa(feature), "/hardfork @rui", "/upgrade #1", "/depart", "/remove @rui", "/hold because @rui #1", "/status", "/help"} {
		e.commands(t, "engineer", train, line)
		e.commands(t, "maintainer", train, line)
	}
	e.board(t)
	e.nobodyFailed(t)
	e.callsNobody(t, bystander)
}

// callsNobody looks for what GitHub would make of the bot's texts: mentions, and
// references to an issue that has nothing to do with them.
func (e *town) callsNobody(t *testing.T, bystander int) {
	t.Helper()
	texts := e.botTexts(t)
	if len(texts) < 20 {
		t.Errorf("the bot has said only %d things", len(texts))
	}
	for where, text := range texts {
		for _, m := range mention.FindAllStringSubmatch(prose(text), -1) {
			if !slices.Contains([]string{"@ada", "@mara"}, m[1]) { // they are told what they asked for
				t.Errorf("%s mentions %s:\n%s", where, m[1], text)
			}
		}
		if m := tag.FindString(prose(text)); m != "" && !strings.Contains(text, "<details>") {
			t.Errorf("%s has the tag %q:\n%s", where, m, text)
		}
		for _, line := range strings.Split(prose(text), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "/") {
				t.Errorf("%s has a line that is a command: %q", where, line)
			}
		}
	}
	var all []struct {
		Event string
		Actor struct{ Login, Type string }
	}
	e.sees(t, fmt.Sprintf("/issues/%d/timeline?per_page=100", bystander), &all)
	for _, happened := range all {
		if happened.Event == "cross-referenced" && happened.Actor.Type == "Bot" {
			t.Errorf("the bot left a reference on #%d", bystander)
		}
	}
}

func TestALongCommentIsReadAsFarAsItIsSafeAndItsAuthorToldOfTheRest(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Long-winded")
	filling := strings.Repeat("All work and no play makes a long comment. \n", 70_000/44)
	answer := e.commands(t, "engineer", feature, "/layers l1 l2", filling, "/submit alphanet")
	answer.says(t, "confused", "65,536 characters")
	if is := e.issue(t, feature); !is.has("layer/l1", "layer/l2") || is.has("submitted/alphanet") {
		t.Errorf("it has %v", is.labels())
	}
}

func TestInvalidUTF8IsReadAsFarAsItGoes(t *testing.T) {
	e := newTestWorld(t)
	feature := e.feature(t, "Mojibake")
	said := e.says(t, "engineer", feature, "nothing yet")
	e.calm(t)
	payload := e.last(t, "issue_comment", "created")
	payload["comment"].(map[string]any)["body"] = "BROKEN here\n/layers l1\n/hold because of BROKEN words"
	body := bytes.ReplaceAll(must(json.Marshal(payload)), []byte("BROKEN"), []byte("\xff\xfe\x00"[:2]))
	e.posts(t, "issue_comment", "broken-utf8", body)
	e.answer(t, feature, said.ID).isDone(t)
	if is := e.issue(t, feature); !is.has("layer/l1", "on-hold") {
		t.Errorf("it has %v", is.labels())
	}
	e.nobodyFailed(t)
}

func TestAnIssueFormHalfFilledInMakesAFeatureThatAsksForTheRest(t *testing.T) {
	e := newTestWorld(t)
	body := "### What changes\n\n_No response_\n\n### Layers\n\nNone\n\n### Pull requests\n\n_No response_\n\n### Owner\n\n@\n\n### Date\n\nsoon\n"
	var made issue
	e.does(t, "engineer", http.MethodPost, "/issues", map[string]any{"title": "Half a form", "body": body, "labels": []string{"kind/feature"}}, &made)
	is := e.issue(t, made.Number)
	if !is.has("kind/feature", "stage/alphanet-scoping") || is.has("layer/l1") || is.has("layer/l2") {
		t.Errorf("it has %v", is.labels())
	}
	e.commands(t, "engineer", made.Number, "/why submit").says(t, "rocket")
	e.nobodyFailed(t)
}
