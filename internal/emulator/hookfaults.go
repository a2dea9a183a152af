package emulator

import (
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// mishap is what goes wrong with one delivery on its way.
type mishap struct {
	lost     bool // it never arrives
	unheard  bool // it arrives, and its answer is lost
	truncate bool
}

// noAnswer is how the log shows a delivery that did not get through.
const (
	noConnection = "failed to connect to host"
	timedOut     = "timed out"
)

// depart sends a delivery on its way, with what goes wrong on it.
func (g *GitHub) depart(a *app, d *Delivery) {
	var late, hold time.Duration
	twice := false
	o := fault.Occasion{Event: d.Event, Action: d.Action, Again: d.Redelivery}
	for _, h := range g.faults.Strike(o, g.wire()) {
		switch h.Kind {
		case fault.Lost:
			d.mishap.lost, d.mishap.unheard = !h.After, h.After
		case fault.Doubled:
			twice = true
		case fault.Delayed:
			late = h.By
		case fault.Throttled:
			late, d.ThrottledAt = h.By, d.At
		case fault.Reordered:
			hold = h.By
		case fault.Truncated:
			d.mishap.truncate = true
		case fault.Missigned:
			d.RequestHeaders = hookHeaders(a, d, a.hook.secret+", but another")
		}
	}
	overtaken := g.post.held
	g.post.held = nil
	switch {
	case late > 0:
		g.postpone(d, late)
	case hold > 0 && overtaken == nil:
		g.post.held = d
		g.postpone(d, hold)
	default:
		g.carryOut(d)
	}
	if twice {
		twin := &Delivery{AppID: d.AppID, GUID: d.GUID, Event: d.Event, Action: d.Action, Payload: d.Payload,
			InstallationID: d.InstallationID, RepositoryID: d.RepositoryID, Redelivery: d.Redelivery}
		g.enter(a, twin)
		g.carryOut(twin)
	}
	if overtaken != nil && g.post.late[overtaken] != nil {
		g.post.late[overtaken].Stop()
		g.arrive(overtaken)
	}
}

// postpone lets a delivery leave after a while.
func (g *GitHub) postpone(d *Delivery, by time.Duration) {
	g.post.late[d] = time.AfterFunc(by, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.arrive(d)
	})
}

// arrive ends a delivery's delay, unless that has ended already.
func (g *GitHub) arrive(d *Delivery) {
	if g.post.late[d] == nil {
		return
	}
	delete(g.post.late, d)
	if g.post.held == d {
		g.post.held = nil
	}
	d.At = g.clock.now()
	g.carryOut(d)
}

// sent is the body that leaves for the receiver.
func (d *Delivery) sent() []byte {
	body := wireBody(d.Payload, d.RequestHeaders["Content-Type"])
	if d.mishap.truncate {
		return body[:len(body)/2]
	}
	return body
}
