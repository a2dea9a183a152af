package main

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/hub"
)

// requestsPerIssue is the budget of the design: GitHub requests for a command,
// warm, for each issue that it touches. The test fails at twice that, and prints
// the counts so that a change for the worse is seen before.
const requestsPerIssue = 5

// spent is what the bot asks of GitHub while something is done.
func (e *town) spent(t *testing.T, do func()) (requests, writes int64) {
	t.Helper()
	e.calm(t)
	before := e.station.hub.Counts()
	do()
	e.calm(t)
	after := e.station.hub.Counts()
	return after.Requests - before.Requests, after.Writes - before.Writes
}

func TestACommandCostsFewRequests(t *testing.T) {
	e := newTestWorld(t)
	warm := e.merged(t, "Warm")
	e.commands(t, "engineer", warm, "/layers l1", "/submit alphanet", "/status")
	one, two := e.merged(t, "One"), e.merged(t, "Two")
	e.board(t)
	trains := must(e.issues(context.Background(), "kind/alphanet"))
	train := trains[0].Number
	e.commands(t, "maintainer", train, "/board #"+itoa(warm))
	for _, c := range []struct {
		persona string
		on      int
		line    string
		touched int64 // with the departures board, which most show on
	}{
		{"engineer", one, "/status", 1},
		{"engineer", one, "/stabel", 1},
		{"engineer", one, "/submit betanet", 1},
		{"engineer", one, "/layers l1", 2},
		{"engineer", one, "/submit alphanet", 2},
		{"maintainer", train, fmt.Sprintf("/board #%d #%d", one, two), 5},
		{"maintainer", train, "/depart", 5},
		{"maintainer", train, "/deployed https://alphanet.example", 5},
		{"engineer", one, "/unstable because it crashed", 3},
	} {
		var a answer
		requests, writes := e.spent(t, func() {
			said := e.says(t, c.persona, c.on, c.line)
			e.calm(t)
			a.id = said.ID
		})
		t.Logf("%-32s %2d requests, %2d of them writes, %d issues touched: %.1f each", c.line, requests, writes, c.touched, float64(requests)/float64(c.touched))
		if requests > 2*requestsPerIssue*c.touched {
			t.Errorf("%s costs %d requests for %d issues", c.line, requests, c.touched)
		}
		if faces := e.faces(t, a.id); len(faces) != 1 {
			t.Errorf("%s was answered by %v", c.line, faces)
		}
	}
	e.nobodyFailed(t)
}

func TestAskingCostsLookUpsUntilTheFirstRole(t *testing.T) {
	e := newTestWorld(t)
	feature := e.merged(t, "One")
	e.commands(t, "engineer", feature, "/status") // warm
	for _, c := range []struct {
		persona, line string
		most          int64 // an acknowledgement, a reply, and the look-ups
	}{{"engineer", "/status", 3}, {"maintainer", "/why", 4}} {
		requests, _ := e.spent(t, func() { e.says(t, c.persona, feature, c.line) })
		if requests > c.most {
			t.Errorf("%s by the %s costs %d requests", c.line, c.persona, requests)
		}
	}
}

func TestNothingIsWrittenWhenNothingChanges(t *testing.T) {
	e := newTestWorld(t)
	feature := e.merged(t, "Still")
	e.commands(t, "engineer", feature, "/layers l1", "/submit alphanet")
	e.board(t)
	requests, writes := e.spent(t, func() {
		for range 5 {
			if err := e.advance(context.Background(), e.world.github.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Logf("five ticks: %d requests, %d writes", requests, writes)
	if writes != 0 {
		t.Errorf("%d writes though nothing has changed", writes)
	}
	_, writes = e.spent(t, func() { e.says(t, "engineer", feature, "Thanks, this looks good.") })
	if writes != 0 {
		t.Errorf("%d writes for somebody's small talk", writes)
	}
}

func TestAFeaturesWatchersHearLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the whole story")
	}
	e := newTestWorld(t)
	var told bytes.Buffer
	s := &script{world: e.world, out: &told}
	before := e.station.hub.Counts()
	if err := s.play(context.Background()); err != nil {
		t.Fatalf("%v\n%s", err, &told)
	}
	if s.failed > 0 {
		t.Errorf("%d checks of the story failed", s.failed)
	}
	for _, n := range []int{s.bridge, s.pectra} {
		heard := 0
		for _, c := range e.comments(t, n) {
			if c.User.Type == "Bot" {
				heard++
				m := marker.FindStringSubmatch(c.Body)
				t.Logf("#%d hears %v", n, m[1:])
			}
		}
		t.Logf("#%d: %d comments of the bot from merge to mainnet, the answers to slips among them", n, heard)
		if heard > 10 {
			t.Errorf("#%d hears %d comments", n, heard)
		}
	}
	t.Logf("the story costs %s", counted(before, e.station.hub.Counts()))
	e.nobodyFailed(t)
}

func counted(before, after hub.Counts) string {
	return fmt.Sprintf("%d requests, %d writes, %d answered as not modified, %d tokens", after.Requests-before.Requests,
		after.Writes-before.Writes, after.NotModified-before.NotModified, after.Tokens-before.Tokens)
}
