package gate

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// trainOf is the train that a gate of boarding looks at: the subject itself, or
// the one whose issue the command was typed on.
func trainOf(t *process.Turn, it *process.Item) *process.Item {
	if it.T != nil {
		return it
	}
	if subject := t.Item(); subject != nil && subject.T != nil {
		return subject
	}
	return t.Train(it)
}

// scopeOpen (B11): an upgrade takes passengers until testnet release.
func scopeOpen(t *process.Turn, it *process.Item) process.Why {
	train := trainOf(t, it)
	if train == nil || train.Kind != process.Upgrade {
		return yes("gate.scope-open.yes")
	}
	if n := t.P.Node(train.Stage); n != nil && n.Network != "betanet" {
		return no(nil, "", "gate.scope-open.no", "stage", t.P.Title(train.Stage), "train", train.Ref())
	}
	return yes("gate.scope-open.yes")
}

// someoneAboard (B2): an upgrade bundles features; without one it is none.
func someoneAboard(t *process.Turn, it *process.Item) process.Why {
	if aboard := t.Line().Aboard(it.ID); len(aboard) > 0 {
		return yes("gate.someone-aboard.yes", "aboard", len(aboard))
	}
	return no(maintainer, "/board #12", "gate.someone-aboard.no")
}

// oneBetanetAMonth (B1): at most one first deployment in a calendar month, UTC.
func oneBetanetAMonth(t *process.Turn, it *process.Item) process.Why {
	if it.T != nil && !it.T.Departed.IsZero() {
		return yes("gate.one-betanet-a-month.again")
	}
	for _, other := range t.Line().Trains(process.Upgrade) {
		never := t.P.Ended(other) && len(other.T.Deployed) == 0
		if other.ID != it.ID && !never && !other.T.Departed.IsZero() && calendar.SameMonth(other.T.Departed, t.Now()) {
			return no(nil, "", "gate.one-betanet-a-month.no", "other", other.Ref(), "name", t.P.TrainName(other), "at", other.T.Departed)
		}
	}
	return yes("gate.one-betanet-a-month.yes")
}

// checklists (T6): the train's own list and that of every passenger.
func checklists(t *process.Turn, it *process.Item) process.Why {
	why := process.Why{Verdict: process.Yes, Evidence: process.Say("gate.checklists.yes")}
	open, all := 0, 0
	var where []process.Ref
	for _, part := range append([]*process.Item{it}, t.Line().Aboard(it.ID)...) {
		if list := part.Current(); list != nil {
			all += len(list.Items)
			open += list.Open()
			if list.Open() > 0 {
				where = append(where, part.Ref())
			}
		}
	}
	if open > 0 {
		return no([]process.Role{process.Owner, process.ReleaseManager}, "", "gate.checklists.open", "open", open, "all", all, "where", where)
	}
	return why
}

// allAboardHere (T6): every passenger stands where the train does.
func allAboardHere(t *process.Turn, it *process.Item) process.Why {
	var away []process.Ref
	for _, f := range t.Line().Aboard(it.ID) {
		if f.Stage != it.Stage {
			away = append(away, f.Ref())
		}
	}
	if len(away) > 0 {
		return no([]process.Role{process.Security}, "", "gate.all-aboard-here.no", "away", away)
	}
	return yes("gate.all-aboard-here.yes")
}

// noRedeploymentDue (B4): what was fixed or removed is deployed and tested first.
func noRedeploymentDue(_ *process.Turn, it *process.Item) process.Why {
	if it.T == nil || it.T.Redeploy == "" {
		return yes("gate.no-redeployment-due.yes")
	}
	return no([]process.Role{process.ReleaseManager}, "/redeploy because the scope has changed", "gate.no-redeployment-due.no", "why", it.T.Why)
}

// proposalNumber (B3): the proposal bears the upgrade's number. The number that
// was typed is judged by the command; here it only has to exist.
func proposalNumber(t *process.Turn, it *process.Item) process.Why {
	if it.T == nil || it.T.Number == "" {
		return no(maintainer, "/upgrade "+process.Code(t.P.NextNumber(t.Line())), "gate.proposal-number.no")
	}
	return yes("gate.proposal-number.yes", "number", it.T.Number)
}
