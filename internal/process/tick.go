package process

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// tick makes dates come true: the trains of the calendar exist ahead of their
// date, and an Alphanet leaves on it (P1, A1); waivers run out.
func (d *deciding) tick() {
	due := d.e.Due
	if d.p.Settings.Configured {
		d.always(func(t *Turn) { t.board(); t.makeLabels(); t.trouble() })
	}
	if board := d.line.Get(DeparturesID); board != nil && calendar.DateOf(board.Since) != calendar.DateOf(d.e.At) {
		// A new day: the board says for how long everything waits.
		d.newDay = true
		d.always(func(t *Turn) { t.Edit(board).Since = t.Now() })
	}
	for _, dep := range due {
		d.always(func(t *Turn) { t.plan(dep) })
	}
	for _, train := range d.line.Trains(Alphanet) {
		if train.Stage == d.p.Scoping(Alphanet) && !train.T.Date.IsZero() && !d.departure(train).After(d.e.At) {
			d.always(func(t *Turn) { t.departByDate(train) })
		}
	}
	d.meet()
	d.expire()
	d.remind()
	if len(d.line.mine) == 0 {
		d.skipped = "nothing is due"
	}
}

// departure is the moment an Alphanet leaves: the calendar's hour on its date,
// or the beginning of the day where the calendar does not name it.
func (d *deciding) departure(train *Item) time.Time {
	for _, dep := range d.e.Due {
		if dep.Kind == Alphanet && dep.Day() == train.T.Date {
			return dep.At
		}
	}
	return train.T.Date.Time()
}

// board opens the departures issue, once.
func (t *Turn) board() {
	if t.line.Get(DeparturesID) != nil {
		return
	}
	t.Add(&Item{ID: DeparturesID, Kind: Departures, Title: "Departures", Ours: true, Since: t.Now()})
	t.Do(Action{Do: OpenIssue, Item: DeparturesID, Marker: "item/" + string(DeparturesID), Title: "Departures", Words: Say("issue.departures")})
}

// makeLabels has the labels that people may reach for exist before they do:
// those of the stages, the kinds and the levers. It is done once for a process.
func (t *Turn) makeLabels() {
	board, marker := t.line.Get(DeparturesID), "labels/"+t.P.Settings.Prefix+t.P.Hash
	if slices.Contains(board.Told, marker) {
		return
	}
	board = t.Edit(board)
	board.Told = append(slices.DeleteFunc(board.Told, func(m string) bool { return strings.HasPrefix(m, "labels/") }), marker)
	t.Do(Action{Do: MakeLabels, Labels: t.P.FixedLabels()})
}

// trouble has the board show the faults of the newest configuration as soon as
// they are there, and drop them when they are gone.
func (t *Turn) trouble() {
	board, marker := t.line.Get(DeparturesID), ""
	if faults := t.P.Settings.Trouble; faults != "" {
		sum := sha256.Sum256([]byte(faults))
		marker = "trouble/" + hex.EncodeToString(sum[:8])
	}
	told := func(m string) bool { return strings.HasPrefix(m, "trouble/") }
	at := slices.IndexFunc(board.Told, told)
	if at < 0 && marker == "" || at >= 0 && board.Told[at] == marker {
		return
	}
	board = t.Edit(board)
	board.Told = slices.DeleteFunc(board.Told, told)
	if marker != "" {
		board.Told = append(board.Told, marker)
		t.Notify(NewsTrouble, board, Say("notice.trouble", "faults", strings.Split(t.P.Settings.Trouble, "\n")))
	}
}

// plan opens the train of a date of the calendar, if it is to come and does not
// exist yet (A1), and if trains of its kind have a stage to stand in.
func (t *Turn) plan(dep Departure) {
	date, id := dep.Day(), dep.ID()
	if dep.At.Before(t.Now()) || t.P.Scoping(dep.Kind) == "" {
		return
	}
	if it := t.line.Get(id); it != nil {
		t.redate(it, date)
		return
	}
	same := t.line.among(trains, func(it *Item) bool { return it.Kind == dep.Kind && it.T.Date == date })
	if len(same) > 0 {
		return
	}
	if it := t.stray(dep); it != nil {
		t.redate(it, date)
		return
	}
	it := t.Add(&Item{ID: id, Kind: dep.Kind, Ours: true, Since: t.Now(), Journey: 1, T: &TrainFacts{Date: date}})
	it.T.Name = t.name(it)
	it.Title = it.T.Name
	t.Do(Action{Do: OpenIssue, Item: id, Marker: "item/" + string(id), Title: it.Title, Words: Say("issue."+string(dep.Kind), "name", it.Title, "date", date)})
	t.arriveFresh(it, t.P.Scoping(dep.Kind))
}

