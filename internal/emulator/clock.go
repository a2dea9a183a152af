package emulator

import (
	"fmt"
	"time"
)

// worldClock stamps what happens in the world. It never goes back.
type worldClock struct {
	start  time.Time // the world's time at the beginning
	began  time.Time // the machine's time at the beginning, monotonic
	offset time.Duration
	frozen bool
}

func newWorldClock(start time.Time, frozen bool) worldClock {
	now := time.Now()
	if start.IsZero() {
		start = now
	}
	return worldClock{start: start.UTC().Round(0), began: now, frozen: frozen}
}

func (c *worldClock) now() time.Time {
	t := c.start.Add(c.offset)
	if !c.frozen {
		t = t.Add(time.Since(c.began))
	}
	return t
}

// Now is the world's time, in UTC.
func (g *GitHub) Now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clock.now()
}

// Advance moves the world's clock forward by d. It panics if d is negative:
// nothing may happen before what already happened.
func (g *GitHub) Advance(d time.Duration) {
	if err := g.advance(d); err != nil {
		panic(err)
	}
}

func (g *GitHub) advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("emulator: the clock only moves forward, not by %s", d)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clock.offset += d
	g.touch()
	return nil
}

// stamp is how resources show a time: whole seconds, UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// stampOrNull is stamp, and null for the zero time.
func stampOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}
