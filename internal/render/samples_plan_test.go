package render

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// timetable is a schedule with everything that a plan may run into.
func timetable() calendar.Schedule {
	rule := func(text, start string) calendar.Series {
		r, err := calendar.ParseRecurrence(text, "Europe/Berlin", start)
		if err != nil {
			panic(err) // a sample of ours
		}
		return calendar.Series{Rule: r, Shift: calendar.Next}
	}
	days := func(n int) calendar.Span { return calendar.Span{Days: n} }
	return calendar.Schedule{
		Alphanets: rule("FREQ=MONTHLY;BYDAY=2TH;BYHOUR=10", "2026-11-01"),
		Meetings:  rule("FREQ=MONTHLY;BYDAY=1TU;BYHOUR=16", "2026-11-01"),
		Cutoff:    calendar.Cutoff{Before: calendar.ToMeeting, By: days(4)},
		Lead:      calendar.Lead{Alphanet: days(14), Betanet: days(14), Audit: days(28), Testnet: days(14), Release: days(7), Notice: days(14), Assumed: []string{"lead.audit"}},
	}
}

// planSamples are what plans say, and what another date does to one.
func planSamples() []process.Text {
	s := timetable()
	plan := func(on calendar.Date) calendar.Plan {
		p, err := s.WorkBack(calendar.Target{Network: "mainnet", On: on, Known: map[calendar.StepName]calendar.Date{calendar.BetanetDeployed: on.AddDays(-100)}}, on.AddDays(-80))
		if err != nil {
			panic(err) // a sample of ours
		}
		return p
	}
	now, then := plan(on(15).AddDays(90)), plan(on(15).AddDays(111))
	slip := calendar.Compare(now, then)
	assumed := []string{"lead.audit 28 days (assumed)", "lead.release 7 days"}
	return []process.Text{
		say("answer.plan", "on", now.On), say("answer.no-plan", "stage", ""), say("answer.no-plan", "stage", "Shipped"), say("answer.plan-for", "network", "mainnet", "on", now.On),
		say("answer.steps", "steps", now.Steps, "assumed", assumed, "troubles", now.Troubles), say("answer.steps", "steps", []calendar.Step{}, "assumed", []string{}, "troubles", []calendar.Trouble{}),
		say("answer.slip", "from", slip.From, "to", slip.To, "moves", slip.Moves, "breaks", slip.Breaks, "mends", now.Troubles, "assumed", assumed),
		say("answer.slip", "from", slip.From, "to", slip.To, "moves", []calendar.Shove{}, "breaks", []calendar.Trouble{}, "mends", []calendar.Trouble{}, "assumed", []string{}),
	}
}
