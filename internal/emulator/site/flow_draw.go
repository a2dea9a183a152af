package site

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// drawFlow turns a Mermaid flowchart into a picture, with its source folded
// below. False means that it is not understood.
func drawFlow(source string) (string, bool) {
	f, ok := parseFlow(source)
	if !ok {
		return "", false
	}
	f.layout(f.root)
	f.settleIn(f.root)
	d := &drawing{f: f}
	d.groups(f.root)
	d.edges(f.root)
	d.nodes(f.root)
	w, h := f.root.wide, f.root.long
	if f.across {
		w, h = h, w
	}
	box := fmt.Sprintf("%.0f %.0f %.0f %.0f", -w/2, -h/2, w, h)
	return `<figure class="flow"><svg viewBox="` + box + fmt.Sprintf(`" width="%.0f" height="%.0f" role="img" aria-label="`, w, h) +
		html.EscapeString(f.told()) + `">` + d.out.String() + `</svg><details><summary>Source</summary><pre><code>` +
		html.EscapeString(source) + `</code></pre></details></figure>`, true
}

// told is the chart in words, for those who do not see it.
func (f *flow) told() string {
	var ways []string
	for _, e := range f.edges {
		way := strings.ReplaceAll(e.from.title+" to "+e.to.title, "\n", " ")
		if e.label != "" {
			way += " if " + e.label
		}
		ways = append(ways, way)
	}
	return "Flowchart: " + strings.Join(ways, "; ")
}

type drawing struct {
	f   *flow
	out strings.Builder
	// used counts the lanes that begin or end at a side of a box, so that
	// they do not lie on each other.
	used map[string]int
}

// xy turns places of the chart into those of the picture.
func (d *drawing) xy(along, cross float64) (x, y float64) {
	if d.f.across {
		return along, cross
	}
	return cross, along
}

// at is a pair of coordinates in a path.
func (d *drawing) at(along, cross float64) string {
	x, y := d.xy(along, cross)
	return fmt.Sprintf("%.1f %.1f", x, y)
}

// rect is a box's upper left corner and its size.
func (d *drawing) rect(b *flowBox) (x, y, w, h float64) {
	x, y = d.xy(b.along, b.cross)
	w, h = d.xy(b.long, b.wide)
	return x - w/2, y - h/2, w, h
}

func (d *drawing) groups(g *flowBox) {
	for _, b := range g.kids {
		if len(b.kids) == 0 {
			continue
		}
		x, y, w, h := d.rect(b)
		fmt.Fprintf(&d.out, `<rect class="group" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8"%s/>`, x, y, w, h, d.style(b))
		fmt.Fprintf(&d.out, `<text class="group-title" x="%.1f" y="%.1f">%s</text>`, x+12, y+20, html.EscapeString(b.title))
		d.groups(b)
	}
}

func (d *drawing) nodes(g *flowBox) {
	for _, b := range g.kids {
		if len(b.kids) > 0 {
			d.nodes(b)
			continue
		}
		d.node(b)
	}
}

func (d *drawing) node(b *flowBox) {
	x, y, w, h := d.rect(b)
	style := d.style(b)
	switch b.shape {
	case "{":
		fmt.Fprintf(&d.out, `<path%s d="M%.1f %.1f l%.1f %.1f l%.1f %.1f l%.1f %.1fz"/>`, style,
			x+w/2, y, w/2, h/2, -w/2, h/2, -w/2, -h/2)
	case "{{":
		fmt.Fprintf(&d.out, `<path%s d="M%.1f %.1f h%.1f l14 %.1f l-14 %.1f h%.1f l-14 %.1fz"/>`, style,
			x+14, y, w-28, h/2, h/2, 28-w, -h/2)
	default:
		round := map[string]float64{"[": 4, "[[": 4, ">": 4, "(": 10, "([": h / 2, "((": h / 2, "[(": h / 3}[b.shape]
		fmt.Fprintf(&d.out, `<rect%s x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"/>`, style, x, y, w, h, round)
	}
	ink := ""
	if c := d.f.styles[b.style]["color"]; c != "" {
		ink = ` fill="` + c + `"`
	}
	lines := strings.Split(b.title, "\n")
	top := y + h/2 - float64(len(lines)-1)*flowLine/2 + 5
	for i, line := range lines {
		fmt.Fprintf(&d.out, `<text%s x="%.1f" y="%.1f">%s</text>`, ink, x+w/2, top+float64(i)*flowLine, html.EscapeString(line))
	}
}

// style is a class's, as attributes: they give way to no style sheet, since a
// box that has its own is not of the sheet's class.
func (d *drawing) style(b *flowBox) string {
	s := d.f.styles[b.style]
	out := ""
	for _, key := range []string{"fill", "stroke", "stroke-width"} {
		if s[key] != "" {
			out += " " + key + `="` + s[key] + `"`
		}
	}
	if out == "" && !b.group {
		return ` class="node"`
	}
	return out
}

