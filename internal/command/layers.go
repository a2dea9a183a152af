package command

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func layers() process.Command {
	return process.Command{
		Name: "layers", Usage: "/layers l1|l2|l1 l2", Summary: "say which layers this feature changes", Examples: []string{"/layers l2", "/layers l1 l2"},
		By: ownerOrMaint, On: features,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			var out []string
			for _, w := range strings.FieldsFunc(strings.ToLower(line.Rest), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '+' }) {
				if w != "l1" && w != "l2" {
					return t.Form("layers", process.Say("form.layers", "given", w))
				}
				if !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
			if len(out) == 0 {
				return t.Form("layers", process.Say("form.layers", "given", ""))
			}
			slices.Sort(out)
			it := t.Item()
			if slices.Equal(it.F.Layers, out) {
				return process.Outcome{State: process.Already, Head: process.Say("already.layers", "layers", out)}
			}
			t.SetLayers(it, out)
			return process.Did("did.layers", "layers", out)
		},
	}
}
