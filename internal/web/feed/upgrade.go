package feed

import (
	"slices"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// upgrade is an upgrade's way to mainnet: the activations, the window in which
// the testnet release is cut (T1), and governance.
func (b *builder) upgrade(it *process.Item) {
	if it.T == nil {
		return
	}
	name := b.Process.TrainName(it)
	for _, network := range []string{"testnet", "mainnet"} {
		b.activation(it, name, network)
	}
	b.cut(it, name)
	b.governance(it, name)
}

// put adds an event of an upgrade on whole days. What an upgrade that was
// dropped or stopped would still have done is cancelled.
func (b *builder) put(it *process.Item, part, summary, description string, first, last calendar.Date) {
	e := b.of(it, summary)
	e.Description, e.First, e.Last = description, first, last
	e.Cancelled = stopped(b.Process, it) && !first.Before(calendar.DateOf(it.Since))
	b.add(string(it.ID)+"/"+part, e)
}

// activation is the day of a network's activation: as it was, or as it is
// planned. Chains that were activated on another day have events of their own.
func (b *builder) activation(it *process.Item, name, network string) {
	day := it.T.Planned[network].On
	done := slices.DeleteFunc(slices.Clone(it.T.Active), func(a process.Activation) bool { return a.Network != network || a.On.IsZero() })
	slices.SortStableFunc(done, func(x, y process.Activation) int { return x.On.Compare(y.On) })
	if len(done) > 0 {
		day = done[0].On
	}
	if day.IsZero() {
		return
	}
	b.put(it, network, name+": "+network+" activation", "", day, day)
	for _, a := range done {
		if a.On != day && a.Chain != "" {
			b.put(it, network+"/"+a.Chain, name+": "+network+" activation on "+a.Chain, "", a.On, a.On)
		}
	}
}

// cut is the window of the testnet release (T1), or the day when it was cut.
func (b *builder) cut(it *process.Item, name string) {
	if r, ok := it.T.Released["testnet"]; ok && !r.On.IsZero() {
		b.put(it, "testnet-cut", name+": testnet release cut", "", r.On, r.On)
		return
	}
	if planned := it.T.Planned["testnet"].On; !planned.IsZero() {
		w := calendar.CutWindow(planned)
		b.put(it, "testnet-cut", name+": the testnet release is cut", "Two to three weeks before the activation (T1).", w.First, w.Last)
	}
}

// governance is the proposal in force, from its posting to the end of the vote.
func (b *builder) governance(it *process.Item, name string) {
	for _, p := range slices.Backward(it.T.Proposals) {
		if p.Superseded || p.On.IsZero() {
			continue
		}
		s := b.Process.Settings.Schedule
		ballot, err := s.BallotOf("")
		if err != nil {
			return
		}
		end := ballot.Voting.After(ballot.Review.After(p.On, s.Workdays), s.Workdays)
		b.put(it, "governance", name+": governance review and vote", "As long as it usually takes (G1).", p.On, end)
		return
	}
}
