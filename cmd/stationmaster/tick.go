package main

import (
	"context"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
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
// been commanded in; but not those that another process tells the time.
func (st *station) targets(ctx context.Context) ([]sched.Target, error) {
	ids, err := st.hub.Installations(ctx)
	if err != nil {
		return nil, err
	}
	var out []sched.Target
	for _, id := range ids {
		if st.bot.Elsewhere(id) {
			continue
		}
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

// due returns the Alphanets of the repository's timetable around now: those that
// may still have to leave, and as many to come as are kept open.
func (st *station) due(ctx context.Context, t sched.Target, now time.Time) ([]process.Departure, error) {
	repo, err := st.registry.tracking(ctx, t.Installation, t.Repo)
	if err != nil || repo == nil {
		return nil, err
	}
	settings := repo.tracked.Process.Settings
	if settings.Schedule.Alphanets.Rule.IsZero() {
		return nil, nil
	}
	// A departure's day is that of the calendar's own zone.
	zone, err := time.LoadLocation(settings.Schedule.Alphanets.Rule.Zone())
	if err != nil {
		return nil, err
	}
	var out []process.Departure
	add := func(train calendar.Train) {
		out = append(out, process.Departure{Kind: process.Alphanet, At: train.At.In(zone), Nominal: train.Nominal})
	}
	from := now.Add(-lookBack)
	for _, train := range settings.Schedule.TrainsBetween(calendar.DateOf(from).AddDays(-1), calendar.DateOf(now).AddDays(1)) {
		if !train.At.Before(from) && train.At.Before(now) {
			add(train)
		}
	}
	at := now
	for range settings.Ahead {
		train, ok := settings.Schedule.NextTrain(at)
		if !ok {
			break
		}
		add(train)
		at = train.At
	}
	return out, nil
}
