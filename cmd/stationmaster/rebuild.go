package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/recovery"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// demoKeys sign the snapshots of the demo, whose GitHub is gone when it ends.
var demoKeys = []config.SnapshotKey{{ID: "demo", Secret: config.NewSecret(strings.Repeat("The train leaves on schedule. ", 2))}}

// snapshotKeys are the keys of the settings.
func snapshotKeys(s config.Server) snapshot.Keys {
	var out snapshot.Keys
	for _, k := range s.SnapshotKeys {
		out = append(out, snapshot.Key{ID: k.ID, Secret: []byte(k.Secret.Reveal())})
	}
	return out
}

// rebuildCmd makes a repository's record anew from what GitHub shows.
type rebuildCmd struct {
	Repo   string `arg:"" placeholder:"OWNER/REPO" help:"The tracking repository."`
	DryRun bool   `name:"dry-run" help:"Print what would be taken over and what cannot be proved, and write nothing."`

	GithubAPIURL   string `name:"github-api-url" placeholder:"URL" help:"As for serve, like the settings of the environment."`
	AppID          string `name:"app-id" placeholder:"ID" help:"As for serve."`
	PrivateKeyFile string `name:"private-key-file" placeholder:"FILE" help:"As for serve."`
	DatabaseURL    string `name:"database-url" placeholder:"URL" help:"As for serve."`
	LogLevel       string `name:"log-level" placeholder:"info" help:"As for serve."`
	Clock          string `placeholder:"URL" help:"As for serve."`
}

// Run reads GitHub, prints the report, and records the result in one line of the
// ledger. A database that is not behind GitHub is left alone.
func (r *rebuildCmd) Run(ctx context.Context, c *console) error {
	serve := serveCmd{
		GithubAPIURL: r.GithubAPIURL, AppID: r.AppID, PrivateKeyFile: r.PrivateKeyFile,
		DatabaseURL: r.DatabaseURL, LogLevel: r.LogLevel, Clock: r.Clock,
	}
	settings, world, err := serve.read(ctx, c)
	if err != nil {
		return err
	}
	st, err := newStation(ctx, settings, world, logger(c.err, settings.LogLevel))
	if errors.Is(err, bot.ErrHeld) {
		return fmt.Errorf("%w: stop the server, and type this again", err)
	}
	if err != nil {
		return err
	}
	return errors.Join(st.rebuild(ctx, c.out, r.Repo, r.DryRun), st.store.Close())
}

// takeOver is how long a server that has the lease is waited for. One that has only
// this repository to see to leaves it alone every ten seconds.
const takeOver = 30 * time.Second

// rebuild makes the record of a repository anew, and prints what it has found.
func (st *station) rebuild(ctx context.Context, out io.Writer, repo string, dry bool) error {
	installation, err := st.hub.InstallationOf(ctx, repo)
	if errors.Is(err, bot.ErrNotFound) {
		return usageError{fmt.Errorf("%s: the App is not installed there: write OWNER/REPO as GitHub has it, or install it", repo)}
	}
	if err != nil {
		return err
	}
	tracked, err := st.registry.tracking(ctx, installation, repo)
	if err != nil {
		return err
	}
	if tracked == nil {
		return usageError{fmt.Errorf("%s is no tracking repository: another one of its installation has the configuration", repo)}
	}
	work := rebuilding{station: st, out: out, repo: tracked.name, p: tracked.tracked.Process, keys: snapshotKeys(st.settings)}
	if work.lease, err = st.seize(ctx, installation); err != nil {
		return err
	}
	err = work.run(ctx, dry)
	return errors.Join(err, st.store.Release(context.WithoutCancel(ctx), work.lease))
}

// seize takes the lease of an installation, and waits for whoever has it.
func (st *station) seize(ctx context.Context, installation int64) (bot.Lease, error) {
	for until := time.Now().Add(takeOver); ; {
		lease, err := st.store.Acquire(ctx, installation, holder()+", rebuilding")
		switch {
		case !errors.Is(err, bot.ErrHeld):
			return lease, err
		case time.Now().After(until):
			return bot.Lease{}, fmt.Errorf("%w: a server works there: stop all servers of this database, and type this again", err)
		}
		timer := time.NewTimer(100 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return bot.Lease{}, ctx.Err()
		}
	}
}

// rebuilding is one rebuilding, under the lease of the installation.
type rebuilding struct {
	*station
	out   io.Writer
	repo  string
	p     *process.Process
	keys  snapshot.Keys
	lease bot.Lease
}

func (r rebuilding) run(ctx context.Context, dry bool) error {
	line, err := r.store.Line(ctx, r.repo)
	if err != nil {
		return err
	}
	head, err := r.store.Head(ctx, r.repo)
	if err != nil {
		return err
	}
	began := r.world()
	found, shown, err := r.look(ctx, line)
	if err != nil {
		return err
	}
	if head > 0 && head >= found.Seq {
		fmt.Fprintf(r.out, "%s: the database is not behind GitHub (line %d of the ledger, GitHub has seen %d): nothing to rebuild\n", r.repo, head, found.Seq)
		return nil
	}
	r.report(found)
	if dry {
		fmt.Fprintln(r.out, "nothing was written: it was a dry run")
		return nil
	}
	if found.At.IsZero() {
		found.At = began
	}
	return r.keep(ctx, line, max(head, found.Seq), found, shown)
}

