package emulator

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// sparing is a request header that keeps faults and latency off one request:
// for a site or a test that looks at a world in which everything goes wrong.
const sparing = "X-Emulator-Faults"

// fate is what befalls one request.
type fate struct {
	who           actor
	latency       time.Duration // of the answer at least, what the emulator needs included
	before, after time.Duration // waiting besides: before the handler, and after it
	skew          time.Duration // of the wire's clock
	answer        *fault.Hit    // instead of the answer; nil for none
	limit         *bar          // a limit that is reached
}

// bar keeps an actor out until a limit's end.
type bar struct {
	until     time.Time // on the wire's clock
	secondary bool
	status    int
}

// judge draws a request's fate. What the API would refuse for its credentials
// has none, and neither has what it does not know.
func (g *GitHub) judge(r *http.Request, path string) fate {
	g.mu.Lock()
	defer g.mu.Unlock()
	var f fate
	if r.Header.Get(sparing) == "off" {
		return f
	}
	if g.latency != (fault.Span{}) {
		f.latency = g.delays.Next(g.latency)
	}
	if !g.faults.Active() && len(g.bars) == 0 {
		return f
	}
	rt, _ := findRoute(r.Method, path)
	if rt == nil {
		return f
	}
	who, known := g.claimant(r)
	if !known {
		return f
	}
	f.who = who
	for _, h := range g.faults.Strike(g.occasion(r, path, who), g.wire()) {
		g.befall(&f, h, who)
	}
	if rt.flag != gratis {
		f.limit = g.barred(who)
	}
	if f.limit == nil && f.answer != nil && !f.answer.After {
		g.count.add(rt)
	}
	return f
}

// claimant is who a request says it is from; false for a credential that is
// none. Times and signatures are the handler's to check, by the clock that the
// request's fate gives it.
func (g *GitHub) claimant(r *http.Request) (actor, bool) {
	_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return actor{kind: byNobody, key: "anonymous"}, true
	}
	if t := g.st.tokens[secret]; t != nil {
		return actor{kind: t.kind, account: t.account, app: t.app, token: t, key: t.key()}, true
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(secret, claims); err != nil {
		return actor{}, false
	}
	a := g.issuer(claims)
	if a == nil {
		return actor{}, false
	}
	return actor{kind: byApp, account: a.bot, app: a, key: "app " + itoa(a.id)}, true
}

func (g *GitHub) occasion(r *http.Request, path string, who actor) fault.Occasion {
	o := fault.Occasion{Method: r.Method, Path: path, Who: fault.People, Fresh: -1}
	if who.kind == byApp || who.kind == byInstallation {
		o.Who = fault.App
	}
	if who.kind == byInstallation {
		o.Fresh = g.wire().Sub(who.token.expires.Add(-tokenLife))
	}
	return o
}

// befall puts one fault into a request's fate.
func (g *GitHub) befall(f *fate, h fault.Hit, who actor) {
	switch h.Kind {
	case fault.Slow:
		if h.After {
			f.after += h.By
		} else {
			f.before += h.By
		}
	case fault.Skew:
		f.skew += h.By
	case fault.Primary, fault.Secondary:
		m, now := g.meter(who), g.wire()
		b := &bar{until: now.Add(h.By), secondary: h.Kind == fault.Secondary, status: h.Status}
		if b.status == 0 {
			b.status = m.status(g)
		}
		if !b.secondary { // the meter tells the truth about the reset
			m.used, m.since = m.limit, b.until.Add(-time.Hour)
		}
		g.bars[who.key] = b
	default:
		f.answer = &h
	}
}

// barred is the bar before an actor, nil once it is over.
func (g *GitHub) barred(who actor) *bar {
	b := g.bars[who.key]
	if b != nil && !g.wire().Before(b.until) {
		delete(g.bars, who.key)
		return nil
	}
	return b
}

// rest is how long the answer to a request that arrived so long ago has to wait
// once it is ready: a fault's waiting is waited whole, and the latency is what
// takes up the time that all the rest took.
func (f fate) rest(since time.Duration) time.Duration {
	return f.after + max(0, f.latency+f.before-since)
}

// cuts reports whether the connection ends instead of the answer.
func (f fate) cuts() bool { return f.limit == nil && f.answer != nil && f.answer.Kind == fault.Cut }

// meet handles a request as its fate will have it.
func (g *GitHub) meet(f fate, r *http.Request, path string, body []byte, head http.Header) *reply {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.skew != 0 {
		right := g.wire
		g.wire = func() time.Time { return right().Add(f.skew) }
		defer func() { g.wire = right }()
		head.Set("Date", g.wire().UTC().Format(http.TimeFormat))
	}
	switch {
	case f.limit != nil:
		g.dress(head)
		return g.refuse(f, head).encoded()
	case f.answer == nil:
		return g.handle(r, path, body, head)
	case !f.answer.After:
		g.dress(head)
		return faulty(f.answer.Kind)
	}
	rep := g.handle(r, path, body, head)
	if f.answer.Kind != fault.Cut {
		rep = faulty(f.answer.Kind)
	}
	return rep
}

// refuse is the answer to who is kept out by a limit.
func (g *GitHub) refuse(f fate, head http.Header) *reply {
	g.meter(f.who).tell(head)
	b := f.limit
	if !b.secondary {
		return fail(b.status, "API rate limit exceeded.")
	}
	head.Set("Retry-After", itoa(max(1, int64((b.until.Sub(g.wire())+time.Second-1)/time.Second))))
	return failWith(b.status, secondaryMessage, secondaryURL)
}

// badGateway is the page that stands before the API when nothing behind it
// answers: not JSON, as clients are wont to expect.
const badGateway = "<!DOCTYPE html>\n<html>\n<head><title>502 Bad Gateway</title></head>\n" +
	"<body><h1>502 Bad Gateway</h1><p>This page is taking too long to load.</p></body>\n</html>\n"

// faulty is the answer of a fault that answers.
func faulty(k fault.Kind) *reply {
	switch k {
	case fault.Unauthorized:
		return badCredentials().encoded()
	case fault.Error502:
		return &reply{status: http.StatusBadGateway, raw: []byte(badGateway), media: "text/html; charset=utf-8"}
	case fault.Cut:
		return &reply{} // there will be no answer
	default:
		return fail(http.StatusInternalServerError, "Server Error").encoded()
	}
}

// pause waits, and reports whether the client is still there.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sendCut sends the first half of an answer and ends the connection; of one
// without a body, nothing.
func (g *GitHub) sendCut(w http.ResponseWriter, head http.Header, rep *reply) {
	if half := len(rep.raw) / 2; half > 0 {
		head.Set("Content-Length", itoa(int64(len(rep.raw))))
		part := *rep
		part.raw = rep.raw[:half]
		g.send(w, head, &part)
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler) // net/http ends the connection and says nothing
}
