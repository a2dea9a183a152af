package command

import (
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func upgrade() process.Command {
	return process.Command{
		Name: "upgrade", Usage: "/upgrade <number>", Summary: "reserve or change this upgrade's number", Examples: []string{"/upgrade 17"},
		By: maintainer, On: upgrades,
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
			switch {
			case holder != nil && holder.ID == it.ID:
				return process.Outcome{State: process.Already, Head: process.Say("already.number", "number", number)}
			case holder != nil:
				return process.Refuse("D5", process.Say("refusal.number-taken", "number", number, "holder", holder.Ref(), "void", holder.T.Void), suggest)
			case spent:
				return process.Refuse("D5", process.Say("refusal.number-spent", "number", number), suggest)
			}
			if borne(it) {
				return process.Refuse("B3", process.Say("refusal.number-borne", "number", it.T.Number), process.Code("/governance posted https://link-to-the-proposal "+it.T.Number))
			}
			was := it.T.Number
			t.Edit(it).T.Number = number
			t.Note(it, process.Say("note.renumbered", "number", number, "was", was))
			return process.Did("did.upgrade", "number", number)
		},
	}
}

// borne reports whether a proposal that stands bears the upgrade's number (B3).
func borne(it *process.Item) bool {
	for _, p := range it.T.Proposals {
		if !p.Superseded && process.CompareNumbers(p.Number, it.T.Number) == 0 {
			return true
		}
	}
	return false
}