// look reads GitHub, and asks who put labels where they and a snapshot differ.
func (r rebuilding) look(ctx context.Context, line *process.Line) (rebuild.Result, rebuild.World, error) {
	began := r.world()
	shown, err := r.hub.Survey(ctx, r.lease.Installation, r.repo)
	if err != nil {
		return rebuild.Result{}, shown, err
	}
	shown.At = began
	found := rebuild.From(r.p, r.keys, shown, line)
	if len(found.Doubts) == 0 {
		return found, shown, nil
	}
	for i := range shown.Issues {
		in := &shown.Issues[i]
		for _, n := range found.Doubts {
			if in.Number == n {
				if in.LabelledBy, err = r.hub.LabelledBy(ctx, r.lease.Installation, r.repo, n); err != nil {
					return rebuild.Result{}, shown, err
				}
			}
		}
	}
	return rebuild.From(r.p, r.keys, shown, line), shown, nil
}

// report prints what was found.
func (r rebuilding) report(found rebuild.Result) {
	fmt.Fprintf(r.out, "%s: %d items, %d proved by their snapshots; GitHub has seen line %d of the ledger; %d commands were decided before\n",
		r.repo, len(found.Items), found.Proven, found.Seq, len(found.Keys)/2)
	if len(found.Findings) == 0 {
		fmt.Fprintln(r.out, "everything is proved")
		return
	}
	fmt.Fprintln(r.out, "not proved:")
	for _, f := range found.Findings {
		fmt.Fprintln(r.out, "  "+f.String())
	}
}

// keep records what was found in one line of the ledger, and ends what an old
// database still wanted to do and GitHub has already.
func (r rebuilding) keep(ctx context.Context, line *process.Line, after int64, found rebuild.Result, shown rebuild.World) error {
	if err := r.finished(ctx, found, shown); err != nil {
		return err
	}
	past, err := r.past(ctx, found)
	if err != nil {
		return err
	}
	event := process.Event{
		Key: fmt.Sprintf("rebuilt/%d", after+1), What: process.Rebuilt, At: r.world().UTC(), Repo: r.repo,
		Actor: process.Actor{Bot: true, Self: true}, Home: shown.Home,
	}
	for _, f := range found.Findings {
		event.Report = append(event.Report, f.String())
	}
	e := bot.Entry{
		Repo: r.repo, Event: event, Process: r.p.Hash, At: time.Now(), After: after, Deliveries: past,
		Decision: process.Rebuild(r.p, line, event, found.Items, found.Anew, found.Keys),
	}
	if err := r.store.Record(ctx, r.lease, e); err != nil {
		return err
	}
	if err := r.store.SetMark(ctx, r.lease, r.repo, recovery.MarkName, recovery.Reach(found.At, time.Time{})); err != nil {
		return err
	}
	fmt.Fprintf(r.out, "recorded as line %d; start the server, and it goes on from there\n", after+1)
	return nil
}

// finished ends the pending actions of an old database that GitHub shows, or that
// the rebuilt record asks for again: labels, milestones and pages follow from it, and
// a comment that is there is not said twice. What is about something that GitHub does
// not have yet, and what nobody would notice twice, stays.
func (r rebuilding) finished(ctx context.Context, found rebuild.Result, shown rebuild.World) error {
	work, err := r.store.Pending(ctx, r.lease.Installation)
	if err != nil {
		return err
	}
	for _, w := range work {
		a := w.Action
		unsaid := a.Do == process.SayOnce && a.Marker != "" && !shown.Says(a.Marker)
		unmade := a.Item != "" && !slices.ContainsFunc(found.Items, func(it *process.Item) bool { return it.ID == a.Item })
		if w.Repo != r.repo || unsaid || unmade || a.Do == process.React || a.Do == process.Notify {
			continue
		}
		if err := r.store.Finish(ctx, r.lease, r.repo, process.Result{Action: a.Key, Kind: a.Do}); err != nil {
			return err
		}
	}
	return nil
}

// past are the deliveries that the lost database had received before GitHub's newest
// page was written: they were decided then.
func (r rebuilding) past(ctx context.Context, found rebuild.Result) ([]int64, error) {
	var out []int64
	for after := int64(0); ; {
		page, err := r.store.Undecided(ctx, r.lease.Installation, after, 200)
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			after = d.Seq
			if strings.EqualFold(d.Repo, r.repo) && d.ReceivedAt.Before(found.Written) {
				out = append(out, d.Seq)
			}
		}
		if len(page) < 200 {
			return out, nil
		}
	}
}
