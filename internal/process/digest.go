package process

import (
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Bounds of a digest: a chat shows few lines.
const (
	digestTrains = 6
	digestWaits  = 5
	digestNews   = 8
)

// A Leaving is a train with its next date.
type Leaving struct {
	Train  Ref
	Name   string
	What   string // "departs", or the network of an activation
	On     calendar.Date
	Aboard int
}

// A Change is what has become of an item.
type Change struct {
	On   Ref
	What Text
	At   time.Time
}

// noteworthy are the notes of a history that a digest tells of.
var noteworthy = []string{"note.moved", "note.track", "note.passed", "note.number", "note.hardfork", "note.scheduled", "note.left-behind"}

// digest tells the chats that want it how everything stands, once for each time
// that is set for it. The first one is due after the first tick.
func (t *Turn) digest() {
	if !t.P.Settings.wanted(NewsDigest) {
		return
	}
	board := t.Get(DeparturesID)
	last := time.Time{}
	if board.Asked != nil {
		last = board.Asked.Digest
	}
	due := t.lastDigest()
	switch {
	case due.IsZero() || !last.IsZero() && !due.After(last):
		return
	case last.IsZero():
		t.asked().Digest = t.Now()
		return
	}
	t.asked().Digest = due
	words := Say("notice.digest", "trains", t.leaving(), "waits", t.longest(), "changes", t.changes(last), "now", t.Now(), "date", calendar.Date{}, "hour", "")
	if m := t.line.Meeting(); m != nil {
		words = words.With("date", m.M.Date).With("hour", m.M.Hour)
	}
	t.Notify(NewsDigest, board, words)
}

// lastDigest is the last moment at or before now that is set for a digest; a
// weekly one on a day off comes on the next workday.
func (t *Turn) lastDigest() time.Time {
	set, days, today := t.P.Settings.Reminders.Digest, t.P.Settings.Schedule.Workdays, t.day(t.Now())
	for d := today; today.DaysSince(d) < 28; d = d.AddDays(-1) {
		on := d
		switch set.Every {
		case "day":
			if !days.Workday(d) {
				continue
			}
		case "week":
			if d.Weekday() != set.On {
				continue
			}
			for n := 0; !days.Workday(on) && n < 7; n++ {
				on = on.AddDays(1)
			}
		default:
			return time.Time{}
		}
		if at, _ := calendar.At(on, set.At, t.zone); !at.After(t.Now()) {
			return at
		}
	}
	return time.Time{}
}

// leaving are the trains with a date to come, the next one first.
func (t *Turn) leaving() []Leaving {
	var out []Leaving
	for _, it := range t.line.among(trains, func(it *Item) bool { return !it.Shown.Gone && !t.P.Ended(it) }) {
		what, on := t.nextDate(it)
		if !on.IsZero() && !on.Before(t.Today()) {
			out = append(out, Leaving{it.Ref(), t.P.TrainName(it), what, on, len(t.line.Aboard(it.ID))})
		}
	}
	slices.SortStableFunc(out, func(a, b Leaving) int { return a.On.Compare(b.On) })
	return out[:min(len(out), digestTrains)]
}

// nextDate is the next date of a train and what happens then.
func (t *Turn) nextDate(it *Item) (what string, on calendar.Date) {
	if it.T.Departed.IsZero() && !it.T.Date.IsZero() {
		return "departs", it.T.Date
	}
	for _, network := range []string{"testnet", "mainnet"} {
		if plan := it.T.Planned[network].On; !plan.Before(t.Today()) && !plan.IsZero() {
			return network, plan
		}
	}
	return "", calendar.Date{}
}

// longest are the longest waits that somebody could end, one an item.
func (t *Turn) longest() []Wait {
	var out []Wait
	for _, w := range t.Waits() {
		seen := slices.ContainsFunc(out, func(o Wait) bool { return o.On.ID == w.On.ID })
		if !w.Meeting && !seen && len(out) < digestWaits {
			out = append(out, w)
		}
	}
	return out
}

// changes are the latest things worth telling since a moment.
func (t *Turn) changes(since time.Time) []Change {
	var out []Change
	for _, it := range t.line.Sorted(func(it *Item) bool { return it.F != nil || it.T != nil }) {
		for _, n := range it.History {
			if n.At.After(since) && slices.Contains(noteworthy, n.What.Key) {
				out = append(out, Change{it.Ref(), n.What, n.At})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return b.At.Compare(a.At) })
	return out[:min(len(out), digestNews)]
}
