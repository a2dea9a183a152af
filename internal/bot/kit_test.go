package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

const (
	inst = int64(7)
	repo = "acme/releases"
)

// A kit is a bot on a real store, with a GitHub and rules of the test's own.
type kit struct {
	t      testing.TB
	path   string
	store  *sqlite.Store
	hub    *hub
	config bot.Config
	bot    *bot.Bot
	stop   func() // stops the bot and waits for it
	tell   func() // says that it shall stop, and does not wait
	sent   int
}

// newKit makes a kit that does not run yet. Its rules decide with the function;
// nil makes a decision without changes of every event.
func newKit(t testing.TB, decide func(*process.Line, process.Event, process.Answers) process.Decision) *kit {
	t.Helper()
	k := &kit{t: t, path: filepath.Join(t.TempDir(), "bot.db"), hub: newHub()}
	k.config = bot.Config{
		GitHub: k.hub, Translator: plain{}, Renderer: plain{}, Processes: plain{}, Log: zerolog.Nop(),
		Timing: bot.Timing{Retry: time.Microsecond, Stop: time.Minute, Owed: 20 * time.Millisecond},
		Rules:  rules(decide),
	}
	t.Cleanup(func() {
		if k.stop != nil {
			k.stop()
		}
		if k.store != nil {
			_ = k.store.Close()
		}
	})
	return k
}

// rules decide with the function, and nothing twice.
func rules(decide func(*process.Line, process.Event, process.Answers) process.Decision) bot.Rules {
	return bot.Rules{
		Ask: func(*process.Process, *process.Line, process.Event) process.Questions { return process.Questions{} },
		Decide: func(_ *process.Process, l *process.Line, e process.Event, a process.Answers) process.Decision {
			if l.Seen[e.Key] {
				return process.Decision{Skipped: "known"}
			}
			d := process.Decision{}
			if decide != nil {
				d = decide(l, e, a)
			}
			d.Keys = append(d.Keys, e.Key)
			for i := range d.Actions {
				d.Actions[i].Key = fmt.Sprintf("%s!%d", e.Key, i)
			}
			return d
		},
	}
}

// run opens the store, if it is not open, and starts a bot on it.
func (k *kit) run() *kit {
	k.t.Helper()
	k.open()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	b := k.bot
	go func() { ended <- b.Run(ctx) }()
	k.tell = cancel
	k.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			k.t.Errorf("run: %v", err)
		}
	})
	return k
}

func (k *kit) open() {
	k.t.Helper()
	if k.store == nil {
		s, err := sqlite.Open(k.t.Context(), k.path)
		if err != nil {
			k.t.Fatal(err)
		}
		k.store = s
	}
	if k.config.Store == nil {
		k.config.Store = k.store
	}
	k.bot = bot.New(k.config)
}

// restart stops the bot, if it runs, and starts another on the same file.
func (k *kit) restart() {
	k.t.Helper()
	k.stop()
	if err := k.store.Close(); err != nil {
		k.t.Fatal(err)
	}
	k.store, k.config.Store = nil, nil
	k.run()
}

// send delivers events as one webhook.
func (k *kit) send(events ...process.Event) {
	k.t.Helper()
	k.sent++
	k.deliver(fmt.Sprint("delivery-", k.sent), events...)
}

func (k *kit) deliver(id string, events ...process.Event) {
	k.t.Helper()
	if _, err := k.bot.Receive(k.t.Context(), k.letter(id, events...)); err != nil {
		k.t.Fatal(err)
	}
}

// letter is a delivery that tells of events.
func (k *kit) letter(id string, events ...process.Event) bot.Delivery {
	k.t.Helper()
	payload, err := json.Marshal(events)
	if err != nil {
		k.t.Fatal(err)
	}
	return bot.Delivery{ID: id, Event: "test", Installation: inst, Repo: repo, Payload: payload, ReceivedAt: time.Now()}
}

// again has jobs run again, and waits for what comes of it.
func (k *kit) again(jobs ...bot.Job) {
	k.t.Helper()
	if err := k.bot.Retry(k.t.Context(), inst, jobs...); err != nil {
		k.t.Fatal(err)
	}
	k.idle()
}

// idle waits until the bot has nothing to do.
func (k *kit) idle() {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	if err := k.bot.Idle(ctx); err != nil {
		work, _ := k.store.Pending(k.t.Context(), inst)
		k.t.Fatalf("%v; pending: %+v", err, work)
	}
}

func (k *kit) ledger() []bot.LedgerEntry {
	k.t.Helper()
	all, err := k.store.Entries(k.t.Context(), repo, 0, 10_000)
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}

// keys are those of the ledger's events, in order.
func (k *kit) keys() []string {
	k.t.Helper()
	var keys []string
	for _, e := range k.ledger() {
		keys = append(keys, e.Event.Key)
	}
	return keys
}

