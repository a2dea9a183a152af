package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Missed takes in a delivery that GitHub did not send, made up of what a
// comparison with GitHub has found, unless all that it tells has been decided
// before. It reports whether it was taken in.
func (b *Bot) Missed(ctx context.Context, d Delivery) (bool, error) {
	events, repos, err := b.read(ctx, d)
	if err != nil {
		return false, fmt.Errorf("missed %s: %w", d.ID, err)
	}
	for _, repo := range repos {
		for _, e := range events {
			keys := []string{e.Key}
			_ = guard(func() { keys = b.Rules.Keys(e) }) // an odd event panics again when it is decided
			seen, err := b.Store.Seen(ctx, repo, keys)
			if err != nil {
				return false, err
			}
			if !seen[e.Key] {
				return b.Receive(ctx, d)
			}
		}
	}
	return false, nil
}

// A Sight is an issue as GitHub showed it at a moment.
type Sight struct {
	process.Issue
	// Anew are the living pages, by their markers, that somebody else has changed.
	Anew []string
}

// Line returns a tracking repository's Line as it is between two turns; it must not
// be changed. One without items stands for a repository that is none. [ErrBusy],
// [ErrHeld] and [ErrNotFound] as from Differ.
func (b *Bot) Line(ctx context.Context, installation int64, repo string) (*process.Line, error) {
	line := indexed(process.NewLine(repo))
	err := b.within(ctx, installation, func(ctx context.Context, s *shift) error {
		l, _, err := s.settledLane(ctx, repo, time.Now())
		if l != nil {
			line = l.line
		}
		return err
	})
	return line, err
}

// Differ returns how issues of a tracking repository, as GitHub showed them at a
// moment of the machine's clock, differ from the record. An issue about which
// something is still to be decided or done, or was since, is named apart: its
// difference may be our own. [ErrBusy] when so much is still to be decided that
// nothing can be told, [ErrHeld] when another process sees to it.
func (b *Bot) Differ(ctx context.Context, installation int64, repo string, at time.Time, seen []Sight) (out []process.Drift, restless []int, err error) {
	err = b.within(ctx, installation, func(ctx context.Context, s *shift) error {
		l, tracked, err := s.settledLane(ctx, repo, at)
		if err != nil {
			return err
		}
		for _, is := range seen {
			if l == nil {
				break
			}
			if s.restless(l, is.Number, at) {
				restless = append(restless, is.Number)
			} else if d := process.Drifted(tracked.Process, l.line, &is.Issue); !d.None() {
				out = append(out, d)
			}
		}
		return nil
	})
	return out, restless, err
}

// mostRepairs is how often the same issue is put right in one shift: what comes
// back every time is for people.
const mostRepairs = 5

// Repair puts right what nobody's act explains in issues, as GitHub showed them at
// a moment of the machine's clock, and returns in how many. It leaves out those
// that Differ leaves out. [ErrHeld] when another process sees to the installation.
func (b *Bot) Repair(ctx context.Context, installation int64, repo string, at time.Time, seen []Sight) (repaired int, err error) {
	err = b.within(ctx, installation, func(ctx context.Context, s *shift) error {
		l, tracked, err := s.settledLane(ctx, repo, at)
		if err != nil || l == nil {
			return err
		}
		for _, is := range seen {
			if s.restless(l, is.Number, at) || l.repaired[is.Number] >= mostRepairs {
				continue
			}
			did, err := s.repair(ctx, l, tracked, is)
			if err != nil {
				return err
			}
			if did {
				l.repaired[is.Number]++
				repaired++
			}
		}
		return nil
	})
	return repaired, err
}

// RepairMilestones puts right the trains' milestones of a tracking repository, given
// all that it has, open and closed, and returns of how many trains. It leaves out the
// trains that Differ would name as restless.
func (b *Bot) RepairMilestones(ctx context.Context, installation int64, repo string, at time.Time, all []process.MilestoneSight) (repaired int, err error) {
	err = b.within(ctx, installation, func(ctx context.Context, s *shift) error {
		l, tracked, err := s.settledLane(ctx, repo, at)
		if err != nil || l == nil {
			return err
		}
		there := map[int]bool{}
		for _, m := range all {
			there[m.Number] = true
		}
		for _, it := range l.line.Trains() {
			if it.T.Milestone > 0 && !there[it.T.Milestone] {
				all = append(all, process.MilestoneSight{Number: it.T.Milestone})
			}
		}
		var off []process.MilestoneSight
		for _, m := range all {
			train, drifted := process.MilestoneDrifted(tracked.Process, l.line, m)
			if drifted && train.Shown.Number > 0 && !s.restless(l, train.Shown.Number, at) && l.repaired[train.Shown.Number] < mostRepairs {
				off = append(off, m)
				l.repaired[train.Shown.Number]++
			}
		}
		if len(off) == 0 {
			return nil
		}
		repaired = len(off)
		_, err = s.compared(ctx, l, tracked, process.Event{Milestones: off})
		return err
	})
	return repaired, err
}

