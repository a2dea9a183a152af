package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A lane is one tracking repository: its Line, and what waits to be decided.
type lane struct {
	repo  string
	line  *process.Line // never changed, only replaced
	queue []*turn       // in order of arrival
	head  int64         // the number of the ledger's last line

	signal      signal
	inspections int       // that failed
	inspectAt   time.Time // not to be inspected before

	touched  map[process.ID]time.Time // when a decision or an action last changed an item
	repaired map[int]int              // how often an issue was put right without anybody's act
}

// A parcel is one delivery on its way: it is settled with the last of the turns
// that came of it.
type parcel struct {
	seq  int64
	left int
}

// A turn is one event that waits to be decided for one tracking repository.
type turn struct {
	lane     *lane
	event    process.Event
	parcels  []*parcel
	received time.Time
	again    bool      // what it comes to may be done, see Delivery.Again
	settled  time.Time // when its burst is over; zero is at once
	eyes     time.Time // when to show that it has been noticed; zero is never

	watched context.Context // of the decision, once its questions have been asked
	asked   bool            // they have been sent off
	ready   bool            // and are answered
	tracked *Tracked
	asks    process.Questions
	answers process.Answers
	trace   string    // of a panic while asking
	failed  int       // how often the process could not be had
	askAt   time.Time // not to be asked before
}

// queue adds an event to a lane, or to the burst that it belongs to.
func (s *shift) queue(l *lane, e process.Event, d Delivery, p *parcel) {
	t := &turn{lane: l, event: e, parcels: []*parcel{p}, received: d.ReceivedAt, again: d.Again}
	if e.What == process.Labelled && s.Timing.Settle > 0 && e.Issue != nil {
		if burst := l.burst(&e); burst != nil && !burst.asked && d.ReceivedAt.Before(burst.settled) {
			burst.join(t, d.ReceivedAt.Add(s.Timing.Settle))
			return
		}
		t.event.Key = fmt.Sprintf("labels/%d/%s", e.Issue.Number, d.ID)
		t.settled = d.ReceivedAt.Add(s.Timing.Settle)
	}
	if s.Timing.Slow > 0 && e.What == process.Asked && e.Comment != nil && !e.Actor.Bot {
		t.eyes = d.ReceivedAt.Add(s.Timing.Slow)
	}
	l.queue = append(l.queue, t)
	if t.settled.IsZero() {
		s.toAsk = append(s.toAsk, t)
	}
}

// burst returns the last turn about the event's issue, if that is label changes
// that settle.
func (l *lane) burst(e *process.Event) *turn {
	for _, t := range slices.Backward(l.queue) {
		if t.sameIssue(e) {
			if t.settled.IsZero() {
				return nil
			}
			return t
		}
	}
	return nil
}

// join makes a further label change part of the burst.
func (t *turn) join(next *turn, settled time.Time) {
	t.event.Labels = append(t.event.Labels, next.event.Labels...)
	t.event.Issue, t.event.At, t.event.Actor = next.event.Issue, next.event.At, next.event.Actor
	t.parcels = append(t.parcels, next.parcels...)
	t.settled, t.again = settled, t.again || next.again
}

func (t *turn) sameIssue(e *process.Event) bool {
	return t.event.Issue != nil && e.Issue != nil && t.event.Issue.Number == e.Issue.Number && t.event.Repo == e.Repo
}

// next returns the turn to be decided, or nil. A burst holds up nothing but its
// own issue; everything else keeps the order of arrival.
func (s *shift) next(l *lane) *turn {
	var held []*turn
	for _, t := range l.queue {
		switch {
		case slices.ContainsFunc(held, func(h *turn) bool { return h.sameIssue(&t.event) }):
		case t.settled.After(s.now):
			held = append(held, t)
		case !t.settled.IsZero() && !t.ready:
			if !t.asked {
				t.asked = true
				s.toAsk = append(s.toAsk, t)
			}
			held = append(held, t)
		case t.ready:
			return t
		default:
			return nil
		}
	}
	return nil
}

// drop takes a turn that has been dealt with out of its lane.
func (s *shift) drop(t *turn) {
	l := t.lane
	if i := slices.Index(l.queue, t); i == 0 {
		l.queue[0] = nil // so that it can be forgotten
		l.queue = l.queue[1:]
	} else if i > 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	for _, p := range t.parcels {
		if p.left--; p.left == 0 {
			delete(s.inHand, p.seq)
		}
	}
}

