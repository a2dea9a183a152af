package bot

import (
	"context"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// loadWork puts what an earlier shift left undone into the yard.
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

// admit puts work into the yard that is not of this shift. If it may have left
// and nobody knows what came of it, GitHub is searched for it after a pause. The
// pause begins now: the request may have been sent a second time, long after its
// mark, and the mark was made by another machine's clock.
func (s *shift) admit(ctx context.Context, w Work) error {
	l, err := s.lane(ctx, w.Repo)
	if err != nil {
		return err
	}
	w.DueAt = s.searchedAt(w)
	s.yard.add(l, w, nil)
	return nil
}

// searchedAt is when work is due that GitHub may have to be searched for.
func (s *shift) searchedAt(w Work) time.Time {
	if after := time.Now().Add(s.Timing.FindAfter); !w.StartedAt.IsZero() && searched(w.Action.Do) && after.After(w.DueAt) {
		return after
	}
	return w.DueAt
}

// launch lets jobs leave: urgent before routine ones, one of each issue, as many
// at once as Config.Parallel allows.
func (s *shift) launch(ctx context.Context) {
	full := func(sd *siding) bool {
		return sd.chat && s.yard.telling >= maxTelling || !sd.chat && s.yard.out >= s.Parallel
	}
	var routine []*job
	for _, sd := range s.yard.order {
		if full(sd) {
			continue
		}
		switch j := s.yard.next(sd, s.now); {
		case j == nil || j.lane.signal != free:
		case j.Action.Urgent:
			s.send(ctx, j)
		default:
			routine = append(routine, j)
		}
	}
	for _, j := range routine {
		if !full(j.siding) {
			s.send(ctx, j)
		}
	}
}

// send carries out one job in a goroutine of its own.
func (s *shift) send(ctx context.Context, j *job) {
	j.out, j.siding.busy = true, true
	s.yard.under(j, 1)
	c := &carrier{
		shift: s, line: j.lane.line, head: j.lane.head, work: j.Work, written: s.yard.pages[pageKey(j)], owed: s.yard.collect(j.siding),
	}
	s.aside(func() func(context.Context) error {
		c.watched = s.Watch.Acting(ctx, j.cause, c.work)
		began := time.Now()
		c.carry(c.watched)
		if c.fault != nil || c.came == "" {
			c.came = CameBack
		}
		s.Watch.Acted(c.watched, c.work, Try{Came: c.came, Took: time.Since(began), Waited: time.Since(j.since)})
		return func(ctx context.Context) error { return s.arrived(ctx, j, c) }
	})
}

// arrived takes a job back: done, dead, or to be tried again.
func (s *shift) arrived(ctx context.Context, j *job, c *carrier) error {
	j.out, j.siding.busy = false, false
	j.siding.stir()
	s.yard.under(j, -1)
	s.yard.owe(j.siding, c.owed)
	j.Work = c.work
	if j.Action.Item != "" {
		j.lane.touched[j.Action.Item] = time.Now()
	}
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
	return s.receive(ctx, j.lane, c)
}

// receive decides what an action came to, and ends the action with it.
func (s *shift) receive(ctx context.Context, l *lane, c *carrier) error {
	r, tracked := c.result, c.tracked
	event := process.Event{
		Key: "done/" + r.Action, What: process.Receipt, At: s.World(), Repo: l.repo,
		Actor: process.Actor{Bot: true, Self: true}, Result: &r,
	}
	if r.Failed != "" {
		event.Key = "failed/" + r.Action // it may be done yet, if a person revives it
	}
	ctx = s.Watch.Deciding(ctx, c.watched, event)
	b := newBatch(l)
	line, err := s.seen(ctx, b, event)
	if err != nil {
		return err
	}
	e := Entry{Repo: l.repo, Event: event, Finished: &r, Process: tracked.Process.Hash, At: time.Now()}
	trace := guard(func() { e.Decision = formed(s.Rules.Decide(tracked.Process, line, event, e.Answers)) })
	if trace != "" {
		e = setAside(e, trace)
	} else if nothing(e) {
		s.Watch.Decided(ctx, e, 0)
		return s.Store.Finish(ctx, s.lease, l.repo, r)
	}
	b.add(s, ctx, e, time.Time{})
	return s.commit(b)
}
