package process

import (
	"slices"
	"strings"
)

// May says whether who asks may make the move on the subject now: the stage
// has it (D2), this is the issue to type it on (D3), the role fits (D1), and
// nobody holds it (D7). The outcome is nil when all is well.
func (t *Turn) May(it *Item, name string) (Move, *Outcome) {
	m, o := t.MayBack(it, name)
	if o == nil {
		o = t.held(it, m)
	}
	return m, o
}

// MayBack is [Turn.May] for what no hold stops: the way back, and a veto.
func (t *Turn) MayBack(it *Item, name string) (Move, *Outcome) {
	n, m, ok := t.P.Find(it, name)
	if !ok {
		return m, t.elsewhere(it, name)
	}
	if of := n.OfMove(m); of != it.Kind {
		return m, t.misplaced(it, n, m, name)
	}
	if v := t.Holds(it, m.By); v != Yes {
		o := t.Denied(v, m.By)
		return m, &o
	}
	return m, nil
}

// elsewhere refuses a move that the stage does not have, with what it has.
func (t *Turn) elsewhere(it *Item, name string) *Outcome {
	if train := t.Train(it); train != nil {
		if n, m, ok := t.P.Find(train, name); ok && n.OfMove(m) == train.Kind {
			return t.misplaced(it, n, m, name)
		}
	}
	o := Refuse("D2", Say("refusal.stage", "move", Code("/"+name), "stage", t.P.title(it.Stage), "from", t.P.from(it.Kind, name)))
	for _, ahead := range Outlook(t.P, t.line, it, t.Now()) {
		o.Next = append(o.Next, ahead.Usage)
	}
	if n := t.P.Nodes[it.Stage]; len(o.Next) == 0 && n != nil && it.F != nil && it.F.Train == "" && (n.Name == t.P.Scoping(Alphanet) || n.Name == t.P.Scoping(Upgrade)) {
		if _, on := it.F.Submitted[n.Network]; !on {
			o.Next = append(o.Next, Code("/submit "+n.Network)) // waiting outside any train
		}
	}
	return &o
}

// from names the stages that have the move on a kind of item.
func (p *Process) from(kind Kind, name string) []string {
	var out []string
	for _, n := range p.Stages() {
		if m, ok := n.Moves[name]; ok && n.OfMove(m) == kind {
			out = append(out, p.title(n.Name))
		}
	}
	return out
}

// title is what people call a stage: "Alphanet scoping", "Security audit".
func (p *Process) title(stage string) string {
	n := p.Nodes[stage]
	switch {
	case n == nil:
		return stage
	case n.Area == "" || n.Kind == KindEnd || strings.Contains(n.Title, n.Area):
		return n.Title
	case !strings.EqualFold(n.Area, n.Network):
		return n.Area[:1] + strings.ToLower(n.Area[1:])
	}
	return n.Area + " " + strings.ToLower(n.Title)
}

// Title is what people call a stage: its title and the network or area.
func (p *Process) Title(stage string) string { return p.title(stage) }

// misplaced refuses a move typed on the wrong issue, with the link to the right
// one and the line to paste there (D3).
func (t *Turn) misplaced(it *Item, n *Node, m Move, name string) *Outcome {
	of := n.OfMove(m)
	o := Refuse("D3", Say("refusal.place", "move", Code("/"+name), "kind", string(of), "here", string(it.Kind)), t.asTyped(name))
	if train := t.Train(it); train != nil && train.Kind == of {
		ref := train.Ref()
		o.Where = &ref
	}
	if it.Kind.Train() && of == Feature {
		if aboard := t.line.Aboard(it.ID); len(aboard) > 0 {
			ref := aboard[0].Ref()
			o.Where = &ref
		}
	}
	return &o
}

// asTyped is the line to paste: what was typed if it is harmless and not half a
// line, else the command's example that goes on as it began, or its first.
func (t *Turn) asTyped(name string) Code {
	text := strings.TrimSpace("/" + t.typed.Verb + " " + t.typed.Rest)
	whole := t.typed.Verb == name && plain(text)
	c := t.P.Tables.Command(name)
	if c == nil || len(c.Examples) == 0 {
		if whole {
			return Code(text)
		}
		return Code("/" + name)
	}
	example := c.Examples[0]
	if at := slices.IndexFunc(c.Examples, func(e string) bool { return strings.HasPrefix(e, text+" ") }); at >= 0 {
		example = c.Examples[at]
		whole = whole && (!c.needs() || slices.Contains(c.Examples, text))
	}
	if whole {
		return Code(text)
	}
	return Code(example)
}

// needs reports whether the command says nothing by its name alone.
func (c *Command) needs() bool {
	_, form, more := strings.Cut(c.Usage, " ")
	return more && !strings.HasPrefix(form, "[")
}

