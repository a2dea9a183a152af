package command

import (
	"regexp"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// version is what a release may be called: op-node/v1.9.1, op-contracts/v2.0.0-rc.1.
var version = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/+-]{0,99}$`)

func released() process.Command {
	return process.Command{
		Name: "released", Usage: "/released <version> [on <date>]", Summary: "the release for this network is cut",
		Examples: []string{"/released op-node/v1.14.0"}, On: upgrades, Move: "released",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			m, again, o := mayRelease(t, it)
			if o != nil {
				return *o
			}
			date, rest, o := onDate(t, "released", line.Rest)
			if o != nil {
				return *o
			}
			rest = strings.TrimSpace(rest)
			if !version.MatchString(rest) {
				return t.Form("released", process.Say("form.version", "given", rest))
			}
			it = t.Edit(it)
			net := network(t, it)
			if it.T.Released == nil {
				it.T.Released = map[string]process.Release{}
			}
			it.T.Released[net] = process.Release{Version: rest, On: date, By: t.By()}
			if _, o := t.Gates(it, m); o != nil {
				return *o
			}
			if again {
				t.Note(it, process.Say("note.released-again", "version", rest, "network", net))
				return process.Did("did.released-again", "version", rest)
			}
			t.Go(it, m, process.Facts{})
			return process.Did("did.released", "version", rest, "stage", t.P.Title(it.Stage))
		},
	}
}

// mayRelease finds the move of a release; between the cut and the activation a
// second one replaces the version, and its sign-off no longer counts (T8, M1). An
// upgrade that was put there by /correct has its first one recorded so.
func mayRelease(t *process.Turn, it *process.Item) (m process.Move, again bool, o *process.Outcome) {
	n := t.P.Node(it.Stage)
	if n != nil {
		if _, stays := n.Moves["activated"]; stays {
			for _, s := range t.P.Stages() {
				if r, ok := s.Moves["released"]; ok && s.Network == n.Network {
					r.Verify = nil
					if v := t.Holds(it, r.By); v != process.Yes {
						denied := t.Denied(v, r.By)
						return r, true, &denied
					}
					return r, true, nil
				}
			}
		}
	}
	m, o = t.May(it, "released")
	return m, false, o
}
