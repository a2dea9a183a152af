package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A desk is where an operator types subcommands, for one database.
type desk struct{ url string }

func deskFor(s config.Server) desk {
	if !s.Postgres.IsZero() {
		return desk{s.Postgres.Reveal()}
	}
	return desk{"sqlite:" + s.Database}
}

// types runs a subcommand, and returns what it printed and its exit status.
func (d desk) types(t *testing.T, args ...string) (out, fault string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) (string, bool) { return d.url, name == "STATIONMASTER_DATABASE_URL" }
	code = run(t.Context(), args, &console{out: &stdout, err: &stderr, env: env})
	return stdout.String(), stderr.String(), code
}

// gets expects it to go well, and returns what it printed.
func (d desk) gets(t *testing.T, args ...string) string {
	t.Helper()
	out, fault, code := d.types(t, args...)
	if code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, fault)
	}
	return out
}

// refusing refuses one label for good, or for now, until it is opened.
type refusing struct {
	bot.GitHub
	open *atomic.Bool
}

func (b refusing) Do(ctx context.Context, installation int64, repo string, d bot.Deed, leaving func() error) (process.Result, error) {
	switch {
	case b.open.Load():
	case d.Do == process.AddLabel && d.Label == "layer/l1":
		return process.Result{}, bot.Never{Cause: "GitHub refuses it with ghs_" + strings.Repeat("secret", 10)}
	case d.Do == process.AddLabel && d.Label == "submitted/alphanet":
		return process.Result{}, bot.Later{Until: time.Now().Add(time.Hour), Cause: "the limit is used up"}
	}
	return b.GitHub.Do(ctx, installation, repo, d, leaving)
}

// Somebody else's process lists what a running server has given up, and has it
// run again: there is nothing between the two but the SQLite file.
func TestJobsAreListedAndRunAgainBesideARunningServer(t *testing.T) {
	var database string
	var mended atomic.Bool
	e := newTestWorld(t, func(o *worldOptions) { database = o.database }, prepared(func(s *station) error {
		s.bot.GitHub = refusing{s.bot.GitHub, &mended}
		decide := s.bot.Rules.Decide
		s.bot.Rules.Decide = func(p *process.Process, l *process.Line, e process.Event, a process.Answers) process.Decision {
			if !mended.Load() && len(e.Lines) > 0 && e.Lines[0].Rest == "l2" {
				panic("a fault of ours")
			}
			return decide(p, l, e, a)
		}
		return nil
	}))
	d := desk{"sqlite:" + database}
	if out := d.gets(t, "jobs"); !strings.HasPrefix(out, "Nothing has failed") {
		t.Errorf("at the start:\n%s", out)
	}
	repo := e.cred.Owner + "/" + e.cred.Repo
	one, two, three := e.feature(t, "One"), e.feature(t, "Two"), e.feature(t, "Three")
	e.commands(t, "engineer", one, "/layers l1")
	poison := e.commands(t, "engineer", two, "/layers l2")
	e.says(t, "engineer", three, "/submit alphanet")
	var listed []job
	until(t, "all three are listed", func() bool {
		listed = nil
		for line := range strings.Lines(d.gets(t, "jobs", "--json")) {
			var j job
			if err := json.Unmarshal([]byte(line), &j); err != nil {
				t.Fatal(err)
			}
			listed = append(listed, j)
		}
		return len(listed) == 3
	})
	for i, want := range []job{
		{State: jobFailed, What: "add-label layer/l1", Error: "GitHub refuses it with [redacted]"},
		{State: jobAside, What: "issue_comment delivery", Error: "a fault of ours"},
		{State: jobWaiting, What: "add-label submitted/alphanet", Error: "the limit is used up"},
	} {
		got := listed[i]
		if got.State != want.State || got.Repo != repo || !strings.HasPrefix(got.What, want.What) || !strings.Contains(got.Error, want.Error) {
			t.Errorf("listed is %+v, want %+v", got, want)
		}
	}
	out := d.gets(t, "jobs")
	for _, want := range []string{"1 failed for good, 1 set aside, 1 waiting", ", again in ", "stationmaster jobs retry " + repo + " '" + listed[0].Key + "'"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "secret") {
		t.Errorf("the list shows a token:\n%s", out)
	}

	mended.Store(true)
	_, fault, code := d.types(t, "jobs", "retry", repo, listed[0].Key, "unknown")
	if code != 1 || !strings.Contains(fault, "nothing failed in "+repo+" under unknown") {
		t.Errorf("an unknown key: exit %d, %s", code, fault)
	}
	d.gets(t, "jobs", "retry", strings.ToUpper(repo), listed[0].Key)
	until(t, "the label is there", func() bool { return e.issue(t, one).has("layer/l1") })
	if out := d.gets(t, "jobs", "retry", "--all"); !strings.HasPrefix(out, "Asked for: 1 ") {
		t.Errorf("the rest: %s", out)
	}
	until(t, "the command that was set aside is answered", func() bool { return e.issue(t, two).has("layer/l2") })
	until(t, "it has its rocket", func() bool { // and eyes before, as it had to wait
		return slices.Contains(e.answer(t, two, poison.id).faces, "rocket")
	})
	if out := d.gets(t, "jobs", "retry", "--all"); !strings.HasPrefix(out, "Nothing has failed") {
		t.Errorf("in the end: %s", out)
	}
}

