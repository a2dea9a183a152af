package main

import (
	"context"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/sched"
)

// lookBack is how far past departures are told with a tick: a bot that was down
// over a departure lets the train leave when it is back.
const lookBack = 62 * 24 * time.Hour

// tick tells every tracking repository the time until the context ends.
func (st *station) tick(ctx context.Context) { st.clock().Run(ctx) }

// beat tells them once, now.
func (st *station) beat(ctx context.Context) error { return st.clock().Tick(ctx) }

func (st *station) clock() *sched.Clock {
	return sched.New(sched.Config{World: st.world, Targets: st.targets, Due: st.due, Inject: st.bot.Inject, Log: st.log})
}

// targets are the repositories with a configuration, and those that the bot has
// been commanded in.
func (st *station) targets(ctx context.Context) ([]sched.Target, error) {
	ids, err := st.hub.Installations(ctx)
	if err != nil {
		return nil, err
	}
	var out []sched.Target
	for _, id := range ids {
		names, err := st.registry.declared(ctx, id)
		if err != nil {
			return nil, err
		}
		known, err := st.store.Repos(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, name := range append(names, known...) {
			if t := (sched.Target{Installation: id, Repo: name}); !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// due returns the Alphanets of the repository's calendar around now: those that
// may still have to leave, and as many to come as are kept open.
func (st *station) due(ctx context.Context, t sched.Target, now time.Time) ([]process.Departure, error) {
	repo, err := st.registry.tracking(ctx, t.Installation, t.Repo)
	if err != nil || repo == nil || repo.calendar.IsZero() {
		return nil, err
	}
	// A departure's day is that of the calendar's own zone.
	zone, err := time.LoadLocation(repo.calendar.Zone())
	if err != nil {
		return nil, err
	}
	var out []process.Departure
	for _, at := range repo.calendar.Between(now.Add(-lookBack), now) {
		out = append(out, process.Departure{Kind: process.Alphanet, At: at.In(zone)})
	}
	at := now
	for range repo.tracked.Process.Settings.Ahead {
		next, ok := repo.calendar.Next(at)
		if !ok {
			break
		}
		out = append(out, process.Departure{Kind: process.Alphanet, At: next.In(zone)})
		at = next
	}
	return out, nil
}
