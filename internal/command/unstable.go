package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func unstable() process.Command {
	return process.Command{
		Name: "unstable", Usage: "/unstable <reason>", Summary: "it did not pass: back to scoping",
		Examples: []string{"/unstable because blocks stall after an hour"}, On: tracked, Move: "unstable",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			return backward(t, line, "unstable")
		},
	}
}

// backward makes a move that leads back and wants a reason.
func backward(t *process.Turn, line process.Typed, name string) process.Outcome {
	it := t.Item()
	m, o := t.May(it, name)
	if o != nil {
		return *o
	}
	reason, o := reasonOf(t, name, line.Rest)
	if o != nil {
		return *o
	}
	if _, o := t.Gates(it, m); o != nil {
		return *o
	}
	t.Go(it, m, process.Facts{Reason: reason})
	return process.Did("did."+name, "stage", t.P.Title(t.Get(it.ID).Stage))
}
