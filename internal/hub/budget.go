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
	pacing bool
	places chan struct{} // requests at once

	mu      sync.Mutex
	minute  window // content
	hour    window
	points  window
	blocked time.Time // GitHub wants nothing before
	strikes int       // limits met one after another
}

func newBudget(pacing bool) *budget {
	return &budget{
		pacing: pacing,
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
	deadline := time.Now().Add(longestWait)
	for {
		now := time.Now()
		wait := b.take(now, content, points, urgent)
		if wait <= 0 {
			break
		}
		if until := now.Add(wait); until.After(deadline) {
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
	if b.strikes++; b.strikes > 1 {
		again := now.Add(min(30*time.Second<<min(b.strikes, 10), 15*time.Minute))
		if again.After(later.Until) {
			later.Until = again
		}
	}
	b.blocked = later.Until
}

func (b *budget) passed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.strikes = 0
}

// budgets has one for each installation.
type budgets struct {
	pacing bool
	mu     sync.Mutex
	all    map[int64]*budget
}

func newBudgets(pacing bool) *budgets { return &budgets{pacing: pacing, all: map[int64]*budget{}} }

func (b *budgets) of(installation int64) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all[installation] == nil {
		b.all[installation] = newBudget(b.pacing)
	}
	return b.all[installation]
}

// fare is what a request travels on: whose budget, and how urgent it is.
type fare struct {
	budget *budget
	urgent bool
}

type fareKey struct{}

func withFare(ctx context.Context, f fare) context.Context {
	return context.WithValue(ctx, fareKey{}, f)
}

// paced is the outermost part of the chain: requests wait here for their turn.
type paced struct {
	next http.RoundTripper
	log  zerolog.Logger
}

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
	resp, err := p.next.RoundTrip(r)
	f.budget.leave()
	var later bot.Later
	switch {
	case errors.As(err, &later):
		f.budget.met(later)
		p.log.Warn().Time("until", later.Until).Msg("limit met: " + later.Cause)
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
