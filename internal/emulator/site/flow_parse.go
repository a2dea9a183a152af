package site

import (
	"html"
	"regexp"
	"strings"
)

// A flowchart is drawn only if every line of it is understood and it is not
// too large; otherwise its source is shown.
const (
	maxFlowSource = 20_000
	maxFlowBoxes  = 150
	maxFlowEdges  = 300
	maxFlowDepth  = 6
)

// flow is a Mermaid flowchart.
type flow struct {
	across bool // left to right instead of top to bottom
	root   *flowBox
	boxes  map[string]*flowBox
	edges  []flowEdge
	styles map[string]flowStyle
	open   []*flowBox // subgraphs being read, the innermost last
}

// flowBox is a node, or a subgraph with boxes inside.
type flowBox struct {
	id, title string
	shape     string // the opening bracket
	style     string // a class
	group     bool
	parent    *flowBox
	kids      []*flowBox
	flowPlace
}

type flowEdge struct {
	from, to      *flowBox
	label         string
	dotted, arrow bool
}

// flowStyle is what a class sets: fill, stroke, stroke-width and color.
type flowStyle map[string]string

var (
	flowHead   = regexp.MustCompile(`^(?:flowchart|graph)\s+(TD|TB|BT|LR|RL)$`)
	flowID     = regexp.MustCompile(`^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*`)
	flowClass  = regexp.MustCompile(`^:::(\w+)`)
	flowWorded = regexp.MustCompile(`^(?:--\s+([^-|>]+?)\s*--+(>?)|==\s+([^=|>]+?)\s*==+(>?)|-\.\s+([^.|>]+?)\s*\.+-(>?))`)
	flowArrow  = regexp.MustCompile(`^(?:--+(>|-)|==+(>|=)|-(\.)+-(>?))(?:\s*\|([^|]*)\|)?`)
	flowValue  = regexp.MustCompile(`^(?:#[0-9a-fA-F]{3,8}|[a-z]{3,20}|\d{1,2}(?:px)?)$`)
	flowBreak  = regexp.MustCompile(`(?i)<br\s*/?>|\\n`)
)

// flowShapes are the brackets, the longer ones first.
var flowShapes = [][2]string{{"([", "])"}, {"[[", "]]"}, {"[(", ")]"}, {"((", "))"}, {"{{", "}}"},
	{"[", "]"}, {"(", ")"}, {"{", "}"}, {">", "]"}}

func parseFlow(source string) (*flow, bool) {
	if len(source) > maxFlowSource {
		return nil, false
	}
	f := &flow{root: &flowBox{group: true}, boxes: map[string]*flowBox{}, styles: map[string]flowStyle{}}
	begun := false
	for line := range strings.SplitSeq(source, "\n") {
		line = strings.TrimSuffix(strings.TrimSpace(line), ";")
		if line == "" || strings.HasPrefix(line, "%%") {
			continue
		}
		if !begun {
			head := flowHead.FindStringSubmatch(line)
			if head == nil {
				return nil, false
			}
			begun, f.across = true, head[1] == "LR" || head[1] == "RL"
			continue
		}
		if !f.line(line) || len(f.boxes) > maxFlowBoxes || len(f.edges) > maxFlowEdges {
			return nil, false
		}
	}
	return f, len(f.boxes) > 0 && len(f.open) == 0
}

// line reads one statement; false if it is not understood.
func (f *flow) line(line string) bool {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "direction", "linkStyle", "click":
		return true
	case "end":
		if len(f.open) == 0 {
			return false
		}
		f.open = f.open[:len(f.open)-1]
		return true
	case "subgraph":
		return f.subgraph(rest)
	case "classDef", "style":
		name, what, _ := strings.Cut(rest, " ")
		f.styles[name] = parseStyle(what)
		if word == "style" && f.boxes[name] != nil {
			f.boxes[name].style = name
		}
		return true
	case "class":
		ids, name, _ := strings.Cut(rest, " ")
		for id := range strings.SplitSeq(ids, ",") {
			if b := f.boxes[strings.TrimSpace(id)]; b != nil {
				b.style = strings.TrimSpace(name)
			}
		}
		return true
	}
	return f.chain(line)
}

