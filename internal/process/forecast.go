package process

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A Forecast is the earliest day on which an item can be on mainnet, as it was
// last reckoned, and the day that it took the place of.
type Forecast struct {
	On calendar.Date `json:"on"`
	// Was is the day before the last change, no date while there was none, and
	// Changed the day of that change.
	Was     calendar.Date `json:"was,omitzero"`
	Changed calendar.Date `json:"changed,omitzero"`
}

// ahead names the first step still to be done by the stage where an item stands.
var ahead = map[string]calendar.StepName{
	"alphanet-scoping":    calendar.AlphanetCutoff,
	"alphanet-deployment": calendar.AlphanetDeparture,
	"alphanet-acceptance": calendar.AlphanetDeparture,
	"betanet-scoping":     calendar.BetanetDecision,
	"betanet-deployment":  calendar.BetanetDeployed,
	"security-audit":      calendar.AuditsComplete,
	"betanet-acceptance":  calendar.AuditsComplete,
	"testnet-release":     calendar.TestnetDecision,
	"testnet-activation":  calendar.TestnetActivation,
	"governance":          calendar.VoteEnd,
	"mainnet-release":     calendar.MainnetRelease,
	"mainnet-activation":  calendar.MainnetActivation,
}

// Earliest plans an item's way to mainnet from a day on, if every step goes well.
// ok is false where it has ended or not begun, where the calendar plans nothing,
// or where the process has stages that no plan knows.
func Earliest(p *Process, l *Line, it *Item, today calendar.Date) (plan calendar.Plan, ok bool) {
	next := nextStep(it)
	if next == "" || p.Settings.Schedule.Alphanets.Rule.IsZero() && p.Settings.Schedule.Meetings.Rule.IsZero() {
		return calendar.Plan{}, false
	}
	plan, err := p.Settings.Schedule.Earliest(calendar.Progress{Next: next, Known: knownSteps(l, it)}, today)
	return plan, err == nil && !plan.On.IsZero()
}

// nextStep is the first step still to be done, "" where no plan leads on. What has
// been submitted need not be in time for a cut-off any more.
func nextStep(it *Item) calendar.StepName {
	next := ahead[it.Stage]
	if next == calendar.AlphanetCutoff && it.F != nil {
		if _, on := it.F.Submitted["alphanet"]; on || it.F.Train != "" {
			return calendar.AlphanetDeparture
		}
	}
	return next
}

// knownSteps are the steps of an item and its train that have happened or are
// decided, with their days.
func knownSteps(l *Line, it *Item) map[calendar.StepName]calendar.Date {
	out := map[calendar.StepName]calendar.Date{}
	train := it
	if it.F != nil {
		train = l.Get(it.F.Train)
	}
	if train == nil || train.T == nil {
		return out
	}
	t := train.T
	if train.Kind == Alphanet {
		if !t.Date.IsZero() {
			out[calendar.AlphanetDeparture] = t.Date
		}
		if !t.Departed.IsZero() {
			out[calendar.AlphanetDeparture] = calendar.DateOf(t.Departed)
		}
		return out
	}
	if !t.Departed.IsZero() {
		out[calendar.BetanetDecision] = calendar.DateOf(t.Departed)
	}
	if n := len(t.Deployed); n > 0 {
		out[calendar.BetanetDeployed] = t.Deployed[n-1].On
	}
	for network, names := range map[string][2]calendar.StepName{
		"testnet": {calendar.TestnetCut, calendar.TestnetActivation},
		"mainnet": {calendar.MainnetRelease, calendar.MainnetActivation},
	} {
		if plan, dated := t.Planned[network]; dated {
			out[names[1]] = plan.On
		}
		if cut, made := t.Released[network]; made {
			out[names[0]] = cut.On
		}
		for _, a := range t.Active {
			if a.Network == network && !a.On.IsZero() {
				out[names[1]] = a.On
			}
		}
	}
	for _, p := range t.Proposals {
		if !p.Superseded {
			out[calendar.ProposalPosted] = p.On
		}
	}
	if s := train.Tracks["governance"]; s.At == TrackPassed {
		out[calendar.VoteEnd] = calendar.DateOf(s.Since)
	}
	return out
}

// WorkBack plans an activation of an upgrade backwards from a day, with what has
// happened so far. The error is of a network that no plan leads to.
func WorkBack(p *Process, l *Line, it *Item, network string, on, today calendar.Date) (calendar.Plan, error) {
	known := knownSteps(l, it)
	delete(known, calendar.StepName(network+"-activation"))
	return p.Settings.Schedule.WorkBack(calendar.Target{Network: network, On: on, Known: known}, today)
}

// A course is what a forecast depends on: features that wait for the same step in
// the same train come there on the same day.
type course struct {
	next  calendar.StepName
	train ID
}

type forecasted struct {
	day calendar.Date
	ok  bool
}

// forecast reckons anew when the changed features, and the passengers of changed
// trains, can be on mainnet; on a new day, all of them.
func (d *deciding) forecast(all bool) {
	want := map[ID]bool{}
	for id, it := range d.line.mine {
		want[id] = it.F != nil
		if it.T != nil {
			for _, f := range d.line.Aboard(id) {
				want[f.ID] = true
			}
		}
	}
	if all {
		for _, it := range d.line.Sorted(func(it *Item) bool { return it.F != nil }) {
			want[it.ID] = true
		}
	}
	today, plans := calendar.DateOf(d.e.At), map[course]forecasted{}
	for id, wanted := range want {
		it := d.line.Get(id)
		if !wanted || it.Shown.Gone {
			continue
		}
		at := course{nextStep(it), it.F.Train}
		on, reckoned := plans[at]
		if !reckoned {
			plan, ok := Earliest(d.p, d.line, it, today)
			on = forecasted{plan.On, ok}
			plans[at] = on
		}
		switch {
		case !on.ok && it.Forecast != nil:
			d.own(it).Forecast = nil
		case on.ok && (it.Forecast == nil || it.Forecast.On != on.day):
			next := &Forecast{On: on.day}
			if it.Forecast != nil {
				next.Was, next.Changed = it.Forecast.On, today
			}
			d.own(it).Forecast = next
		}
	}
}

// own returns an item that the decision may change.
func (d *deciding) own(it *Item) *Item {
	if mine, ok := d.line.mine[it.ID]; ok {
		return mine
	}
	c := it.Clone()
	d.line.mine[c.ID] = c
	return c
}
