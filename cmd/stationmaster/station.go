package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/hook"
	"github.com/stationmaster-bot/stationmaster/internal/hub"
	"github.com/stationmaster-bot/stationmaster/internal/meter"
	"github.com/stationmaster-bot/stationmaster/internal/recovery"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/internal/web/feed"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// A station is the whole bot, put together. serve, the demo and the end-to-end
// tests run the same one.
type station struct {
	settings config.Server
	world    func() time.Time
	log      zerolog.Logger

	meter    *meter.Meter
	traces   *meter.Traces
	store    bot.Store
	hub      *hub.Hub
	bot      *bot.Bot
	registry *registry
	watch    *recovery.Watch
	hooks    http.Handler
	feed     http.Handler
	ready    atomic.Bool
	metrics  string // the address that Prometheus asks, once it is listened on
}

// hookPath is where GitHub posts its webhooks.
const hookPath = "/api/github/hook"

// outage is how many attempts an action has: with the longest back-off of five
// minutes they outlast a GitHub that is away for four hours.
const outage = 50

// newStation opens the store and puts the parts together; nothing runs yet.
// world is the clock for dates.
func newStation(ctx context.Context, s config.Server, world func() time.Time, log zerolog.Logger) (*station, error) {
	st := &station{settings: s, world: world, log: log}
	if err := st.measure(ctx); err != nil {
		return nil, err
	}
	var err error
	st.hub, err = hub.New(hub.Options{
		BaseURL: s.APIURL, AppID: s.AppID, PrivateKey: []byte(s.PrivateKey.Reveal()),
		Pacing: s.Pacing, LabelStyle: labelStyle, Around: st.traces.Client, Meter: st.meter, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	words, err := render.New(templates.Files)
	if err != nil {
		return nil, err
	}
	st.registry = newRegistry(st.hub, templates.Files, log)
	around := hook.World{
		Bot: st.hub.KnownLogin, Tracking: st.registry.main, Pushed: st.registry.pushed,
		Relabelled: func(_ int64, repo string) { st.hub.Forget(repo) },
		Skipped: func(d bot.Delivery, why string) {
			log.Debug().Str("delivery", d.ID).Str("event", d.Event).Str("why", why).Msg("nothing in it for us")
		},
	}
	chats, err := channelsOf(s)
	if err != nil {
		return nil, err
	}
	if st.store, err = openStore(ctx, s); err != nil {
		return nil, err
	}
	st.meter.Read(st.store)
	keys := snapshotKeys(s)
	if len(keys) == 0 {
		log.Warn().Msg("no STATIONMASTER_SNAPSHOT_KEYS: pages carry no snapshots, and a lost database could be rebuilt from labels alone")
	}
	timing := bot.Usual()
	timing.Settle, timing.Keep, timing.FindAfter = s.Settle, s.KeepPayloads, s.Unanswered
	if s.Settle >= time.Second {
		timing.PageEvery = time.Second
	} else {
		timing.Owed = 0 // in a demo all is written at once
	}
	st.bot = bot.New(bot.Config{
		Store: st.store, GitHub: st.hub, Translator: hook.NewTranslator(around), Renderer: words,
		Processes: st.registry, Notifier: chats, Keys: keys, Witness: st.hub, Watch: st.meter, Timing: timing, World: world, Log: log, Holder: holder(),
		// Another process may have heard of a push since we last looked.
		Took:     func(installation int64) { st.registry.pushed(installation, "", nil) },
		Attempts: outage,
	})
	secrets := make([]string, 0, len(s.WebhookSecrets))
	for _, secret := range s.WebhookSecrets {
		secrets = append(secrets, secret.Reveal())
	}
	hooks, err := hook.New(hook.Options{Secrets: secrets, Inbox: st.bot, World: around, Told: st.received, Logger: log})
	if err != nil {
		return nil, errors.Join(err, st.store.Close())
	}
	st.hooks = st.traces.Webhooks(hooks)
	st.watch = st.newWatch()
	st.feed = st.newFeed()
	return st, nil
}

// ServeHTTP takes webhooks, serves the calendar feed, and answers the two health
// checks: /healthz says that the process lives, /readyz that it knows its own
// name at GitHub and works.
func (st *station) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, feed.Path):
		st.feed.ServeHTTP(w, r)
	case path == hookPath:
		st.hooks.ServeHTTP(w, r)
	case path == "/healthz":
		fmt.Fprintln(w, "ok")
	case path == "/readyz":
		if !st.ready.Load() {
			http.Error(w, "not ready: GitHub has not told us yet who we are", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
		for _, lag := range st.bot.Lags() { // webhooks are taken in all the same
			fmt.Fprintf(w, "%s waits: GitHub shows line %d of its ledger, the database has %d; type: %s\n", lag.Repo, lag.GitHub, lag.Ours, lag.Remedy())
		}
	default:
		http.NotFound(w, r)
	}
}

// run listens, and works until the context ends; what is in hand is finished or
// handed back to the store. listening is told the address once.
func (st *station) run(ctx context.Context, listening func(addr string)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", st.settings.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", st.settings.Listen, err), st.store.Close())
	}
	quiet, err := st.serveMetrics(ctx)
	if err != nil {
		return errors.Join(err, listener.Close(), st.store.Close())
	}
	server := newServer(st)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if listening != nil {
		listening(listener.Addr().String())
	}
	err = st.work(ctx)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(closing))
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return errors.Join(err, quiet(closing), st.store.Close())
}

// newServer bounds how long a client may take for anything.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

// work runs the bot once it knows who it is: until then its own acts could not
// be told from people's.
func (st *station) work(ctx context.Context) error {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		login, err := st.hub.Login(ctx)
		if err == nil {
			st.log.Info().Str("login", login).Msg("at work")
			break
		}
		if ctx.Err() != nil {
			return nil
		}
		st.log.Warn().Err(err).Dur("again", wait).Msg("GitHub did not say who we are")
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
	st.ready.Store(true)
	defer st.ready.Store(false)
	var beside sync.WaitGroup
	beside.Go(func() { st.tick(ctx) })
	if st.settings.Sweep > 0 {
		beside.Go(func() { st.watch.Run(ctx) })
	}
	err := st.bot.Run(ctx)
	beside.Wait()
	return err
}