func (d *drawing) edges(g *flowBox) {
	d.used = map[string]int{}
	lanes := map[flowEdge]bool{}
	d.lanes(g, lanes)
	for _, e := range d.f.edges {
		if !lanes[e] && !e.from.within(e.to) && !e.to.within(e.from) {
			d.straight(e)
		}
	}
}

// straight draws a line from a layer to the next. It bends between the layers
// only, where nothing stands.
func (d *drawing) straight(e flowEdge) {
	a, b := e.from, e.to
	g := a.parent
	for !b.within(g) {
		g = g.parent
	}
	above, below := a.lift(g), b.lift(g)
	from, to := a.along+a.long/2, b.along-b.long/2
	bend, straight := above.along+above.long/2+above.slack, below.along-below.long/2-below.slack
	mid := (bend + straight) / 2
	d.line(e, "M"+d.at(from, a.cross)+" L"+d.at(bend, a.cross)+" C"+d.at(mid, a.cross)+" "+d.at(mid, b.cross)+" "+
		d.at(min(straight, to-5), b.cross)+" L"+d.at(to-5, b.cross))
	d.head(e, to, b.cross, 1, 0)
	d.label(e, mid, (a.cross+b.cross)/2, "middle")
}

// lanes draws the edges that run beside the boxes, of g and of all inside.
func (d *drawing) lanes(g *flowBox, drawn map[flowEdge]bool) {
	for side, dir := range []float64{-1, 1} {
		for _, l := range g.lanes[side] {
			drawn[l.edge] = true
			if l.edge.from != l.edge.to && (l.edge.from.within(l.edge.to) || l.edge.to.within(l.edge.from)) {
				continue
			}
			d.lane(l, dir, g.cross+dir*(g.half+flowLane*float64(l.no+1)+4))
		}
	}
	for _, kid := range g.kids {
		d.lanes(kid, drawn)
	}
}

// lane draws one: out of the side, along the lane, in at the side, with round
// corners.
func (d *drawing) lane(l *lane, dir, lane float64) {
	fromAlong, fromCross := d.port(l.edge.from, dir)
	toAlong, toCross := d.port(l.edge.to, dir)
	down := math.Copysign(1, toAlong-fromAlong)
	r := min(8, math.Abs(toAlong-fromAlong)/2)
	d.line(l.edge, "M"+d.at(fromAlong, fromCross)+" L"+d.at(fromAlong, lane-dir*r)+
		" Q"+d.at(fromAlong, lane)+" "+d.at(fromAlong+down*r, lane)+
		" L"+d.at(toAlong-down*r, lane)+" Q"+d.at(toAlong, lane)+" "+d.at(toAlong, lane-dir*r)+
		" L"+d.at(toAlong, toCross+dir*5))
	d.head(l.edge, toAlong, toCross, 0, -dir)
	anchor := map[float64]string{-1: "end", 1: "start"}[dir]
	if d.f.across {
		anchor = "middle"
	}
	d.label(l.edge, fromAlong-4, fromCross+dir*6, anchor)
}

// port is where a lane meets the side of a box; further ones lie beside it.
func (d *drawing) port(b *flowBox, dir float64) (along, cross float64) {
	key := fmt.Sprintf("%s %.0f", b.id, dir)
	n := d.used[key]
	d.used[key]++
	step := float64((n+1)/2) * 9
	if n%2 == 0 {
		step = -step
	}
	step = max(-b.long/2+4, min(b.long/2-4, step))
	reach := b.wide / 2
	if b.shape == "{" {
		reach *= 1 - math.Abs(step)/(b.long/2)
	}
	return b.along + step, b.cross + dir*reach
}

func (d *drawing) line(e flowEdge, path string) {
	class := "edge"
	if e.dotted {
		class = "edge dotted"
	}
	d.out.WriteString(`<path class="` + class + `" d="` + path + `"/>`)
}

// head draws an arrow's head whose point is at the place given.
func (d *drawing) head(e flowEdge, along, cross, byAlong, byCross float64) {
	if !e.arrow {
		return
	}
	back, side := along-7*byAlong, cross-7*byCross
	d.out.WriteString(`<path class="head" d="M` + d.at(along, cross) + " L" + d.at(back+4*byCross, side+4*byAlong) +
		" L" + d.at(back-4*byCross, side-4*byAlong) + `z"/>`)
}

func (d *drawing) label(e flowEdge, along, cross float64, anchor string) {
	if e.label == "" {
		return
	}
	x, y := d.xy(along, cross)
	fmt.Fprintf(&d.out, `<text class="label" text-anchor="%s" x="%.1f" y="%.1f">%s</text>`, anchor, x, y+4, html.EscapeString(e.label))
}
