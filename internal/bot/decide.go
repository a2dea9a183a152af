package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// decideNext decides one turn of each lane that has one, and reports whether
// there was any.
func (s *shift) decideNext() (bool, error) {
	some := false
	for _, l := range s.order {
		if l.signal != free {
			continue
		}
		t := s.next(l)
		if t == nil {
			continue
		}
		some = true
		if err := s.decide(t.watched, t); err != nil {
			return true, err
		}
	}
	return some, nil
}

// decide settles one turn: by a decision, or because it is none of ours.
func (s *shift) decide(ctx context.Context, t *turn) error {
	l := t.lane
	if t.tracked == nil && t.trace == "" {
		return s.forget(ctx, t, "not a tracking repository")
	}
	line, err := s.seen(ctx, l, t.event)
	if err != nil {
		return err
	}
	if t.trace == "" {
		var now process.Questions
		t.trace = guard(func() { now = s.Rules.Ask(t.tracked.Process, line, t.event) })
		if !covered(t.asks, now) { // the Line has changed since
			t.ready = false
			s.toAsk = append([]*turn{t}, s.toAsk...)
			return nil
		}
	}
	e := Entry{Repo: l.repo, Event: t.event, Answers: t.answers, Deliveries: t.settles(), From: t.from(), At: time.Now()}
	if t.again {
		e.MayBeDone = cmp.Or(t.event.At, t.received, e.At)
	}
	if t.trace == "" {
		e.Process = t.tracked.Process.Hash
		t.trace = guard(func() { e.Decision = formed(s.Rules.Decide(t.tracked.Process, line, t.event, t.answers)) })
	}
	if t.trace != "" {
		e = setAside(e, t.trace)
	} else if nothing(e) {
		return s.forget(ctx, t, e.Decision.Skipped)
	}
	if err := s.record(ctx, l, e); err != nil {
		return err
	}
	s.drop(t)
	s.decided(ctx, e, t.received)
	return nil
}

// seen returns the lane's Line with what of the event has been decided before.
func (s *shift) seen(ctx context.Context, l *lane, e process.Event) (*process.Line, error) {
	keys := []string{e.Key}
	_ = guard(func() { keys = s.Rules.Keys(e) }) // an odd event panics again when it is decided
	seen, err := s.Store.Seen(ctx, l.repo, keys)
	if err != nil {
		return nil, err
	}
	line := *l.line
	line.Seen = seen
	return &line, nil
}

// forget settles a turn that has come to nothing.
func (s *shift) forget(ctx context.Context, t *turn, why string) error {
	if seqs := t.settles(); len(seqs) > 0 {
		if err := s.Store.Settle(ctx, s.lease, seqs, why); err != nil {
			return err
		}
	}
	s.drop(t)
	s.Watch.Decided(ctx, Entry{
		Repo: t.lane.repo, Event: t.event, Decision: process.Decision{Skipped: cmp.Or(why, "nothing to do")},
	}, time.Since(t.received))
	s.Log.Debug().Str("repo", t.lane.repo).Str("event", t.event.Key).Str("skipped", why).Msg("nothing to do")
	return nil
}

// nothing reports whether a decision is not worth a line in the ledger: it says
// that the event is none of ours, or that no date has come.
func nothing(e Entry) bool {
	d := e.Decision
	return len(d.Changed) == 0 && len(d.Actions) == 0 && len(d.Parts) == 0 &&
		(d.Skipped != "" || e.Event.What == process.Tick || e.Event.What == process.Receipt || e.Event.What == process.Compared)
}

// setAside makes of an entry whose decision failed one that says so. The key of
// the event stays open, so that it can be decided once the fault is mended.
func setAside(e Entry, trace string) Entry {
	failed := e.Event
	e.Event.What, e.Event.Key = process.Dead, "dead/"+failed.Key
	e.Event.Trace = string(failed.What) + " " + failed.Key + ": " + trace
	e.Decision = process.Decision{Keys: []string{e.Event.Key}, Skipped: "the decision failed"}
	e.Covered = nil
	if failed.What != process.Tick { // the next one makes up for it
		e.Trouble = brief(trace)
	}
	if e.Finished != nil && e.Finished.Failed == "" {
		// Run again, it finds what it did, and what follows from that is decided.
		r := *e.Finished
		r.Failed = "it was done, but what follows could not be decided: " + brief(trace)
		e.Finished = &r
	}
	return e
}

