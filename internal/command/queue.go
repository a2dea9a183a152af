package command

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// maxQueue bounds a queue: a person works off a few things at a time.
const maxQueue = 20

func queue() process.Command {
	return process.Command{
		Name: "queue", Usage: "/queue [@user]", Summary: "what waits for you, in the whole repository, the longest wait first",
		Examples: []string{"/queue", "/queue @ada"}, Reads: true,
		Ask: func(_ *process.Process, _ *process.Line, e process.Event, _ process.Typed, q *process.Questions) {
			q.Need(e.Actor.Login, process.AllRoles)
		},
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			who, mine := t.By(), true
			if rest := strings.TrimSpace(line.Rest); rest != "" {
				login, extra, err := User(rest)
				if err != nil {
					return bad(t, "queue", err)
				}
				if extra != "" {
					return t.Form("queue", process.Say("form.extra", "extra", extra))
				}
				who, mine = login, t.Is(login)
			}
			var waits []process.Wait
			for _, w := range t.Waits() {
				if w.Of(who) || mine && holdsOne(t, w.Roles) {
					waits = append(waits, w)
				}
			}
			blind := mine && t.A.Trouble != ""
			more := max(0, len(waits)-maxQueue)
			o := process.Outcome{State: process.Answered, Head: process.Say("answer.queue", "user", who, "yours", mine, "count", len(waits))}
			if len(waits) > 0 || blind {
				o.Body = process.Say("answer.queue-body", "waits", waits[:len(waits)-more], "more", more, "now", t.Now(), "unchecked", blind, "trouble", t.A.Trouble)
			}
			return o
		},
	}
}

// holdsOne reports whether who asks has one of the roles, as far as is known.
func holdsOne(t *process.Turn, roles []process.Role) bool {
	return slices.ContainsFunc(roles, func(r process.Role) bool { return t.A.Role(t.By(), r) == process.Yes })
}
