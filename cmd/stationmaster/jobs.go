package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// jobsCmd shows what has failed, and has it run again. It works beside a running
// server, or without one.
type jobsCmd struct {
	List  jobsListCmd  `cmd:"" default:"withargs" help:"List what has failed, and what waits for another try."`
	Retry jobsRetryCmd `cmd:"" help:"Have what has failed run again."`
}

// The states of a job.
const (
	jobFailed  = "failed"  // given up
	jobAside   = "aside"   // a delivery that could not be decided
	jobWaiting = "waiting" // to be tried again by itself
)

// A job is a line of the list.
type job struct {
	State    string    `json:"state"`
	Repo     string    `json:"repo"`
	Key      string    `json:"key"` // by which it is run again
	What     string    `json:"what"`
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`
	Received time.Time `json:"received,omitzero"`
	Error    string    `json:"error"`

	installation int64
}

// mostAside is how many deliveries of an installation are listed at a time.
const mostAside = 10_000

// jobsOf reads all jobs, those of an installation together: what failed, what was
// set aside, what waits.
func jobsOf(ctx context.Context, s bot.Store) (all []job, err error) {
	ids, err := s.Installations(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		failed, err := s.Failed(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, w := range failed {
			all = append(all, jobOf(w, jobFailed))
		}
		aside, err := s.Aside(ctx, id, mostAside)
		if err != nil {
			return nil, err
		}
		for _, a := range aside {
			all = append(all, job{
				State: jobAside, Repo: cmp.Or(a.Repo, "-"), Key: a.ID, What: a.Event + " delivery", Received: a.ReceivedAt,
				Error: oneLine(a.Why), installation: id,
			})
		}
		pending, err := s.Pending(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, w := range pending {
			if w.LastError != "" {
				all = append(all, jobOf(w, jobWaiting))
			}
		}
	}
	return all, nil
}

func jobOf(w bot.Work, state string) job {
	a := w.Action
	if a.Item == "" && a.Repo == "" {
		a.Repo = w.Repo
	}
	j := job{
		State: state, Repo: w.Repo, Key: a.Key, What: oneLine(string(a.Do), a.Label, where(a)), Attempts: w.Attempt,
		Error: oneLine(w.LastError), installation: w.Installation,
	}
	if state == jobWaiting {
		j.Next = w.DueAt
	}
	return j
}

// jobsListCmd lists them.
type jobsListCmd struct {
	databaseFlag
	JSON bool `name:"json" help:"Print JSON, one job a line."`
}

// Run prints each job, and how to have those run again that need it.
func (l *jobsListCmd) Run(ctx context.Context, c *console) error {
	s, err := l.open(ctx, c)
	if err != nil {
		return err
	}
	all, err := jobsOf(ctx, s)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	out := &redacting{c.out, blots(nil)}
	if l.JSON {
		for _, j := range all {
			if err := json.NewEncoder(out).Encode(j); err != nil {
				return err
			}
		}
		return nil
	}
	return printJobs(out, all, time.Now())
}

func printJobs(out io.Writer, all []job, now time.Time) error {
	count := map[string]int{}
	var first *job // that needs somebody
	for i, j := range all {
		if count[j.State]++; first == nil && j.State != jobWaiting {
			first = &all[i]
		}
		if _, err := fmt.Fprintf(out, "%-7s  %s  %s\n         %s\n         %s\n", j.State, j.Repo, j.Key, j.story(now), j.Error); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "Nothing has failed, and nothing waits for another try.")
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d failed for good, %d set aside, %d waiting for another try by themselves.\n",
		count[jobFailed], count[jobAside], count[jobWaiting])
	if err != nil || first == nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Run again, once the cause is mended:\n  %s\n  stationmaster jobs retry --all\n",
		"stationmaster jobs retry "+first.Repo+" "+quoted(first.Key))
	return err
}

// quoted keeps a shell from reading anything into a key: they have exclamation
// marks.
func quoted(key string) string { return "'" + strings.ReplaceAll(key, "'", `'\''`) + "'" }

// story says what a job is and how often it was tried.
func (j job) story(now time.Time) string {
	switch {
	case j.State == jobAside:
		return fmt.Sprintf("%s of %s could not be decided", j.What, j.Received.UTC().Format("Mon 2 Jan 2006 15:04 UTC"))
	case j.State == jobFailed && j.Attempts < 2:
		return j.What
	case j.State == jobFailed:
		return fmt.Sprintf("%s, tried %d times", j.What, j.Attempts)
	}
	failed, again := "", "now"
	if j.Attempts > 0 {
		failed = fmt.Sprintf(" (failed: %d)", j.Attempts)
	}
	if j.Next.After(now) {
		again = "in " + j.Next.Sub(now).Round(time.Second).String()
	}
	return fmt.Sprintf("%s%s, again %s", j.What, failed, again)
}

// jobsRetryCmd has some run again.
type jobsRetryCmd struct {
	databaseFlag
	All  bool     `name:"all" help:"All that failed for good or was set aside."`
	Repo string   `arg:"" optional:"" help:"The repository, as the list has it."`
	Keys []string `arg:"" optional:"" name:"key" help:"The keys, as the list has them."`
}

// perAsking is how many jobs are asked for in one delivery.
const perAsking = 500

// Run asks for a retry as durably as a webhook does: whoever works for the
// installation does it, now or when it comes to.
func (r *jobsRetryCmd) Run(ctx context.Context, c *console) (err error) {
	if r.All == (len(r.Keys) > 0) || r.All && r.Repo != "" {
		return usageError{errors.New("stationmaster jobs retry: name a repository and keys as \"stationmaster jobs\" lists them, or --all")}
	}
	s, err := r.open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all, err := jobsOf(ctx, s)
	if err != nil {
		return err
	}
	wanted, err := r.pick(all)
	if err != nil {
		return err
	}
	byInstallation := map[int64][]bot.Job{}
	for _, j := range wanted {
		byInstallation[j.installation] = append(byInstallation[j.installation], bot.Job{Repo: j.Repo, Key: j.Key, Delivery: j.State == jobAside})
	}
	for id, jobs := range byInstallation {
		for some := range slices.Chunk(jobs, perAsking) {
			d, err := bot.AskAgain(id, some, time.Now())
			if err == nil {
				_, err = s.Receive(ctx, d)
			}
			if err != nil {
				return err
			}
		}
	}
	if len(wanted) == 0 {
		fmt.Fprintln(c.out, "Nothing has failed: there is nothing to run again.")
		return nil
	}
	fmt.Fprintf(c.out, "Asked for: %d to be run again. The server takes them up within seconds, or else when it starts.\n", len(wanted))
	return nil
}

// pick returns those that are meant.
func (r *jobsRetryCmd) pick(all []job) (wanted []job, err error) {
	var unknown []string
	for _, j := range all {
		if j.State != jobWaiting && (r.All || strings.EqualFold(j.Repo, r.Repo) && slices.Contains(r.Keys, j.Key)) {
			wanted = append(wanted, j)
		}
	}
	for _, key := range r.Keys {
		if !slices.ContainsFunc(wanted, func(j job) bool { return j.Key == key }) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("nothing failed in %s under %s; see \"stationmaster jobs\"", r.Repo, strings.Join(unknown, ", "))
	}
	return wanted, nil
}
