package calendar

import (
	"cmp"
	"slices"
)

// A Progress is how far a feature or an upgrade has come: the first step that is
// still to be done, and the days of those that have happened or are decided.
type Progress struct {
	Next     StepName
	Proposal string // the kind of proposal; "" is the usual one
	Known    map[StepName]Date
}

// Earliest plans forward from today: the first possible mainnet activation of
// what has come so far, if every step from Next on goes well and takes the time
// that is assumed for it. Steps before Next are left out. The plan's On is no date
// where a train or a meeting that it needs is not planned; its Troubles say
// which. The error is of a kind of proposal that there is not.
func (s Schedule) Earliest(p Progress, today Date) (Plan, error) {
	ballot, err := s.BallotOf(p.Proposal)
	if err != nil {
		return Plan{}, err
	}
	f := &forth{back: back{
		Schedule: s, target: Target{Proposal: p.Proposal, Known: p.Known}, today: today, ballot: ballot,
		plan: Plan{Network: "mainnet"},
	}, next: p.Next.order(), at: today}
	if f.alphanet() && f.betanet() && f.testnet() {
		f.mainnet()
	}
	slices.SortFunc(f.plan.Steps, func(x, y Step) int { return cmp.Compare(x.Name.order(), y.Name.order()) })
	return f.plan, nil
}

// forth is a plan in the making, from front to back. at is the day by which all
// that has been planned so far is done.
type forth struct {
	back
	next int
	at   Date
}

// step puts a step on the first open day from a day on, or where it is known to
// be; an activation that was planned for a day gone by is planned again. A step that is behind leaves no trace; its day is the known one, if any.
func (f *forth) step(name StepName, on Date, from StepName, assumes ...Assumption) Date {
	known, ok := f.target.Known[name]
	if name.order() < f.next {
		return known
	}
	planned := name == TestnetActivation || name == MainnetActivation || name == steps[f.next].name
	if ok && (!known.Before(f.today) || !planned) {
		f.add(Step{Name: name, First: known, Last: known, Known: true})
		return known
	}
	if on.Before(f.today) {
		on = f.today
	}
	s := Step{Name: name, First: on, Last: on, From: from, Assumes: assumes}
	if c := f.Closed(on); c.Why != "" {
		day := on
		for range maxSpan {
			if day = day.AddDays(1); f.Closed(day).Why == "" {
				break
			}
		}
		s.Moved, s.Closed, s.First, s.Last = on, c, day, day
	}
	f.add(s)
	return s.Last
}

// wait adds the first meeting on a day or later, and returns its day; the day
// itself where no meetings are planned at all.
func (f *forth) wait(name StepName, from Date, source StepName, assumes ...Assumption) (Date, bool) {
	known, ok := f.target.Known[name]
	switch {
	case name.order() < f.next:
		return cmp.Or(known, from), true
	case ok && !known.Before(f.today):
		f.add(Step{Name: name, First: known, Last: known, Known: true})
		return known, true
	case f.Meetings.Rule.IsZero():
		return from, true
	}
	if day, ok := f.meetingFrom(from); ok {
		f.add(Step{Name: name, First: day, Last: day, From: source, Assumes: assumes})
		return day, true
	}
	f.trouble(Trouble{Step: name, Kind: Missing, Day: from})
	return from, false
}

// near is how far a plan looks for a meeting or a train before it looks through
// all of ahead: most series come once a month, and each day looked at costs.
const (
	near  = 45
	ahead = 366
)

// trainAhead is the next Alphanet; one to be submitted for must not be past its
// cut-off.
func (f *forth) trainAhead() (Train, bool) {
	for _, days := range []int{near, ahead} {
		for _, t := range f.TrainsBetween(f.today, f.today.AddDays(days)) {
			if f.next != AlphanetCutoff.order() || !t.Cutoff.Day.Before(f.today) {
				return t, true
			}
		}
	}
	return Train{}, false
}

// meetingFrom is the day of the first meeting on a day or later.
func (f *forth) meetingFrom(day Date) (Date, bool) {
	for _, days := range []int{near, ahead} {
		if meetings := f.meetings(day, day.AddDays(days)); len(meetings) > 0 {
			return meetings[0].Day, true
		}
	}
	return Date{}, false
}