// repair decides one issue's difference, and reports whether it led to anything.
func (s *shift) repair(ctx context.Context, l *lane, tracked *Tracked, is Sight) (bool, error) {
	issue := is.Issue
	return s.compared(ctx, l, tracked, process.Event{Issue: &issue, Anew: is.Anew})
}

// compared decides what GitHub shows, and reports whether anything is to be done.
func (s *shift) compared(ctx context.Context, l *lane, tracked *Tracked, e process.Event) (bool, error) {
	e.Key = fmt.Sprintf("compared/%d/%d", s.lease.Epoch, time.Now().UnixNano())
	e.What, e.At, e.Repo, e.Actor = process.Compared, s.World(), l.repo, process.Actor{Bot: true, Self: true}
	entry := Entry{Repo: l.repo, Event: e, Process: tracked.Process.Hash, At: time.Now()}
	if trace := guard(func() { entry.Decision = s.Rules.Decide(tracked.Process, l.line, e, entry.Answers) }); trace != "" {
		return false, errors.New(trace)
	}
	if nothing(entry) {
		return false, nil
	}
	b := newBatch(l)
	b.add(s, ctx, entry, time.Time{})
	if err := s.commit(b); err != nil {
		return false, shiftOver{err}
	}
	return len(entry.Decision.Actions) > 0, nil
}

// settledLane returns a tracking repository's lane, nil if it is none. [ErrBusy] says
// that the shift is younger than what was seen, has not read its inbox to the end, or
// does not know whether GitHub is ahead of it.
func (s *shift) settledLane(ctx context.Context, repo string, at time.Time) (*lane, *Tracked, error) {
	if s.more || s.look || at.Before(s.began) {
		return nil, nil, ErrBusy
	}
	tracked, err := s.Processes.Process(ctx, s.installation, repo)
	if err != nil || tracked == nil {
		return nil, nil, err
	}
	l, err := s.lane(ctx, repo)
	if err == nil && l.signal != free { // what cannot be written cannot be compared either
		err = ErrBusy
	}
	return l, tracked, err
}

// restless reports whether an issue waits for a decision or an action, or was
// changed by us after the moment.
func (s *shift) restless(l *lane, number int, at time.Time) bool {
	waits := func(t *turn) bool { return t.event.Issue != nil && t.event.Issue.Number == number }
	if slices.ContainsFunc(l.queue, waits) || s.yard.pending(l, process.Action{Issue: number}) {
		return true
	}
	it := l.line.Number(number)
	return it != nil && !l.touched[it.ID].Before(at)
}

// pending reports whether there are actions for the issue of one that are still to
// be done.
func (y *yard) pending(l *lane, a process.Action) bool {
	sd := y.sidings[y.place(l, a)]
	return sd != nil && len(sd.jobs) > 0
}

// SetMark sets a mark of a repository, about what was found out from a moment of the
// machine's clock on, in the name of whoever sees to it here; [ErrHeld] when another
// process does. [ErrBusy] says that the shift is younger than that: what was compared
// may be a record that a backup has replaced.
func (b *Bot) SetMark(ctx context.Context, installation int64, repo string, at time.Time, name, value string) error {
	return b.within(ctx, installation, func(ctx context.Context, s *shift) error {
		if at.Before(s.began) {
			return ErrBusy
		}
		return s.Store.SetMark(ctx, s.lease, repo, name, value)
	})
}

// shiftOver is a failure after which nobody knows what is recorded: the next shift
// reads it.
type shiftOver struct{ error }

// Unwrap returns the failure.
func (e shiftOver) Unwrap() error { return e.error }

// within runs a call between two turns of the installation's worker. [ErrNotFound]
// when there is no worker; [ErrHeld] when another process has the lease.
func (b *Bot) within(ctx context.Context, installation int64, do func(context.Context, *shift) error) error {
	b.mu.Lock()
	w := b.workers[installation]
	away := w != nil && w.away
	b.mu.Unlock()
	if w == nil {
		return ErrNotFound
	}
	if away {
		return ErrHeld
	}
	answer := make(chan error, 1)
	call := func(ctx context.Context, s *shift) error {
		err := do(ctx, s)
		answer <- err
		if over := (shiftOver{}); errors.As(err, &over) {
			return err
		}
		return nil
	}
	select {
	case w.requests <- call:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
