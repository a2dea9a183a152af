package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// wantsMore reports whether the inbox should be read now.
func (s *shift) wantsMore() bool {
	stale := time.Since(s.lastLook) >= rescan
	return (s.look || s.more || s.rewind || stale) && len(s.inHand) < most
}

// takeIn reads the inbox if there may be something new in it, and puts what has
// happened into the lanes, in order of arrival.
func (s *shift) takeIn(ctx context.Context) error {
	select {
	case <-s.woken:
		s.look = true
	default:
	}
	if !s.wantsMore() {
		return nil
	}
	if len(s.inHand) == 0 || s.rewind {
		s.after = 0 // from the start: with several replicas, orders of arrival can overlap
	}
	news := s.heard()
	got, err := s.Store.Undecided(ctx, s.installation, s.after, page)
	if err != nil {
		return err
	}
	s.look, s.more, s.lookedAt, s.lastLook, s.rewind = false, len(got) == page, news, time.Now(), false
	var foreign []int64
	for _, d := range got {
		s.after = max(s.after, d.Seq)
		if s.inHand[d.Seq] {
			continue
		}
		ours, err := s.takeOne(ctx, d)
		if err != nil {
			return err
		}
		if !ours {
			foreign = append(foreign, d.Seq)
		}
	}
	s.dismiss("none of ours", foreign)
	return nil
}

// takeOne turns one delivery into turns, and reports whether it came to any.
func (s *shift) takeOne(ctx context.Context, d Delivery) (ours bool, err error) {
	if d.Event == Retry {
		return true, s.again(ctx, d)
	}
	events, repos, err := s.read(ctx, d)
	if err != nil {
		return true, s.unreadable(ctx, d, err)
	}
	if len(events) == 0 || len(repos) == 0 {
		return false, nil
	}
	if stays, err := s.stays(ctx, repos); err != nil || stays {
		tick := d.Event == Injected && events[0].What == process.Tick
		return !tick, err // the next tick says the same
	}
	p := &parcel{seq: d.Seq}
	s.inHand[d.Seq] = true
	for _, e := range events {
		for _, repo := range repos {
			l, err := s.lane(ctx, repo)
			if err != nil {
				return true, err
			}
			p.left++
			s.queue(l, e, d, p)
		}
	}
	return true, nil
}

// tidy cuts the payloads of deliveries that were settled long ago, and forgets
// those settled very long ago, now and then.
func (s *shift) tidy(ctx context.Context) error {
	if s.Timing.Keep <= 0 || time.Since(s.tidied) < tidying {
		return nil
	}
	now := time.Now()
	cut, err := s.Store.Cut(ctx, s.lease, now.Add(-s.Timing.Keep), forgotten)
	if err != nil {
		return err
	}
	gone, err := s.Store.Forget(ctx, s.lease, now.Add(-max(s.Timing.Keep, s.Timing.Remember)), forgotten)
	if err != nil {
		return err
	}
	if cut < forgotten && gone < forgotten { // else there is more, and the next round takes it
		s.tidied = now
	}
	return nil
}

// read says what has happened, and which tracking repositories it concerns.
func (b *Bot) read(ctx context.Context, d Delivery) (events []process.Event, repos []string, err error) {
	if d.Event == Injected {
		var e process.Event
		err := json.Unmarshal(d.Payload, &e)
		return []process.Event{e}, []string{e.Repo}, err
	}
	if d.Installation == 0 || d.Repo == "" {
		return nil, nil, nil
	}
	trace := guard(func() { events, err = b.Translator.Translate(d) })
	if trace != "" {
		err = fmt.Errorf("translate: %s", trace)
	}
	if err != nil || len(events) == 0 {
		return nil, nil, err
	}
	var lookup error
	trace = guard(func() { repos, lookup = b.Processes.Tracking(ctx, d.Installation, d.Repo) })
	if trace != "" {
		lookup = errors.New(trace)
	}
	if lookup != nil {
		b.Log.Warn().Err(lookup).Str("repo", d.Repo).Msg("taken to concern itself alone")
		repos = []string{d.Repo}
	}
	return events, repos, nil
}

// unreadable sets a delivery aside that nobody can read, in the ledger if it is
// known whose.
func (s *shift) unreadable(ctx context.Context, d Delivery, why error) error {
	s.Log.Error().Err(why).Str("delivery", d.ID).Str("event", d.Event).Str("repo", d.Repo).Msg("delivery set aside")
	var tracked *Tracked
	var err error
	trace := guard(func() { tracked, err = s.Processes.Process(ctx, d.Installation, d.Repo) })
	if d.Repo == "" || err != nil || trace != "" || tracked == nil {
		return s.Store.SetAside(ctx, s.lease, []int64{d.Seq}, brief(why.Error()))
	}
	l, err := s.lane(ctx, d.Repo)
	if err != nil || l.signal != free { // it is read again
		return err
	}
	key := "dead/" + d.ID
	e := Entry{
		Repo: d.Repo, At: time.Now(), Process: tracked.Process.Hash, Deliveries: []int64{d.Seq},
		From: []int64{d.Seq}, Trouble: brief(why.Error()),
		Event:    process.Event{Key: key, What: process.Dead, At: s.World(), Repo: d.Repo, Delivery: d.ID, Trace: why.Error()},
		Decision: process.Decision{Keys: []string{key}, Skipped: "the delivery cannot be read"},
	}
	err = s.put(ctx, e)
	if err != nil && s.hopeless(ctx, e, err) {
		_, err = s.bury(ctx, e, err)
	}
	if err == nil {
		l.head, err = s.Store.Head(ctx, l.repo)
	}
	return err
}

// lane returns a repository's lane, with its Line loaded.
func (s *shift) lane(ctx context.Context, repo string) (*lane, error) {
	if l := s.lanes[repo]; l != nil {
		return l, nil
	}
	line, err := s.Store.Line(ctx, repo)
	if err != nil {
		return nil, err
	}
	head, err := s.Store.Head(ctx, repo)
	if err != nil {
		return nil, err
	}
	l := &lane{repo: repo, line: indexed(line), head: head, touched: map[process.ID]time.Time{}, repaired: map[int]int{}}
	if s.guards() {
		l.signal = unasked
	}
	s.lanes[repo] = l
	s.order = append(s.order, l)
	return l, nil
}

// indexed has the line make its index now, so that it can be read by several
// goroutines from here on.
func indexed(l *process.Line) *process.Line {
	l.Number(1)
	return l
}