func (k *kit) line() *process.Line {
	k.t.Helper()
	l, err := k.store.Line(k.t.Context(), repo)
	if err != nil {
		k.t.Fatal(err)
	}
	return l
}

// plain is the simplest of everything: payloads are lists of events, texts say
// their key, and every repository tracks itself.
type plain struct{}

func (plain) Translate(d bot.Delivery) (events []process.Event, err error) {
	return events, json.Unmarshal(d.Payload, &events)
}

func (plain) Render(t process.Text) (string, error) {
	if t.Key == "panics" {
		panic("no such template")
	}
	if t.Key == "fails" {
		return "", errors.New("no such template")
	}
	return "says " + t.Key, nil
}

func (plain) Page(_ *process.Process, _ *process.Line, it *process.Item, _ time.Time) (string, string, error) {
	switch it.Kind {
	case process.Departures:
		return "Departures", "board: " + it.Title, nil
	case process.AuditIssue:
		return "", "", errors.New("no such page")
	}
	return "", "page: " + it.Title, nil
}

func (plain) Process(context.Context, int64, string) (*bot.Tracked, error) {
	return &bot.Tracked{Process: &process.Process{Hash: "p1"}}, nil
}

func (plain) Tracking(_ context.Context, _ int64, repo string) ([]string, error) {
	return []string{repo}, nil
}

// A hub is a GitHub that remembers what was done, and can be told to fail.
type hub struct {
	mu      sync.Mutex
	done    []bot.Deed
	finds   int
	made    map[string]process.Result // by hidden key or title
	next    int
	turn    func() error         // asked before anything leaves; an error keeps it
	before  func(bot.Deed) error // asked then; an error means nothing was done
	after   func(bot.Deed) error // asked last; an error hides that it was done
	answers func(process.Questions) process.Answers
	later   func() error // asked before answering
	now     int          // requests at once
	most    int
}

func newHub() *hub { return &hub{made: map[string]process.Result{}, next: 100} }

func (h *hub) Answer(_ context.Context, _ int64, _ string, q process.Questions, _ bot.RoleSource) (process.Answers, error) {
	h.mu.Lock()
	f, later := h.answers, h.later
	h.mu.Unlock()
	if later != nil {
		if err := later(); err != nil {
			return process.Answers{}, err
		}
	}
	if f == nil {
		return process.Answers{}, nil
	}
	return f(q), nil
}

func (h *hub) Do(ctx context.Context, _ int64, repo string, d bot.Deed, leaving func() error) (process.Result, error) {
	h.mu.Lock()
	turn, before, after := h.turn, h.before, h.after
	h.now++
	h.most = max(h.most, h.now)
	h.mu.Unlock()
	defer func() { h.mu.Lock(); h.now--; h.mu.Unlock() }()
	if turn != nil {
		if err := turn(); err != nil {
			return process.Result{}, err
		}
	}
	if leaving != nil {
		if err := leaving(); err != nil {
			return process.Result{}, err
		}
	}
	if before != nil {
		if err := before(d); err != nil {
			return process.Result{}, err
		}
	}
	if ctx.Err() != nil {
		return process.Result{}, ctx.Err()
	}
	h.mu.Lock()
	h.done = append(h.done, d)
	h.next++
	r := process.Result{}
	switch d.Do {
	case process.OpenIssue, process.MakeMilestone:
		r.Number = h.next
	case process.SayOnce:
		r.Comment = int64(h.next)
	}
	h.made[repo+" "+d.Marker+" "+d.Title] = r
	h.mu.Unlock()
	if after != nil {
		return r, after(d)
	}
	return r, nil
}

func (h *hub) Find(_ context.Context, _ int64, repo string, d bot.Deed, _ time.Time) (process.Result, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.finds++
	r, ok := h.made[repo+" "+d.Marker+" "+d.Title]
	return r, ok, nil
}

func (h *hub) File(context.Context, int64, string, string) ([]byte, error) {
	return nil, bot.ErrNotFound
}

// log is what was done, in order, one short line each.
func (h *hub) log() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, d := range h.done {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s #%d %s", d.Do, d.Number, d.Label+d.Reaction+d.Body)))
	}
	return out
}

// count is how many deeds of a kind were done.
func (h *hub) count(do process.Do) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, d := range h.done {
		if d.Do == do {
			n++
		}
	}
	return n
}

func (h *hub) set(f func(h *hub)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h)
}

func asked(key string) process.Event {
	return process.Event{Key: key, What: process.Asked, Repo: repo}
}

// feature is an item whose issue has the number.
func feature(n int) *process.Item {
	id := process.ID(fmt.Sprint("issue/", n))
	return &process.Item{ID: id, Kind: process.Feature, Title: fmt.Sprint("Feature ", n), Shown: process.Shown{Number: n}}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
