package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// goesWrong puts faults in force.
func (e *town) goesWrong(t *testing.T, seed int64, texts ...string) {
	t.Helper()
	var rules []fault.Rule
	for _, text := range texts {
		rules = append(rules, must(fault.Parse(text)))
	}
	if err := e.world.github.SetFaults(seed, rules...); err != nil {
		t.Fatal(err)
	}
}

// What a bot fears most: an answer that never comes, to a request that took
// effect. Every write may meet it, or fail before, and webhooks come twice and
// out of order; yet everything is done, and once.
func TestTheBotLivesThroughBadGatewaysAndCutAnswers(t *testing.T) {
	for _, seed := range []int64{1, 2, 3} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			e := newTestWorld(t, prepared(func(s *station) error {
				s.bot.Timing.Retry, s.bot.Timing.RetryMost = 5*time.Millisecond, 50*time.Millisecond
				s.bot.Timing.FindAfter = 5 * time.Millisecond
				return nil
			}))
			e.goesWrong(t, seed,
				"api.502=0.15,effect=either,route=POST|PATCH|PUT|DELETE /repos/**",
				"api.cut=0.15,effect=either,route=POST|PATCH|PUT|DELETE /repos/**",
				"deliveries.doubled=0.3", "deliveries.reordered=0.3,by=20ms")
			e.storm(t)
			struck := e.world.github.Faults().Counts
			for _, kind := range []fault.Kind{fault.Error502, fault.Cut, fault.Doubled, fault.Reordered} {
				if struck[kind] == 0 {
					t.Errorf("%s never struck", kind)
				}
			}
			e.world.github.ClearFaults()
			e.nobodyFailed(t)
		})
	}
}

// storm tells a short story and expects its end as in calm weather.
func (e *town) storm(t *testing.T) {
	t.Helper()
	feature := e.feature(t, "Unshaken")
	e.commands(t, "engineer", feature, "/layers l1").isDone(t)
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	e.commands(t, "outsider", feature, "/withdraw").says(t, "confused")
	e.commands(t, "engineer", feature, "/withdraw").isDone(t)
	e.commands(t, "engineer", feature, "/layers l1 l2").isDone(t)
	is := e.issue(t, feature)
	if !is.has("kind/feature", "stage/alphanet-scoping", "layer/l1", "layer/l2") || is.has("submitted/alphanet") {
		t.Errorf("it has %v", is.labels())
	}
	seen := map[string]int{}
	for _, c := range e.comments(t, feature) {
		if m := marker.FindStringSubmatch(c.Body); m != nil && c.User.Type == "Bot" {
			seen[m[1]]++
		}
	}
	status := 0
	for key, n := range seen {
		if n > 1 {
			t.Errorf("%s was said %d times", key, n)
		}
		if strings.HasPrefix(key, "status") {
			status++
		}
	}
	if status != 1 {
		t.Errorf("%d living pages: %v", status, seen)
	}
}
