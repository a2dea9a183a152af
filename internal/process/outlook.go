package process

import (
	"slices"
	"time"
)

// A Prospect is a move that an item could make next: its command, who may make
// it, where it is typed, and how its gates stand.
type Prospect struct {
	Move  string
	By    []Role
	On    Ref  // the issue it is typed on: the item's own, or its train's
	Usage Code // the line to type
	Back  bool // leads back, not forward
	Why   Why  // of all gates; its Closed parts stand in the way
}

// Outlook returns the moves open to an item where it stands, forward ones
// first. It is what the status shows, /help offers and /why explains.
func Outlook(p *Process, l *Line, it *Item, at time.Time) []Prospect {
	t := newTurn(p, l, Event{At: at}, Answers{})
	return t.Outlook(it)
}

// Outlook is [Outlook] as the turn sees the line.
func (t *Turn) Outlook(it *Item) []Prospect {
	var out []Prospect
	for _, at := range t.stands(it) {
		n := t.P.Nodes[at]
		if n == nil {
			continue
		}
		for _, name := range n.MoveOrder {
			m := n.Moves[name]
			if p, ok := t.prospect(it, n, m); ok {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Prospect) int {
		switch {
		case a.Back == b.Back:
			return 0
		case a.Back:
			return 1
		default:
			return -1
		}
	})
	return out
}

// stands returns the nodes where an item stands: its stage, then its tracks.
func (t *Turn) stands(it *Item) []string {
	at := []string{it.Stage}
	for _, track := range t.P.tracks() {
		if s, ok := it.Tracks[track]; ok {
			at = append(at, s.At)
		}
	}
	return at
}

// prospect shows one move of the node where an item stands; a passenger sees
// the moves of its train.
func (t *Turn) prospect(it *Item, n *Node, m Move) (Prospect, bool) {
	subject := it
	if of := n.OfMove(m); of != it.Kind {
		train := t.Train(it)
		if train == nil || train.Kind != of || train.Stage != n.Name {
			return Prospect{}, false
		}
		subject = train
	}
	p := Prospect{Move: m.Name, By: m.By, On: subject.Ref(), Back: m.Back, Usage: Code("/" + m.Name), Why: Why{Gate: m.Name, Verdict: Yes}}
	if c := t.P.Tables.Command(m.Name); c != nil && (m.Takes != "" || m.Reason != "") {
		p.Usage = Code(c.Usage)
	}
	for _, name := range m.Needs {
		part := t.Gate(subject, name)
		p.Why.Of = append(p.Why.Of, part)
		if !part.Verdict.Open() {
			p.Why.Verdict = No
		}
	}
	if o := t.held(subject, m); o != nil {
		p.Why.Of = append(p.Why.Of, o.Why)
		p.Why.Verdict = No
	}
	return p, true
}
