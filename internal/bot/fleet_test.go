package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
)

// patience is what a test waits for at most before it fails.
const patience = 30 * time.Second

// A fleet is several bots on one PostgreSQL database and one GitHub, each with
// connections of its own, as if they were processes.
type fleet struct {
	t    *testing.T
	url  string
	hub  *hub
	bots []*replica

	launched int

	mu      sync.Mutex
	decided map[string][]string // by event key: who has
	changed chan struct{}       // closed and made anew with each decision
}

type replica struct {
	name  string
	store *postgres.Store
	bot   *bot.Bot
	stop  func() // stops it and waits
}

func newFleet(t *testing.T, url string, size int) *fleet {
	t.Helper()
	f := &fleet{t: t, url: url, hub: newHub(), decided: map[string][]string{}, changed: make(chan struct{})}
	for range size {
		f.launch()
	}
	return f
}

func fleetDatabase(t *testing.T) string {
	return pgtest.Shared(t).Database(t, "bot", func(ctx context.Context, url string) error {
		_, _, err := postgres.Migrate(ctx, url)
		return err
	})
}

// launch starts one more bot.
func (f *fleet) launch() *replica {
	f.t.Helper()
	f.launched++
	s, err := postgres.Open(f.t.Context(), f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	r := &replica{name: fmt.Sprint("bot ", f.launched), store: s}
	r.bot = bot.New(bot.Config{
		Store: s, GitHub: f.hub, Translator: plain{}, Renderer: plain{}, Processes: plain{}, Log: zerolog.Nop(), Holder: r.name,
		Timing: bot.Timing{Retry: time.Millisecond, Stop: time.Minute, Restart: 50 * time.Millisecond},
		Rules: rules(func(_ *process.Line, e process.Event, _ process.Answers) process.Decision {
			if e.What != process.Asked {
				return process.Decision{}
			}
			f.note(e.Key, r.name)
			return process.Decision{Actions: []process.Action{{Do: process.SayOnce, Issue: 1, Body: e.Key, Marker: e.Key}}}
		}),
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.bot.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			f.t.Errorf("%s: %v", r.name, err)
		}
		_ = s.Close()
	})
	f.t.Cleanup(r.stop)
	f.bots = append(f.bots, r)
	return r
}

func (f *fleet) note(key, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decided[key] = append(f.decided[key], name)
	close(f.changed)
	f.changed = make(chan struct{})
}

// deliver has a replica store a delivery for an installation.
func (r *replica) deliver(ctx context.Context, installation int64, key string) error {
	repo := fmt.Sprintf("acme/r%d", installation)
	payload, err := json.Marshal([]process.Event{{Key: key, What: process.Asked, Repo: repo}})
	if err != nil {
		return err
	}
	_, err = r.bot.Receive(ctx, bot.Delivery{ID: key, Event: "test", Installation: installation, Repo: repo, Payload: payload, ReceivedAt: time.Now()})
	return err
}

// send delivers and fails the test if it is not taken.
func (f *fleet) send(r *replica, installation int64, key string) {
	f.t.Helper()
	if err := r.deliver(f.t.Context(), installation, key); err != nil {
		f.t.Fatal(err)
	}
}

// decider waits until somebody has decided an event, and returns who.
func (f *fleet) decider(key string) string {
	f.t.Helper()
	for limit := time.After(patience); ; {
		f.mu.Lock()
		who, changed := slices.Clone(f.decided[key]), f.changed
		f.mu.Unlock()
		if len(who) > 0 {
			return who[0]
		}
		select {
		case <-changed:
		case <-limit:
			f.t.Fatalf("nobody has decided %s", key)
		}
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tries := time.NewTicker(10 * time.Millisecond)
	defer tries.Stop()
	for limit := time.After(patience); !so(); {
		select {
		case <-tries.C:
		case <-limit:
			t.Fatalf("it never came to pass that %s", what)
		}
	}
}

// held waits until each bot has so many leases.
func (f *fleet) held(each int) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(f.t.Context())
	eventually(f.t, fmt.Sprint("each has ", each), func() bool {
		for _, r := range f.bots {
			var n int
			err := conn.QueryRow(f.t.Context(), `SELECT count(*) FROM leases WHERE holder = $1`, r.name).Scan(&n)
			if err != nil || n != each {
				return false
			}
		}
		return true
	})
}

