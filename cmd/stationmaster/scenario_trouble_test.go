package main

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// elsewhere is a repository that has nothing to do with the process: issues are
// transferred to it, and its pull requests mean nothing.
const elsewhere = "acme/sandbox"

// failing answers every look-up of a person's teams with an error.
var failing = fault.Rule{Kind: fault.Error502, Chance: 1, Route: "/orgs/*/teams/*/memberships/*"}

// trouble does what only GitHub's site can, or what GitHub's own faults are.
func (w *wholeWorld) trouble(a scenario.Act) (scenario.Reply, error) {
	gh, writes := w.w.github, w.w.station.hub.Counts().Writes
	var err error
	switch a.Deed {
	case scenario.Deletes:
		err = gh.DeleteIssue(scenario.Tracking, a.Issue, a.Who)
	case scenario.Transfers:
		_, err = gh.TransferIssue(scenario.Tracking, a.Issue, elsewhere, a.Who)
	case scenario.LookUps:
		gh.ClearFaults()
		if !a.On {
			_, err = gh.AddFault(failing)
		}
		return scenario.Reply{Silent: true}, err
	default:
		return scenario.Reply{}, fmt.Errorf("%w: somebody %s", scenario.ErrUnsupported, a.Deed)
	}
	if err == nil {
		err = w.settled()
	}
	return scenario.Reply{
		Outcomes: []scenario.Outcome{{State: "good"}}, Silent: writes == w.w.station.hub.Counts().Writes,
	}, err
}
