package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func plan() process.Command {
	return process.Command{
		Name: "plan", Usage: "/plan [testnet|mainnet <date>]", Summary: "show the days that lead to an activation, or what another date would do to them",
		Examples: []string{"/plan", "/plan mainnet 2027-03-02"}, On: tracked, Reads: true,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			words := strings.Fields(line.Rest)
			switch len(words) {
			case 0:
				return earliest(t, t.Item())
			case 2:
			default:
				return t.Form("plan", process.Say("form.schedule", "given", line.Rest))
			}
			net := strings.ToLower(words[0])
			if net != "testnet" && net != "mainnet" {
				return t.Form("plan", process.Say("form.schedule", "given", line.Rest))
			}
			date, err := parseDate(words[1])
			if err != nil {
				return bad(t, "plan", err)
			}
			if date.Before(t.Today()) {
				return t.Form("plan", process.Say("form.past", "date", date, "today", t.Today()))
			}
			return process.Outcome{State: process.Answered, Head: process.Say("answer.plan-for", "network", net, "on", date), Body: slip(t, t.Item(), net, date)}
		},
	}
}

// earliest answers with the way to mainnet if every step goes well.
func earliest(t *process.Turn, it *process.Item) process.Outcome {
	plan, ok := process.Earliest(t.P, t.Line(), it, t.Today())
	if !ok {
		return process.Outcome{State: process.Answered, Head: process.Say("answer.no-plan", "stage", t.P.Title(it.Stage)), Next: []process.Code{"/plan mainnet 2027-03-02"}}
	}
	return process.Outcome{State: process.Answered, Head: process.Say("answer.plan", "on", plan.On), Body: process.Say("answer.steps", "steps", plan.Steps, "troubles", plan.Troubles, "assumed", assumed(plan))}
}

// slip shows what a date asks of the days before it and, where another one is
// decided already, what it moves.
func slip(t *process.Turn, it *process.Item, network string, on calendar.Date) process.Text {
	next, err := process.WorkBack(t.P, t.Line(), it, network, on, t.Today())
	if err != nil {
		return process.Text{}
	}
	body := process.Say("answer.steps", "steps", next.Steps, "assumed", assumed(next), "troubles", next.Troubles)
	train := it
	if it.F != nil {
		train = t.Train(it)
	}
	if train == nil || train.T == nil {
		return body
	}
	if now, dated := train.T.Planned[network]; dated && now.On != on {
		before, err := process.WorkBack(t.P, t.Line(), it, network, now.On, t.Today())
		if err == nil {
			change := calendar.Compare(before, next)
			return process.Say("answer.slip", "from", change.From, "to", change.To, "moves", change.Moves, "breaks", change.Breaks, "mends", change.Mends, "assumed", assumed(next))
		}
	}
	return body
}

// assumed are the times that a plan counts with, in words.
func assumed(p calendar.Plan) []string {
	var out []string
	for _, a := range p.Assumptions() {
		out = append(out, a.String())
	}
	return out
}
