package emulator

import (
	"net/http"
	"time"
)

// mostAtOnce is how many requests of one installation or person may be under
// way, REST and GraphQL together.
const mostAtOnce = 100

// crowd counts a request among those under way until leave is called. With
// limits on it refuses one too many, before anything of it is looked at.
func (g *GitHub) crowd(r *http.Request) (leave func(), over *reply) {
	if !g.opts.Limits {
		return func() {}, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	who, bad := g.authenticate(r)
	if bad != nil {
		return func() {}, nil // refused in a moment, for that
	}
	g.under[who.key]++
	if g.under[who.key] > mostAtOnce {
		over = failWith(g.meter(who).status(g), secondaryMessage, secondaryURL)
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.under[who.key]--; g.under[who.key] == 0 {
			delete(g.under, who.key)
		}
	}, over
}

// lastModified is when what the route shows by itself was last changed; zero
// for lists and for what GitHub dates no answer of.
func (c *call) lastModified() time.Time {
	switch c.route.pattern {
	case oneIssue, onePull:
		return c.issue.updated
	case oneComment:
		return c.commentOf().updated
	}
	return time.Time{}
}

// notSince dates the answer, and reports whether the reader asked only for
// what changed later. A tag, where one is sent, decides alone.
func (c *call) notSince() bool {
	at := c.lastModified()
	if at.IsZero() {
		return false
	}
	c.out.Set("Last-Modified", at.UTC().Format(http.TimeFormat))
	since, err := http.ParseTime(c.r.Header.Get("If-Modified-Since"))
	return err == nil && c.r.Header.Get("If-None-Match") == "" && !at.Truncate(time.Second).After(since)
}
