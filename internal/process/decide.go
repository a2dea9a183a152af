package process

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Ask returns what must be known before the event can be decided. It is pure.
func Ask(p *Process, l *Line, e Event) Questions {
	var q Questions
	if !e.whole() || foreign(l, e) {
		return q
	}
	switch e.What {
	case Asked:
		for _, line := range e.Lines {
			p.askLine(l, e, line, &q)
		}
	case Labelled:
		for _, c := range e.Labels {
			if _, ours := p.Our(c.Name); !ours {
				continue // other people's asks for nothing
			}
			q.Need(c.By.Login, AllRoles)
			if l.Number(e.Issue.Number) == nil {
				q.Need(e.Issue.Author, Engineer) // it may become a feature of theirs
			}
		}
	case Milestoned, Assigned, Ticked:
		q.Need(e.Actor.Login, AllRoles)
		if e.What == Assigned && e.Added {
			q.Need(e.Name, Engineer)
		}
	case Opened:
		if e.Issue != nil {
			q.Need(e.Issue.Author, Engineer, Maintainer)
			q.Need(formOwner(e.Issue.Form), Engineer)
			q.Pulls = append(q.Pulls, formPulls(e.Issue.Form, l.Repo)...)
		}
	case PullOpened, PullMerged:
		q.Need(e.Pull.Author, Engineer)
	}
	return q
}

// Decide says what follows from the event: pure, and the same for the same
// input. Deciding an event whose key the Line has seen adds nothing.
func Decide(p *Process, l *Line, e Event, a Answers) Decision {
	if e.Key == "" || l.Seen[e.Key] {
		return Decision{Skipped: "known"}
	}
	if !e.whole() {
		return Decision{Skipped: "half an event"}
	}
	if foreign(l, e) {
		return Decision{Skipped: "in another repository"}
	}
	e, left := l.untold(e)
	if !left {
		return Decision{Skipped: "told in another way before"}
	}
	d := &deciding{p: p, base: l, line: l.over(), e: e, a: a}
	d.keys = append(append(d.keys, e.Key), e.recorded()...)
	d.learn()
	switch e.What {
	case Asked:
		d.asked()
	case Labelled:
		d.labelled()
	case Milestoned:
		d.milestoned()
	case Assigned:
		d.assigned()
	case Opened:
		d.opened()
	case Edited, Reopened, Locked, Gone, CommentDeleted:
		d.noticed()
	case Closed:
		d.closed()
	case Ticked:
		d.ticked()
	case PullOpened, PullMerged, PullClosed:
		d.pull()
	case Tick:
		d.tick()
	case Receipt:
		d.receipt()
	case Compared:
		d.compared()
	case Unsure:
		d.unsure()
	case CaughtUp:
		d.caughtUp()
	case Dead:
		d.quiet = true
	default:
		d.skipped = "no rule for " + string(e.What)
	}
	return d.decision()
}

// foreign reports whether the event is about an issue of another repository,
// whose numbers mean nothing here. Pull requests may live anywhere, and a
// command on one that is linked with a feature of ours is answered.
func foreign(l *Line, e Event) bool {
	if e.Repo == "" || strings.EqualFold(e.Repo, l.Repo) {
		return false
	}
	switch e.What {
	case PullOpened, PullMerged, PullClosed, Tick, Receipt, Dead:
		return false
	case Asked:
		return e.Issue == nil || !e.Issue.IsPull || len(l.WithPull(e.Repo, e.Issue.Number)) == 0
	}
	return true
}

// deciding is an event on its way to a decision.
type deciding struct {
	p       *Process
	base    *Line
	line    *Line
	e       Event
	a       Answers
	keys    []string
	parts   []Part
	actions []Action
	turns   int
	skipped string
	quiet   bool // nothing that people decide about has changed
	newDay  bool // the first tick of a day
}

// try runs one step on a turn of its own, and keeps what it changed unless it
// refuses or only wants to know. What it keeps is marked with the turn's key, so
// that a later /undo sees what stands on what.
func (d *deciding) try(e Event, line Typed, keep func(Outcome) bool, step func(*Turn) Outcome) Outcome {
	t := d.turn(e)
	t.typed = line
	o := step(t)
	if keep(o) {
		t.remember()
		for _, it := range t.line.mine {
			if was := d.line.Get(it.ID); was == nil || !reflect.DeepEqual(was, it) {
				it.Changed = t.key
			}
		}
		d.keep(t)
	}
	return o
}

// always runs a step that cannot refuse.
func (d *deciding) always(step func(*Turn)) {
	d.try(d.e, Typed{}, func(Outcome) bool { return true }, func(t *Turn) Outcome { step(t); return Outcome{} })
}

// note runs a step that only writes down what GitHub shows: nothing that people
// decide about, so nothing that would stand on a move.
func (d *deciding) note(step func(*Turn)) {
	t := d.turn(d.e)
	step(t)
	d.keep(t)
}

