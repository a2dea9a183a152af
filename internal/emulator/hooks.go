package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // GitHub still sends the old signature too
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// GitHub cuts a delivery off after this time.
const hookTimeout = 10 * time.Second

// keepDeliveries is how many deliveries the log holds; older ones are dropped.
const keepDeliveries = 10_000

// logWindow is how long a delivery can be looked at and sent again, on the
// wire's clock: moving the world's date forward loses no delivery.
const logWindow = 3 * 24 * time.Hour

// maxPayload is the largest webhook; GitHub sends no larger one at all.
const maxPayload = 25 << 20

// hookConfig is where the App's webhooks go.
type hookConfig struct {
	id          int64
	url         string
	secret      string
	contentType string
	insecure    string
}

// Delivery is one attempt to deliver a webhook, as the log keeps it.
type Delivery struct {
	ID             int64
	AppID          int64  // whose webhook it is
	GUID           string // the same for all attempts
	Event          string
	Action         string    // empty for events without actions
	At             time.Time // by the wire's clock
	ThrottledAt    time.Time // zero unless it left late for that
	Redelivery     bool
	InstallationID int64
	RepositoryID   int64 // 0 for events of no repository
	URL            string

	RequestHeaders map[string]string
	Payload        []byte

	// What came of it; zero until Done.
	Done            bool
	Status          string // OK, or what went wrong
	StatusCode      int    // 0 if there was no answer
	Duration        time.Duration
	ResponseHeaders map[string]string
	ResponseBody    string

	mishap mishap `snapshot:"-"`
}

// hookBuffer holds a usual webhook, headers and all, so that it is sent at once.
const hookBuffer = 64 << 10

