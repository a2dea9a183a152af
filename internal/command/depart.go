package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func depart() process.Command {
	return process.Command{
		Name: "depart", Minuted: true, Usage: "/depart", Summary: "let this train leave with those aboard", Examples: []string{"/depart"},
		On: trains, Move: "depart",
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			it := t.Item()
			m, o := t.May(it, "depart")
			if o != nil {
				return *o
			}
			if _, o := t.Gates(it, m); o != nil {
				return *o
			}
			t.Depart(it, m)
			it = t.Item()
			return process.Did("did.depart", "name", t.P.TrainName(it), "aboard", len(t.Line().Aboard(it.ID)))
		},
	}
}
