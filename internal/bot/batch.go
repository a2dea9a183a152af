package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// together is how many decisions are written down in one go at most: what was
// decided first waits for the last to be decided.
const together = 16

// A batch is decisions about one lane that rest on one another and are written
// down together. Nothing of it is true, and nothing leaves, before that is done.
type batch struct {
	lane    *lane
	line    *process.Line // the lane's, with all that they change
	entries []Entry
	told    []telling // about the entries, in their order
	keys    map[string]bool
	pages   []process.Action // the living pages that they want written
	blanks  []blank
	fault   error // that ended the deciding
}

// A telling is what is to be said of an entry when it is written down.
type telling struct {
	ctx      context.Context //nolint:containedctx // of the decision, which the Watch has made
	received time.Time
}

// A blank is a turn that came to nothing.
type blank struct {
	telling
	event process.Event
	seqs  []int64 // the deliveries that it settles
	cause string
}

func newBatch(l *lane) *batch { return &batch{lane: l, line: l.line, keys: map[string]bool{}} }

// add puts a decision on top.
func (b *batch) add(s *shift, ctx context.Context, e Entry, received time.Time) {
	for i := range e.Decision.Actions {
		s.render(&e.Decision.Actions[i])
	}
	lane := func(a process.Action) *siding { return s.yard.siding(b.lane, a) }
	e.Covered = s.yard.covered(b.pages, e.Decision.Actions, lane)
	if !e.MayBeDone.IsZero() {
		e.Covered = append(e.Covered, told(e.Decision.Actions)...)
	}
	for _, a := range e.Decision.Actions {
		if a.Do == process.Refresh {
			b.pages = append(b.pages, a)
		}
	}
	for _, k := range e.Decision.Keys {
		b.keys[k] = true
	}
	if len(e.Decision.Changed) > 0 {
		b.line = indexed(b.line.With(e.Decision.Changed))
	}
	b.entries, b.told = append(b.entries, e), append(b.told, telling{ctx, received})
}

// drop takes out a turn that has come to nothing.
func (b *batch) drop(s *shift, ctx context.Context, t *turn, cause string) {
	b.blanks = append(b.blanks, blank{telling{ctx, t.received}, t.event, t.settles(), cause})
	s.drop(t)
}

// commit writes a batch down, then makes it the lane's present. A single decision
// that cannot be written down is set aside like one that fails. When the store
// fails, what was decided may be written or not: the next shift reads which, and
// decides again what was not.
func (s *shift) commit(b *batch) error {
	if err := s.write(b); err != nil {
		s.careful = true
		return err
	}
	for i, e := range b.entries {
		s.apply(b.told[i].ctx, b.lane, e)
		s.decided(b.told[i].ctx, e, b.told[i].received)
	}
	s.forget(b)
	return nil
}

// write records the entries, and replaces the lane's line by theirs.
func (s *shift) write(b *batch) error {
	if len(b.entries) == 0 {
		return nil
	}
	ctx, l, first := b.told[0].ctx, b.lane, b.entries[0]
	head := max(l.head, first.After) + int64(len(b.entries))
	err := s.put(ctx, b.entries...)
	if err != nil && len(b.entries) == 1 && s.hopeless(ctx, first, err) {
		b.line = l.line
		if b.entries[0], err = s.bury(ctx, first, err); err == nil { // in a line of the ledger, or without one
			head, err = s.Store.Head(ctx, l.repo)
		}
	}
	if err != nil {
		return err
	}
	s.careful = false
	delete(s.refused, first.Repo+" "+first.Event.Key)
	l.head, l.line = head, b.line
	return nil
}

// apply has the actions of an entry that is written down be done.
func (s *shift) apply(ctx context.Context, l *lane, e Entry) {
	for _, it := range e.Decision.Changed {
		l.touched[it.ID] = time.Now()
	}
	for _, a := range e.Decision.Actions {
		if !slices.Contains(e.Covered, a.Key) {
			w := Work{Repo: l.repo, Installation: s.installation, Action: a, StartedAt: e.MayBeDone}
			w.DueAt = s.searchedAt(w)
			s.yard.add(l, w, ctx)
		}
	}
}

// forget dismisses the turns that have come to nothing.
func (s *shift) forget(b *batch) {
	for _, d := range b.blanks {
		s.dismiss(cmp.Or(d.cause, "nothing to do"), d.seqs)
		s.Watch.Decided(d.ctx, Entry{
			Repo: b.lane.repo, Event: d.event, Decision: process.Decision{Skipped: cmp.Or(d.cause, "nothing to do")},
		}, time.Since(d.received))
		s.Log.Debug().Str("repo", b.lane.repo).Str("event", d.event.Key).Str("skipped", d.cause).Msg("nothing to do")
	}
}

// render fills in what an action is to say. A text that cannot be rendered must
// not stop the decision: the fault is said in its place.
func (s *shift) render(a *process.Action) {
	if a.Words.Empty() || a.Body != "" {
		return
	}
	var err error
	trace := guard(func() { a.Body, err = s.Renderer.Render(a.Words) })
	if trace == "" && err == nil {
		return
	}
	s.Log.Error().Err(err).Str("trace", trace).Str("text", a.Words.Key).Str("action", a.Key).Msg("text not rendered")
	a.Body = "The text `" + a.Words.Key + "` could not be rendered. The decision stands; its reasons are in the ledger under `" + a.Key + "`."
}

// patience is how often in a row the store may refuse what one event came to,
// whole or failed, before the event is taken to be the cause.
const patience = 20

// hopeless reports whether an entry will never be recorded. A store that is out
// of order for a while is no reason to give anything up.
func (s *shift) hopeless(ctx context.Context, e Entry, err error) bool {
	if errors.Is(err, ErrLeaseLost) || ctx.Err() != nil {
		return false
	}
	key := e.Repo + " " + e.Event.Key
	s.refused[key]++
	return errors.Is(err, ErrUnfit) || s.refused[key] >= patience
}

// put records entries. A panic underneath says that they are at fault.
func (s *shift) put(ctx context.Context, entries ...Entry) (err error) {
	if trace := guard(func() { err = s.Store.Record(ctx, s.lease, entries...) }); trace != "" {
		err = errors.Join(ErrUnfit, errors.New(trace))
	}
	return err
}

// bury sets an event aside that cannot be recorded, as a failure if that can be.
func (s *shift) bury(ctx context.Context, e Entry, why error) (Entry, error) {
	s.Log.Error().Err(why).Str("repo", e.Repo).Str("event", e.Event.Key).Msg("decision not recorded")
	if e.Event.What != process.Dead {
		e = setAside(e, why.Error())
		if err := s.put(ctx, e); !errors.Is(err, ErrUnfit) {
			return e, err
		}
	}
	if e.Finished != nil {
		if err := s.Store.Finish(ctx, s.lease, e.Repo, *e.Finished); err != nil {
			return e, err
		}
	}
	if len(e.Deliveries) == 0 {
		return e, nil
	}
	return e, s.Store.SetAside(ctx, s.lease, e.Deliveries, brief(why.Error()))
}