func hookClient() *http.Client {
	return &http.Client{
		Timeout:       hookTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute, WriteBufferSize: hookBuffer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// courier carries deliveries. Its goroutines live only while there is work.
type courier struct {
	queue   []*Delivery
	flying  int
	late    map[*Delivery]*time.Timer // those that leave later
	held    *Delivery                 // of those, the one that the next overtakes
	closed  bool
	waiting []chan struct{} // closed when nothing is queued, late or flying
	life    context.Context // ends with the emulator, and every delivery with it
	end     context.CancelFunc
	wg      sync.WaitGroup
}

func newCourier() courier {
	life, end := context.WithCancel(context.Background())
	return courier{life: life, end: end, late: map[*Delivery]*time.Timer{}}
}

func (p *courier) close() {
	p.closed, p.queue = true, nil
	for _, t := range p.late {
		t.Stop()
	}
	clear(p.late)
	p.end()
	p.wake()
}

func (p *courier) wait() { p.wg.Wait() }

// idle reports whether nothing is on its way.
func (p *courier) idle() bool { return p.flying == 0 && len(p.late) == 0 }

// wake lets those go who wait until nothing is on its way.
func (p *courier) wake() {
	if !p.idle() {
		return
	}
	for _, ch := range p.waiting {
		close(ch)
	}
	p.waiting = nil
}

// dispatch logs a new delivery to an App, of one of its installations (0 for
// a ping), and queues it. The caller holds the mutex.
func (g *GitHub) dispatch(a *app, install int64, h happening, payload []byte) {
	if len(payload) > maxPayload {
		return
	}
	d := &Delivery{AppID: a.id, GUID: g.guid(), Event: h.event, Action: h.action, Payload: payload, InstallationID: install}
	if h.repo != nil {
		d.RepositoryID = h.repo.id
	}
	g.enqueue(d)
}

// enqueue fills in what each attempt has of its own.
func (g *GitHub) enqueue(d *Delivery) {
	a := g.st.appByID(d.AppID)
	g.enter(a, d)
	g.depart(a, d)
}

// enter puts a delivery into the log.
func (g *GitHub) enter(a *app, d *Delivery) {
	d.ID, d.At, d.URL = g.st.id(), g.wire(), a.hook.url
	g.forget()
	d.RequestHeaders = hookHeaders(a, d, a.hook.secret)
	g.st.log = append(g.st.log, d)
	g.touch()
	if n := len(g.st.log) - keepDeliveries; n > 0 {
		g.drop(n)
	}
}

// forget drops from the log what is too old to be there.
func (g *GitHub) forget() {
	young := g.wire().Add(-logWindow)
	n := 0
	for n < len(g.st.log) && g.st.log[n].At.Before(young) {
		n++
	}
	g.drop(n)
}

// drop forgets the oldest deliveries. The log is moved when it grows the next
// time, not with each delivery.
func (g *GitHub) drop(n int) {
	clear(g.st.log[:n])
	g.st.log = g.st.log[n:]
}

// carryOut queues a delivery.
func (g *GitHub) carryOut(d *Delivery) {
	if g.post.closed {
		return
	}
	g.post.queue = append(g.post.queue, d)
	if g.post.flying < max(1, g.opts.Workers) {
		g.post.flying++
		g.post.wg.Add(1)
		go g.carry()
	}
}

// carry delivers until the queue is empty.
func (g *GitHub) carry() {
	defer g.post.wg.Done()
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.post.queue) > 0 {
		d := g.post.queue[0]
		g.post.queue = g.post.queue[1:]
		out := *d
		g.mu.Unlock()
		g.deliver(&out)
		g.mu.Lock()
		*d = out
		g.touch()
	}
	g.post.flying--
	g.post.wake()
}

// deliver makes the request and writes down what came of it.
func (g *GitHub) deliver(d *Delivery) {
	defer g.journal.begin(Passage{Event: d.Event})()
	began := time.Now()
	defer func() { d.Done, d.Duration = true, time.Since(began) }()
	if d.mishap.lost {
		d.Status = noConnection
		return
	}
	req, err := http.NewRequestWithContext(g.post.life, http.MethodPost, d.URL, bytes.NewReader(d.sent()))
	if err != nil {
		d.Status = err.Error()
		return
	}
	for k, v := range d.RequestHeaders {
		req.Header[k] = []string{v} // as written: GitHub's X-GitHub-Event is not canonical
	}
	res, err := g.client.Do(req) //nolint:gosec,nolintlint // an App says itself where its webhooks go; the linter is not always aware of it
	if err != nil {
		d.Status = noConnection
		if strings.Contains(err.Error(), "Timeout") {
			d.Status = timedOut
		}
		return
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if d.mishap.unheard {
		d.Status = timedOut
		return
	}
	d.StatusCode, d.ResponseBody = res.StatusCode, string(body)
	d.ResponseHeaders = map[string]string{}
	for k := range res.Header {
		d.ResponseHeaders[k] = res.Header.Get(k)
	}
	d.Status = "OK"
	if res.StatusCode < 200 || res.StatusCode > 299 {
		d.Status = fmt.Sprintf("Invalid HTTP Response: %d", res.StatusCode)
	}
}

// hookMedia are the kinds of body that a hook can have, by the configuration's
// names.
var hookMedia = map[string]string{"json": "application/json", "form": "application/x-www-form-urlencoded"}

// wireBody is a payload as it is sent and signed.
func wireBody(payload []byte, media string) []byte {
	if media == hookMedia["form"] {
		return []byte("payload=" + url.QueryEscape(string(payload)))
	}
	return payload
}

func hookHeaders(a *app, d *Delivery, with string) map[string]string {
	media := hookMedia[a.hook.contentType]
	h := map[string]string{
		"Accept":                                 "*/*",
		"Content-Type":                           media,
		"User-Agent":                             "GitHub-Hookshot/5a7104e",
		"X-GitHub-Delivery":                      d.GUID,
		"X-GitHub-Event":                         d.Event,
		"X-GitHub-Hook-ID":                       itoa(a.hook.id),
		"X-GitHub-Hook-Installation-Target-ID":   itoa(a.id),
		"X-GitHub-Hook-Installation-Target-Type": "integration",
	}
	if secret := []byte(with); len(secret) > 0 {
		old, now := hmac.New(sha1.New, secret), hmac.New(sha256.New, secret)
		_, _ = old.Write(wireBody(d.Payload, media))
		_, _ = now.Write(wireBody(d.Payload, media))
		h["X-Hub-Signature"] = "sha1=" + hex.EncodeToString(old.Sum(nil))
		h["X-Hub-Signature-256"] = "sha256=" + hex.EncodeToString(now.Sum(nil))
	}
	return h
}

// Settle returns when no webhook is queued, late or in flight, or when ctx ends.
// What the receiver does afterwards is not waited for.
func (g *GitHub) Settle(ctx context.Context) error {
	g.mu.Lock()
	if g.post.idle() {
		g.mu.Unlock()
		return nil
	}
	idle := make(chan struct{})
	g.post.waiting = append(g.post.waiting, idle)
	g.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("emulator: webhooks still under way: %w", ctx.Err())
	}
}

// Deliveries is a copy of the delivery log, oldest first.
func (g *GitHub) Deliveries() []Delivery {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Delivery, len(g.st.log))
	for i, d := range g.st.log {
		out[i] = *d
	}
	return out
}

// SetWebhookURL points the seeded App's webhooks to an address and sends it a ping;
// empty stops them.
func (g *GitHub) SetWebhookURL(to string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setHookURL(g.st.app, to)
}

func (g *GitHub) setHookURL(a *app, to string) {
	changed := a.hook.url != to
	a.hook.url = to
	if changed && to != "" {
		g.ping(a)
	}
}

// ping is what GitHub sends when a hook is made.
func (g *GitHub) ping(a *app) {
	hk, now := a.hook, stamp(g.clock.now())
	g.dispatch(a, 0, happening{event: "ping"}, encode(map[string]any{
		"zen":     "Keep it logically awesome.",
		"hook_id": hk.id,
		"hook": map[string]any{
			"type": "App", "id": hk.id, "name": "web", "active": true,
			"events": a.events, "app_id": a.id,
			"config":     hk.view(),
			"updated_at": now, "created_at": now,
			"deliveries_url": g.api() + "/app/hook/deliveries",
		},
	}))
}
