package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func drop() process.Command {
	return process.Command{
		Name: "drop", Minuted: true, Usage: "/drop <reason>", Summary: "nobody wants this any more: end it",
		Examples: []string{"/drop because it was superseded"}, On: tracked, By: ownerOrMaint,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			if t.P.Ended(it) {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			train := t.Train(it)
			if train != nil && past(t, train, "testnet-activation") {
				return process.Refuse("T9", process.Say("refusal.no-redeployment", "stage", t.P.Title(train.Stage)))
			}
			reason, o := reasonOf(t, "drop", line.Rest)
			if o != nil {
				return *o
			}
			t.Drop(it, reason)
			return process.Did("did.drop")
		},
	}
}
