package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/site"
)

// demoConfig is the .github/stationmaster.yml of the emulated tracking repository.
//
//go:embed demo.yml
var demoConfig string

// emulatorCmd runs the emulated GitHub alone.
type emulatorCmd struct {
	Addr        string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Address to listen on; port 0 takes any that is free."`
	Credentials string `required:"" type:"path" placeholder:"FILE" help:"JSON file to write with all that a bot needs; the private key is written beside it."`

	World  string `type:"path" placeholder:"FILE" help:"Begin with what this YAML or JSON file describes: organisation, people, repositories, issues, the App."`
	State  string `type:"path" placeholder:"FILE" help:"Keep the world in this file: go on where it left off, or begin it. What describes a new world (--world, --seed, --clock) is then not heeded any more."`
	Seed   int64  `default:"1" help:"Makes ids, tokens and orders repeatable; 0 takes another each time."`
	Clock  string `placeholder:"TIME" help:"The world's time at the beginning, as in 2026-12-01 or 2026-12-01T10:00:00Z. Without it the real time."`
	Frozen bool   `help:"Let the world's time stand still until it is moved, on the site or by the admin API."`

	WebhookURL    string `name:"webhook-url" placeholder:"URL" help:"Where the App's webhooks go."`
	WebhookSecret string `name:"webhook-secret" placeholder:"TEXT" help:"What they are signed with. Without it a fixed one, which is in the credentials."`

	Limits      string        `enum:"on,off" default:"on" help:"GitHub's rate limits: on or off."`
	LimitStatus int           `name:"limit-status" enum:"0,403,429" default:"0" help:"What who is over a limit is answered: 403, 429, or 0 for both by turns."`
	Latency     string        `placeholder:"SPAN" help:"How long each answer takes, as in 50ms or 20ms..200ms."`
	SearchDelay time.Duration `name:"search-delay" placeholder:"LENGTH" help:"How long search takes to learn of what was written, as in 30s."`
	Fault       []string      `sep:"none" placeholder:"RULE" help:"Something that goes wrong, as in api.502=0.05; may be given several times."`
	FaultSeed   int64         `name:"fault-seed" placeholder:"N" help:"Makes the faults repeatable: the same requests meet the same. Without it --seed."`
}

// Help is what follows the flags: what can go wrong.
func (e *emulatorCmd) Help() string {
	var b strings.Builder
	b.WriteString("A --fault is a kind, how likely it is, and what narrows it, with commas between:\n\n" +
		"    deliveries.lost=0.2,event=issues\n" +
		"    api.502=1,times=1,effect=after,route=POST /repos/*/*/issues/*/comments\n\nThe kinds:\n\n")
	for _, k := range fault.Kinds {
		fmt.Fprintf(&b, "    %-22s %s%s\n", k.Kind, k.About, unlessTold(k))
	}
	b.WriteString("\nWhat narrows them: times=N, event=NAME[.ACTION] and redeliveries=no for deliveries, " +
		"method=, route= and who=app|people|anyone for requests, effect=before|after|either, by=LENGTH, within=LENGTH, status=403|429.")
	return b.String()
}

// unlessTold is what a kind does if its rule does not say.
func unlessTold(k fault.Trait) string {
	var parts []string
	if k.Effect != "" {
		parts = append(parts, "effect="+string(k.Effect))
	}
	if k.By != (fault.Span{}) {
		parts = append(parts, "by="+k.By.String())
	}
	if k.Within != 0 {
		parts = append(parts, "within="+k.Within.String())
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// saveEvery is how often the world is saved while it changes.
const saveEvery = 3 * time.Second

// Run serves until it is told to stop.
func (e *emulatorCmd) Run(ctx context.Context, c *console) error {
	o, err := e.options()
	if err != nil {
		return usageError{err}
	}
	gh, err := emulator.New(o)
	if err != nil {
		return err
	}
	err = e.serve(ctx, c, gh)
	err = errors.Join(err, gh.Close())
	return errors.Join(err, gh.Save()) // what was on its way has come to an end
}

func (e *emulatorCmd) serve(ctx context.Context, c *console, gh *emulator.GitHub) error {
	if err := addSite(gh, nil); err != nil {
		return err
	}
	base, err := gh.Start(e.Addr)
	if err != nil {
		return err
	}
	if err := gh.Save(); err != nil { // before anybody relies on it
		return err
	}
	if err := gh.WriteCredentials(e.Credentials); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "GitHub is at %s, its API at %s.\nCredentials: %s\n", base, gh.BaseURL(), e.Credentials)
	if n := len(gh.Faults().Rules); n > 0 {
		fmt.Fprintf(c.out, "Things go wrong on purpose (rules: %d, seed: %d); %s/-/faults shows what strikes.\n", n, gh.Faults().Seed, base)
	}
	keepSaving(ctx, gh, c.err)
	return nil
}

// keepSaving saves the world now and then until it is told to stop. The same
// trouble is told once.
func keepSaving(ctx context.Context, gh *emulator.GitHub, out io.Writer) {
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for told := ""; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := gh.Save(); err == nil {
			told = ""
		} else if err.Error() != told {
			told = err.Error()
			fmt.Fprintln(out, "stationmaster:", told)
		}
	}
}

// options turns the flags into the emulator's options. Every fault of them is
// named at once.
func (e *emulatorCmd) options() (emulator.Options, error) {
	o := emulator.Options{Seed: e.Seed, Frozen: e.Frozen, Limits: e.Limits == "on", LimitStatus: e.LimitStatus,
		WebhookURL: e.WebhookURL, WebhookSecret: e.WebhookSecret, SearchDelay: e.SearchDelay, StateFile: e.State,
		FaultSeed: e.FaultSeed, TrackingConfig: demoConfig, Files: issueForms()}
	var faults []error
	var err error
	if o.Start, err = e.start(); err != nil {
		faults = append(faults, err)
	}
	if e.Latency != "" {
		if o.Latency, err = fault.ParseSpan(e.Latency); err != nil || o.Latency.Least < 0 {
			faults = append(faults, fmt.Errorf("--latency is %q: write a length of time such as 50ms, or two such as 20ms..200ms", e.Latency))
		}
	}
	if e.SearchDelay < 0 {
		faults = append(faults, fmt.Errorf("--search-delay is %s: search does not know what will be written", e.SearchDelay))
	}
	for _, text := range e.Fault {
		rule, err := fault.Parse(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("--fault %w", err))
		}
		o.Faults = append(o.Faults, rule)
	}
	if e.World != "" {
		if o.World, err = readWorld(e.World); err != nil {
			faults = append(faults, err)
		}
	}
	return o, errors.Join(faults...)
}

// start is the world's time at the beginning; zero is the real time.
func (e *emulatorCmd) start() (time.Time, error) {
	if e.Clock == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(form, e.Clock); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--clock is %q: write a date such as 2026-12-01, or a time such as 2026-12-01T10:00:00Z", e.Clock)
}

func readWorld(path string) (*genesis.World, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w, err := genesis.Parse(data)
	if err != nil {
		return nil, genesis.Named(path, err)
	}
	return w, nil
}

// addSite puts the browsing site in front of an emulator.
func addSite(gh *emulator.GitHub, settle func(context.Context)) error {
	cred := gh.Credentials()
	pages, err := site.New(site.Options{API: gh, Users: cred.Users, Owner: cred.Owner, Repo: cred.Repo, CodeRepo: cred.CodeRepo,
		Settle: settle, AppID: cred.AppID, PrivateKey: gh.PrivateKey()})
	if err != nil {
		return err
	}
	gh.SetSite(pages)
	return nil
}
