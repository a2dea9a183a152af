package bot

import (
	"context"
	"errors"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// An action that has ended is done at GitHub, and nothing is wrong if that is
// written down a little later: should the process die before, it is done again
// where nobody notices, or else found. So the end is owed to the store for as long
// as it takes until the next action of the siding leaves, whose mark goes into the
// same write. Whatever comes later on the siding is written down later, or with it:
// what the store has is always the past as it was at one moment.

// owe puts ends down as owed by a siding.
func (y *yard) owe(sd *siding, ended []process.Result) {
	if len(ended) == 0 {
		return
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
	for i, o := range y.owing {
		if o == sd {
			y.owing = append(y.owing[:i], y.owing[i+1:]...)
			break
		}
	}
	return ended
}

// settleUp writes down what is owed by the sidings on which nothing has left
// since, in one write for each repository. Nothing leaves there meanwhile.
func (s *shift) settleUp(ctx context.Context) {
	if len(s.yard.owing) == 0 {
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

// settleAll writes down all that is owed, and waits for it.
func (s *shift) settleAll(ctx context.Context) error {
	var err error
	for len(s.yard.owing) > 0 {
		sd := s.yard.owing[0]
		err = errors.Join(err, s.finish(ctx, sd.repo, s.yard.collect(sd)))
	}
	return err
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
