package process

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A checker gathers the faults of a process file.
type checker struct {
	p      *Process
	at     map[string]place
	faults Faults
}

// needed are nodes that commands lead to by name: a removal, a stop, a drop, and
// the deployment to which an upgrade comes back.
var needed = []string{nodeRemoved, nodeStopped, nodeDropped, nodeDeployment}

func (p *Process) check(at map[string]place) Faults {
	c := &checker{p: p, at: at}
	if p.Name == "" {
		c.sayAt("name", "name is missing: give the process a name")
	}
	if n := p.Nodes[p.Start]; n == nil || n.Kind != KindEvent {
		c.sayAt("start", "start %q is no node of kind event", p.Start)
	}
	for _, name := range needed {
		if n := p.Nodes[name]; n == nil || !n.Settled() {
			c.sayAt("nodes", "there is no stage or end named %s, to which commands lead", name)
		}
	}
	for _, kind := range []Kind{Alphanet, Upgrade} {
		if p.Scoping(kind) == "" {
			c.sayAt("nodes", "there is no stage of kind %s to begin in", kind)
		}
	}
	if len(p.Order) != len(p.Nodes) {
		c.sayAt("nodes", "a node's name is not written out: names are plain words, each once, without anchors and <<")
	}
	labels := map[string]string{}
	for _, name := range p.Order {
		n := p.Nodes[name]
		c.node(n)
		if n.Settled() {
			label := strings.ToLower(p.StageLabel(n))
			if other, ok := labels[label]; ok {
				c.say(n, "has the same label %q as %s", label, other)
			}
			labels[label] = name
			if len(label) > 50 {
				c.say(n, "its label %q is longer than 50 characters", label)
			}
		}
	}
	for _, label := range slices.Sorted(maps.Keys(p.Levers)) {
		verb, _, _ := strings.Cut(strings.TrimPrefix(p.Levers[label], "/"), " ")
		if p.Tables.Command(verb) == nil {
			c.sayAt("levers/"+label, "lever %s: no command %q", label, p.Levers[label])
		}
	}
	if len(c.faults) == 0 {
		c.circle()
		c.reach()
	}
	return c.faults
}

