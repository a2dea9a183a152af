package bench

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// A wire lies between the bot and GitHub, and knows what goes through it: each
// request with its time, and when each webhook came.
type wire struct {
	api  string // what the bot takes for GitHub
	hook string // what GitHub takes for the bot

	mu       sync.Mutex
	asked    []request
	open     int                 // requests under way
	comments map[int64]time.Time // when the webhook of a comment came, by its id
	latest   time.Time           // when something last began or ended
}

// A request is one that the bot made.
type request struct {
	from, to time.Time
	write    bool
	path     string
}

// stretch puts a wire between a town and its bot, whose hook is known when it
// listens.
func (t *town) stretch() (*wire, func(hook string), error) {
	w := &wire{comments: map[int64]time.Time{}}
	target, err := url.Parse(t.cred.BaseURL)
	if err != nil {
		return nil, nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	proxy.ErrorLog = log.New(io.Discard, "", 0) // who ends hangs up
	api, stopAPI, err := listen(w.counting(proxy))
	if err != nil {
		return nil, nil, err
	}
	t.later(func() error { stopAPI(); return nil })
	var bot *load
	hook, stopHook, err := listen(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { w.relay(out, r, bot) }))
	if err != nil {
		return nil, nil, err
	}
	t.later(func() error { stopHook(); return nil })
	w.api, w.hook = api+target.Path, hook
	return w, func(hook string) { bot = newLoad(hook) }, nil
}

// counting notes each request.
func (w *wire) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		q := request{from: time.Now(), write: r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/access_tokens") && !strings.HasSuffix(r.URL.Path, "/graphql"), path: r.URL.Path}
		w.mu.Lock()
		w.open++
		w.latest = q.from
		w.mu.Unlock()
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			q.to = time.Now()
			w.open--
			w.latest = q.to
			w.asked = append(w.asked, q)
		}()
		next.ServeHTTP(out, r)
	})
}

// relay passes a webhook on, and notes when it came.
func (w *wire) relay(out http.ResponseWriter, r *http.Request, bot *load) {
	came := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	if why := bot.send(r.Context(), delivery{r.Header, body}); why != "" {
		http.Error(out, why, http.StatusBadGateway)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latest = time.Now()
	if id := commentOf(body); id != 0 { // the bot need not wait for this
		w.comments[id] = came
	}
}

// silence is how long nothing may go through a wire for it to be at rest.
const silence = 300 * time.Millisecond

// rest waits until nothing has gone through for a while.
func (w *wire) rest(ctx context.Context) error {
	return w.until(ctx, func() bool { return w.open == 0 && time.Since(w.latest) > silence })
}

// answered waits until the webhook of a comment has come, and something was
// written since.
func (w *wire) answered(ctx context.Context, comment int64) error {
	return w.until(ctx, func() bool {
		came := w.comments[comment]
		return !came.IsZero() && slices.ContainsFunc(w.asked, func(q request) bool { return q.write && q.from.After(came) })
	})
}

// until waits for something to be so, under the mutex.
func (w *wire) until(ctx context.Context, so func() bool) error {
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		w.mu.Lock()
		done := so()
		w.mu.Unlock()
		if done {
			return nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the bot does not come to it")
}

// since returns the requests that began after a moment, in the order in which they
// ended.
func (w *wire) since(began time.Time) []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.asked), func(q request) bool { return q.from.Before(began) })
}

// A passage is what went through a wire for one command.
type passage struct {
	requests, writes int
	serial           int           // requests that had to wait for one another, at least
	whole            time.Duration // from the command's webhook to the end of the last write
	github           time.Duration // of it, while GitHub was asked
}

// passed sums up what went through since the webhook of a comment, and forgets it.
func (w *wire) passed(comment int64) passage {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := sumUp(w.asked, w.comments[comment])
	w.asked = nil
	return p
}

// sumUp reckons what requests came to, after a moment.
func sumUp(asked []request, began time.Time) passage {
	p := passage{requests: len(asked)}
	for _, q := range asked {
		if q.write {
			p.writes++
			p.whole = max(p.whole, q.to.Sub(began))
		}
	}
	last := began.Add(p.whole)
	asked = slices.DeleteFunc(slices.Clone(asked), func(q request) bool { return q.from.After(last) })
	// As many as possible of which none overlaps another: those that end first.
	slices.SortFunc(asked, func(a, b request) int { return a.to.Compare(b.to) })
	free := time.Time{}
	for _, q := range asked {
		if !q.from.Before(free) {
			p.serial++
			free = q.to
		}
	}
	slices.SortFunc(asked, func(a, b request) int { return a.from.Compare(b.from) })
	covered := began
	for _, q := range asked {
		from, to := q.from, q.to
		if to.After(last) {
			to = last
		}
		if from.Before(covered) {
			from = covered
		}
		if to.After(from) {
			p.github += to.Sub(from)
			covered = to
		}
	}
	return p
}