// plain reports whether a typed line may be repeated as it is: short, and of
// characters that mean nothing in Markdown.
func plain(s string) bool {
	if len(s) > 200 {
		return false
	}
	for _, r := range s {
		ok := r == ' ' || strings.ContainsRune("/:.,#-_?=&%+", r) || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !ok {
			return false
		}
	}
	return true
}

// held refuses a move forward while somebody holds the item, its train, or, for
// a joint move, one of the passengers (D7).
func (t *Turn) held(it *Item, m Move) *Outcome {
	if m.Back {
		return nil
	}
	for _, part := range t.joint(it, m) {
		if len(part.Holds) > 0 {
			h := part.Holds[0]
			o := Refuse("D7", Say("refusal.held", "by", h.By, "since", h.At, "reason", h.Reason, "item", part.Ref()), unhold(h))
			if part.ID != it.ID {
				ref := part.Ref()
				o.Where = &ref
			}
			o.Why = Why{Gate: "not-held", Rule: "D7", Verdict: No, Opens: []Role{Maintainer}, Evidence: o.Head, Next: o.Next}
			return &o
		}
	}
	return nil
}

func unhold(h Hold) Code {
	if h.Name == "" {
		return "/unhold"
	}
	return Code("/unhold " + h.Name)
}

// joint returns the items that a move moves together.
func (t *Turn) joint(it *Item, m Move) []*Item {
	parts := []*Item{it}
	if m.Each == "aboard" {
		parts = append(parts, t.line.Aboard(it.ID)...)
	}
	return parts
}

// Gates asks the gates of a move; an outcome refuses it, citing each that is
// closed.
func (t *Turn) Gates(it *Item, m Move) (Why, *Outcome) {
	why := Why{Gate: m.Name, Verdict: Yes}
	for _, name := range m.Needs {
		part := t.Gate(it, name)
		why.Of = append(why.Of, part)
		if !part.Verdict.Open() {
			why.Verdict = No
		}
	}
	if v := t.verified(it, m); v != nil {
		why.Of = append(why.Of, *v)
		why.Verdict = No
	}
	if why.Verdict == Yes {
		return why, nil
	}
	closed := why.Closed()
	o := Refuse(closed[0].Rule, Say("refusal.gates", "move", t.asTyped(m.Name), "closed", len(closed), "of", len(why.Of)))
	o.Why = why
	for _, c := range closed {
		o.Next = append(o.Next, c.Next...)
	}
	if len(o.Next) == 0 {
		o.Next = []Code{t.asTyped(m.Name)}
	}
	return why, &o
}

// Gate asks one gate about an item, heeding a waiver.
func (t *Turn) Gate(it *Item, name string) Why {
	g := t.P.Tables.Gates[name]
	why := g.Check(t, it)
	why.Gate, why.Rule = name, g.Rule
	if !why.Verdict.Open() {
		if w, ok := t.waived(it, g); ok {
			why.Evidence = Say("gate.waived", "by", w.By, "reason", w.Reason, "at", w.At, "was", why.Evidence)
			why.Verdict = Waived
		} else if len(g.Waives) > 0 {
			why.Waives = slices.Clone(g.Waives)
		}
	}
	return why
}

func (t *Turn) waived(it *Item, g Gate) (Waiver, bool) {
	for _, w := range it.Waivers {
		if (w.Gate == g.Name || strings.EqualFold(w.Gate, g.Rule)) && (w.Until.IsZero() || !w.Until.Before(t.Today())) {
			return w, true
		}
	}
	return Waiver{}, false
}

// verified looks again at the subject issue where the move demands it; an
// answer that is missing closes the way.
func (t *Turn) verified(it *Item, m Move) *Why {
	if !slices.Contains(m.Verify, "subject") {
		return nil
	}
	now := t.A.Issue
	switch {
	case now == nil:
		return &Why{Gate: "subject", Rule: "P6", Verdict: Unknown, Evidence: Say("gate.subject.unknown", "trouble", t.A.Trouble)}
	case now.State == "closed":
		return &Why{Gate: "subject", Rule: "P6", Verdict: No, Evidence: Say("gate.subject.closed", "item", it.Ref())}
	}
	return nil
}

// unused drops the waivers of the gates that the move has passed.
func (t *Turn) unused(it *Item, m Move) []Waiver {
	return slices.DeleteFunc(slices.Clone(it.Waivers), func(w Waiver) bool {
		return slices.ContainsFunc(m.Needs, func(name string) bool {
			g := t.P.Tables.Gates[name]
			return w.Gate == g.Name || strings.EqualFold(w.Gate, g.Rule)
		})
	})
}
