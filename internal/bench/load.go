package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A delivery is a webhook as GitHub sent it, signature and all.
type delivery struct {
	header http.Header
	body   []byte
}

// A comment is what somebody is to say.
type comment struct {
	login string
	issue int
	body  string
}

// record has people say things and returns the webhooks of that, which nobody
// has heard yet, in order.
func (t *town) record(ctx context.Context, said []comment) ([]delivery, error) {
	t.Log.Info().Int("comments", len(said)).Msg("webhooks are recorded")
	var mu sync.Mutex
	heard := map[int64]delivery{}
	url, stop, err := listen(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		heard[commentOf(body)] = delivery{r.Header.Clone(), body}
	}))
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := errors.Join(t.hooks(ctx, url), t.slow(ctx, 0)); err != nil {
		return nil, err
	}
	ids, err := t.sayAll(ctx, said)
	if err != nil {
		return nil, err
	}
	if err := t.admin(ctx, http.MethodPost, "/settle", nil, nil); err != nil { // no webhook is under way any more
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	out := make([]delivery, len(said))
	for i, id := range ids {
		if out[i] = heard[id]; out[i].header == nil {
			return nil, fmt.Errorf("the emulator sent no webhook of comment %d", id)
		}
	}
	return out, t.slow(ctx, t.Latency)
}

// commentOf is the id of the comment that a webhook is about, 0 for none.
func commentOf(body []byte) int64 {
	var payload struct{ Comment struct{ ID int64 } }
	if json.Unmarshal(body, &payload) != nil {
		return 0
	}
	return payload.Comment.ID
}

// sayAll has a few people at a time say what there is to say.
func (t *town) sayAll(ctx context.Context, said []comment) ([]int64, error) {
	ids := make([]int64, len(said))
	return ids, fewAtATime(len(said), func(i int) (err error) {
		ids[i], err = t.say(ctx, said[i].login, said[i].issue, said[i].body)
		return err
	})
}

// fewAtATime does all of n, a few side by side.
func fewAtATime(n int, do func(i int) error) error {
	next := make(chan int)
	var all sync.WaitGroup
	faults := make([]error, 8)
	for w := range faults {
		all.Go(func() {
			for i := range next {
				faults[w] = errors.Join(faults[w], do(i))
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	return errors.Join(faults...)
}

// listen serves on a free port of this machine alone.
func listen(h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it returns at once
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(l) }() // until it is closed
	return "http://" + l.Addr().String(), func() { _ = server.Close() }, nil
}

// A load posts deliveries, and counts what is not acknowledged.
type load struct {
	client *http.Client
	hooks  []string // which get them in turn

	mu      sync.Mutex
	sent    int
	took    []time.Duration
	late    []time.Duration // how much after its planned time each left
	refused int
	why     string // the first refusal
}

func newLoad(hooks ...string) *load {
	return &load{hooks: hooks, client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 2000}}}
}

// post sends one delivery and notes how long after its planned time it was
// acknowledged.
func (l *load) post(ctx context.Context, d delivery, planned time.Time) {
	late := time.Since(planned)
	why := l.send(ctx, d)
	took := time.Since(planned)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.late = append(l.late, late)
	if why != "" {
		l.refused++
		if l.why == "" {
			l.why = why
		}
		return
	}
	l.took = append(l.took, took)
}

// send says why a delivery was not acknowledged, or "".
func (l *load) send(ctx context.Context, d delivery) string {
	l.mu.Lock()
	hook := l.hooks[l.sent%len(l.hooks)]
	l.sent++
	l.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook, bytes.NewReader(d.body))
	if err != nil {
		return err.Error()
	}
	r.Header = d.header.Clone()
	resp, err := l.client.Do(r)
	if err != nil {
		return err.Error()
	}
	_, err = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	switch {
	case err != nil:
		return err.Error()
	case resp.StatusCode >= http.StatusMultipleChoices:
		return resp.Status
	}
	return ""
}

// oneByOne posts each delivery after the answer to the one before.
func (l *load) oneByOne(ctx context.Context, all []delivery) {
	for _, d := range all {
		l.post(ctx, d, time.Now())
	}
}

// atRate posts the deliveries at so many a second, come what may: each leaves at
// its planned time, and waits for no other.
func (l *load) atRate(ctx context.Context, all []delivery, rate int) {
	var under sync.WaitGroup
	began := time.Now()
	for i, d := range all {
		planned := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if wait := time.Until(planned); wait > 0 && pause(ctx, wait) != nil {
			break
		}
		under.Go(func() { l.post(ctx, d, planned) })
	}
	under.Wait()
}

// atOnce posts them all at one moment, and returns how long the last took.
func (l *load) atOnce(ctx context.Context, all []delivery) time.Duration {
	var under sync.WaitGroup
	began := time.Now()
	for _, d := range all {
		under.Go(func() { l.post(ctx, d, began) })
	}
	under.Wait()
	return time.Since(began)
}

// refusals is the figure of what was not acknowledged.
func (l *load) refusals(when string) Figure {
	f := one("not acknowledged "+when, float64(l.refused), "", "0")
	f.Note = l.why
	return f
}

// lateness says how late the deliveries left, if that is much: then the load was
// short of processors, and the bot's figure has that in it too.
func (l *load) lateness() string {
	f := spread("", l.late, "")
	if f.P99 == nil || *f.P99 < 1 {
		return ""
	}
	return fmt.Sprintf("the load itself was late by %s ms (p99)", number(f.P99))
}
