package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func status() process.Command {
	return process.Command{
		Name: "status", Usage: "/status", Summary: "where this stands and what it waits for", Examples: []string{"/status"}, On: tracked,
		By: []process.Role{process.AnyRole}, Reads: true,
		Decide: func(t *process.Turn, _ process.Typed) process.Outcome {
			it := t.Item()
			o := process.Outcome{State: process.Answered, Head: process.Say("answer.status", "stage", t.P.Title(it.Stage), "since", it.Since, "now", t.Now())}
			args := []any{"kind", string(it.Kind), "ahead", t.Outlook(it), "holds", it.Holds}
			if train := t.Train(it); train != nil {
				args = append(args, "train", train.Ref(), "name", t.P.TrainName(train))
			} else if it.F != nil {
				kind := process.Alphanet
				if n := t.P.Node(it.Stage); n != nil && n.Network == "betanet" {
					kind = process.Upgrade
				}
				if next := t.NextTrain(kind); next != nil {
					args = append(args, "next", next.Ref(), "nextName", t.P.TrainName(next), "nextDate", next.T.Date)
				}
			}
			o.Body = process.Say("answer.status-body", args...)
			return o
		},
	}
}
