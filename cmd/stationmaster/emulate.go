package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/site"
)

// demoConfig is the .github/stationmaster.yml of the emulated tracking repository.
//
//go:embed demo.yml
var demoConfig string

// emulatorCmd runs the emulated GitHub alone.
type emulatorCmd struct {
	Addr        string `default:"127.0.0.1:0" help:"Address to listen on."`
	Credentials string `required:"" type:"path" help:"JSON file to write with all that a bot needs; the private key is written beside it."`
	WebhookURL  string `name:"webhook-url" help:"Where the App's webhooks go."`
	Limits      string `enum:"on,off" default:"on" help:"GitHub's rate limits: on or off."`
	Seed        int64  `default:"1" help:"Makes ids and orders repeatable."`
}

// Run serves until it is told to stop.
func (e *emulatorCmd) Run(ctx context.Context, c *console) error {
	gh, err := emulator.New(emulator.Options{Seed: e.Seed, Limits: e.Limits == "on", WebhookURL: e.WebhookURL, TrackingConfig: demoConfig, Files: issueForms()})
	if err != nil {
		return err
	}
	if err := addSite(gh, nil); err != nil {
		return err
	}
	base, err := gh.Start(e.Addr)
	if err != nil {
		return err
	}
	if err := gh.WriteCredentials(e.Credentials); err != nil {
		return errors.Join(err, gh.Close())
	}
	fmt.Fprintf(c.out, "GitHub is at %s, its API at %s.\nCredentials: %s\n", base, gh.BaseURL(), e.Credentials)
	<-ctx.Done()
	return gh.Close()
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