// turn begins a turn with a key of its own.
func (d *deciding) turn(e Event) *Turn {
	t := newTurn(d.p, d.line, e, d.a)
	t.key = e.Key
	if d.turns > 0 {
		t.key = fmt.Sprintf("%s.%d", e.Key, d.turns)
	}
	d.turns++
	return t
}

func (d *deciding) keep(t *Turn) {
	t.merge(d.line)
	d.actions = append(d.actions, t.actions...)
}

// decision closes the books: what changed is marked, compared with what GitHub
// shows, and its living pages are asked for anew.
func (d *deciding) decision() Decision {
	t := newTurn(d.p, d.line, d.e, d.a)
	out := Decision{Keys: d.keys, Parts: d.parts, Skipped: d.skipped}
	d.passengers(t)
	if !d.quiet {
		d.forecast(d.newDay)
	}
	for _, it := range d.sortedChanges() {
		d.actions = append(d.actions, t.project(d.base.Get(it.ID), it)...)
	}
	for id, it := range d.line.mine {
		if reflect.DeepEqual(d.base.Get(id), it) {
			delete(d.line.mine, id)
		}
	}
	d.refresh()
	d.renumber()
	out.Changed = d.sortedChanges()
	out.Actions = d.actions
	for i := range out.Actions {
		out.Actions[i].Key = fmt.Sprintf("%s!%d", d.e.Key, i)
	}
	if len(out.Changed) > 0 || len(out.Actions) > 0 {
		out.Skipped = ""
	}
	return out
}

// renumber keeps the numbers that the agenda is about to show: what people read
// there must mean the same when they type it. To look through all that an agenda
// asks is dear on a long line, and once that was done, questions come up by a change,
// a new day or other rules. So a decision about features alone first looks whether it
// has brought up a question about them, or made room for another.
func (d *deciding) renumber() {
	m := d.line.Meeting()
	if m == nil || d.quiet || len(d.line.mine) == 0 {
		return
	}
	t := newTurn(d.p, d.line, d.e, d.a)
	rules := fmt.Sprintf("%s %s %s", t.day(t.Now()), d.p.Hash, d.p.Settings.Reminders.Agenda)
	if m.M.Numbered == rules && d.featuresAlone() {
		was := newTurn(d.p, d.base, d.e, d.a)
		was.talked, t.talked = d.line.mine, d.line.mine
		if slices.Equal(was.questions(m), t.questions(m)) {
			return
		}
		t.talked = nil
	}
	t.number(m)
	if m.M.Numbered != rules {
		t.Edit(t.Get(m.ID)).M.Numbered = rules
	}
	t.merge(d.line)
}

// featuresAlone reports whether nothing but features has changed.
func (d *deciding) featuresAlone() bool {
	for id, it := range d.line.mine {
		if was := d.base.Get(id); it.F == nil || was != nil && was.F == nil {
			return false
		}
	}
	return true
}

// passengers takes in those aboard a changed train whose own labels follow from
// it: a number, a name.
func (d *deciding) passengers(t *Turn) {
	for _, train := range d.sortedChanges() {
		if train.T == nil {
			continue
		}
		for _, f := range d.line.Aboard(train.ID) {
			if _, mine := d.line.mine[f.ID]; !mine && !slices.Equal(f.Shown.Labels, d.p.Labels(f, t.line.Get(train.ID))) {
				d.line.mine[f.ID] = f.Clone()
			}
		}
	}
}

func (d *deciding) sortedChanges() []*Item {
	var out []*Item
	for _, it := range d.line.mine {
		out = append(out, it)
	}
	slices.SortFunc(out, func(a, b *Item) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// refresh asks for the living pages of all that the changes show on: the items
// themselves, their trains, the passengers of a changed train, the departures.
func (d *deciding) refresh() {
	if d.quiet {
		return
	}
	want := map[ID]bool{}
	for id, it := range d.line.mine {
		if it.F == nil && it.T == nil && it.M == nil {
			continue
		}
		want[id] = true
		if it.F != nil {
			want[it.F.Train] = true
			if was := d.base.Get(id); was != nil && was.F != nil {
				want[was.F.Train] = true
			}
		}
		if it.T != nil {
			for _, f := range d.line.Aboard(id) {
				want[f.ID] = true
			}
		}
	}
	if _, board := d.line.mine[DeparturesID]; (board || len(want) > 0) && d.line.Get(DeparturesID) != nil {
		want[DeparturesID] = true
	}
	if m := d.line.Meeting(); m != nil && len(want) > 0 {
		want[m.ID] = true
	}
	delete(want, "")
	ids := make([]string, 0, len(want))
	for id := range want {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	for _, id := range ids {
		if it := d.line.Get(ID(id)); it != nil && !it.Shown.Gone {
			d.actions = append(d.actions, Action{Do: Refresh, Item: it.ID, Marker: "status"})
		}
	}
}