func (c *checker) sayAt(key, format string, args ...any) {
	at := c.at[key]
	c.faults = append(c.faults, Fault{Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) say(n *Node, format string, args ...any) {
	c.faults = append(c.faults, Fault{Line: n.Line, Column: n.Column, Message: n.Name + ": " + fmt.Sprintf(format, args...)})
}

func (c *checker) node(n *Node) {
	if n.Title == "" {
		c.say(n, "title is missing")
	}
	switch n.Kind {
	case KindStage:
		c.stage(n)
	case KindQuestion:
		if c.p.Tables.Predicates[n.When] == nil {
			c.say(n, "no predicate %q; known: %s", n.When, known(c.p.Tables.Predicates))
		}
		c.leads(n, "yes", n.Yes)
		c.leads(n, "no", n.No)
	case KindStep:
		c.effects(n, n.Do)
		c.leads(n, "next", n.Next)
	case KindEvent:
		c.leads(n, "next", n.Next)
	case KindEnd:
		c.effects(n, n.Enter...)
	default:
		c.say(n, "kind %q is none of stage, question, step, event, end", n.Kind)
	}
}

func (c *checker) stage(n *Node) {
	if len(n.MoveOrder) != len(n.Moves) {
		c.say(n, "a move's name is not written out: names are plain words, each once, without anchors and <<")
	}
	if !slices.Contains([]Kind{Feature, Alphanet, Upgrade}, n.Of) {
		c.say(n, "of %q is none of feature, alphanet, upgrade", n.Of)
	}
	c.effects(n, n.Enter...)
	if slices.Contains(n.Enter, "checklist") && !c.p.hasChecklist(n.Name) {
		c.say(n, "enter: checklist, but there is no checklist named %s", n.Name)
	}
	for _, track := range n.Starts {
		if c.p.Entry(track) == "" {
			c.say(n, "starts track %q, which has no stage", track)
		}
	}
	if n.Joins != "" {
		if c.p.Entry(n.Joins) == "" {
			c.say(n, "joins track %q, which has no stage", n.Joins)
		}
		c.leads(n, "next", n.Next)
	}
	if n.Within != "" {
		c.leads(n, "within", n.Within)
	}
	if n.Empties != "" {
		c.leads(n, "empties", n.Empties)
	}
	for _, name := range n.MoveOrder {
		c.move(n, n.Moves[name])
	}
}

func (c *checker) move(n *Node, m Move) {
	if c.p.Tables.Command(m.Name) == nil {
		c.say(n, "move %s: there is no such command", m.Name)
	}
	c.leads(n, "move "+m.Name, m.To)
	for _, g := range m.Needs {
		if _, ok := c.p.Tables.Gates[g]; !ok {
			c.say(n, "move %s: no gate %q; known: %s", m.Name, g, known(c.p.Tables.Gates))
		}
	}
	if len(m.By) == 0 {
		c.say(n, "move %s: by names no role", m.Name)
	}
	for _, r := range m.By {
		if !c.p.knowsRole(r) {
			c.say(n, "move %s: no role %q", m.Name, r)
		}
	}
	if m.Each != "" && m.Each != "aboard" {
		c.say(n, "move %s: each %q is not \"aboard\"", m.Name, m.Each)
	}
	if m.Reason != "" && m.Reason != "required" {
		c.say(n, "move %s: reason %q is not \"required\"", m.Name, m.Reason)
	}
	for _, v := range m.Verify {
		if v != "subject" {
			c.say(n, "move %s: verify %q is not \"subject\"", m.Name, v)
		}
	}
}

func (c *checker) leads(n *Node, how, to string) {
	if c.p.Nodes[to] == nil {
		c.say(n, "%s leads to %q, which is no node", how, to)
	}
}

func (c *checker) effects(n *Node, names ...string) {
	for _, name := range names {
		if c.p.Tables.Effects[name] == nil {
			c.say(n, "no effect %q; known: %s", name, known(c.p.Tables.Effects))
		}
	}
}

// circle finds questions and steps that lead only to one another: a walk among
// them would never settle.
func (c *checker) circle() {
	state := map[string]int{} // 1 on the way, 2 done
	var walk func(string) bool
	walk = func(name string) bool {
		n := c.p.Nodes[name]
		if n.Settled() || state[name] == 2 {
			return false
		}
		if state[name] == 1 {
			return true
		}
		state[name] = 1
		defer func() { state[name] = 2 }()
		return slices.ContainsFunc(n.leads(c.p, true), walk)
	}
	for _, name := range c.p.Order {
		if n := c.p.Nodes[name]; walk(name) {
			c.say(n, "leads in a circle without a stage in it")
		}
	}
}

// reach finds nodes that nothing leads to, and those from which no end can be
// reached. Ends drawn aside are reached by commands (/drop, /remove).
func (c *checker) reach() {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, to := range c.p.Nodes[name].leads(c.p, true) {
			walk(to)
		}
	}
	walk(c.p.Start)
	ends := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, n := range c.p.Nodes {
			if ends[n.Name] {
				continue
			}
			if n.Kind == KindEnd || slices.ContainsFunc(n.leads(c.p, true), func(to string) bool { return ends[to] }) {
				ends[n.Name], changed = true, true
			}
		}
	}
	for _, name := range c.p.Order {
		n := c.p.Nodes[name]
		if !seen[name] && !n.Aside {
			c.say(n, "nothing leads here")
		}
		if !ends[name] {
			c.say(n, "no end can be reached from here")
		}
	}
}

// leads returns where the node leads to, in order; with aside, also the ways
// that are not drawn.
func (n *Node) leads(p *Process, aside bool) []string {
	var out []string
	add := func(to string) {
		if to != "" && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	for _, name := range n.MoveOrder {
		if m := n.Moves[name]; aside || !m.Aside {
			add(m.To)
		}
	}
	add(n.Yes)
	add(n.No)
	add(n.Next)
	if aside {
		add(n.Empties)
		for _, track := range n.Starts {
			add(p.Entry(track))
		}
	}
	return out
}

func (p *Process) hasChecklist(stage string) bool {
	for name := range p.Checklists {
		if name == stage || strings.HasPrefix(name, stage+".") {
			return true
		}
	}
	return false
}

func (p *Process) knowsRole(r Role) bool {
	fixed := []Role{Owner, Engineer, Maintainer, ReleaseManager, Security, Governance, Protocol}
	return slices.Contains(fixed, r) || slices.Contains(p.Settings.Roles, r)
}

func known[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
