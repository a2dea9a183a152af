package site

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// How a flowchart is laid out: a subgraph by itself, then as one large box in
// what surrounds it. Boxes stand in layers by the longest path to them; what
// leads from one layer to the next is a line between them, what leads further
// or back runs in a lane beside them.

// flowPlace is where a box came to stand. Along is the direction of the
// chart, across the other; both give the box's middle.
type flowPlace struct {
	along, cross float64 // middle
	long, wide   float64 // size along and across
	slack        float64 // what its layer is longer, on either side
	layer        int
	last         int        // of a subgraph: its last layer
	half         float64    // of a subgraph: half of the space across that its boxes take
	lanes        [2][]*lane // of a subgraph: forward ones and those back
}

// lane is the way of an edge beside the boxes.
type lane struct {
	edge     flowEdge
	from, to float64 // where it leaves and arrives, along
	no       int
}

const (
	flowGap    = 40.0 // between layers
	flowSpace  = 26.0 // between boxes of a layer
	flowPad    = 16.0 // between a subgraph's frame and what is inside
	flowTitle  = 22.0 // for a subgraph's title
	flowLane   = 16.0
	flowLetter = 7.4
	flowLine   = 18.0
)

// lift is the child of g in which b lies, nil if it lies elsewhere.
func (b *flowBox) lift(g *flowBox) *flowBox {
	for ; b != nil; b = b.parent {
		if b.parent == g {
			return b
		}
	}
	return nil
}

// layout places what is inside g around (0, 0) and sizes g.
func (f *flow) layout(g *flowBox) {
	for _, kid := range g.kids {
		if kid.group && len(kid.kids) > 0 {
			f.layout(kid)
		} else {
			f.size(kid)
		}
	}
	f.rank(g)
	rows := g.rows(f)
	at := 0.0
	for _, row := range rows {
		thick, span := 0.0, -flowSpace
		for _, b := range row {
			thick, span = max(thick, b.long), span+b.wide+flowSpace
		}
		cross := -span / 2
		for _, b := range row {
			b.along, b.cross, b.slack = at+thick/2, cross+b.wide/2, (thick-b.long)/2
			cross += b.wide + flowSpace
		}
		g.half, at = max(g.half, span/2), at+thick+flowGap
	}
	f.detour(g, rows)
	sides := max(len(g.lanes[0]), len(g.lanes[1]))
	if sides > 0 {
		sides++
	}
	g.long, g.wide = at-flowGap+2*flowPad, 2*(g.half+flowPad+float64(sides)*flowLane)
	if f.across {
		g.wide += 2 * flowTitle
		g.long = max(g.long, f.text(g.title)+2*flowPad)
	} else {
		g.long += flowTitle
		g.wide = max(g.wide, f.text(g.title)+2*flowPad)
	}
}

// detour finds the edges of g that need a lane. They run where they cross the
// least: those of a box at the edge of its layer on that side, else those
// forward on the left and those back on the right.
func (f *flow) detour(g *flowBox, rows [][]*flowBox) {
	for _, e := range f.edges {
		from, to := e.from.lift(g), e.to.lift(g)
		if from == nil || to == nil || from == to && e.from != e.to ||
			to.layer == from.layer+1 && e.from.atEnd(from) && e.to.atStart(to) {
			continue
		}
		side := 0
		if to.layer <= from.layer {
			side = 1
		}
		for _, b := range []*flowBox{to, from} {
			if len(rows[b.layer]) > 1 && b.cross != 0 {
				side = map[bool]int{true: 0, false: 1}[b.cross < 0]
			}
		}
		g.lanes[side] = append(g.lanes[side], &lane{edge: e})
	}
}

func (f *flow) text(s string) float64 {
	w := 0.0
	for line := range strings.SplitSeq(s, "\n") {
		w = max(w, float64(utf8.RuneCountInString(line))*flowLetter)
	}
	return w
}

// size makes room for a node's title.
func (f *flow) size(b *flowBox) {
	b.title = wrap(b.title, 28)
	w, h := f.text(b.title)+28, float64(strings.Count(b.title, "\n")+1)*flowLine+18
	switch b.shape {
	case "{", "{{":
		w, h = w*1.2+16, h*1.35
	case "((":
		w = max(w, h)
	}
	b.long, b.wide = h, w
	if f.across {
		b.long, b.wide = w, h
	}
}