// brief is the first line of a trace, and not too much of it.
func brief(trace string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(trace), "\n")
	if runes := []rune(line); len(runes) > 300 {
		line = string(runes[:299]) + "…"
	}
	return cmp.Or(line, "no reason was given")
}

// formed panics where a decision could not be recorded for its form, so that it
// is set aside like one that fails.
func formed(d process.Decision) process.Decision {
	for _, it := range d.Changed {
		if it == nil || it.ID == "" {
			panic("the decision changes an item that there is not")
		}
	}
	for _, a := range d.Actions {
		if a.Key == "" {
			panic("the decision has an action without a key")
		}
	}
	return d
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

// put records an entry. A panic underneath says that the entry is at fault.
func (s *shift) put(ctx context.Context, e Entry) (err error) {
	if trace := guard(func() { err = s.Store.Record(ctx, s.lease, e) }); trace != "" {
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

// record renders and writes a decision, then makes it the lane's present. A
// decision that cannot be written down is set aside like one that fails. When
// the store fails, the decision may be written or not: the next shift reads
// which, and decides again if it was not.
func (s *shift) record(ctx context.Context, l *lane, e Entry) error {
	for i := range e.Decision.Actions {
		s.render(&e.Decision.Actions[i])
	}
	lane := func(a process.Action) *siding { return s.yard.siding(l, a) }
	e.Covered = s.yard.covered(e.Decision.Actions, lane)
	if !e.MayBeDone.IsZero() {
		e.Covered = append(e.Covered, told(e.Decision.Actions)...)
	}
	key := e.Repo + " " + e.Event.Key
	head := max(l.head, e.After) + 1
	err := s.put(ctx, e)
	if err != nil && s.hopeless(ctx, e, err) {
		if e, err = s.bury(ctx, e, err); err == nil { // in a line of the ledger, or without one
			head, err = s.Store.Head(ctx, l.repo)
		}
	}
	if err != nil {
		return err
	}
	l.head = head
	delete(s.refused, key)
	if len(e.Decision.Changed) > 0 {
		l.line = indexed(l.line.With(e.Decision.Changed))
	}
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
	return nil
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

// decided tells of a decision: the Watch, and the log by the one line that each
// has there. It says who asked for what and how that came out, the rules that a
// refusal rests on, and how long it took since the delivery came in.
func (s *shift) decided(ctx context.Context, e Entry, received time.Time) {
	var after time.Duration // of a receipt, nobody waited
	if !received.IsZero() {
		after = e.At.Sub(received)
	}
	s.Watch.Decided(ctx, e, after)
	level := zerolog.InfoLevel
	if e.Event.What == process.Dead {
		level = zerolog.ErrorLevel
	}
	var outcomes, rules []string
	for _, p := range e.Decision.Parts {
		outcomes = append(outcomes, p.Line.Verb+" "+string(p.Outcome.State))
		rules = append(rules, p.Outcome.Rules()...)
	}
	line := s.Log.WithLevel(level).Int64("installation", s.installation).Str("repo", e.Repo)
	if e.Event.Issue != nil {
		line.Int("issue", e.Event.Issue.Number)
	}
	line.Str("event", e.Event.Key).Str("what", string(e.Event.What)).
		Str("by", e.Event.Actor.Login).Str("delivery", e.Event.Delivery).Dur("after", after).
		Strs("outcomes", outcomes).Strs("rules", rules).Str("skipped", e.Decision.Skipped).Str("trace", e.Event.Trace).
		Int("changed", len(e.Decision.Changed)).Int("actions", len(e.Decision.Actions)).Msg("decided")
}
