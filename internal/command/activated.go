package command

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func activated() process.Command {
	return process.Command{
		Name: "activated", Usage: "/activated [chain…] [on <date>] | later <chain> <reason>", Summary: "the network is switched on, all chains or those named",
		Examples: []string{"/activated", "/activated op base on 2026-12-15", "/activated later zora because it waits for its vote"},
		On:       upgrades, Move: "activated",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			net, m, o := activates(t, it)
			if o != nil {
				return *o
			}
			if words := strings.Fields(line.Rest); len(words) > 0 && strings.EqualFold(words[0], "later") {
				return later(t, it, net, m, words[1:])
			}
			date, rest, o := onDate(t, "activated", line.Rest)
			if o != nil {
				return *o
			}
			chains, o := chainsOf(t, net, strings.Fields(rest))
			if o != nil {
				return *o
			}
			if len(chains) == 0 {
				chains = left(t, it, net)
			}
			if _, o := t.Gates(it, m); o != nil {
				return *o
			}
			it = t.Edit(it)
			for _, c := range chains {
				record(it, process.Activation{Network: net, Chain: c, On: date, By: t.By()})
			}
			return onward(t, it, net, m, date, chains)
		},
	}
}

// activates says which network an activation is about, and the move it may
// complete: that of the stage, or none for chains that come late.
func activates(t *process.Turn, it *process.Item) (string, process.Move, *process.Outcome) {
	for i := len(it.T.Active) - 1; i >= 0; i-- {
		a := it.T.Active[i]
		if n := t.P.Node(it.Stage); a.Later != "" && n != nil && n.Moves["activated"].Name == "" {
			v := t.Holds(it, []process.Role{process.ReleaseManager})
			if v != process.Yes {
				o := t.Denied(v, []process.Role{process.ReleaseManager})
				return "", process.Move{}, &o
			}
			return a.Network, process.Move{}, nil
		}
	}
	m, o := t.May(it, "activated")
	return network(t, it), m, o
}

// chainsOf reads the chains that are named; each must be configured.
func chainsOf(t *process.Turn, net string, words []string) ([]string, *process.Outcome) {
	known := t.P.Settings.Chains[net]
	var out []string
	for _, w := range words {
		i := slices.IndexFunc(known, func(c string) bool { return strings.EqualFold(c, strings.Trim(w, ",")) })
		if i < 0 {
			o := t.Form("activated", process.Say("form.chain", "given", w, "known", known))
			return nil, &o
		}
		out = append(out, known[i])
	}
	return out, nil
}

// left are the chains of a network that are neither switched on nor set aside;
// a network without configured chains is one.
func left(t *process.Turn, it *process.Item, net string) []string {
	known := t.P.Settings.Chains[net]
	if len(known) == 0 {
		known = []string{net}
	}
	var out []string
	for _, c := range known {
		if !slices.ContainsFunc(it.T.Active, func(a process.Activation) bool { return a.Network == net && a.Chain == c }) {
			out = append(out, c)
		}
	}
	return out
}

// record puts an activation in the place of an earlier word about the chain.
func record(it *process.Item, a process.Activation) {
	it.T.Active = slices.DeleteFunc(it.T.Active, func(o process.Activation) bool { return o.Network == a.Network && o.Chain == a.Chain })
	it.T.Active = append(it.T.Active, a)
}

// later sets a chain aside with a reason, so that the others need not wait.
func later(t *process.Turn, it *process.Item, net string, m process.Move, words []string) process.Outcome {
	if len(words) == 0 {
		return t.Form("activated", process.Say("form.chain", "given", "", "known", t.P.Settings.Chains[net]))
	}
	chains, o := chainsOf(t, net, words[:1])
	if o != nil {
		return *o
	}
	reason, o := reasonOf(t, "activated", strings.Join(words[1:], " "))
	if o != nil {
		return *o
	}
	it = t.Edit(it)
	record(it, process.Activation{Network: net, Chain: chains[0], Later: reason, By: t.By()})
	t.Note(it, process.Say("note.later", "chain", chains[0], "reason", reason))
	if len(left(t, it, net)) > 0 || m.Name == "" {
		return process.Did("did.later", "chain", chains[0])
	}
	if _, o := t.Gates(it, m); o != nil {
		return *o
	}
	return onward(t, it, net, m, t.Today(), nil)
}

// onward makes the move once every chain is switched on or set aside.
func onward(t *process.Turn, it *process.Item, net string, m process.Move, date calendar.Date, chains []string) process.Outcome {
	t.Note(it, process.Say("note.activated", "network", net, "chains", chains, "on", date))
	if open := left(t, it, net); len(open) > 0 {
		return process.Did("did.activated-some", "chains", chains, "left", open)
	}
	if m.Name == "" {
		return process.Did("did.activated-late", "chains", chains)
	}
	t.Go(it, m, process.Facts{})
	return process.Did("did.activated", "network", net, "stage", t.P.Title(t.Get(it.ID).Stage))
}
