package command

import (
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func upgrade() process.Command {
	return process.Command{
		Name: "upgrade", Minuted: true, Usage: "/upgrade <number>", Summary: "reserve or change this upgrade's number", Examples: []string{"/upgrade 17"},
		By: maintainer, On: upgrades,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			suggest := process.Code("/upgrade " + t.P.NextNumber(t.Line()))
			number, ok := process.ParseNumber(line.Rest)
			if !ok {
				o := t.Form("upgrade", process.Say("form.number", "given", line.Rest))
				o.Next = []process.Code{suggest}
				return o
			}
			if t.P.Ended(it) {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			holder, spent := t.P.NumberHolder(t.Line(), number)
			spent = spent && !it.T.Bears(number) // its own of before comes back
			switch {
			case holder != nil && holder.ID == it.ID:
				return process.Outcome{State: process.Already, Head: process.Say("already.number", "number", number)}
			case holder != nil:
				return process.Refuse("D5", process.Say("refusal.number-taken", "number", number, "holder", holder.Ref(), "void", holder.T.Void), suggest)
			case spent:
				return process.Refuse("D5", process.Say("refusal.number-spent", "number", number), suggest)
			}
			if decided(t, it) {
				return process.Refuse("B3", process.Say("refusal.number-borne", "number", it.T.Number), "/status")
			}
			was := it.T.Number
			it = t.Edit(it)
			it.T.Number = number
			t.Note(it, process.Say("note.renumbered", "number", number, "was", was))
			t.Repost(it)
			return process.Did("did.upgrade", "number", number)
		},
	}
}

// decided reports whether the proposal that bears the upgrade's number has been
// voted on: then number and proposal cannot part any more (B3).
func decided(t *process.Turn, it *process.Item) bool {
	for track := range it.Tracks {
		if t.P.Node(it.Tracks[track].At) == nil || !t.P.Node(it.Tracks[track].At).Settled() {
			return true
		}
	}
	return false
}
