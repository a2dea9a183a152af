package process

import (
	"maps"
	"slices"
	"strings"
)

// A lever is a label, a milestone or an assignee that a person changed by hand:
// it stands for a command and is decided like one.

// labelled decides a settled set of label changes: what was put on asks for a
// command; what was only taken off is put back.
func (d *deciding) labelled() {
	it := d.line.Number(d.e.Issue.Number)
	wanted, by := d.netLabels(it)
	if it != nil {
		d.note(func(t *Turn) {
			it := t.Edit(it)
			for _, c := range d.e.Labels {
				if c.Name == "" {
					it.Shown.Labels = d.p.left(it.Shown.Labels, d.e.Issue.Labels)
				}
				it.Shown.Labels = d.p.shownAfter(it.Shown.Labels, c)
			}
		})
	}
	for _, name := range wanted {
		e := d.e
		e.Actor = by[name]
		line, o := d.lever(it, name)
		if line.Verb != "" {
			o, _ = d.line1(e, line)
		}
		o = helped(o)
		if o.State == Already || o.State == Answered {
			continue
		}
		d.parts = append(d.parts, Part{Line: line, Outcome: o})
		if it == nil && d.line.Number(d.e.Issue.Number) == nil && o.Bad() {
			d.actions = append(d.actions, Action{Do: RemoveLabel, Issue: d.e.Issue.Number, Repo: d.e.Repo, Label: d.p.Settings.Prefix + name})
		}
		d.e.Actor = by[name]
	}
	d.quiet = !slices.ContainsFunc(d.parts, func(p Part) bool { return p.Outcome.State == Done })
	if len(d.parts) > 0 {
		d.answer(false)
	}
}

// shownAfter applies one change to the labels of ours that an issue shows.
func (p *Process) shownAfter(shown []string, c LabelChange) []string {
	name, ours := p.Our(c.Name)
	if !ours {
		return shown
	}
	shown = slices.DeleteFunc(slices.Clone(shown), func(l string) bool { return l == name })
	if c.Added {
		shown = append(shown, name)
		slices.Sort(shown)
	}
	return shown
}

// left drops what an issue does not have any more: a label that was deleted from
// the repository goes without its name being told.
func (p *Process) left(shown, present []string) []string {
	return slices.DeleteFunc(slices.Clone(shown), func(l string) bool {
		return !slices.ContainsFunc(present, func(name string) bool {
			ours, ok := p.Our(name)
			return ok && ours == l
		})
	})
}

// netLabels returns the labels of ours that the set leaves on the issue and
// that should not be there, in the order in which they came, and who put them.
func (d *deciding) netLabels(it *Item) ([]string, map[string]Actor) {
	by := map[string]Actor{}
	var order []string
	for _, c := range d.e.Labels {
		name, ours := d.p.Our(c.Name)
		if !ours {
			continue
		}
		order = slices.DeleteFunc(order, func(l string) bool { return l == name })
		delete(by, name)
		if c.Added && (it == nil || !slices.Contains(it.Shown.Labels, name)) {
			order = append(order, name)
			by[name] = c.By
		}
	}
	return order, by
}

// lever returns the command that a label stands for on an item, or the refusal
// of a label that only the bot writes.
func (d *deciding) lever(it *Item, name string) (Typed, Outcome) {
	if text, ok := d.p.Levers[name]; ok {
		if family, _, ok := strings.Cut(name, "/"); ok && strings.Contains(text, "{}") {
			text = strings.ReplaceAll(text, "{}", strings.Join(d.family(it, family), " "))
		}
		return typed(text), Outcome{}
	}
	stage, isStage := strings.CutPrefix(name, "stage/")
	if !isStage || it == nil || d.p.Nodes[stage] == nil {
		o := Refuse("D4", Say("refusal.label", "label", Code(d.p.Settings.Prefix+name)))
		if family, end, _ := strings.Cut(name, "/"); d.p.Tables.Command(family) != nil && plain(end) {
			o.Next = []Code{Code("/" + family + " " + end)}
		}
		return Typed{Text: name}, o
	}
	n := d.p.Nodes[it.Stage]
	var ways []string
	if n != nil {
		for _, m := range n.MoveOrder {
			if d.p.Reaches(n.Moves[m].To, stage) {
				ways = append(ways, m)
			}
		}
	}
	if len(ways) == 0 {
		o := Refuse("D2", Say("refusal.lever", "label", Code(d.p.Settings.Prefix+name), "stage", d.p.title(it.Stage)))
		for _, ahead := range Outlook(d.p, d.line, it, d.e.At) {
			o.Next = append(o.Next, ahead.Usage)
		}
		return Typed{Text: name}, o
	}
	return typed("/" + d.towards(it, n, ways, stage)), Outcome{}
}

// towards picks among the moves that may lead to the stage: "stable" where the
// question would say yes, its opposite where it would say no.
func (d *deciding) towards(it *Item, n *Node, ways []string, stage string) string {
	for _, name := range ways {
		t := newTurn(d.p, d.line, d.e, d.a)
		t.Move = name
		if t.resolve(it, n.Moves[name].To).Name == stage {
			return name
		}
	}
	return ways[0]
}

// family returns the ends of all labels of a family that the issue shows now.
func (d *deciding) family(it *Item, family string) []string {
	present := map[string]bool{}
	if it != nil {
		if now := d.line.Get(it.ID); now != nil {
			for _, l := range now.Shown.Labels {
				present[l] = true
			}
		}
	}
	var out []string
	for _, l := range slices.Sorted(maps.Keys(present)) {
		if end, ok := strings.CutPrefix(l, family+"/"); ok {
			out = append(out, end)
		}
	}
	return out
}

// typed makes a line as if a person had typed it.
func typed(text string) Typed {
	verb, rest, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	return Typed{Text: text, Verb: verb, Rest: strings.TrimSpace(rest), Hash: verb}
}