// settles returns the deliveries of which this is the last turn.
func (t *turn) settles() []int64 {
	var seqs []int64
	for _, p := range t.parcels {
		if p.left == 1 {
			seqs = append(seqs, p.seq)
		}
	}
	return seqs
}

// from returns the deliveries that it came with.
func (t *turn) from() []int64 {
	var seqs []int64
	for _, p := range t.parcels {
		seqs = append(seqs, p.seq)
	}
	return seqs
}

// ask sends off the questions of the turns that come next, as many at once as
// Config.Asking allows.
func (s *shift) ask(ctx context.Context) {
	for i := 0; i < len(s.toAsk) && s.asking < s.Asking; {
		t := s.toAsk[i]
		if t.askAt.After(s.now) || t.lane.signal != free {
			i++
			continue
		}
		s.toAsk = slices.Delete(s.toAsk, i, i+1)
		t.asked = true
		if t.watched == nil {
			t.watched = s.Watch.Deciding(ctx, nil, t.event)
		}
		s.asking++
		ctx, line, event := t.watched, t.lane.line, t.event
		s.aside(func() func(context.Context) error {
			found := s.findOut(ctx, line, event)
			return func(context.Context) error {
				s.asking--
				found(t)
				return nil
			}
		})
	}
}

// findOut answers what the event asks, and returns what puts it into the turn.
func (s *shift) findOut(ctx context.Context, line *process.Line, e process.Event) func(*turn) {
	var tracked *Tracked
	var err error
	trace := guard(func() { tracked, err = s.Processes.Process(ctx, s.installation, line.Repo) })
	if err != nil {
		s.Log.Warn().Err(err).Str("repo", line.Repo).Str("event", e.Key).Msg("waits for its process")
		return func(t *turn) {
			t.failed++
			t.askAt = time.Now().Add(s.Timing.backoff(t.failed))
			s.toAsk = append([]*turn{t}, s.toAsk...)
		}
	}
	var q process.Questions
	var a process.Answers
	if tracked == nil {
		return func(t *turn) { t.trace, t.ready = trace, true }
	}
	trace = guard(func() {
		if q = s.Rules.Ask(tracked.Process, line, e); !q.Empty() {
			a, err = s.GitHub.Answer(ctx, s.installation, line.Repo, q, tracked.Roles)
		}
	})
	if err != nil && trace == "" {
		return s.askLater(e, err)
	}
	return func(t *turn) {
		t.tracked, t.asks, t.answers, t.trace, t.ready = tracked, q, a, trace, true
	}
}

// askLater puts a turn off whose questions GitHub does not want to answer yet. Its
// lane waits with it, as the order of what happened is kept.
func (s *shift) askLater(e process.Event, err error) func(*turn) {
	var later Later
	limited := errors.As(err, &later)
	s.Log.Info().Err(err).Str("repo", e.Repo).Str("event", e.Key).Msg("waits until GitHub answers questions")
	return func(t *turn) {
		if !limited {
			t.failed++
			later.Until = time.Now().Add(s.Timing.backoff(t.failed))
		}
		t.askAt = later.Until
		s.toAsk = append([]*turn{t}, s.toAsk...)
	}
}

// covered reports whether all that is asked now has been asked before.
func covered(before, now process.Questions) bool {
	for login, roles := range now.Roles {
		had := before.Roles[login]
		for _, r := range roles {
			if !slices.Contains(had, r) && !slices.Contains(had, process.AllRoles) {
				return false
			}
		}
	}
	for _, p := range now.Pulls {
		if !slices.ContainsFunc(before.Pulls, func(b process.Pull) bool { return b.Repo == p.Repo && b.Number == p.Number }) {
			return false
		}
	}
	return now.Issue == 0 || now.Issue == before.Issue
}

// guard runs f and returns the trace of its panic, "" if there was none.
func guard(f func()) (trace string) {
	defer func() {
		if r := recover(); r != nil {
			trace = fmt.Sprintf("%v\n%s", r, debug.Stack())
		}
	}()
	f()
	return ""
}