// stored opens a database and records so many decisions, one of which has failed
// for good, and leaves one delivery aside.
func stored(t *testing.T, settings config.Server, entries int) {
	t.Helper()
	ctx := t.Context()
	s, err := openStore(ctx, settings)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lease := must(s.Acquire(ctx, 7, "test"))
	must(s.Receive(ctx, bot.Delivery{ID: "d1", Event: "issues", Installation: 7, Repo: "acme/releases", Payload: []byte("{"), ReceivedAt: time.Now()}))
	in := must(s.Undecided(ctx, 7, 0, 1))
	err = s.SetAside(ctx, lease, []int64{in[0].Seq}, "no JSON")
	for i := range entries {
		e := bot.Entry{Repo: "acme/releases", At: time.Now(), Event: process.Event{Key: fmt.Sprint("k", i), What: process.Asked, Actor: process.Actor{Login: "ann <&> \u2028"}}}
		e.Decision.Actions = []process.Action{{Key: e.Event.Key + "!0", Do: process.CloseIssue, Issue: 4}}
		err = errors.Join(err, s.Record(ctx, lease, e))
	}
	err = errors.Join(err, s.Finish(ctx, lease, "acme/releases", process.Result{Action: "k0!0", Failed: "locked"}))
	if err != nil {
		t.Fatal(err)
	}
}

func TestARetryIsAskedOfWhoeverComesToHaveTheDatabase(t *testing.T) {
	for name, settings := range databases(t) {
		stored(t, settings, 1)
		d := deskFor(settings)
		for range 2 { // asked twice is asked once more, and does no harm
			if out := d.gets(t, "jobs", "retry", "--all"); !strings.HasPrefix(out, "Asked for: 2 ") {
				t.Errorf("%s: %s", name, out)
			}
		}
		if out := d.gets(t, "jobs", "list"); !strings.Contains(out, "close-issue on acme/releases#4") || !strings.Contains(out, "issues delivery of") {
			t.Errorf("%s, until then, lists\n%s", name, out)
		}
		s, err := openStore(t.Context(), settings)
		if err != nil {
			t.Fatal(err)
		}
		asked := must(s.Undecided(t.Context(), 7, 0, 10))
		var jobs []bot.Job
		if len(asked) != 2 || asked[0].Event != bot.Retry || json.Unmarshal(asked[0].Payload, &jobs) != nil || len(jobs) != 2 ||
			jobs[0] != (bot.Job{Repo: "acme/releases", Key: "k0!0"}) || jobs[1] != (bot.Job{Repo: "acme/releases", Key: "d1", Delivery: true}) {
			t.Errorf("%s: asked is %+v, %+v", name, asked, jobs)
		}
		_ = s.Close()
	}
}

func TestARetryOfNothingInParticularIsRefused(t *testing.T) {
	d := desk{"sqlite:none.db"}
	for _, args := range [][]string{{}, {"acme/releases"}, {"--all", "acme/releases"}, {"--all", "acme/releases", "k"}} {
		if _, fault, code := d.types(t, append([]string{"jobs", "retry"}, args...)...); code != 2 || !strings.Contains(fault, "--all") {
			t.Errorf("%v: exit %d, %s", args, code, fault)
		}
	}
}