// meetingUntil is the day of the last meeting from today to a day; the day itself
// if there is none.
func (f *forth) meetingUntil(day Date) Date {
	for _, first := range []Date{later(f.today, day.AddDays(-near)), f.today} {
		if meetings := f.meetings(first, day); len(meetings) > 0 {
			return meetings[len(meetings)-1].Day
		}
	}
	return day
}

// alphanet takes the next Alphanet that can still be submitted for, or the one
// that the feature is aboard (P5).
func (f *forth) alphanet() bool {
	if f.next > AlphanetDeparture.order() {
		return true
	}
	if known, ok := f.target.Known[AlphanetDeparture]; ok {
		f.add(Step{Name: AlphanetDeparture, First: known, Last: known, Known: true})
		f.at = later(f.today, known)
		return true
	}
	if t, ok := f.trainAhead(); ok {
		if f.next == AlphanetCutoff.order() {
			f.add(Step{Name: AlphanetCutoff, First: t.Cutoff.Day, Last: t.Cutoff.Day, From: AlphanetDeparture})
		}
		f.add(Step{Name: AlphanetDeparture, First: t.Day, Last: t.Day})
		f.at = t.Day
		return true
	}
	f.trouble(Trouble{Step: AlphanetDeparture, Kind: Missing, Day: f.today.AddDays(ahead)})
	return false
}

// betanet waits for the Alphanet's verdict and the meeting that decides, then
// deploys, and has the audits made (B1, F6).
func (f *forth) betanet() bool {
	ready := f.at
	if f.next <= AlphanetDeparture.order() {
		ready = f.Lead.Alphanet.After(f.at, f.Workdays)
	}
	decided, ok := f.wait(BetanetDecision, ready, AlphanetDeparture, f.lead("alphanet", f.Lead.Alphanet))
	if !ok {
		return false
	}
	deployed := f.step(BetanetDeployed, decided, BetanetDecision)
	request := f.step(AuditRequest, cmp.Or(deployed, f.today), BetanetDeployed)
	audits := f.step(AuditsComplete, f.Lead.Audit.After(cmp.Or(request, f.today), f.Workdays), AuditRequest, f.lead("audit", f.Lead.Audit))
	f.at = later(f.today, later(audits, f.Lead.Betanet.After(deployed, f.Workdays)))
	return true
}

// testnet needs a meeting that sets its date, before the release is cut two
// weeks ahead of it (T1, T7).
func (f *forth) testnet() bool {
	ready := f.meetingUntil(f.at) // the last one before all is ready may set it
	decided := f.at
	if _, known := f.target.Known[TestnetActivation]; !known {
		var ok bool
		if decided, ok = f.wait(TestnetDecision, ready, AuditsComplete); !ok {
			return false
		}
	}
	cut := f.step(TestnetCut, later(f.at, decided), AuditsComplete, f.lead("betanet", f.Lead.Betanet))
	f.at = f.step(TestnetActivation, cmp.Or(cut, f.today).AddDays(cutLatest), TestnetCut)
	posted := f.step(ProposalPosted, cmp.Or(cut, f.today), TestnetCut)
	vote := f.step(VoteStart, f.ballot.Review.After(cmp.Or(posted, f.today), f.Workdays), ProposalPosted)
	end := f.step(VoteEnd, f.ballot.Delay.After(f.ballot.Voting.After(cmp.Or(vote, f.today), f.Workdays), f.Workdays), VoteStart)
	f.at = later(f.today, later(end, f.Lead.Testnet.After(f.at, f.Workdays)))
	return true
}

// mainnet needs a meeting that sets its date, and the release ahead of it (M1,
// M2).
func (f *forth) mainnet() {
	ready := f.meetingUntil(f.at)
	decided := f.at
	if _, known := f.target.Known[MainnetActivation]; !known {
		var ok bool
		if decided, ok = f.wait(MainnetDecision, ready, TestnetActivation); !ok {
			return
		}
	}
	release := f.step(MainnetRelease, later(f.at, decided), VoteEnd, f.lead("testnet", f.Lead.Testnet))
	f.plan.On = f.step(MainnetActivation, f.Lead.Release.After(cmp.Or(release, f.today), f.Workdays), MainnetRelease, f.lead("release", f.Lead.Release))
}

// later returns the later of two days.
func later(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}
