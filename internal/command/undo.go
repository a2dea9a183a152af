package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func undo() process.Command {
	return process.Command{
		Name: "undo", Minuted: true, Usage: "/undo", Summary: "take back the last move here, if nothing stands on it", Examples: []string{"/undo"}, On: tracked,
		By:  []process.Role{process.AnyRole},
		Who: "who made the move, maintainer",
		Now: func(_ *process.Turn, it *process.Item) bool { return it.Prior != nil },
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			it := t.Item()
			if it.Prior == nil {
				return process.Refuse("D2", process.Say("refusal.nothing-to-undo"))
			}
			if v := t.Holds(it, maintainer); v != process.Yes && !t.Is(it.Prior.By) {
				return t.Denied(v, maintainer)
			}
			return t.Undo(it)
		},
	}
}
