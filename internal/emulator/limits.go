package emulator

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

// GitHub's limits, for one installation or person.
const (
	hourlyLimit     = 5000
	anonymousHourly = 60
	growsFrom       = 20        // repositories or members; each one more adds
	growsBy         = 50        // to an installation's hour
	hourlyMost      = 12_500    // and it grows no further
	unlimitedHourly = 1_000_000 // shown while the limits are off
	contentPerMin   = 80
	contentPerHour  = 500
	pointsPerMin    = 900
	graphPerMin     = 2000 // GraphQL counts apart
	searchPerMin    = 30
	anonymousSearch = 10
	writePoints     = 5
)

// uncounted is the header by which whoever looks on from outside, such as the
// site, spends nobody's budget: "off".
const uncounted = "X-Emulator-Limits"

// meter counts what one installation or person spends, on the wire's clock.
type meter struct {
	resource string // core, graphql or search
	limit    int
	used     int
	since    time.Time     // the current hour's beginning, or minute's
	window   time.Duration // zero is an hour
	content  []time.Time
	points   []spent
	refused  int
}

type spent struct {
	at time.Time
	n  int
}

func (g *GitHub) meter(who actor) *meter { return g.meterFor(who, plain) }

// meterFor is what the actor spends on a route: GraphQL has a budget apart, and
// so has search.
func (g *GitHub) meterFor(who actor, f flag) *meter {
	resource := "core"
	if f == graph {
		resource, who.key = "graphql", who.key+" graphql"
	}
	window := time.Hour
	if f == searching {
		resource, who.key, window = "search", who.key+" search", time.Minute
	}
	m := g.meters[who.key]
	if m == nil {
		m = &meter{resource: resource, window: window}
		g.meters[who.key] = m
	}
	if m.limit = g.hourly(who); f == searching && g.opts.Limits {
		m.limit = searchPerMin
		if who.kind == byNobody {
			m.limit = anonymousSearch
		}
	}
	m.roll(g.wire())
	return m
}

// hourly is the primary limit. An installation's grows with its repositories
// and with the organisation's members.
func (g *GitHub) hourly(who actor) int {
	switch {
	case !g.opts.Limits:
		return unlimitedHourly
	case who.kind == byNobody:
		return anonymousHourly
	case who.kind != byInstallation:
		return hourlyLimit
	}
	in, members := who.token.install, 0
	for _, is := range in.org.members {
		if is {
			members++
		}
	}
	more := max(0, len(in.repos)-growsFrom) + max(0, members-growsFrom)
	return min(hourlyMost, hourlyLimit+growsBy*more)
}

// roll begins a new hour when the last one is over.
func (m *meter) roll(now time.Time) {
	if m.since.IsZero() || now.Sub(m.since) >= cmp.Or(m.window, time.Hour) {
		m.since, m.used = now, 0
	}
}

func (m *meter) remaining() int { return max(0, m.limit-m.used) }

// reset is the second at which a new hour begins, rounded up so that a client
// who waits for it has waited enough.
func (m *meter) reset() int64 {
	return m.since.Add(cmp.Or(m.window, time.Hour) + time.Second - 1).Unix()
}

// tell writes the limit into the answer.
func (m *meter) tell(head http.Header) {
	head.Set("X-RateLimit-Limit", strconv.Itoa(m.limit))
	head.Set("X-RateLimit-Remaining", strconv.Itoa(m.remaining()))
	head.Set("X-RateLimit-Used", strconv.Itoa(m.used))
	head.Set("X-RateLimit-Reset", itoa(m.reset()))
	head.Set("X-RateLimit-Resource", cmp.Or(m.resource, "core"))
}

