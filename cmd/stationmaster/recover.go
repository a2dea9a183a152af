package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/hook"
	"github.com/stationmaster-bot/stationmaster/internal/recovery"
)

// webhookGrace is left to webhooks on their way before what they would tell is
// looked for.
const webhookGrace = 30 * time.Second

// newWatch makes what finds lost webhooks and drift.
func (st *station) newWatch() *recovery.Watch {
	handled := hook.Handled()
	return recovery.New(recovery.Config{
		GitHub: st.hub, Bot: st.bot, Record: st.store, Targets: st.compared, Self: st.hub.KnownLogin, World: st.world,
		Handled: func(event, action string) bool {
			actions, ok := handled[event]
			return ok && (len(actions) == 0 || slices.Contains(actions, action))
		},
		Every: st.settings.Sweep, Grace: min(webhookGrace, st.settings.Sweep/2), Log: st.log, Tell: st.found,
	})
}

// found counts what was found.
func (st *station) found(kind recovery.Kind, n int) {
	if kind == recovery.Issues || kind == recovery.Milestones {
		st.meter.Repaired(string(kind), n)
	} else {
		st.meter.Recovered(string(kind), n)
	}
}

// compared are the tracking repositories that this process sees to, with those
// where their code lives.
func (st *station) compared(ctx context.Context) ([]recovery.Target, error) {
	all, err := st.targets(ctx)
	if err != nil {
		return nil, err
	}
	var out []recovery.Target
	for _, t := range all {
		code, tracked, err := st.registry.code(ctx, t.Installation, t.Repo)
		if err != nil {
			return nil, err
		}
		if tracked {
			out = append(out, recovery.Target{Installation: t.Installation, Repo: t.Repo, Code: code})
		}
	}
	return out, nil
}

// code returns where the pull requests of a tracking repository may live: the
// repositories that it names, or all of the installation if it names none.
func (r *registry) code(ctx context.Context, installation int64, repo string) (code []string, tracked bool, err error) {
	reg, err := r.register(ctx, installation)
	if err != nil {
		return nil, false, err
	}
	t := reg.repos[strings.ToLower(repo)]
	if t == nil {
		return nil, false, nil
	}
	p := t.tracked.Process.Settings
	if !p.Configured || len(p.Code) > 0 {
		return p.Code, true, nil
	}
	return reg.names, true, nil
}