// wrap breaks a long title between words.
func wrap(s string, width int) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		have := ""
		for _, word := range strings.Fields(line) {
			if have != "" && utf8.RuneCountInString(have+" "+word) > width {
				out, have = append(out, have), ""
			}
			have = strings.TrimSpace(have + " " + word)
		}
		out = append(out, have)
	}
	return strings.Join(out, "\n")
}

func (b *flowBox) atEnd(top *flowBox) bool {
	for ; b != top; b = b.parent {
		if b.layer != b.parent.last {
			return false
		}
	}
	return true
}

func (b *flowBox) atStart(top *flowBox) bool {
	for ; b != top; b = b.parent {
		if b.layer != 0 {
			return false
		}
	}
	return true
}

// rank gives every child of g its layer: one more than the highest before it.
// An edge back to a box whose ways are still being followed does not count.
func (f *flow) rank(g *flowBox) {
	const fresh, following, done = 0, 1, 2
	state := map[*flowBox]int{}
	before := map[*flowBox][]*flowBox{}
	var follow func(b *flowBox)
	follow = func(b *flowBox) {
		state[b] = following
		for _, e := range f.edges {
			to := e.to.lift(g)
			if e.from.lift(g) != b || to == nil || to == b || state[to] == following {
				continue
			}
			before[to] = append(before[to], b)
			if state[to] == fresh {
				follow(to)
			}
		}
		state[b] = done
	}
	for _, kid := range g.kids {
		if state[kid] == fresh {
			follow(kid)
		}
	}
	known := map[*flowBox]bool{}
	var layer func(b *flowBox) int
	layer = func(b *flowBox) int {
		if !known[b] {
			known[b] = true
			for _, p := range before[b] {
				b.layer = max(b.layer, layer(p)+1)
			}
		}
		g.last = max(g.last, b.layer)
		return b.layer
	}
	for _, kid := range g.kids {
		layer(kid)
	}
}

// rows are the layers of g. Each is ordered by where the boxes before stand.
func (g *flowBox) rows(f *flow) [][]*flowBox {
	rows := make([][]*flowBox, g.last+1)
	for _, kid := range g.kids {
		rows[kid.layer] = append(rows[kid.layer], kid)
	}
	at := map[*flowBox]float64{}
	for _, row := range rows {
		for i, b := range row {
			sum, n := 0.0, 0.0
			for _, e := range f.edges {
				if p := e.from.lift(g); p != nil && e.to.lift(g) == b && p.layer < b.layer {
					sum, n = sum+at[p], n+1
				}
			}
			at[b] = float64(i)
			if n > 0 {
				at[b] = sum / n
			}
		}
		slices.SortStableFunc(row, func(a, b *flowBox) int { return cmp.Compare(at[a], at[b]) })
		for i, b := range row {
			at[b] = float64(i) - float64(len(row)-1)/2
		}
	}
	return rows
}

// settleIn turns places relative to a subgraph into places in the picture.
func (f *flow) settleIn(g *flowBox) {
	for _, kid := range g.kids {
		kid.cross += g.cross
		kid.along += g.along - g.long/2 + flowPad
		if !f.across {
			kid.along += flowTitle
		}
		f.settleIn(kid)
	}
	for side := range g.lanes {
		f.assign(g.lanes[side])
	}
}

// assign gives each edge the nearest lane that is free where it runs; the
// short ones choose first.
func (f *flow) assign(lanes []*lane) {
	for _, l := range lanes {
		l.from, l.to = l.edge.from.along, l.edge.to.along
	}
	slices.SortStableFunc(lanes, func(a, b *lane) int {
		return int(math.Abs(a.to-a.from) - math.Abs(b.to-b.from))
	})
	for i, l := range lanes {
		for slices.ContainsFunc(lanes[:i], func(o *lane) bool {
			return o.no == l.no && min(o.from, o.to) < max(l.from, l.to)+1 && min(l.from, l.to) < max(o.from, o.to)+1
		}) {
			l.no++
		}
	}
}