// check holds that each event was decided and said once, and in a sound ledger.
func (f *fleet) check(s *postgres.Store, installations int, keys ...string) {
	f.t.Helper()
	eventually(f.t, "all is done", func() bool {
		for id := range installations {
			left, err := s.Undecided(f.t.Context(), int64(id+1), 0, 10)
			pending, also := s.Pending(f.t.Context(), int64(id+1)) // after: what is decided becomes pending
			if err != nil || also != nil || len(pending)+len(left) > 0 {
				return false
			}
		}
		return true
	})
	said := map[string]int{}
	f.hub.set(func(h *hub) {
		for _, d := range h.done {
			said[d.Body]++
		}
	})
	for _, key := range keys {
		if said[key] != 1 {
			f.t.Errorf("%s was said %d times", key, said[key])
		}
	}
	recorded := map[string]int{}
	for id := range installations {
		repo := fmt.Sprintf("acme/r%d", id+1)
		if err := s.Verify(f.t.Context(), repo); err != nil {
			f.t.Error(err)
		}
		all, err := s.Entries(f.t.Context(), repo, 0, 10_000)
		if err != nil {
			f.t.Fatal(err)
		}
		for _, e := range all {
			recorded[e.Event.Key]++
		}
	}
	for _, key := range keys {
		if recorded[key] != 1 {
			f.t.Errorf("%s is recorded %d times", key, recorded[key])
		}
	}
}

func TestInstallationsAreSharedOutAndAWebhookWakesWhoeverHasTheLease(t *testing.T) {
	f := newFleet(t, fleetDatabase(t), 3)
	var keys []string
	send := func(r *replica, installation int, key string) time.Duration {
		began := time.Now()
		f.send(r, int64(installation), key)
		keys = append(keys, key)
		f.decider(key)
		return time.Since(began)
	}
	for i := 1; i <= 9; i++ {
		send(f.bots[0], i, fmt.Sprint("first ", i))
	}
	f.held(3)
	fastest, by := time.Hour, map[string]int{}
	for i := 1; i <= 9; i++ {
		key := fmt.Sprint("second ", i)
		took := send(f.bots[0], i, key)
		who := f.decider(key)
		by[who]++
		if who != f.bots[0].name {
			fastest = min(fastest, took)
		}
	}
	t.Logf("decided by another process %s after it was offered, at best", fastest.Round(100*time.Microsecond))
	if len(by) != 3 || fastest > time.Second { // without a notification it takes two
		t.Errorf("decided by %v, the fastest by another after %s", by, fastest)
	}
	f.check(f.bots[1].store, 9, keys...)
}

func TestAStoppingBotHandsOverAtOnceAndANewOneGetsItsShare(t *testing.T) {
	f := newFleet(t, fleetDatabase(t), 2)
	var keys []string
	send := func(r *replica, installation int, key string) {
		f.send(r, int64(installation), key)
		keys = append(keys, key)
	}
	for i := 1; i <= 4; i++ {
		send(f.bots[1], i, fmt.Sprint("a", i))
	}
	f.held(2)
	f.bots[0].stop()
	began := time.Now()
	for i := 1; i <= 4; i++ {
		send(f.bots[1], i, fmt.Sprint("b", i))
	}
	for i := 1; i <= 4; i++ {
		if who := f.decider(fmt.Sprint("b", i)); who != f.bots[1].name {
			t.Errorf("b%d was decided by %s, which has stopped", i, who)
		}
	}
	t.Logf("all decided %s after the stop", time.Since(began).Round(time.Millisecond))
	f.bots = f.bots[1:]
	f.launch()
	f.held(2)
	for i := 1; i <= 4; i++ {
		send(f.bots[0], i, fmt.Sprint("c", i))
	}
	f.check(f.bots[0].store, 4, keys...)
}

func TestBotsLiveThroughARestartOfTheDatabase(t *testing.T) {
	c := pgtest.Start(t)
	f := newFleet(t, c.Database(t, "", nil), 2)
	var keys []string
	for i := 1; i <= 4; i++ {
		keys = append(keys, fmt.Sprint("before ", i))
		f.send(f.bots[0], int64(i), keys[i-1])
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := f.bots[0].deliver(t.Context(), 1, "away"); err == nil {
		t.Error("a delivery was acknowledged without a database")
	}
	if err := c.Resume(); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 4; i++ {
		key := fmt.Sprint("after ", i)
		keys = append(keys, key)
		eventually(t, key+" is taken", func() bool { return f.bots[i%2].deliver(t.Context(), int64(i), key) == nil })
		f.decider(key)
	}
	f.check(f.bots[1].store, 4, keys...)
}
