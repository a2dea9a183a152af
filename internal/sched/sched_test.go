package sched_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/sched"
)

// A station collects ticks and has a world's clock that can be moved.
type station struct {
	mu     sync.Mutex
	offset atomic.Int64
	ticks  []process.Event
	fail   map[string]error
}

func (s *station) world() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

func (s *station) inject(_ context.Context, _ int64, e process.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fail[e.Repo]; err != nil {
		return err
	}
	s.ticks = append(s.ticks, e)
	return nil
}

func (s *station) heard() []process.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticks
}

func (s *station) clock(repos ...string) *sched.Clock {
	return sched.New(sched.Config{
		World: s.world, Inject: s.inject,
		Targets: func(context.Context) (out []sched.Target, err error) {
			for _, r := range repos {
				out = append(out, sched.Target{Installation: 7, Repo: r})
			}
			return out, nil
		},
		Due: func(_ context.Context, t sched.Target, now time.Time) ([]process.Departure, error) {
			return []process.Departure{{Kind: process.Alphanet, At: now.Add(time.Hour)}}, nil
		},
	})
}

// run runs the clock in a bubble of its own while the script goes on.
func run(t *testing.T, c *sched.Clock, script func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	synctest.Wait()
	script()
	synctest.Wait()
	cancel()
	<-ended
}

// pass lets machine time pass within the bubble.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestEveryMinuteTicksAndTheFirstAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &station{}
		run(t, s.clock("acme/a", "acme/b"), func() {
			if len(s.heard()) != 2 {
				t.Fatalf("%d ticks at once, want one for each repository", len(s.heard()))
			}
			pass(3 * time.Minute)
		})
		if len(s.heard()) != 8 {
			t.Errorf("%d ticks after three minutes, want 8", len(s.heard()))
		}
		first := s.heard()[0]
		want := "tick/acme/a/" + first.At.Format("2006-01-02T15:04Z")
		if first.Key != want || first.What != process.Tick || first.Repo != "acme/a" || len(first.Due) != 1 {
			t.Errorf("first tick is %+v, want key %s", first, want)
		}
	})
}

func TestAMovedClockTicksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &station{}
		run(t, s.clock("acme/a"), func() {
			pass(10 * time.Second)
			s.offset.Store(int64(30 * 24 * time.Hour))
			pass(time.Second)
		})
		if len(s.heard()) != 2 {
			t.Fatalf("%d ticks, want the first and one after the move", len(s.heard()))
		}
		if gone := s.heard()[1].At.Sub(s.heard()[0].At); gone < 30*24*time.Hour {
			t.Errorf("the second tick is %v after the first", gone)
		}
	})
}

func TestATickThatFailedComesAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &station{fail: map[string]error{"acme/a": errors.New("GitHub answered 502")}}
		run(t, s.clock("acme/a"), func() {
			s.mu.Lock()
			s.fail = nil
			s.mu.Unlock()
			pass(10 * time.Second)
		})
		if len(s.heard()) != 1 {
			t.Errorf("%d ticks in ten seconds after one that failed", len(s.heard()))
		}
	})
}

func TestWhoeverFailsHoldsUpNobody(t *testing.T) {
	s := &station{fail: map[string]error{"acme/a": errors.New("disk full")}}
	err := s.clock("acme/a", "acme/b").Tick(t.Context())
	if err == nil || !strings.Contains(err.Error(), "acme/a: disk full") {
		t.Errorf("tick says %v, want the one that failed", err)
	}
	if !slices.ContainsFunc(s.heard(), func(e process.Event) bool { return e.Repo == "acme/b" }) {
		t.Error("the other has not heard")
	}
}

func TestTheKeyIsTheMinuteInUTC(t *testing.T) {
	at := time.Date(2026, 12, 8, 11, 0, 59, 0, time.FixedZone("CET", 3600))
	if got := sched.Key("acme/a", at); got != "tick/acme/a/2026-12-08T10:00Z" {
		t.Errorf("key is %s", got)
	}
}
