package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// demoCmd runs a GitHub and the bot together and plays the script.
type demoCmd struct {
	Addr  string `default:"127.0.0.1:0" help:"Address of the site."`
	Once  bool   `help:"Play the script, print a verdict for each thing checked, and exit 0 or 1."`
	Quiet bool   `help:"Start with an empty repository: play nothing."`
	Log   string `placeholder:"FILE" help:"Write the bot's log there."`
}

// Run plays and, unless it is for once, stays up until it is told to stop.
func (d *demoCmd) Run(ctx context.Context, c *console) error {
	dir, err := os.MkdirTemp("", "stationmaster-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log := zerolog.Nop()
	if d.Log != "" {
		file, err := os.Create(d.Log)
		if err != nil {
			return err
		}
		defer file.Close()
		log = logger(file, "debug")
	}
	w, err := newWorld(ctx, worldOptions{
		github: emulator.Options{Seed: 1, TrackingConfig: demoConfig, Files: issueForms()}, addr: d.Addr,
		database: filepath.Join(dir, "demo.db"), settle: 200 * time.Millisecond, sweep: 5 * time.Minute, log: log,
	})
	if err != nil {
		return err
	}
	err = d.play(ctx, c, w)
	if err == nil && !d.Once {
		d.invite(c, w)
		<-ctx.Done()
		fmt.Fprintln(c.out, "\nGoodbye.")
	}
	return errors.Join(err, w.close())
}

func (d *demoCmd) play(ctx context.Context, c *console, w *world) error {
	if d.Quiet {
		return nil
	}
	began := time.Now()
	s := &script{world: w, out: c.out}
	if err := s.play(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	fmt.Fprintf(c.out, "%d of %d checks passed in %s.\n", s.passed, s.passed+s.failed, time.Since(began).Round(100*time.Millisecond))
	if s.failed > 0 {
		return errors.New("the demo did not go as it should")
	}
	return nil
}

// invite says what to do now.
func (d *demoCmd) invite(c *console, w *world) {
	home := w.site + "/" + w.cred.Owner + "/" + w.cred.Repo + "/issues"
	fmt.Fprintf(c.out, `
A GitHub and the bot are up. Open

    %s

and act as engineer, reviewer, security, maintainer or outsider: comment, label,
tick boxes, merge a pull request. Try /help on any issue. The clock is moved
forward on the page, or with

    curl -X POST -d '{"advance":"168h"}' %s/clock

The railway's dates are a calendar to subscribe to:

    %s/calendar.ics

Ctrl-C ends it.
`, home, w.cred.AdminURL, w.home)
}
