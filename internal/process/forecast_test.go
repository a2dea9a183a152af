package process_test

import (
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func monthly(t *testing.T, rule string) calendar.Series {
	t.Helper()
	r, err := calendar.ParseRecurrence(rule, "Europe/Berlin", "2026-11-01")
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Series{Rule: r, Shift: calendar.Next}
}

// P2: everyone knows when it comes at the earliest, and the nearer it is to
// mainnet, the less is left to be reckoned with.
func TestTheForecastComesNearerWithEachStage(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Schedule: calendar.Schedule{
		Alphanets: monthly(t, "FREQ=MONTHLY;BYDAY=2TH"), Meetings: monthly(t, "FREQ=MONTHLY;BYDAY=1TU"),
		Lead: calendar.Lead{Audit: calendar.Span{Days: 28}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	l, today := process.NewLine("acme/upgrades"), calendar.Date{Year: 2026, Month: time.December, Day: 1}
	last := calendar.Date{}
	for i, stage := range []string{"mainnet-activation", "mainnet-release", "testnet-activation", "testnet-release", "betanet-acceptance", "betanet-deployment", "betanet-scoping", "alphanet-scoping"} {
		it := &process.Item{ID: "issue/1", Kind: process.Feature, Stage: stage, F: &process.FeatureFacts{}}
		plan, ok := process.Earliest(p, l, it, today)
		if !ok || plan.On.Before(today) || plan.On.Before(last) {
			t.Errorf("%s: earliest %v (%v), from the stage after it %v", stage, plan.On, ok, last)
		}
		if last = plan.On; i == 0 && last.DaysSince(today) > 40 {
			t.Errorf("what is nearly there takes until %v", last)
		}
	}
	for _, stage := range []string{"", "shipped", "removed"} {
		if plan, ok := process.Earliest(p, l, &process.Item{ID: "issue/1", Kind: process.Feature, Stage: stage, F: &process.FeatureFacts{}}, today); ok {
			t.Errorf("%q: a plan of something that is not on its way: %v", stage, plan.On)
		}
	}
}

func TestADecidedDateIsTheForecast(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Schedule: calendar.Schedule{Meetings: monthly(t, "FREQ=MONTHLY;BYDAY=1TU")}})
	if err != nil {
		t.Fatal(err)
	}
	on := calendar.Date{Year: 2027, Month: time.March, Day: 16}
	l := process.NewLine("acme/upgrades")
	l.Put(&process.Item{ID: "issue/30", Kind: process.Upgrade, Stage: "mainnet-release", T: &process.TrainFacts{Planned: map[string]process.Plan{"mainnet": {On: on}}}})
	it := &process.Item{ID: "issue/1", Kind: process.Feature, Stage: "mainnet-release", F: &process.FeatureFacts{Train: "issue/30"}}
	plan, ok := process.Earliest(p, l, it, calendar.Date{Year: 2027, Month: time.February, Day: 1})
	if !ok || plan.On != on {
		t.Errorf("earliest %v (%v), decided is %v", plan.On, ok, on)
	}
}
