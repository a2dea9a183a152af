package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Bot takes deliveries in, decides them and carries out what was decided. It
// is an [Inbox]: give it to whoever receives webhooks.
type Bot struct {
	Config

	mu      sync.Mutex
	workers map[int64]*worker
	start   func(*worker)  // nil while the bot does not run
	ready   bool           // all installations that the store knows have a worker
	changed chan struct{}  // closed and made anew when a worker falls idle
	running sync.WaitGroup // the workers
}

var _ Inbox = (*Bot)(nil)

// New returns a bot that does not run yet.
func New(c Config) *Bot {
	return &Bot{Config: c.withDefaults(), workers: map[int64]*worker{}, changed: make(chan struct{})}
}

// Receive stores a delivery and wakes its installation's worker. It may be
// called before [Bot.Run] and after it.
func (b *Bot) Receive(ctx context.Context, d Delivery) (bool, error) {
	fresh, err := b.Store.Receive(ctx, d)
	if err == nil {
		// Also for a known one: whoever stored it may not have come to wake the
		// worker yet, and this caller may wait until all is done.
		b.wake(d.Installation)
	}
	return fresh, err
}

// Inject puts an event of our own into the inbox, as durable as any delivery
// and in order with them. An event whose key is known is ignored.
func (b *Bot) Inject(ctx context.Context, installation int64, e process.Event) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("inject %s: %w", e.Key, err)
	}
	_, err = b.Receive(ctx, Delivery{
		ID: e.Key, Event: Injected, Installation: installation, Repo: e.Repo, Payload: payload, ReceivedAt: time.Now(),
	})
	return err
}

// Run works until the context ends, then finishes what is in hand within
// Timing.Stop, hands the rest back and returns. The error says that the store
// could not be read at all.
func (b *Bot) Run(ctx context.Context) error {
	b.mu.Lock()
	b.start = func(w *worker) { b.running.Go(func() { b.supervise(ctx, w) }) }
	b.mu.Unlock()
	leave := func() {}
	s, shared := b.Store.(Shared)
	if shared {
		leave = s.Join(b.wake)
	}
	if s, watched := b.Store.(Watched); watched {
		defer s.Watch(b.wake)()
	}
	ids, err := b.Store.Installations(ctx)
	for err != nil && shared && ctx.Err() == nil { // a database elsewhere comes back
		b.Log.Error().Err(err).Msg("the store cannot be read")
		pause(ctx, max(b.Timing.Restart, held), nil)
		ids, err = b.Store.Installations(ctx)
	}
	if err == nil {
		for _, id := range ids {
			b.wake(id)
		}
		b.mu.Lock()
		b.ready = true
		b.mu.Unlock()
		b.tell()
		<-ctx.Done()
	}
	leave()
	b.mu.Lock()
	b.start, b.ready, b.workers = nil, false, map[int64]*worker{}
	b.mu.Unlock()
	b.running.Wait()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("run: %w", err)
	}
	return nil
}

// errBroughtBack is how a lease of a Watched store is lost.
var errBroughtBack = errors.New("a backup was brought back")

// supervise keeps a worker going: one that failed starts anew from what is
// stored, which is all there is to know, and one whose lease another process has
// waits for it.
func (b *Bot) supervise(ctx context.Context, w *worker) {
	for ctx.Err() == nil {
		err := w.run(ctx)
		log := b.Log.With().Int64("installation", w.installation).Logger()
		switch {
		case ctx.Err() != nil:
			if err != nil && !errors.Is(err, context.Canceled) {
				log.Error().Err(err).Msg("worker stopped badly")
			}
		case errors.Is(err, ErrHeld):
			log.Debug().Err(err).Msg("worker waits")
			w.leave()
			pause(ctx, max(b.Timing.Restart, held), w.woken)
		case errors.Is(err, errLags):
			w.leave()
			pause(ctx, lagging, nil)
		case err == nil:
			log.Info().Msg("lease handed over")
		default:
			level := zerolog.ErrorLevel
			if errors.Is(err, ErrLeaseLost) {
				level = zerolog.InfoLevel
				if _, watched := b.Store.(Watched); watched {
					err = errBroughtBack
				}
			}
			log.WithLevel(level).Err(err).Msg("worker begins anew")
			w.say(false, 0)
			pause(ctx, b.Timing.Restart, nil)
		}
	}
}

// wake tells an installation's worker that its inbox has something new, and
// starts it if it is the first time.
func (b *Bot) wake(installation int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.start == nil {
		return // what is stored is found when the bot runs
	}
	w := b.workers[installation]
	if w == nil {
		w = newWorker(b, installation)
		b.workers[installation] = w
		b.start(w)
	}
	w.news++
	select {
	case w.woken <- struct{}{}:
	default: // it has been woken and not looked yet
	}
}

// Idle returns when the bot runs, every inbox is empty, nothing settles, and no
// action is in hand, due or waiting for another try. Actions that wait for the
// number of something that nobody is going to make are not waited for, nor is
// what other processes have the leases of.
func (b *Bot) Idle(ctx context.Context) error {
	for {
		b.mu.Lock()
		idle, changed := b.ready, b.changed
		for _, w := range b.workers {
			idle = idle && (w.away || w.idle && w.looked == w.news)
		}
		b.mu.Unlock()
		if idle {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait until nothing is to be done: %w", ctx.Err())
		}
	}
}

// tell wakes whoever waits in Idle.
func (b *Bot) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// Elsewhere reports whether another process sees to the installation, as far as
// this one knows.
func (b *Bot) Elsewhere(installation int64) bool {
	s, shared := b.Store.(Shared)
	return shared && !s.Ours(installation)
}

// held is how long a lease that another process has is left alone at least, if
// the store does not tell that it may be free.
const held = 100 * time.Millisecond

// pause waits, until woken if that is not nil, or until the context ends.
func pause(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-woken:
	case <-ctx.Done():
	}
}