// stray is a train that the calendar opened and names no more, because its rule
// was changed, in the month of a departure that has no train yet: it is that one
// (A1: one a month).
func (t *Turn) stray(dep Departure) *Item {
	named := map[ID]bool{}
	for _, d := range t.E.Due {
		named[d.ID()] = true
	}
	month := dep.Day().String()[:7]
	found := t.line.among(trains, func(it *Item) bool {
		return it.Kind == dep.Kind && !named[it.ID] && strings.HasPrefix(string(it.ID), string(dep.Kind)+"/") && t.waiting(it) && it.T.Date.String()[:7] == month
	})
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// waiting reports whether a train has not left yet.
func (t *Turn) waiting(it *Item) bool {
	return it.Stage == t.P.Scoping(it.Kind) && it.T.Departed.IsZero() && !it.Shown.Gone
}

// redate moves a train that waits to the day that the calendar names now.
func (t *Turn) redate(it *Item, date calendar.Date) {
	if it.T.Date == date || !t.waiting(it) {
		return
	}
	it = t.Edit(it)
	was := it.T.Date
	it.T.Date = date
	it.Note(t.Now(), "", Say("note.train-moved", "was", was, "date", date))
	t.Tell(it, "moved/"+date.String(), Say("comment.train-moved", "name", t.P.TrainName(it), "was", was, "date", date))
}

// name is the month of an Alphanet; a further one in a month has a letter.
func (t *Turn) name(it *Item) string {
	base := "Alphanet " + it.T.Date.String()[:7]
	taken := func(name string) bool {
		return len(t.line.among(trains, func(o *Item) bool { return o.ID != it.ID && o.T.Name == name })) > 0
	}
	name := base
	for letter := 'b'; taken(name) && letter <= 'z'; letter++ {
		name = fmt.Sprintf("%s%c", base, letter)
	}
	return name
}

// departByDate lets an Alphanet leave with whoever is aboard, and says so when
// it is nobody. It waits for no feature: one that is held stays behind. A hold of
// the train itself stops it.
func (t *Turn) departByDate(train *Item) {
	m, ok := t.P.Nodes[train.Stage].Moves["depart"]
	if !ok {
		return
	}
	if o := t.held(train, Move{}); o != nil {
		t.Tell(train, "held/"+train.T.Date.String(), Say("comment.held", "by", o.Head.Args["by"], "reason", o.Head.Args["reason"], "date", train.T.Date))
		return
	}
	for _, f := range t.line.Aboard(train.ID) {
		if why := t.unready(f); !why.Empty() {
			t.leaveBehind(f, train, why)
		}
	}
	t.Depart(train, m)
}

// unready is why a passenger cannot leave with its train: somebody holds it (D7),
// or its code is no longer complete (A3). The zero Text is none.
func (t *Turn) unready(f *Item) Text {
	if len(f.Holds) > 0 {
		h := f.Holds[0]
		return Say("reason.held", "by", h.By, "reason", h.Reason)
	}
	if g, ok := t.P.Tables.Gates["code-complete"]; ok {
		if why := t.Gate(f, g.Name); !why.Verdict.Open() {
			return why.Evidence
		}
	}
	return Text{}
}

// leaveBehind takes a passenger off its train as it leaves; its submission stands
// for the next meeting, and it is told once why (P3).
func (t *Turn) leaveBehind(f, train *Item, why Text) {
	f = t.Edit(f)
	f.F.Train = ""
	if f.F.Submitted == nil {
		f.F.Submitted = map[string]Submission{}
	}
	f.F.Submitted["alphanet"] = Submission{By: f.F.Owner, At: f.F.Boarded}
	f.Note(t.Now(), "", Say("note.left-behind", "train", train.Ref(), "why", why))
	t.missed(f, train, why)
}

// missed tells a feature once that its train has gone without it (P3).
func (t *Turn) missed(f, train *Item, why Text) {
	t.Tell(f, "missed/"+string(train.ID), Say("comment.missed", "train", train.Ref(), "name", t.P.TrainName(train), "kind", string(train.Kind), "owner", f.F.Owner, "why", why))
}

// Depart lets a train leave: those who were submitted and not boarded are told
// once, and keep their place for the next meeting (P3).
func (t *Turn) Depart(train *Item, m Move) {
	t.Go(train, m, Facts{})
	train = t.Edit(train)
	t.Tell(train, fmt.Sprintf("departed/%d", train.T.Iteration), Say("comment.departed", "name", t.P.TrainName(train), "aboard", refs(t.line.Aboard(train.ID)), "kind", string(train.Kind), "number", train.T.Number, "hardfork", train.T.Hardfork))
	network := t.P.Nodes[train.Stage].Network
	for _, f := range t.line.Sorted(func(it *Item) bool { return it.F != nil && it.F.Train == "" && !t.P.Ended(it) }) {
		if sub, ok := f.F.Submitted[network]; ok && sub.At.Before(t.Now()) {
			t.missed(f, train, Say("reason.not-boarded"))
		}
	}
}

// expire drops the waivers whose date has passed; their gates close again.
func (d *deciding) expire() {
	today := calendar.DateOf(d.e.At)
	over := func(w Waiver) bool { return !w.Until.IsZero() && w.Until.Before(today) }
	for _, it := range d.line.Sorted(func(it *Item) bool { return slices.ContainsFunc(it.Waivers, over) }) {
		d.always(func(t *Turn) {
			it := t.Edit(it)
			for _, w := range it.Waivers {
				if over(w) {
					it.Note(t.Now(), "", Say("note.waiver-over", "gate", w.Gate, "until", w.Until))
				}
			}
			it.Waivers = slices.DeleteFunc(slices.Clone(it.Waivers), over)
		})
	}
}

// receipt writes down what an action came to at GitHub.
func (d *deciding) receipt() {
	r := d.e.Result
	it := d.line.Get(r.Item)
	if it == nil {
		d.skipped = "about no item of ours"
		return
	}
	d.quiet = r.Kind != OpenIssue
	d.note(func(t *Turn) {
		it := t.Edit(it)
		switch {
		case r.Failed != "":
			it.Note(t.Now(), "", Say("note.failed", "what", string(r.Kind), "why", r.Failed))
		case r.Kind == OpenIssue:
			it.Shown.Number = r.Number
			it.Shown.Node = cmp.Or(r.Node, it.Shown.Node)
		case r.Kind == MakeMilestone && it.T != nil:
			it.T.Milestone = r.Number
		case r.Comment != 0 && r.Marker != "":
			if it.Shown.Comments == nil {
				it.Shown.Comments = map[string]int64{}
			}
			it.Shown.Comments[r.Marker] = r.Comment
		}
	})
}
