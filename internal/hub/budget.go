package hub

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// GitHub's limits for one installation. The windows are a little longer than
// GitHub's own, since what leaves evenly may arrive in a heap.
const (
	mostAtOnce = 90 // of 100

	contentPerMinute = 80 // issues and comments, which people are told of
	contentPerHour   = 500
	pointsPerMinute  = 900 // a read is one, a write five
	writePoints      = 5

	minute = time.Minute + 5*time.Second
	hour   = time.Hour + 15*time.Second

	// longestWait is how long a request waits for its turn here. What has to
	// wait longer is sent back, so that others can go meanwhile.
	longestWait = 3 * time.Second
)

// reserve is the part of each limit that only urgent requests may use: a person
// who waits for an answer goes before routine work.
const reserve = 4 // a quarter

// A budget is what one installation has spent lately.
type budget struct {
	installation int64
	meter        Meter
	log          zerolog.Logger
	pacing       bool
	places       chan struct{} // requests at once

	mu      sync.Mutex
	minute  window // content
	hour    window
	points  window
	blocked time.Time // GitHub wants nothing before
	strikes int       // limits met one after another
	held    time.Time // since when requests have been put off; zero if they are not
}

func newBudget(pacing bool) *budget {
	return &budget{
		meter: unmetered{}, log: zerolog.Nop(), pacing: pacing,
		places: make(chan struct{}, mostAtOnce),
		minute: window{length: minute, most: contentPerMinute},
		hour:   window{length: hour, most: contentPerHour},
		points: window{length: minute, most: pointsPerMinute},
	}
}

// window counts what happened within a length of time.
type window struct {
	length time.Duration
	most   int
	spent  []spending // oldest first
	sum    int
}

type spending struct {
	at time.Time
	n  int
}

// wait returns how long until n more fit, if only so many of most may be used.
func (w *window) wait(now time.Time, n, most int) time.Duration {
	for len(w.spent) > 0 && now.Sub(w.spent[0].at) >= w.length {
		w.sum -= w.spent[0].n
		w.spent = w.spent[1:]
	}
	left := w.sum
	if left+n <= most {
		return 0
	}
	for _, s := range w.spent {
		if left -= s.n; left+n <= most {
			return s.at.Add(w.length).Sub(now)
		}
	}
	return w.length
}

func (w *window) spend(now time.Time, n int) {
	w.spent = append(w.spent, spending{now, n})
	w.sum += n
}

// take books a request if it may leave now; else it says how long to wait.
func (b *budget) take(now time.Time, content bool, points int, urgent bool) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.blocked.Sub(now); wait > 0 {
		return wait
	}
	if !b.pacing {
		return 0
	}
	share := func(most int) int {
		if urgent {
			return most
		}
		return most - most/reserve
	}
	wait := b.points.wait(now, points, share(pointsPerMinute))
	if content {
		wait = max(wait, b.minute.wait(now, 1, share(contentPerMinute)), b.hour.wait(now, 1, share(contentPerHour)))
	}
	if wait > 0 {
		return wait
	}
	b.points.spend(now, points)
	if content {
		b.minute.spend(now, 1)
		b.hour.spend(now, 1)
	}
	return 0
}

