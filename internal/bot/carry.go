package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// loadWork puts what an earlier shift left undone into the yard. What had left
// without a known outcome waits until GitHub can be searched for it.
func (s *shift) loadWork(ctx context.Context) error {
	work, err := s.Store.Pending(ctx, s.installation)
	if err != nil {
		return err
	}
	for _, w := range work {
		if err := s.admit(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (s *shift) admit(ctx context.Context, w Work) error {
	l, err := s.lane(ctx, w.Repo)
	if err != nil {
		return err
	}
	if after := w.StartedAt.Add(s.Timing.FindAfter); !w.StartedAt.IsZero() && searched(w.Action.Do) && after.After(w.DueAt) {
		w.DueAt = after
	}
	s.yard.add(l, w)
	return nil
}

// revive makes a dead action pending again, here and in the store.
func (s *shift) revive(ctx context.Context, repo, key string) error {
	if err := s.Store.Revive(ctx, s.lease, repo, key); err != nil {
		return err
	}
	work, err := s.Store.Pending(ctx, s.installation)
	if err != nil {
		return err
	}
	for _, w := range work {
		if w.Repo == repo && w.Action.Key == key {
			return s.admit(ctx, w)
		}
	}
	return nil
}

// launch lets jobs leave: urgent before routine ones, one of each issue, as many
// at once as Config.Parallel allows.
func (s *shift) launch(ctx context.Context) {
	now := time.Now()
	for _, urgent := range []bool{true, false} {
		for _, sd := range s.yard.order {
			if s.yard.out >= s.Parallel {
				return
			}
			if j := s.yard.next(sd, now); j != nil && (j.Action.Urgent == urgent) {
				s.send(ctx, j)
			}
		}
	}
}

// send carries out one job in a goroutine of its own.
func (s *shift) send(ctx context.Context, j *job) {
	j.out, j.siding.busy = true, true
	s.yard.out++
	c := &carrier{shift: s, line: j.lane.line, work: j.Work, written: s.yard.pages[pageKey(j)]}
	s.aside(func() func(context.Context) error {
		c.carry(ctx)
		return func(ctx context.Context) error { return s.arrived(ctx, j, c) }
	})
}

// arrived takes a job back: done, dead, or to be tried again.
func (s *shift) arrived(ctx context.Context, j *job, c *carrier) error {
	j.out, j.siding.busy = false, false
	s.yard.out--
	j.Work = c.work
	if c.fault != nil || !c.over {
		return c.fault
	}
	if j.Action.Do == process.Refresh {
		s.yard.pages[pageKey(j)] = c.written
		j.siding.pageAt = time.Now().Add(s.Timing.PageEvery)
	}
	s.yard.remove(j)
	if c.result.Failed != "" {
		s.Log.Error().Str("repo", j.Repo).Str("action", j.Action.Key).Str("do", string(j.Action.Do)).
			Str("cause", c.result.Failed).Msg("action is dead")
	}
	if !c.receipt() {
		return nil
	}
	return s.receive(ctx, j.lane, c.tracked, c.result)
}

// receive decides what an action came to, and ends the action with it.
func (s *shift) receive(ctx context.Context, l *lane, tracked *Tracked, r process.Result) error {
	event := process.Event{
		Key: "done/" + r.Action, What: process.Receipt, At: s.World(), Repo: l.repo,
		Actor: process.Actor{Bot: true, Self: true}, Result: &r,
	}
	if r.Failed != "" {
		event.Key = "failed/" + r.Action // it may be done yet, if a person revives it
	}
	line, err := s.seen(ctx, l, event)
	if err != nil {
		return err
	}
	e := Entry{Repo: l.repo, Event: event, Finished: &r, Process: tracked.Process.Hash, At: time.Now()}
	trace := guard(func() { e.Decision = s.Rules.Decide(tracked.Process, line, event, e.Answers) })
	if trace != "" {
		e = setAside(e, trace)
	} else if nothing(e) {
		return s.Store.Finish(ctx, s.lease, l.repo, r)
	}
	if err := s.record(ctx, l, e); err != nil {
		return err
	}
	s.logDecision(e, time.Time{})
	return nil
}

// A carrier carries out one action, in a goroutine of its own.
type carrier struct {
	*shift
	line    *process.Line // as it was when the job left
	work    Work          // its state, kept up as it changes
	written digest        // of the living page as last written

	tracked *Tracked
	deed    Deed
	repo    string // where the deed is done
	result  process.Result
	sent    bool // the last request was that of the deed itself
	made    bool // a living page's comment was made
	over    bool // done, or dead if the result says that it failed
	fault   error
}

// carry tries the action once and stores what came of it, unless that has to be
// decided first.
func (c *carrier) carry(ctx context.Context) {
	keep := context.WithoutCancel(ctx) // what has been done must be written down
	var err error
	if trace := guard(func() { err = c.try(ctx, keep) }); trace != "" {
		err = errors.New(trace)
	}
	var never Never
	var later Later
	switch {
	case c.fault != nil:
		return
	case err == nil:
		c.end("")
	case errors.As(err, &never):
		c.end(never.Cause)
	case ctx.Err() != nil:
		return // stopped half-way: the next shift finds out
	case errors.As(err, &later):
		c.work.DueAt, c.work.LastError = later.Until, err.Error()
		if c.sent {
			c.work.StartedAt = time.Time{}
		}
	default:
		c.again(err)
	}
	switch {
	case !c.over:
		c.fault = c.Store.Update(keep, c.lease, c.work)
	case !c.receipt():
		c.fault = c.Store.Finish(keep, c.lease, c.work.Repo, c.result)
	}
}

// end fills in the result.
func (c *carrier) end(failed string) {
	a := c.work.Action
	c.over = true
	c.result.Action, c.result.Kind, c.result.Item, c.result.Marker, c.result.Failed = a.Key, a.Do, a.Item, a.Marker, failed
}

// again counts a failure, and gives up after the last.
func (c *carrier) again(err error) {
	c.work.Attempt++
	c.work.LastError = err.Error()
	if c.work.Attempt >= c.Attempts {
		c.end(fmt.Sprintf("given up after %d attempts: %v", c.work.Attempt, err))
		return
	}
	wait := c.Timing.backoff(c.work.Attempt)
	if searched(c.deed.Do) {
		wait = max(wait, c.Timing.FindAfter)
	}
	c.work.DueAt = time.Now().Add(wait)
	c.Log.Warn().Err(err).Str("repo", c.work.Repo).Str("action", c.work.Action.Key).Int("attempt", c.work.Attempt).
		Dur("wait", wait).Msg("action failed")
}

// try does the deed, after looking whether it was done before if that is not
// known. What would show if it were done twice is marked as started before it
// leaves.
func (c *carrier) try(ctx, keep context.Context) error {
	if done, err := c.prepare(ctx); done || err != nil {
		return err
	}
	switch {
	case !searched(c.deed.Do): // done again, nobody would notice: no mark is needed
	case c.work.StartedAt.IsZero():
		c.work.StartedAt = time.Now()
		if c.fault = c.Store.Update(keep, c.lease, c.work); c.fault != nil {
			return c.fault
		}
	default:
		found, ok, err := c.GitHub.Find(ctx, c.installation, c.repo, c.deed, c.work.StartedAt)
		if err != nil {
			return fmt.Errorf("find out whether it was done: %w", err)
		}
		if ok {
			return c.found(ctx, found)
		}
	}
	c.sent = true
	result, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	var never Never
	if c.isPage() && c.deed.Do == process.EditComment && errors.As(err, &never) && never.Gone {
		c.deed.Do, c.deed.CommentID = process.SayOnce, 0 // somebody deleted it
		result, err = c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	}
	if err != nil {
		return err
	}
	c.result, c.made = result, c.isPage() && c.deed.Do == process.SayOnce
	return nil
}

// found takes over what an earlier attempt did. A living page may have been
// rendered from an older Line then.
func (c *carrier) found(ctx context.Context, r process.Result) error {
	c.result = r
	if !c.isPage() {
		return nil
	}
	c.made = true
	c.deed.Do, c.deed.CommentID = process.EditComment, r.Comment
	_, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	return err
}

// receipt reports whether the Line must hear of the result.
func (c *carrier) receipt() bool {
	a := c.work.Action
	switch {
	case !c.over || c.tracked == nil || a.Item == "":
		return false
	case c.result.Failed != "" || c.made:
		return true
	}
	return a.Do == process.OpenIssue || a.Do == process.MakeMilestone || a.Do == process.SayOnce && a.Marker != ""
}

// searched reports whether doing it twice would show, so that it must be looked
// for after an unknown outcome.
func searched(do process.Do) bool {
	return do == process.SayOnce || do == process.OpenIssue || do == process.MakeMilestone || do == process.Refresh
}

// notice shows those who have waited long that they were heard.
func (s *shift) notice(ctx context.Context) {
	if s.Timing.Slow <= 0 {
		return
	}
	now := time.Now()
	for _, l := range s.order {
		for _, t := range l.queue {
			if t.eyes.IsZero() || t.eyes.After(now) {
				continue
			}
			t.eyes = time.Time{}
			d := Deed{Action: process.Action{
				Key: "eyes/" + t.event.Key, Do: process.React, Target: t.event.Comment.ID, Reaction: "eyes", Urgent: true,
			}}
			if t.event.Issue != nil {
				d.Number, d.Issue = t.event.Issue.Number, t.event.Issue.Number
			}
			repo := t.event.Repo
			s.aside(func() func(context.Context) error {
				_, err := s.GitHub.Do(ctx, s.installation, repo, d)
				return func(context.Context) error {
					if err != nil {
						s.Log.Debug().Err(err).Str("repo", repo).Str("action", d.Key).Msg("no reaction")
					}
					return nil
				}
			})
		}
	}
}
