package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// A world is an emulated GitHub with the bot at work in it: what the demo
// shows and the end-to-end tests run through.
type world struct {
	github  *emulator.GitHub
	station *station
	cred    emulator.Credentials
	people  map[string]*person
	site    string // the address of the browsing site
	home    string // the bot's own address

	stop    context.CancelFunc
	stopped chan error
}

// worldOptions say what world to make.
type worldOptions struct {
	github   emulator.Options
	addr     string // of GitHub; the bot takes any free port
	database string
	settle   time.Duration
	sweep    time.Duration // 0 is never
	log      zerolog.Logger
	channels []config.Channel
	traces   string               // the address of a collector; "" is none
	keys     []config.SnapshotKey // nil is one key of the demo's own
	// prepare may change the bot before it starts; nil leaves it as it is.
	prepare func(*station) error
}

// newWorld starts GitHub and the bot together.
func newWorld(ctx context.Context, o worldOptions) (*world, error) {
	gh, err := emulator.New(o.github)
	if err != nil {
		return nil, err
	}
	w := &world{github: gh, stopped: make(chan error, 1)}
	if w.site, err = gh.Start(o.addr); err != nil {
		return nil, err
	}
	if err := addSite(gh, w.settleFor(2*time.Second)); err != nil {
		return nil, err
	}
	w.cred = gh.Credentials()
	if o.keys == nil {
		o.keys = demoKeys
	}
	w.people = people(w.cred)
	w.station, err = newStation(ctx, config.Server{
		APIURL: w.cred.BaseURL + "/", AppID: w.cred.AppID, PrivateKey: config.NewSecret(string(gh.PrivateKey())),
		WebhookSecrets: []config.Secret{config.NewSecret(w.cred.WebhookSecret)},
		Listen:         "127.0.0.1:0", Database: o.database, Settle: o.settle, Unanswered: 3 * time.Second, Sweep: o.sweep, OpenFeed: true, Channels: o.channels, TracesURL: o.traces, SnapshotKeys: o.keys,
	}, gh.Now, o.log)
	if err != nil {
		_ = gh.Close()
		return nil, err
	}
	if o.prepare != nil {
		if err := o.prepare(w.station); err != nil {
			return nil, errors.Join(err, w.station.store.Close(), gh.Close())
		}
	}
	running, stop := context.WithCancel(ctx)
	w.stop = stop
	listening := make(chan string, 1)
	go func() { w.stopped <- w.station.run(running, func(addr string) { listening <- addr }) }()
	select {
	case addr := <-listening:
		w.home = "http://" + addr
		gh.SetWebhookURL(w.home + hookPath)
	case err := <-w.stopped:
		stop()
		_ = gh.Close()
		return nil, err
	}
	return w, nil
}

// close ends the bot and then GitHub.
func (w *world) close() error {
	w.stop()
	err := <-w.stopped
	if cerr := w.github.Close(); err == nil {
		err = cerr
	}
	return err
}

// settled returns when nothing moves any more: no webhook is under way, and the
// bot has nothing to decide or to do.
func (w *world) settled(ctx context.Context) error {
	for before := ""; ; {
		if err := w.github.Settle(ctx); err != nil {
			return fmt.Errorf("wait for the webhooks: %w", err)
		}
		if err := w.station.bot.Idle(ctx); err != nil {
			return err
		}
		now := fmt.Sprint(w.github.Requests().Writes, len(w.github.Deliveries()))
		if now == before {
			return nil
		}
		before = now
	}
}

// settleFor bounds how long a page of the site waits for the bot.
func (w *world) settleFor(most time.Duration) func(context.Context) {
	return func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, most)
		defer cancel()
		if w.station != nil {
			_ = w.settled(ctx) // the page shows what there is by then
		}
	}
}

// advance moves the world's clock to a moment and lets what is due happen.
func (w *world) advance(ctx context.Context, to time.Time) error {
	if d := to.Sub(w.github.Now()); d > 0 {
		w.github.Advance(d)
	}
	if err := w.station.beat(ctx); err != nil {
		return err
	}
	return w.settled(ctx)
}

// tracking and code are the paths of the two repositories below the API.
func (w *world) tracking(path string) string {
	return "/repos/" + w.cred.Owner + "/" + w.cred.Repo + path
}
func (w *world) code(path string) string {
	return "/repos/" + w.cred.Owner + "/" + w.cred.CodeRepo + path
}

// issue reads an issue of the tracking repository.
func (w *world) issue(ctx context.Context, number int) (issue, error) {
	var out issue
	err := w.people["maintainer"].do(ctx, http.MethodGet, w.tracking(fmt.Sprintf("/issues/%d", number)), nil, &out)
	return out, err
}

// issues reads all issues of the tracking repository with a label, or all.
func (w *world) issues(ctx context.Context, label string) ([]issue, error) {
	var out []issue
	path := "/issues?state=all&per_page=100"
	if label != "" {
		path += "&labels=" + strings.ReplaceAll(label, "/", "%2F")
	}
	err := w.people["maintainer"].do(ctx, http.MethodGet, w.tracking(path), nil, &out)
	return out, err
}

// comments reads the comments of an issue of the tracking repository.
func (w *world) comments(ctx context.Context, number int) ([]comment, error) {
	var out []comment
	err := w.people["maintainer"].do(ctx, http.MethodGet, w.tracking(fmt.Sprintf("/issues/%d/comments?per_page=100", number)), nil, &out)
	return out, err
}

// say comments on an issue of the tracking repository as a person.
func (w *world) say(ctx context.Context, persona string, number int, body string) (comment, error) {
	var out comment
	err := w.people[persona].do(ctx, http.MethodPost, w.tracking(fmt.Sprintf("/issues/%d/comments", number)), map[string]string{"body": body}, &out)
	return out, err
}
