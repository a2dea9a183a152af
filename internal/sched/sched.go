// Package sched is the clock of the railway: it tells every tracking repository
// that time has passed, so that dates come true.
//
// Two clocks meet here. The world's clock says what day it is; it may be moved
// forward, and then a tick follows at once. The machine's clock only says how
// often to look.
package sched

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	// jump is how far the two clocks may drift apart between two looks before
	// the world's clock is taken to have been moved.
	jump = 2 * time.Second
	// minute is the grain of a tick's key: within one, ticks are the same event.
	minute = "2006-01-02T15:04Z"
)

// A Target is a tracking repository that is to hear of time.
type Target struct {
	Installation int64
	Repo         string // owner/name
}

// Config is what a [Clock] is made of. World, Targets and Inject are required.
type Config struct {
	World func() time.Time
	Every time.Duration // machine time between two ticks; 0 is a minute
	Look  time.Duration // machine time between two looks at the world's clock; 0 is 250 ms
	// Targets are asked for at each tick.
	Targets func(ctx context.Context) ([]Target, error)
	// Due returns the departures that the calendar names as of now; nil is none.
	Due func(ctx context.Context, t Target, now time.Time) ([]process.Departure, error)
	// Inject takes the tick in. A tick whose key it knows is to be ignored.
	Inject func(ctx context.Context, installation int64, e process.Event) error
	Log    zerolog.Logger
}

// A Clock sends ticks.
type Clock struct{ Config }

// New returns a clock that does not run yet.
func New(c Config) *Clock {
	if c.Every == 0 {
		c.Every = time.Minute
	}
	if c.Look == 0 {
		c.Look = 250 * time.Millisecond
	}
	if c.Due == nil {
		c.Due = func(context.Context, Target, time.Time) ([]process.Departure, error) { return nil, nil }
	}
	return &Clock{Config: c}
}

// soon is the part of Config.Every after which a tick that failed comes again.
const soon = 12

// Run ticks at once, then every Config.Every, and whenever the world's clock has
// been moved, until the context ends. What fails is logged and comes again soon.
func (c *Clock) Run(ctx context.Context) {
	looks := time.NewTicker(min(c.Look, c.Every))
	defer looks.Stop()
	world, machine := c.World(), time.Now()
	ticked := machine.Add(-c.Every)
	for {
		now, at := c.World(), time.Now()
		drift := now.Sub(world) - at.Sub(machine)
		world, machine = now, at
		if at.Sub(ticked) >= c.Every || drift.Abs() >= jump {
			ticked = at
			if err := c.Tick(ctx); err != nil && ctx.Err() == nil {
				c.Log.Warn().Err(err).Msg("not everybody has heard the time")
				ticked = at.Add(c.Every/soon - c.Every)
			}
		}
		select {
		case <-looks.C:
		case <-ctx.Done():
			return
		}
	}
}

// Tick tells every target the time now. The error names those that could not be
// told; the others were.
func (c *Clock) Tick(ctx context.Context) error {
	now := c.World().UTC()
	targets, err := c.Targets(ctx)
	if err != nil {
		return fmt.Errorf("list tracking repositories: %w", err)
	}
	var faults []error
	for _, t := range targets {
		due, err := c.Due(ctx, t, now)
		if err == nil {
			err = c.Inject(ctx, t.Installation, process.Event{
				Key: Key(t.Repo, now), What: process.Tick, At: now, Repo: t.Repo, Due: due,
			})
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("tick %s: %w", t.Repo, err))
		}
	}
	return errors.Join(faults...)
}

// Key names the tick of a repository at a moment, to the minute.
func Key(repo string, at time.Time) string {
	return "tick/" + repo + "/" + at.UTC().Format(minute)
}