// admit waits for the request's turn, or says when to come again.
func (b *budget) admit(ctx context.Context, content bool, points int, urgent bool) error {
	began := time.Now()
	for {
		now := time.Now()
		wait := b.take(now, content, points, urgent)
		if wait <= 0 {
			break
		}
		if until := now.Add(wait); until.Sub(began) > longestWait {
			b.meter.Waited(urgent, until.Sub(began))
			b.putOff(until)
			return bot.Later{Until: until, Cause: "GitHub's limits would be passed"}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
	select {
	case b.places <- struct{}{}:
		b.meter.Waited(urgent, time.Since(began))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *budget) leave() { <-b.places }

// met writes down that GitHub refused by a limit: nothing leaves before the
// time it named, and longer each time it refuses again.
func (b *budget) met(later bot.Later) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Before(b.blocked) {
		return // it left before we knew
	}
	if b.held.IsZero() {
		b.held = now
	}
	if b.strikes++; b.strikes > 1 {
		again := now.Add(min(30*time.Second<<min(b.strikes, 10), 15*time.Minute))
		if again.After(later.Until) {
			later.Until = again
		}
	}
	b.blocked = later.Until
	b.meter.Held(b.installation, b.blocked)
	b.log.Warn().Int64("installation", b.installation).Time("until", b.blocked).Int("strikes", b.strikes).
		Msg("limit met: " + later.Cause)
}

// putOff writes down that requests wait before GitHub has to refuse them.
func (b *budget) putOff(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.meter.Held(b.installation, until)
	if b.held.IsZero() {
		b.held = time.Now()
		b.log.Warn().Int64("installation", b.installation).Time("until", until).
			Msg("limit met: what GitHub allows is used up by our own count")
	}
}

// passed writes down that GitHub took a request. What was put off is over when
// there is room for a good many: else it would begin anew with each that passes.
func (b *budget) passed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.strikes = 0
	now := time.Now()
	if b.held.IsZero() || now.Before(b.blocked) {
		return
	}
	for _, w := range []*window{&b.minute, &b.hour, &b.points} {
		if w.wait(now, w.most/reserve, w.most-w.most/reserve) > 0 {
			return
		}
	}
	b.meter.Held(b.installation, time.Time{})
	b.log.Info().Int64("installation", b.installation).Dur("lasted", now.Sub(b.held)).Msg("limit over: nothing waits for it")
	b.held = time.Time{}
}

// budgets has one for each installation.
type budgets struct {
	opts Options
	mu   sync.Mutex
	all  map[int64]*budget
}

func newBudgets(o Options) *budgets { return &budgets{opts: o, all: map[int64]*budget{}} }

func (b *budgets) of(installation int64) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.all[installation]
	if one == nil {
		one = newBudget(b.opts.Pacing)
		one.installation, one.meter, one.log = installation, b.opts.Meter, b.opts.Logger
		b.all[installation] = one
	}
	return one
}

// fare is what a request travels on: whose budget, how urgent it is, and what is
// to be done before the first that changes something leaves.
type fare struct {
	budget  *budget
	urgent  bool
	leaving func() error // once; nil for nothing
}

type fareKey struct{}

func withFare(ctx context.Context, f fare) context.Context {
	return context.WithValue(ctx, fareKey{}, f)
}

// beforeLeaving has something done when the first request that changes something
// has its turn.
func beforeLeaving(ctx context.Context, do func() error) context.Context {
	f, _ := ctx.Value(fareKey{}).(fare)
	f.leaving = sync.OnceValue(do)
	return withFare(ctx, f)
}

// paced is the outermost part of the chain: requests wait here for their turn.
type paced struct{ next http.RoundTripper }

// RoundTrip sends the request when the budget allows.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	f, ok := r.Context().Value(fareKey{}).(fare)
	if !ok {
		return p.next.RoundTrip(r) // as the App itself, seldom
	}
	points := 1
	if r.Method != http.MethodGet {
		points = writePoints
	}
	if err := f.budget.admit(r.Context(), makesContent(r), points, f.urgent); err != nil {
		return nil, drop(r, err)
	}
	defer f.budget.leave()
	if f.leaving != nil && r.Method != http.MethodGet {
		if err := f.leaving(); err != nil {
			return nil, drop(r, err)
		}
	}
	resp, err := p.next.RoundTrip(r)
	var later bot.Later
	switch {
	case errors.As(err, &later):
		f.budget.met(later)
	case err == nil && resp.StatusCode < http.StatusBadRequest:
		f.budget.passed()
	}
	return resp, err
}

// makesContent reports whether a request makes something that GitHub tells
// people of: its API description marks these as content creation.
func makesContent(r *http.Request) bool {
	return r.Method == http.MethodPost &&
		(strings.HasSuffix(r.URL.Path, "/issues") || strings.HasSuffix(r.URL.Path, "/comments"))
}
