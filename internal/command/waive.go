package command

import (
	"maps"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func waive() process.Command {
	return process.Command{
		Name: "waive", Minuted: true, Usage: "/waive <gate> [until <date>] <reason>", Summary: "let one move pass a closed gate, with a reason",
		Examples: []string{"/waive checklist because the last box is about a network we do not have"}, On: tracked,
		By:  []process.Role{process.AnyRole},
		Who: "the gate's role, never the feature's owner",
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			name, rest, _ := strings.Cut(strings.TrimSpace(line.Rest), " ")
			gates := gatesOf(t.P, name)
			if len(gates) == 0 {
				return t.Form("waive", process.Say("form.gate", "given", name, "known", slices.Sorted(maps.Keys(t.P.Tables.Gates))))
			}
			if t.P.Ended(it) && it.Stage != "stopped" && it.Stage != "removed" {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			for _, g := range gates {
				if o := mayWaive(t, it, g); o != nil {
					return *o
				}
			}
			until, rest, found, err := KeywordDate(rest, "until")
			if err != nil {
				return bad(t, "waive", err)
			}
			if found && until.Before(t.Today()) {
				return t.Form("waive", process.Say("form.past", "date", until, "today", t.Today()))
			}
			reason, o := reasonOf(t, "waive", rest)
			if o != nil {
				return *o
			}
			it = t.Edit(it)
			for _, g := range gates {
				it.Waivers = slices.DeleteFunc(it.Waivers, func(w process.Waiver) bool { return w.Gate == g.Name })
				it.Waivers = append(it.Waivers, process.Waiver{Gate: g.Name, By: t.By(), Reason: reason, At: t.Now(), Until: until})
				t.Note(it, process.Say("note.waived", "gate", g.Name, "rule", g.Rule, "reason", reason, "until", until))
			}
			return process.Did("did.waive", "gate", gates[0].Name)
		},
	}
}

// gatesOf finds the gates of a name or of a rule's id.
func gatesOf(p *process.Process, name string) []process.Gate {
	if g, ok := p.Tables.Gates[strings.ToLower(name)]; ok {
		return []process.Gate{g}
	}
	var out []process.Gate
	for _, key := range slices.Sorted(maps.Keys(p.Tables.Gates)) {
		if g := p.Tables.Gates[key]; strings.EqualFold(g.Rule, name) && len(g.Waives) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// mayWaive refuses a waiver that is not this person's to give: it is the gate's
// role's, and never the feature's own owner's (D1).
func mayWaive(t *process.Turn, it *process.Item, g process.Gate) *process.Outcome {
	if len(g.Waives) == 0 {
		o := process.Refuse(g.Rule, process.Say("refusal.never-waived", "gate", g.Name))
		return &o
	}
	if v := t.Holds(it, g.Waives); v != process.Yes {
		o := t.Denied(v, g.Waives)
		return &o
	}
	if it.F != nil && t.Is(it.F.Owner) {
		o := process.Refuse("D1", process.Say("refusal.own-feature", "roles", g.Waives))
		return &o
	}
	return nil
}
