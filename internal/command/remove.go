package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func remove() process.Command {
	return process.Command{
		Name: "remove", Minuted: true, Usage: "/remove <reason>", Summary: "take this feature off its upgrade",
		Examples: []string{"/remove because the fix cannot be ready in time"}, By: maintainer, On: features,
		Now: mayRemove,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			train := t.Train(it)
			if train == nil || train.Kind != process.Upgrade {
				return process.Refuse("D6", process.Say("refusal.not-aboard", "feature", it.Ref(), "kind", string(process.Upgrade)), "/withdraw", "/drop because …")
			}
			if past(t, train, "testnet-activation") {
				return process.Refuse("T9", process.Say("refusal.no-redeployment", "stage", t.P.Title(train.Stage)))
			}
			reason, o := reasonOf(t, "remove", line.Rest)
			if o != nil {
				return *o
			}
			t.Remove(it, reason)
			return process.Did("did.remove", "train", train.Ref())
		},
	}
}

// mayRemove reports whether the feature is aboard an upgrade that can still be
// deployed without it (T9).
func mayRemove(t *process.Turn, it *process.Item) bool {
	train := t.Train(it)
	return train != nil && train.Kind == process.Upgrade && !past(t, train, "testnet-activation")
}
