package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func adjourn() process.Command {
	return process.Command{
		Name: "adjourn", Usage: "/adjourn", Summary: "end the meeting: ticked answers become decisions, the minutes are posted",
		Examples: []string{"/adjourn"}, By: maintainer, On: meetings,
		Now: openMeeting,
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			m := t.Item()
			if !m.M.Adjourned.IsZero() {
				return adjourned(t, m, "adjourn")
			}
			return t.Adjourn(m)
		},
	}
}
