package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func why() process.Command {
	return process.Command{
		Name: "why", Usage: "/why [move]", Summary: "what stands in the way of the next move", Examples: []string{"/why", "/why stable"}, On: tracked,
		By: []process.Role{process.AnyRole}, Reads: true,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			wanted := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(line.Rest)), "/")
			var ahead []process.Prospect
			for _, p := range t.Outlook(it) {
				if wanted == "" || p.Move == wanted {
					ahead = append(ahead, p)
				}
			}
			if len(ahead) == 0 && wanted != "" {
				if t.P.Tables.Command(wanted) == nil {
					return t.Form("why", process.Say("form.move", "given", wanted))
				}
				return process.Outcome{State: process.Answered, Head: process.Say("answer.why-not-here", "move", process.Code("/"+wanted), "stage", t.P.Title(it.Stage))}
			}
			o := process.Outcome{State: process.Answered, Head: process.Say("answer.why", "stage", t.P.Title(it.Stage), "since", it.Since), Why: process.Why{Verdict: process.Yes}}
			for _, p := range ahead {
				o.Why.Of = append(o.Why.Of, p.Why)
				if !p.Why.Verdict.Open() {
					o.Why.Verdict = process.No
				}
			}
			o.Body = process.Say("answer.why-body", "ahead", ahead)
			return o
		},
	}
}
