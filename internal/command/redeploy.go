package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func redeploy() process.Command {
	return process.Command{
		Name: "redeploy", Usage: "/redeploy <reason>", Summary: "deploy the network once more",
		Examples: []string{"/redeploy because the sequencer lost its database"}, On: trains, Move: "redeploy",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			if past(t, it, "testnet-activation") && !t.P.Ended(it) {
				return process.Refuse("T9", process.Say("refusal.no-redeployment", "stage", t.P.Title(it.Stage)))
			}
			o := backward(t, line, "redeploy")
			if o.State == process.Done {
				it := t.Edit(t.Item())
				reason, _ := Reason(line.Rest)
				t.Due(it, reason)
			}
			return o
		},
	}
}
