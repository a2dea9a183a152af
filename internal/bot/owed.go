package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// An action that has ended is done at GitHub, and nothing is wrong if that is
// written down a little later: should the process die before, it is done again
// where nobody notices, or else found. So the end is owed to the store until the
// next mark of the siding, which goes into the same write; until nothing is under
// way; or for Timing.Owed at most. Whatever comes later on the siding is written
// down later, or with it: what the store has is always the past as it was at one
// moment. A delivery that came to nothing is settled as late: it would come to
// nothing again.

// owe puts ends down as owed by a siding.
func (y *yard) owe(sd *siding, ended []process.Result) {
	if len(ended) == 0 {
		return
	}
	if len(y.owing) == 0 {
		y.owedAt = time.Now()
	}
	if len(sd.owed) == 0 {
		y.owing = append(y.owing, sd)
	}
	sd.owed = append(sd.owed, ended...)
}

// collect takes what a siding owes, for whoever writes it down.
func (y *yard) collect(sd *siding) []process.Result {
	ended := sd.owed
	sd.owed = nil
	y.owing = slices.DeleteFunc(y.owing, func(o *siding) bool { return o == sd })
	return ended
}

// settleUp writes down what is owed, if it is time to, by the sidings on which
// nothing has left since, in one write for each repository. Nothing leaves there
// meanwhile.
func (s *shift) settleUp(ctx context.Context) {
	if len(s.yard.owing) == 0 || s.yard.out > 0 && s.now.Before(s.yard.owedAt.Add(s.Timing.Owed)) {
		return
	}
	owed := map[string][]process.Result{}
	var sidings []*siding
	for len(s.yard.owing) > 0 {
		sd := s.yard.owing[0]
		sd.busy = true
		sidings = append(sidings, sd)
		owed[sd.repo] = append(owed[sd.repo], s.yard.collect(sd)...)
	}
	s.yard.writing += len(sidings)
	keep := context.WithoutCancel(ctx)
	s.aside(func() func(context.Context) error {
		var err error
		for repo, ended := range owed {
			err = errors.Join(err, s.finish(keep, repo, ended))
		}
		return func(context.Context) error {
			s.yard.writing -= len(sidings)
			for _, sd := range sidings {
				sd.busy = false
				s.yard.clear(sd)
			}
			return err
		}
	})
}

// dull are deliveries that have come to nothing and are not settled yet.
type dull struct {
	seqs  map[string][]int64 // by the reason
	since time.Time
}

// dismiss puts deliveries down to be settled, for a reason.
func (s *shift) dismiss(why string, seqs []int64) {
	if len(seqs) == 0 {
		return
	}
	if len(s.dull.seqs) == 0 {
		s.dull = dull{map[string][]int64{}, time.Now()}
	}
	s.dull.seqs[why] = append(s.dull.seqs[why], seqs...)
	for _, seq := range seqs {
		s.inHand[seq] = true // not to be read again
	}
}

// settleDull settles what has come to nothing, if it is time to.
func (s *shift) settleDull(ctx context.Context) {
	if len(s.dull.seqs) == 0 || s.now.Before(s.dull.since.Add(s.Timing.Owed)) {
		return
	}
	all, keep := s.dull.seqs, context.WithoutCancel(ctx)
	s.dull = dull{}
	s.aside(func() func(context.Context) error {
		err := s.settleFor(keep, all)
		return func(context.Context) error {
			for _, seqs := range all {
				for _, seq := range seqs {
					delete(s.inHand, seq)
				}
			}
			return err
		}
	})
}

func (s *shift) settleFor(ctx context.Context, all map[string][]int64) error {
	for why, seqs := range all {
		if err := s.Store.Settle(ctx, s.lease, seqs, why); err != nil {
			return err
		}
	}
	return nil
}

// settleAll writes down all that is owed, and waits for it.
func (s *shift) settleAll(ctx context.Context) error {
	err := s.settleFor(ctx, s.dull.seqs)
	for len(s.yard.owing) > 0 {
		sd := s.yard.owing[0]
		err = errors.Join(err, s.finish(ctx, sd.repo, s.yard.collect(sd)))
	}
	return err
}

// A sideline writes ends down beside a request that takes long.
type sideline struct {
	timer *time.Timer
	owed  []process.Result
	done  chan error
}

func (s *shift) writeBeside(ctx context.Context, repo string, owed []process.Result) *sideline {
	a := &sideline{owed: owed, done: make(chan error, 1)}
	a.timer = time.AfterFunc(s.Timing.Owed, func() { a.done <- s.finish(ctx, repo, owed) })
	return a
}

// end returns what is owed still, or waits until it is written.
func (a *sideline) end() ([]process.Result, error) {
	if a.timer.Stop() {
		return a.owed, nil
	}
	return nil, <-a.done
}

// finish ends actions. A panic underneath is an error like any other.
func (s *shift) finish(ctx context.Context, repo string, ended []process.Result) (err error) {
	if len(ended) == 0 {
		return nil
	}
	if trace := guard(func() { err = s.Store.Finish(ctx, s.lease, repo, ended...) }); trace != "" {
		err = errors.New(trace)
	}
	return err
}