// check refuses a request that is over a limit; nil lets it through and books
// what the secondary limits count.
func (m *meter) check(g *GitHub, who actor, rt *route, head http.Header) *reply {
	if !g.opts.Limits || rt.flag == gratis {
		return nil
	}
	now := g.wire()
	if m.remaining() == 0 {
		m.tell(head)
		if rt.flag == graph {
			return ok(graphql.Response{Errors: []graphql.Fault{{Type: "RATE_LIMITED", Message: "API rate limit exceeded for " + who.named() + "."}}})
		}
		return failWith(m.status(g), "API rate limit exceeded for "+who.named()+".", primaryURL)
	}
	cost := 1
	if rt.method != http.MethodGet && rt.flag != graph {
		cost = writePoints
	}
	wait := m.pointsWait(now, cost)
	if rt.flag == content {
		wait = max(wait, m.contentWait(now))
	}
	if wait > 0 {
		m.tell(head)
		head.Set("Retry-After", itoa(int64((wait+time.Second-1)/time.Second)))
		return failWith(m.status(g), secondaryMessage, secondaryURL)
	}
	m.points = append(m.points, spent{now, cost})
	if rt.flag == content {
		m.content = append(m.content, now)
	}
	return nil
}

// named is how a refusal calls the one whose budget is spent.
func (who actor) named() string {
	switch who.kind {
	case byInstallation:
		return "installation ID " + itoa(who.token.install.id)
	case byPerson:
		return "user ID " + itoa(who.account.id)
	default:
		return "127.0.0.1"
	}
}

// status is that of a refusal: GitHub answers with 403 or 429.
func (m *meter) status(g *GitHub) int {
	m.refused++
	switch {
	case g.opts.LimitStatus != 0:
		return g.opts.LimitStatus
	case m.refused%2 == 1:
		return http.StatusForbidden
	default:
		return http.StatusTooManyRequests
	}
}

// pointsWait is how long until cost more points fit into the minute.
func (m *meter) pointsWait(now time.Time, cost int) time.Duration {
	most := pointsPerMin
	if m.resource == "graphql" {
		most = graphPerMin
	}
	sum, keep := cost, m.points[:0]
	for _, s := range m.points {
		if now.Sub(s.at) < time.Minute {
			keep = append(keep, s)
			sum += s.n
		}
	}
	m.points = keep
	for _, s := range keep {
		if sum <= most {
			break
		}
		if sum -= s.n; sum <= most {
			return s.at.Add(time.Minute).Sub(now)
		}
	}
	return 0
}

// contentWait is how long until one more piece of content is allowed.
func (m *meter) contentWait(now time.Time) time.Duration {
	keep := m.content[:0]
	for _, at := range m.content {
		if now.Sub(at) < time.Hour {
			keep = append(keep, at)
		}
	}
	m.content = keep
	var wait time.Duration
	if n := len(keep); n >= contentPerMin {
		wait = keep[n-contentPerMin].Add(time.Minute).Sub(now)
	}
	if n := len(keep); n >= contentPerHour {
		wait = max(wait, keep[n-contentPerHour].Add(time.Hour).Sub(now))
	}
	return max(0, wait)
}

// rateView is one limit in GET /rate_limit.
type rateView struct {
	Limit     int   `json:"limit"`
	Remaining int   `json:"remaining"`
	Reset     int64 `json:"reset"`
	Used      int   `json:"used"`
}

func getRateLimit(c *call) *reply {
	m := c.gh.meter(c.who)
	core := rateView{m.limit, m.remaining(), m.reset(), m.used}
	sm := c.gh.meterFor(c.who, searching)
	search := rateView{sm.limit, sm.remaining(), sm.reset(), sm.used}
	gm := c.gh.meterFor(c.who, graph)
	graphed := rateView{gm.limit, gm.remaining(), gm.reset(), gm.used}
	return ok(struct {
		Resources struct {
			Core    rateView `json:"core"`
			Search  rateView `json:"search"`
			GraphQL rateView `json:"graphql"`
		} `json:"resources"`
		Rate rateView `json:"rate"`
	}{Rate: core, Resources: struct {
		Core    rateView `json:"core"`
		Search  rateView `json:"search"`
		GraphQL rateView `json:"graphql"`
	}{core, search, graphed}})
}
