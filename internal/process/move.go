package process

import (
	"slices"
	"strings"
)

// Find returns the move of a name that is open where the item stands, on its
// main line or on one of its tracks.
func (p *Process) Find(it *Item, name string) (*Node, Move, bool) {
	if n := p.Nodes[it.Stage]; n != nil {
		if m, ok := n.Moves[name]; ok {
			return n, m, true
		}
	}
	for _, track := range p.tracks() {
		if n := p.Nodes[it.Tracks[track].At]; n != nil {
			if m, ok := n.Moves[name]; ok {
				return n, m, true
			}
		}
	}
	return nil, Move{}, false
}

// tracks returns the names of the second lines, in the order of the file.
func (p *Process) tracks() []string {
	var out []string
	for _, name := range p.Order {
		if t := p.Nodes[name].Track; t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// Go makes the move: the item, and with it its passengers, walks to where the
// graph leads; waivers that let it pass are used up; what was before is kept
// for /undo.
func (t *Turn) Go(it *Item, m Move, facts Facts) {
	t.Move, t.Facts = m.Name, facts
	prior := &Prior{Move: m.Name, Key: t.key, At: t.Now(), By: t.By()}
	it = t.Edit(it)
	it.Waivers = t.unused(it, m)
	passengers := t.line.Aboard(it.ID)
	t.walk(it, m.To)
	if m.Each == "aboard" {
		for _, f := range passengers {
			t.walk(t.Edit(f), m.To)
		}
	}
	t.emptied(it)
	t.keep(it, prior)
}

// keep notes that the item has moved; what its turn changes, as it was before, is
// stored with it when the turn ends.
func (t *Turn) keep(it *Item, prior *Prior) {
	t.moved, t.prior = it.ID, prior
}

// remember stores with the item that has moved all that the turn has changed.
func (t *Turn) remember() {
	it := t.line.Get(t.moved)
	if t.prior == nil || it == nil {
		return
	}
	for id := range t.line.mine {
		// The minutes tell of an undo too; they are not taken back.
		if was := t.line.under.Get(id); was != nil && was.M == nil {
			c := was.Clone()
			c.Prior, c.History = nil, nil
			t.prior.Before = append(t.prior.Before, c)
		}
	}
	slices.SortFunc(t.prior.Before, func(a, b *Item) int { return strings.Compare(string(a.ID), string(b.ID)) })
	t.Edit(it).Prior = t.prior
}

// walk leads an item from a node to where it can stand.
func (t *Turn) walk(it *Item, to string) {
	for range len(t.P.Nodes) + 1 {
		n := t.P.Nodes[to]
		switch n.Kind {
		case KindQuestion:
			to = n.No
			if t.P.Tables.Predicates[n.When](t, it) {
				to = n.Yes
			}
		case KindStep:
			t.P.Tables.Effects[n.Do](t, it)
			to = n.Next
		case KindEvent:
			to = n.Next
		default:
			if n.Joins == "" || t.passed(it, n.Joins) == "" {
				t.arrive(it, n)
				return
			}
			to = n.Next
		}
	}
}

// TrackPassed is where a track's standing is when it has been gone through.
const TrackPassed = "passed"

// passed returns the track's standing if it has been gone through; a passenger
// is asked for its train's.
func (t *Turn) passed(it *Item, track string) string {
	if train := t.Train(it); train != nil {
		it = train
	}
	if it.Tracks[track].At == TrackPassed {
		return TrackPassed
	}
	return ""
}

// arrive puts an item at a node: on its track if the node is of one, else on
// the main line, where what the node does on arrival is done.
func (t *Turn) arrive(it *Item, n *Node) {
	if n.Track != "" {
		t.stand(it, n.Track, n.Name)
		return
	}
	if from := t.P.Nodes[it.Stage]; from != nil && from.Name != n.Name {
		for i := range it.Checklists {
			if it.Checklists[i].Stage == from.Name {
				it.Checklists[i].Over = true
			}
		}
	}
	it.Note(t.Now(), t.By(), Say("note.moved", "move", t.Move, "from", t.P.title(it.Stage), "to", t.P.title(n.Name), "reason", t.Facts.Reason))
	it.Stage, it.Since = n.Name, t.Now()
	if it.Process == "" {
		it.Process = t.P.Hash
	}
	for _, name := range n.Enter {
		t.P.Tables.Effects[name](t, it)
	}
	for _, track := range n.Starts {
		if _, begun := it.Tracks[track]; it.Kind.Train() && !begun {
			t.stand(it, track, t.P.Entry(track))
		}
	}
	t.alight(it, n)
}

func (t *Turn) stand(it *Item, track, at string) {
	if it.Tracks == nil {
		it.Tracks = map[string]Standing{}
	}
	it.Tracks[track] = Standing{At: at, Since: t.Now()}
}

// alight takes a feature off its Alphanet when it has been judged there: the
// network is over for it (A4), and its train remembers the verdict.
func (t *Turn) alight(it *Item, n *Node) {
	train := t.Train(it)
	if train == nil || train.Kind != Alphanet || n.Network == "alphanet" && n.Name != t.P.Scoping(Alphanet) {
		return
	}
	train = t.Edit(train)
	if train.T.Judged == nil {
		train.T.Judged = map[ID]string{}
	}
	if train.T.Judged[it.ID] == "" && len(train.T.Deployed) > 0 {
		train.T.Judged[it.ID] = t.Move
	}
	it.F.Train = ""
}

// emptied sends a train on when its last passenger has left the stage where it
// waits for them.
func (t *Turn) emptied(it *Item) {
	train := it
	if !it.Kind.Train() {
		// The feature may have left its train just now: ask the line before.
		was := t.line.under.Get(it.ID)
		if was == nil || was.F == nil || was.F.Train == "" {
			return
		}
		train = t.line.Get(was.F.Train)
	}
	if train == nil {
		return
	}
	n := t.P.Nodes[train.Stage]
	if n == nil || n.Empties == "" {
		return
	}
	for _, f := range t.line.Aboard(train.ID) {
		if f.Stage == n.Name {
			return
		}
	}
	t.walk(t.Edit(train), n.Empties)
}

// TrackTo makes a move on a track. When the track has been gone through, the
// main line goes on if it waits there; when it comes to an end, so does the
// item with all its passengers.
func (t *Turn) TrackTo(it *Item, m Move, facts Facts) {
	t.Move, t.Facts = m.Name, facts
	prior := &Prior{Move: m.Name, Key: t.key, At: t.Now(), By: t.By()}
	it = t.Edit(it)
	it.Waivers = t.unused(it, m)
	from, _, _ := t.P.Find(it, m.Name)
	to := t.resolve(it, m.To)
	switch {
	case to.Track != "":
		t.stand(it, to.Track, to.Name)
		it.Note(t.Now(), t.By(), Say("note.track", "track", to.Track, "to", to.Title, "reason", facts.Reason))
	case to.Kind == KindEnd:
		passengers := t.line.Aboard(it.ID)
		t.stand(it, from.Track, m.To)
		t.arrive(it, to)
		for _, f := range passengers {
			t.arrive(t.Edit(f), to)
		}
	default:
		t.stand(it, from.Track, TrackPassed)
		it.Note(t.Now(), t.By(), Say("note.passed", "track", from.Track))
		if n := t.P.Nodes[it.Stage]; n != nil && n.Joins == from.Track {
			passengers := t.line.Aboard(it.ID)
			t.walk(it, n.Next)
			for _, f := range passengers {
				t.walk(t.Edit(f), n.Next)
			}
		}
	}
	t.keep(it, prior)
}

// resolve answers the questions on the way from a node without moving.
func (t *Turn) resolve(it *Item, name string) *Node {
	n := t.P.Nodes[name]
	for n.Kind == KindQuestion {
		name = n.No
		if t.P.Tables.Predicates[n.When](t, it) {
			name = n.Yes
		}
		n = t.P.Nodes[name]
	}
	return n
}
