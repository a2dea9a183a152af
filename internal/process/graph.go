package process

import (
	"fmt"
	"slices"
	"strings"
)

// An Edge is one arrow of the map. Label is "Yes", "No" or "".
type Edge struct{ From, To, Label string }

// Edges returns the arrows of the map in the order of the file. A stage that
// waits for a track is not drawn: an arrow to it goes to where the track
// begins, and the track's own way out stands for its next. Ways marked aside
// are left out.
func (p *Process) Edges() []Edge {
	var out []Edge
	for _, name := range p.Order {
		n := p.Nodes[name]
		if n.Joins != "" {
			continue
		}
		if n.Kind == KindQuestion {
			out = append(out, Edge{name, p.drawn(n.Yes), "Yes"}, Edge{name, p.drawn(n.No), "No"})
			continue
		}
		for _, to := range n.leads(p, false) {
			if !p.Nodes[to].Aside {
				out = append(out, Edge{name, p.drawn(to), ""})
			}
		}
	}
	return out
}

func (p *Process) drawn(name string) string {
	if n := p.Nodes[name]; n != nil && n.Joins != "" {
		return p.Entry(n.Joins)
	}
	return name
}

// MapOptions say how the map is drawn.
type MapOptions struct {
	Mark string   // the stages where the item stands, marked; more than one are separated by spaces
	Full []string // areas drawn in full, the others as one box; nil draws all in full
}

// drawing are map options that can be compared.
type drawing struct {
	mark, full string
	all        bool
}

// Mermaid prints the map as a Mermaid flowchart.
func (p *Process) Mermaid(o MapOptions) string {
	if p.maps == nil {
		return p.draw(o)
	}
	key := drawing{o.Mark, strings.Join(o.Full, "\n"), o.Full == nil}
	if drawn, ok := p.maps.Load(key); ok {
		return drawn.(string)
	}
	drawn := p.draw(o)
	p.maps.Store(key, drawn)
	return drawn
}

func (p *Process) draw(o MapOptions) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	full := func(area string) bool { return o.Full == nil || slices.Contains(o.Full, area) }
	for _, area := range p.areas() {
		if !full(area) {
			fmt.Fprintf(&b, "    %s[\"%s\"]\n", areaID(area), area)
			continue
		}
		fmt.Fprintf(&b, "    subgraph %s[\"%s\"]\n", areaID(area), area)
		for _, n := range p.shown(area) {
			fmt.Fprintf(&b, "        %s\n", shape(n))
		}
		b.WriteString("    end\n")
	}
	place := func(name string) string {
		if n := p.Nodes[name]; !full(n.Area) {
			return areaID(n.Area)
		}
		return nodeID(name)
	}
	drawn := map[string]bool{}
	for _, e := range p.Edges() {
		from, to, label := place(e.From), place(e.To), ""
		if e.Label != "" && full(p.Nodes[e.From].Area) {
			label = "|" + e.Label + "|"
		}
		arrow := fmt.Sprintf("    %s -->%s %s\n", from, label, to)
		if from == to && o.Full != nil || drawn[arrow] {
			continue
		}
		drawn[arrow] = true
		b.WriteString(arrow)
	}
	b.WriteString(p.marks(o.Mark, place))
	return b.String()
}

func (p *Process) marks(mark string, place func(string) string) string {
	var b strings.Builder
	for _, m := range strings.Fields(mark) {
		n := p.Nodes[p.drawn(m)]
		if n == nil || n.Aside {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("    classDef here fill:#ffd54f,stroke:#b26a00,stroke-width:3px,color:#000\n")
		}
		fmt.Fprintf(&b, "    class %s here\n", place(n.Name))
	}
	return b.String()
}

// areas returns the boxes of the map in the order of the file.
func (p *Process) areas() []string {
	var out []string
	for _, name := range p.Order {
		n := p.Nodes[name]
		if !n.Aside && n.Joins == "" && !slices.Contains(out, n.Area) {
			out = append(out, n.Area)
		}
	}
	return out
}

func (p *Process) shown(area string) []*Node {
	var out []*Node
	for _, name := range p.Order {
		if n := p.Nodes[name]; n.Area == area && !n.Aside && n.Joins == "" {
			out = append(out, n)
		}
	}
	return out
}

func shape(n *Node) string {
	title := strings.ReplaceAll(n.Title, `"`, "#quot;")
	switch n.Kind {
	case KindEvent:
		return fmt.Sprintf(`%s(["%s"])`, nodeID(n.Name), title)
	case KindQuestion:
		return fmt.Sprintf(`%s{"%s"}`, nodeID(n.Name), title)
	default:
		return fmt.Sprintf(`%s["%s"]`, nodeID(n.Name), title)
	}
}

// nodeID and areaID are names that Mermaid takes; "end" is a word of its own
// there, so none of ours stands bare.
func nodeID(name string) string { return "n_" + strings.ReplaceAll(name, "-", "_") }

func areaID(area string) string {
	return "a_" + strings.ReplaceAll(strings.ToLower(area), " ", "_")
}
