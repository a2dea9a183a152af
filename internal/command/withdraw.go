package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func withdraw() process.Command {
	return process.Command{
		Name: "withdraw", Usage: "/withdraw", Summary: "take the submission back, or leave the train before it departs",
		Examples: []string{"/withdraw"}, By: ownerOrMaint, On: features,
		Now: mayWithdraw,
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			it := t.Item()
			train := t.Train(it)
			switch {
			case train != nil && train.Stage != t.P.Scoping(train.Kind):
				next := process.Code("/unstable because …")
				if train.Kind == process.Upgrade {
					next = "/remove because …"
				}
				return process.Refuse("D2", process.Say("refusal.withdraw-departed", "train", train.Ref(), "name", t.P.TrainName(train)), next)
			case train != nil:
				it = t.Edit(it)
				it.F.Train = ""
				t.Note(it, process.Say("note.withdrawn", "train", train.Ref()))
				t.Lighten(train, it, process.Text{})
				return process.Did("did.withdraw", "train", train.Ref())
			case len(it.F.Submitted) > 0:
				t.Edit(it).F.Submitted = nil
				t.Note(it, process.Say("note.unsubmitted"))
				return process.Did("did.unsubmit")
			}
			return process.Refuse("D6", process.Say("refusal.nothing-to-withdraw"), "/submit alphanet")
		},
	}
}

// mayWithdraw reports whether there is a submission, or a train that has not
// departed, to withdraw from.
func mayWithdraw(t *process.Turn, it *process.Item) bool {
	train := t.Train(it)
	return len(it.F.Submitted) > 0 || train != nil && train.Stage == t.P.Scoping(train.Kind)
}
