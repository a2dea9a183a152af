package process

import (
	"fmt"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Rebuild is the decision that takes items over as GitHub shows them, with their
// Shown as it is there: what has to be done so that GitHub shows what they say, and
// nothing else. Anew are those whose pages have to be written again. Keys are what
// was decided before the record was lost.
func Rebuild(p *Process, l *Line, e Event, items []*Item, anew map[ID]bool, keys []string) Decision {
	t := newTurn(p, l, e, Answers{})
	out := Decision{Keys: append([]string{e.Key}, keys...)}
	for _, it := range items {
		t.Add(it.Clone())
	}
	changed := t.line.Sorted(func(it *Item) bool { _, mine := t.line.mine[it.ID]; return mine })
	for _, it := range changed {
		if it.M != nil {
			t.restep(it)
		}
	}
	if m := t.line.Meeting(); m != nil {
		t.number(m)
	}
	for _, it := range changed {
		it = t.line.mine[it.ID]
		shown := it.Clone()
		before := len(t.actions)
		t.actions = append(t.actions, t.project(shown, it)...)
		paged := it.F != nil || it.T != nil || it.M != nil || it.Kind == Departures
		if paged && !it.Shown.Gone && it.Shown.Number > 0 && (anew[it.ID] || len(t.actions) > before || it.Kind == Departures) {
			t.Do(Action{Do: Refresh, Item: it.ID, Marker: "status", Anew: true})
		}
		out.Changed = append(out.Changed, it)
	}
	out.Actions = t.actions
	for i := range out.Actions {
		out.Actions[i].Key = fmt.Sprintf("%s!%d", e.Key, i)
	}
	return out
}

// restep finds the lines of the steps that an earlier meeting has left to be done.
func (t *Turn) restep(m *Item) {
	m.M.Todos = slices.DeleteFunc(m.M.Todos, func(d Todo) bool { return t.line.Get(d.On.ID) == nil })
	for i := range m.M.Todos {
		d := &m.M.Todos[i]
		it := t.line.Get(d.On.ID)
		d.On = it.Ref()
		for _, p := range t.Outlook(it) {
			if !p.Back && p.On.ID == it.ID && d.Line == "" {
				d.Line = p.Usage
			}
		}
	}
}

// Fix puts a meeting on its day. One whose cut-off has passed by now was announced.
func Fix(it *Item, on calendar.Meeting, now time.Time) {
	(&Turn{}).fix(it, on)
	if !now.Before(it.M.Cutoff) {
		it.Told = append(it.Told, announced(it))
	}
}

// Boxes returns the boxes of a checklist for items of a kind at a stage, none of
// them ticked; none at all where the process has no such list.
func (p *Process) Boxes(stage string, kind Kind) []Check {
	n := p.Nodes[stage]
	if n == nil {
		return nil
	}
	def, ok := p.Checklists[n.Name+"."+string(kind)]
	if !ok {
		def = p.Checklists[n.Name]
	}
	var out []Check
	for _, c := range def.Items {
		out = append(out, p.expand(n, c)...)
	}
	return out
}

// Shows reports whether a box, as it stands in a comment, is one of the words given.
func (b Box) Shows(words string) bool { return sameText(b.Text, words) }

// End returns the node at which an item of the kind ends that will not be, "" where
// the process has none.
func (p *Process) End(kind Kind) string {
	for _, name := range []string{nodeStopped, nodeDropped} {
		if n := p.Nodes[name]; n != nil && n.Kind == KindEnd {
			return name
		}
	}
	for _, n := range p.Stages() {
		if n.Kind == KindEnd && (n.Of == "" || n.Of == kind) {
			return n.Name
		}
	}
	return ""
}
