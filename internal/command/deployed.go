package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func deployed() process.Command {
	return process.Command{
		Name: "deployed", Usage: "/deployed <link>… [on <date>]", Summary: "the network is up: links to it",
		Examples: []string{"/deployed https://link-to-the-network"}, On: trains, Move: "deployed",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			m, o := t.May(it, "deployed")
			if o != nil {
				return *o
			}
			date, rest, o := onDate(t, "deployed", line.Rest)
			if o != nil {
				return *o
			}
			links, rest, err := Links(rest)
			if err != nil {
				return bad(t, "deployed", err)
			}
			if len(links) == 0 || rest != "" {
				return t.Form("deployed", process.Say("form.link", "extra", rest))
			}
			if _, o := t.Gates(it, m); o != nil {
				return *o
			}
			it = t.Edit(it)
			it.T.Deployed = append(it.T.Deployed, process.Deployed{Iteration: it.T.Iteration, On: date, By: t.By(), Links: links})
			it.T.Redeploy = ""
			t.Go(it, m, process.Facts{Link: links[0]})
			if it.Kind == process.Alphanet {
				t.Retire(it)
			}
			return process.Did("did.deployed", "name", t.P.TrainName(it), "iteration", it.T.Iteration)
		},
	}
}
