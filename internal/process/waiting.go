package process

import (
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A Wait is something that an item waits for somebody to do: to open a closed
// gate, to make a move whose gates are all open, or to say how it goes on.
type Wait struct {
	On    Ref
	Stage string // the item's, as people call it
	Node  string // where it waits: its stage, or a place on one of its tracks
	// Line is what opens the gate or makes the move, typed on the item's issue.
	Line  Code
	What  Text
	Rule  string
	Since time.Time
	// Person is the one whose own it is, the owner or who holds it; "" for
	// nobody's. Roles may do it too.
	Person string
	Roles  []Role
	// Meeting says that the planning meeting decides it, and Held that somebody
	// has stopped it on purpose: nobody is reminded of either.
	Meeting, Held bool
}

// Of reports whether it waits for the person themselves.
func (w Wait) Of(login string) bool { return login != "" && strings.EqualFold(w.Person, login) }

// Waits returns what everything under way waits for, the longest wait first.
func Waits(p *Process, l *Line, at time.Time) []Wait {
	return newTurn(p, l, Event{At: at}, Answers{}).Waits()
}

// Waits is [Waits] as the turn sees the line.
func (t *Turn) Waits() []Wait {
	var out []Wait
	under := t.line.Sorted(func(it *Item) bool { return (it.F != nil || it.T != nil) && !it.Shown.Gone && !t.P.Ended(it) })
	for _, it := range under {
		out = append(out, t.WaitsOf(it)...)
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return a.Since.Compare(b.Since) })
	return out
}

// WaitsOf returns what one item waits for, in the order of the process. What a
// passenger's train waits for is the train's.
func (t *Turn) WaitsOf(it *Item) []Wait {
	var out []Wait
	base := Wait{On: it.Ref(), Stage: t.P.title(it.Stage), Node: it.Stage, Since: it.Since, Held: len(it.Holds) > 0}
	for _, h := range it.Holds {
		w := base
		w.Line, w.What, w.Rule, w.Since, w.Person, w.Roles = unhold(h), Say("queue.held", "reason", h.Reason), "D7", h.At, h.By, []Role{Maintainer}
		out = append(out, w)
	}
	for _, p := range t.Outlook(it) {
		if p.Back || p.On.ID != it.ID || t.ahead(it, p.Move) {
			continue
		}
		out = append(out, t.waitsFor(it, p, base)...)
	}
	if it.F != nil && it.F.Train == "" {
		out = append(out, t.scoping(it, base)...)
	}
	return out
}

// waitsFor is what one move forward waits for: its closed gates, or whoever
// makes it.
func (t *Turn) waitsFor(it *Item, p Prospect, base Wait) []Wait {
	base.Node, base.Since = t.since(it, p.Move)
	base.Meeting = it.Kind == Upgrade && p.Move == "depart"
	var out []Wait
	for _, why := range p.Why.Closed() {
		if why.Gate == "not-held" || len(why.Opens) == 0 {
			continue // said of the hold itself; or it opens by itself
		}
		w := base
		w.Line, w.What, w.Rule = p.Usage, why.Evidence, why.Rule
		if len(why.Next) > 0 {
			w.Line = why.Next[0]
		}
		w.Person, w.Roles = shared(it, why.Opens)
		out = append(out, w)
	}
	if len(p.Why.Closed()) > 0 {
		return out
	}
	base.Line, base.What = p.Usage, Say("queue.move")
	base.Person, base.Roles = shared(it, p.By)
	return []Wait{base}
}

// scoping is what a feature without a train waits for: its owner's word, or the
// meeting that boards it.
func (t *Turn) scoping(it *Item, base Wait) []Wait {
	n := t.P.Nodes[it.Stage]
	if n == nil || n.Network == "" {
		return nil
	}
	if it.F.Owner == "" {
		base.Line, base.What, base.Roles = "/owner @login", Say("want.owner"), []Role{Engineer, Maintainer}
		return []Wait{base}
	}
	if sub, ok := it.F.Submitted[n.Network]; ok {
		base.Line, base.What, base.Rule, base.Roles = "/help", Say("wait.boarding"), "A2", []Role{Maintainer}
		base.Since, base.Meeting = sub.At, true
		return []Wait{base}
	}
	base.Person, base.Roles = it.F.Owner, []Role{Maintainer}
	base.Line, base.What = Code("/submit "+n.Network), Say("queue.submit", "network", n.Network)
	if _, ok := t.P.Tables.Gates["code-complete"]; ok && n.Network == "alphanet" {
		if why := t.Gate(it, "code-complete"); !why.Verdict.Open() {
			base.What, base.Rule = why.Evidence, why.Rule
			if len(why.Next) > 0 {
				base.Line = why.Next[0]
			}
		}
	}
	return []Wait{base}
}

// shared parts the owner's own from what roles can do.
func shared(it *Item, roles []Role) (person string, others []Role) {
	for _, r := range roles {
		switch {
		case r != Owner:
			others = append(others, r)
		case it.F != nil:
			person = it.F.Owner
		}
	}
	return person, others
}

// ahead reports whether a move is for a day to come, so that nobody is waited
// for: an Alphanet leaves by itself, an activation has its date.
func (t *Turn) ahead(it *Item, move string) bool {
	if it.T == nil {
		return false
	}
	n := t.P.Nodes[it.Stage]
	if move == "depart" {
		return it.Kind == Alphanet && !it.T.Date.IsZero()
	}
	return move == "activated" && n != nil && it.T.Planned[n.Network].On.After(t.Today())
}

// since is where a move's wait began and when: when the item came where it
// stands, on its track if the move is one of the track's, or on the day set for
// the move.
func (t *Turn) since(it *Item, move string) (node string, since time.Time) {
	node, since = it.Stage, it.Since
	for _, track := range t.P.tracks() {
		s, on := it.Tracks[track]
		if n := t.P.Nodes[s.At]; on && n != nil {
			if _, ok := n.Moves[move]; ok {
				node, since = s.At, s.Since
			}
		}
	}
	if n := t.P.Nodes[it.Stage]; it.T != nil && n != nil && move == "activated" {
		if on := it.T.Planned[n.Network].On; on.After(calendar.DateOf(since)) {
			since = on.Time()
		}
	}
	return node, since
}