func parseStyle(text string) flowStyle {
	out := flowStyle{}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), ":")
		if value = strings.TrimSpace(value); flowValue.MatchString(value) {
			out[key] = value
		}
	}
	return out
}

func (f *flow) subgraph(text string) bool {
	if len(f.open) >= maxFlowDepth {
		return false
	}
	b, rest, ok := f.node(text)
	if !ok || rest != "" { // a title alone
		b = f.box(text)
		b.title = text
	}
	if f.inside(b) { // a subgraph within itself
		return false
	}
	b.group = true
	f.open = append(f.open, b)
	return true
}

func (f *flow) inside(b *flowBox) bool {
	for _, g := range f.open {
		if g == b {
			return true
		}
	}
	return false
}

// chain reads A --> B -->|label| C.
func (f *flow) chain(line string) bool {
	from, rest, ok := f.node(line)
	for ok && rest != "" {
		e := flowEdge{from: from, arrow: true}
		if m := flowWorded.FindStringSubmatch(rest); m != nil {
			e.label, e.dotted, e.arrow = m[1]+m[3]+m[5], m[5] != "", m[2]+m[4]+m[6] != ""
			rest = rest[len(m[0]):]
		} else if m := flowArrow.FindStringSubmatch(rest); m != nil {
			e.label, e.dotted, e.arrow = m[5], m[3] != "", strings.Contains(m[1]+m[2]+m[4], ">")
			rest = rest[len(m[0]):]
		} else {
			return false
		}
		e.label = flowText(e.label)
		if e.to, rest, ok = f.node(rest); ok {
			f.edges = append(f.edges, e)
			from = e.to
		}
	}
	return ok
}

// node reads an id with its shape and class, and gives what follows.
func (f *flow) node(text string) (*flowBox, string, bool) {
	text = strings.TrimSpace(text)
	id := flowID.FindString(text)
	if id == "" {
		return nil, text, false
	}
	b, rest := f.box(id), text[len(id):]
	for _, s := range flowShapes {
		if !strings.HasPrefix(rest, s[0]) {
			continue
		}
		title, after, closed := cutTitle(rest[len(s[0]):], s[1])
		if !closed {
			return nil, text, false
		}
		b.shape, b.title, rest = s[0], flowText(title), after
		break
	}
	if m := flowClass.FindStringSubmatch(rest); m != nil {
		b.style, rest = m[1], rest[len(m[0]):]
	}
	return b, strings.TrimSpace(rest), true
}

// cutTitle reads up to the closing bracket, which a quoted title may contain.
func cutTitle(text, end string) (title, rest string, closed bool) {
	if quoted, isQuoted := strings.CutPrefix(text, `"`); isQuoted {
		title, rest, closed = strings.Cut(quoted, `"`+end)
		return title, rest, closed
	}
	return strings.Cut(text, end)
}

// flowText undoes Mermaid's own escapes (#quot; and the like) and line breaks.
func flowText(s string) string {
	s = flowBreak.ReplaceAllString(strings.TrimSpace(s), "\n")
	s = strings.Trim(s, `"`)
	return html.UnescapeString(regexp.MustCompile(`#(\w+);`).ReplaceAllString(s, "&$1;"))
}

// box finds or makes a box. It belongs to the innermost subgraph that names it.
func (f *flow) box(id string) *flowBox {
	in := f.root
	if len(f.open) > 0 {
		in = f.open[len(f.open)-1]
	}
	b := f.boxes[id]
	if b == nil {
		b = &flowBox{id: id, title: id, shape: "[", parent: in}
		f.boxes[id] = b
		in.kids = append(in.kids, b)
		return b
	}
	if b.parent != in && in.within(b.parent) && !in.within(b) {
		b.parent.kids = remove(b.parent.kids, b)
		b.parent = in
		in.kids = append(in.kids, b)
	}
	return b
}

func remove(from []*flowBox, b *flowBox) []*flowBox {
	var out []*flowBox
	for _, one := range from {
		if one != b {
			out = append(out, one)
		}
	}
	return out
}

// within reports whether b is g or lies inside it, at any depth.
func (b *flowBox) within(g *flowBox) bool {
	for ; b != nil; b = b.parent {
		if b == g {
			return true
		}
	}
	return false
}
