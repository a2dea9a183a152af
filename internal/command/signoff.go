package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func signoff() process.Command {
	return process.Command{
		Name: "signoff", Usage: "/signoff [role]", Summary: "say yes in your role: the network, or the release, is ready",
		Examples: []string{"/signoff", "/signoff protocol"}, On: upgrades, By: []process.Role{process.AnyRole},
		Ask: func(_ *process.Process, _ *process.Line, e process.Event, line process.Typed, q *process.Questions) {
			q.Need(e.Actor.Login, roleOf(line))
		},
		Who: "the role that it names",
		Now: func(t *process.Turn, it *process.Item) bool { return it.T.Released[network(t, it)].Version != "" },
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it, role := t.Item(), roleOf(line)
			if v := t.Holds(it, []process.Role{role}); v != process.Yes {
				return t.Denied(v, []process.Role{role})
			}
			net := network(t, it)
			cut, released := it.T.Released[net]
			if !released {
				return process.Refuse("D2", process.Say("refusal.nothing-released", "stage", t.P.Title(it.Stage)), "/released op-node/v1.14.0")
			}
			for _, s := range it.T.Signoffs {
				if s.Role == role && s.Network == net && s.Version == cut.Version {
					return process.Outcome{State: process.Already, Head: process.Say("already.signed", "by", s.By, "at", s.At)}
				}
			}
			it = t.Edit(it)
			it.T.Signoffs = append(it.T.Signoffs, process.Signoff{Role: role, Network: net, Version: cut.Version, By: t.By(), At: t.Now()})
			t.Note(it, process.Say("note.signed", "role", string(role), "network", net, "version", cut.Version))
			return process.Did("did.signoff", "network", net, "version", cut.Version)
		},
	}
}

// roleOf is the role that a sign-off names; the Protocol team's by default.
func roleOf(line process.Typed) process.Role {
	if r := strings.ToLower(strings.TrimSpace(line.Rest)); r != "" {
		return process.Role(r)
	}
	return process.Protocol
}
