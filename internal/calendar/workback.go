package calendar

import (
	"cmp"
	"slices"
)

// WorkBack plans an activation backwards: by when each step before it has to be
// done, from the schedule's lead times, the governance clocks of the proposal's
// kind, the cut window (T1), and the meetings and trains there are. A step whose
// last day is closed moves to the last open day before. What is known stands,
// and what comes before it is counted from it; what led to a step that has
// happened is not planned any more. Troubles tell what cannot be kept
// as of today. The error is of a kind of proposal or a network that there is not.
func (s Schedule) WorkBack(t Target, today Date) (Plan, error) {
	ballot, err := s.BallotOf(t.Proposal)
	if err != nil {
		return Plan{}, err
	}
	b := &back{Schedule: s, target: t, today: today, ballot: ballot, plan: Plan{Network: t.Network, On: t.On}}
	switch {
	case t.On.IsZero():
		return b.plan, nil
	case t.Network == "testnet":
		b.testnet(t.On, "")
	case t.Network == "mainnet":
		b.mainnet()
	default:
		return Plan{}, errNetwork(t.Network)
	}
	slices.SortFunc(b.plan.Steps, func(x, y Step) int { return cmp.Compare(x.Name.order(), y.Name.order()) })
	slices.SortStableFunc(b.plan.Troubles, func(x, y Trouble) int { return cmp.Compare(x.Step.order(), y.Step.order()) })
	return b.plan, nil
}

type errNetwork string

func (e errNetwork) Error() string {
	return "no activation on " + string(e) + " can be planned: write testnet or mainnet"
}

// back is a plan in the making.
type back struct {
	Schedule
	target Target
	today  Date
	ballot Ballot
	plan   Plan
}

// mainnet plans from the mainnet activation back.
func (b *back) mainnet() {
	on := b.activation(MainnetActivation, b.target.On)
	b.by(MainnetNotice, b.Lead.Notice.Before(on, b.Workdays), MainnetActivation, b.lead("notice", b.Lead.Notice))
	release := b.by(MainnetRelease, b.Lead.Release.Before(on, b.Workdays), MainnetActivation, b.lead("release", b.Lead.Release))
	b.meeting(MainnetDecision, release, MainnetRelease)
	b.governance(release)
	latest := b.Lead.Testnet.Before(release, b.Workdays)
	testnet := b.by(TestnetActivation, latest, MainnetRelease, b.lead("testnet", b.Lead.Testnet))
	if !b.happened(TestnetActivation) {
		b.testnet(testnet, MainnetRelease)
	}
}

// governance plans the proposal so that it is through by the mainnet release
// (F13): the vote's end, its beginning, the posting. A posting that is known
// moves the clocks instead, and is late if they end after.
func (b *back) governance(by Date) {
	name := func(part string) string { return "governance." + cmp.Or(b.target.Proposal, b.Ballot, "") + "." + part }
	voting := Assumption{Name: name("voting"), Value: b.ballot.Voting}
	review := Assumption{Name: name("review"), Value: b.ballot.Review}
	delay := Assumption{Name: name("delay"), Value: b.ballot.Delay}
	for _, a := range []*Assumption{&voting, &review, &delay} {
		a.Default = slices.Contains(b.Lead.Assumed, a.Name)
	}
	if posted, ok := b.target.Known[ProposalPosted]; ok {
		start := b.ballot.Review.After(posted, b.Workdays)
		end := b.ballot.Delay.After(b.ballot.Voting.After(start, b.Workdays), b.Workdays)
		b.add(Step{Name: ProposalPosted, First: posted, Last: posted, Known: true})
		b.add(Step{Name: VoteStart, First: start, Last: start, From: ProposalPosted, Assumes: []Assumption{review}})
		if known, ok := b.target.Known[VoteEnd]; ok {
			b.add(Step{Name: VoteEnd, First: known, Last: known, Known: true})
			end = known
		} else {
			b.add(Step{Name: VoteEnd, First: end, Last: end, From: VoteStart, Assumes: []Assumption{voting, delay}})
		}
		b.notAfter(VoteEnd, end, by)
		return
	}
	end := b.by(VoteEnd, by, MainnetRelease)
	start := b.by(VoteStart, b.ballot.Voting.Before(b.ballot.Delay.Before(end, b.Workdays), b.Workdays), VoteEnd, voting, delay)
	b.by(ProposalPosted, b.ballot.Review.Before(start, b.Workdays), VoteStart, review)
}

