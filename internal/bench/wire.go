package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A wire is what passed between the bot and GitHub, as GitHub's journal tells it: each
// request with its time, and when each webhook left.
type wire struct {
	town   *town
	next   int       // of the journal
	asked  []request // by the bot, in the order in which they ended
	spoken time.Time // when the first webhook of a comment left; zero if none has
	open   int       // requests and webhooks under way
	latest time.Time // when something last ended
}

// A request is one that the bot made.
type request struct {
	from, to time.Time
	write    bool
	path     string
}

// wire begins to read the journal of a town's GitHub.
func (t *town) wire(ctx context.Context) (*wire, error) {
	w := &wire{town: t}
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	w.forget()
	return w, nil
}

// read takes in what has passed since the last time.
func (w *wire) read(ctx context.Context) error {
	var journal struct {
		Next     int
		UnderWay int `json:"under_way"`
		Passages []struct {
			From, To                   time.Time
			Method, Path, Agent, Event string
		}
	}
	if err := w.town.admin(ctx, http.MethodGet, fmt.Sprintf("/journal?from=%d", w.next), nil, &journal); err != nil {
		return err
	}
	if missing := journal.Next - w.next - len(journal.Passages); w.next > 0 && missing > 0 {
		return fmt.Errorf("the journal has forgotten %d passages", missing)
	}
	w.next, w.open = journal.Next, journal.UnderWay
	for _, p := range journal.Passages {
		w.latest = p.To
		switch {
		case p.Event != "":
			if p.Event == "issue_comment" && w.spoken.IsZero() {
				w.spoken = p.From
			}
		case p.Agent != agent:
			write := p.Method != http.MethodGet && !strings.Contains(p.Path, "/access_tokens") && !strings.HasSuffix(p.Path, "/graphql")
			w.asked = append(w.asked, request{p.From, p.To, write, p.Path})
		}
	}
	return nil
}

// forget leaves what has passed so far behind.
func (w *wire) forget() { w.asked, w.spoken = nil, time.Time{} }

// silence is how long nothing may pass for a wire to be at rest, and glance how often
// that is looked at: each look costs GitHub something.
const (
	silence = 300 * time.Millisecond
	glance  = 50 * time.Millisecond
)

// rest waits until nothing has passed for a while.
func (w *wire) rest(ctx context.Context) error {
	return w.until(ctx, func() bool { return w.open == 0 && time.Since(w.latest) > silence })
}

// answered waits until somebody has said something, and the bot has written since.
func (w *wire) answered(ctx context.Context) error {
	return w.until(ctx, func() bool {
		return !w.spoken.IsZero() && slices.ContainsFunc(w.asked, func(q request) bool { return q.write && q.from.After(w.spoken) })
	})
}

// until waits for something to be so.
func (w *wire) until(ctx context.Context, so func() bool) error {
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		if err := w.read(ctx); err != nil {
			return err
		}
		if so() {
			return nil
		}
		if err := pause(ctx, glance); err != nil {
			return err
		}
	}
	return errors.New("the bot does not come to it")
}

// since returns the requests that began after a moment, in the order in which they
// ended.
func (w *wire) since(ctx context.Context, began time.Time) ([]request, error) {
	err := w.read(ctx)
	return slices.DeleteFunc(slices.Clone(w.asked), func(q request) bool { return q.from.Before(began) }), err
}

// A passage is what passed for one command.
type passage struct {
	requests, writes int
	serial           int           // requests that had to wait for one another, at least
	whole            time.Duration // from the command's webhook to the end of the last write
	github           time.Duration // of it, while GitHub was asked
}

// passed sums up what passed since the first webhook of a comment, and forgets it.
func (w *wire) passed() passage {
	p := sumUp(w.asked, w.spoken)
	w.forget()
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
