package command

import (
	"slices"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func help() process.Command {
	return process.Command{
		Name: "help", Usage: "/help", Summary: "what you may do here, now", Examples: []string{"/help"}, Reads: true,
		Ask: func(_ *process.Process, _ *process.Line, e process.Event, _ process.Typed, q *process.Questions) {
			q.Need(e.Actor.Login, process.AllRoles)
		},
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			it := t.Item()
			var yours, others []process.Command
			for _, c := range t.P.Tables.Commands {
				switch here, mine := fits(t, it, c); {
				case here && mine:
					yours = append(yours, c)
				case here:
					others = append(others, c)
				}
			}
			o := process.Outcome{State: process.Answered, Head: process.Say("answer.help", "stage", "", "tracked", it != nil)}
			if it != nil {
				o.Head = o.Head.With("stage", t.P.Title(it.Stage))
			}
			o.Body = process.Say("answer.help-body", "yours", lines(yours), "others", lines(others))
			return o
		},
	}
}

// fits reports whether the command has its place here and now, and whether it
// is this person's to type.
func fits(t *process.Turn, it *process.Item, c process.Command) (here, mine bool) {
	if it == nil {
		return len(c.On) == 0, t.Holds(nil, c.By) == process.Yes
	}
	if len(c.On) > 0 && !slices.Contains(c.On, it.Kind) || c.Name == "feature" || c.Name == "train" {
		return false, false
	}
	if c.Now != nil && !c.Now(t, it) {
		return false, false
	}
	if c.Move == "" {
		return true, t.Holds(it, c.By) == process.Yes
	}
	n, m, ok := t.P.Find(it, c.Move)
	if !ok || n.OfMove(m) != it.Kind {
		return false, false
	}
	return true, t.Holds(it, m.By) == process.Yes
}

// A Help is one line of the help.
type Help struct {
	Usage   process.Code
	Summary string
}

func lines(cs []process.Command) []any {
	out := make([]any, 0, len(cs))
	for _, c := range cs {
		out = append(out, Help{Usage: process.Code(c.Usage), Summary: c.Summary})
	}
	return out
}
