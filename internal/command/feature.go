package command

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func feature() process.Command {
	return process.Command{
		Name: "feature", Usage: "/feature", Summary: "make this issue a feature on the line", Examples: []string{"/feature"},
		By: []process.Role{process.AnyRole},
		Ask: func(_ *process.Process, _ *process.Line, e process.Event, _ process.Typed, q *process.Questions) {
			if e.Issue != nil {
				q.Need(e.Issue.Author, process.Engineer)
			}
		},
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			return t.Adopt(process.Feature, calendar.Date{})
		},
	}
}
