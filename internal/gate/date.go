package gate

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// cutInWindow (T1): the release is cut two to three weeks before the testnet's
// activation. A cut that was made is judged by its own date; one to come is
// lawful until the window has passed. Without a date /schedule will look.
func cutInWindow(t *process.Turn, it *process.Item) process.Why {
	if it.T == nil {
		return yes("gate.cut-in-window.none")
	}
	plan, ok := it.T.Planned["testnet"]
	if !ok {
		return yes("gate.cut-in-window.undated")
	}
	window := calendar.CutWindow(plan.On)
	cut, made := it.T.Released["testnet"]
	switch {
	case made && !window.Contains(cut.On):
		return no(nil, "", "gate.cut-in-window.outside", "first", window.First, "last", window.Last, "on", cut.On, "activation", plan.On)
	case !made && t.Today().After(window.Last):
		return no(nil, "", "gate.cut-in-window.passed", "first", window.First, "last", window.Last, "activation", plan.On)
	}
	return yes("gate.cut-in-window.yes", "first", window.First, "last", window.Last, "activation", plan.On)
}

// dated (T7, M2): the activation date was decided.
func dated(network, key string) func(*process.Turn, *process.Item) process.Why {
	return func(_ *process.Turn, it *process.Item) process.Why {
		if it.T != nil {
			if plan, ok := it.T.Planned[network]; ok {
				return yes("gate.dated.yes", "on", plan.On, "by", plan.By)
			}
		}
		return no(maintainer, process.Code("/schedule "+network+" 2026-12-15"), key)
	}
}

// signedOff (T8, M1): the Protocol team has said that the network, or the
// version that was cut, is ready.
func signedOff(network string) func(*process.Turn, *process.Item) process.Why {
	return func(_ *process.Turn, it *process.Item) process.Why {
		if it.T != nil {
			for _, s := range it.T.Signoffs {
				if s.Network == network && s.Role == process.Protocol && s.Version == it.T.Released[network].Version {
					return yes("gate.signed-off.yes", "by", s.By, "at", s.At, "version", s.Version)
				}
			}
		}
		return no([]process.Role{process.Protocol}, "/signoff", "gate.signed-off.no", "network", network)
	}
}