// testnet plans from the testnet activation back to the Alphanet; from is the
// step that asked for it.
func (b *back) testnet(on Date, from StepName) {
	if from == "" {
		on = b.activation(TestnetActivation, on)
	}
	b.by(TestnetNotice, b.Lead.Notice.Before(on, b.Workdays), TestnetActivation, b.lead("notice", b.Lead.Notice))
	cut := b.cut(CutWindow(on))
	if b.happened(TestnetCut) {
		return
	}
	if _, decided := b.target.Known[TestnetActivation]; !decided {
		b.meeting(TestnetDecision, CutWindow(on).First.AddDays(1), TestnetCut)
	}
	b.betanet(cut)
}

// betanet plans audits and Betanet, so that the testnet release can be cut on a
// day (T5, T6).
func (b *back) betanet(cut Date) {
	audits := b.by(AuditsComplete, cut, TestnetCut)
	request := b.by(AuditRequest, b.Lead.Audit.Before(audits, b.Workdays), AuditsComplete, b.lead("audit", b.Lead.Audit))
	latest, why := b.Lead.Betanet.Before(cut, b.Workdays), b.lead("betanet", b.Lead.Betanet)
	source := TestnetCut
	if request.Before(latest) {
		latest, why, source = request, b.lead("audit", b.Lead.Audit), AuditRequest // audits are made on the Betanet
	}
	deployed := b.by(BetanetDeployed, latest, source, why)
	if b.happened(BetanetDeployed) {
		return
	}
	decided := b.meeting(BetanetDecision, deployed.AddDays(1), BetanetDeployed)
	b.alphanet(decided)
}

// cut is the window in which the testnet release is cut (T1); it returns the day
// by which everything else has to be ready for it.
func (b *back) cut(w Window) Date {
	if known, ok := b.target.Known[TestnetCut]; ok {
		b.add(Step{Name: TestnetCut, First: known, Last: known, Known: true})
		if !w.Contains(known) {
			b.trouble(Trouble{Step: TestnetCut, Kind: Outside, Day: known, Allowed: w})
		}
		return known
	}
	last := w.Last
	for last.After(w.First) && b.Closed(last).Why != "" {
		last = last.AddDays(-1)
	}
	step := Step{Name: TestnetCut, First: w.First, Last: last, From: TestnetActivation}
	if c := b.Closed(last); c.Why != "" { // no open day in it
		last = w.Last
		step.Last = last
		b.trouble(Trouble{Step: TestnetCut, Kind: Blocked, Day: last, Allowed: w, Closed: c})
	} else if last != w.Last {
		step.Moved, step.Closed = w.Last, b.Closed(w.Last)
	}
	b.add(step)
	b.past(step)
	return last
}

// alphanet finds the last Alphanet whose verdict is known by the meeting that
// decides the Betanet (P5).
func (b *back) alphanet(by Date) {
	need := b.Lead.Alphanet.Before(by, b.Workdays)
	if known, ok := b.target.Known[AlphanetDeparture]; ok {
		b.add(Step{Name: AlphanetDeparture, First: known, Last: known, Known: true})
		b.notAfter(AlphanetDeparture, known, need)
		return
	}
	if b.Alphanets.Rule.IsZero() || by.IsZero() {
		return
	}
	trains := b.TrainsBetween(need.AddDays(-366), need)
	if len(trains) == 0 {
		b.trouble(Trouble{Step: AlphanetDeparture, Kind: Missing, Day: need})
		return
	}
	t := trains[len(trains)-1]
	b.exactly(Step{Name: AlphanetDeparture, First: t.Day, Last: t.Day, From: BetanetDecision, Assumes: []Assumption{b.lead("alphanet", b.Lead.Alphanet)}})
	b.exactly(Step{Name: AlphanetCutoff, First: t.Cutoff.Day, Last: t.Cutoff.Day, From: AlphanetDeparture})
}
