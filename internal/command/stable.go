package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func stable() process.Command {
	return process.Command{
		Name: "stable", Usage: "/stable [link]", Summary: "it passed: go on to the next network",
		Examples: []string{"/stable https://link-to-the-acceptance-run"}, On: tracked, Move: "stable",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			m, o := t.May(it, "stable")
			if o != nil {
				return *o
			}
			link, rest, _, err := Link(line.Rest)
			if err != nil {
				return bad(t, "stable", err)
			}
			if rest != "" {
				return t.Form("stable", process.Say("form.extra", "extra", rest))
			}
			t.Facts.Link = link
			why, o := t.Gates(it, m)
			if o != nil {
				return *o
			}
			if it.F != nil {
				pass(t, it, link, why)
			}
			t.Go(it, m, process.Facts{Link: link})
			return process.Did("did.stable", "stage", t.P.Title(t.Get(it.ID).Stage))
		},
	}
}

// pass records that the feature has proved itself (P5), with the code it has.
func pass(t *process.Turn, it *process.Item, link string, why process.Why) {
	it = t.Edit(it)
	if link == "" {
		for _, w := range why.Of {
			if w.Gate == "evidence" {
				link, _ = w.Evidence.Args["link"].(string)
			}
		}
	}
	it.F.Passed = &process.Pass{Train: it.F.Train, By: t.By(), At: t.Now(), Evidence: link, Code: it.F.CodeDigest()}
}
