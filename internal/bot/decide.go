package bot

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// decideNext decides what is ready in each lane, as much as may be together, and
// reports whether there was anything.
func (s *shift) decideNext() (bool, error) {
	some := false
	for _, l := range s.order {
		if l.signal != free {
			continue
		}
		did, err := s.decideSome(l)
		if err != nil {
			return true, err
		}
		some = some || did
	}
	return some, nil
}

// decideSome decides turns that are ready, one on top of the other, and writes them
// down together, so that a burst does not wait for the disk once for each. After a
// write that failed they go one by one, until one has passed: then it shows which
// of them it was.
func (s *shift) decideSome(l *lane) (bool, error) {
	b, most := newBatch(l), together
	if s.careful {
		most = 1
	}
	some := false
	for len(b.entries) < most {
		t := s.next(l)
		if t == nil {
			break
		}
		some = true
		if !s.judge(t.watched, t, b) {
			break
		}
	}
	if b.fault != nil {
		return some, b.fault
	}
	return some, s.commit(b)
}

// judge decides one turn on top of the batch: it comes to an entry, or to nothing.
// False says that it is to be asked about again first, or that it failed.
func (s *shift) judge(ctx context.Context, t *turn, b *batch) bool {
	if t.tracked == nil && t.trace == "" {
		b.drop(s, ctx, t, "not a tracking repository")
		return true
	}
	line, err := s.seen(ctx, b, t.event)
	if err != nil {
		b.fault = err
		return false
	}
	if t.trace == "" {
		var now process.Questions
		t.trace = guard(func() { now = s.Rules.Ask(t.tracked.Process, line, t.event) })
		if !covered(t.asks, now) { // the Line has changed since
			t.ready = false
			s.toAsk = append([]*turn{t}, s.toAsk...)
			return false
		}
	}
	e := Entry{Repo: t.lane.repo, Event: t.event, Answers: t.answers, Deliveries: t.settles(), From: t.from(), At: time.Now()}
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
		b.drop(s, ctx, t, e.Decision.Skipped)
		return true
	}
	s.drop(t)
	b.add(s, ctx, e, t.received)
	return true
}

// seen returns the Line that a batch has come to, with what of the event has been
// decided before.
func (s *shift) seen(ctx context.Context, b *batch, e process.Event) (*process.Line, error) {
	keys := []string{e.Key}
	_ = guard(func() { keys = s.Rules.Keys(e) }) // an odd event panics again when it is decided
	seen, err := s.Store.Seen(ctx, b.lane.repo, keys)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if b.keys[k] {
			seen[k] = true
		}
	}
	line := *b.line
	line.Seen = seen
	return &line, nil
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
