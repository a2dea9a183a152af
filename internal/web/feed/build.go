package feed

import (
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// How much of the railway's time is in the feed, in days: what lies behind, so
// that last month can be looked up, and what is to come.
const (
	behind = 90
	ahead  = 400
)

// A View is one railway as the feed sees it.
type View struct {
	Process *process.Process
	Line    *process.Line
	// Since is when the schedule was last changed, as far as is known.
	Since time.Time
	Now   time.Time
	// Link returns the address of an issue.
	Link func(number int) string
}

// Build makes the events of a railway: its trains, meetings and agendas, and of
// the schedule what is to come and has no issue yet. UIDs are unique.
func Build(v View) []Event {
	b := &builder{View: v, today: calendar.DateOf(v.Now), taken: map[string]bool{}, used: map[string]bool{}}
	b.table = v.Process.Settings.Schedule.Timetable(b.today.AddDays(-behind), b.today.AddDays(ahead))
	for _, it := range v.Line.Sorted(func(it *process.Item) bool { return !it.Shown.Gone && it.Shown.Number != 0 }) {
		switch it.Kind {
		case process.Alphanet:
			b.alphanet(it)
		case process.Upgrade:
			b.upgrade(it)
		case process.Meeting:
			b.meeting(it)
		}
	}
	b.schedule()
	return slices.DeleteFunc(b.events, func(e Event) bool {
		day := e.day()
		return day.Before(b.today.AddDays(-behind)) || day.After(b.today.AddDays(ahead))
	})
}

type builder struct {
	View
	today  calendar.Date
	table  calendar.Timetable
	events []Event
	taken  map[string]bool // keys of the timetable that an item stands for
	used   map[string]bool
}

// add gives an event its UID from a key and takes it in. No two have the same.
func (b *builder) add(key string, e Event) {
	for b.used[key] {
		key += "+"
	}
	b.used[key] = true
	e.UID = key + "@" + b.Line.Repo
	b.events = append(b.events, e)
}

// of starts the event of an item.
func (b *builder) of(it *process.Item, summary string) Event {
	e := Event{Kind: it.Kind, Summary: summary, Changed: revised(it)}
	if b.Link != nil {
		e.URL = b.Link(it.Shown.Number)
	}
	for _, f := range b.Line.Aboard(it.ID) {
		e.Features = append(e.Features, f.Shown.Number)
	}
	if it.T == nil {
		return e
	}
	for _, id := range it.T.Past {
		if f := b.Line.Get(id); f != nil && !slices.Contains(e.Features, f.Shown.Number) {
			e.Features = append(e.Features, f.Shown.Number)
		}
	}
	return e
}

// revised is when an item last changed, as its record shows.
func revised(it *process.Item) time.Time {
	last := it.Since
	see := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, n := range it.History {
		see(n.At)
	}
	if it.T != nil {
		see(it.T.Departed)
		for _, p := range it.T.Planned {
			see(p.At)
		}
	}
	if it.M != nil {
		see(it.M.Adjourned)
	}
	return last
}

// alphanet is the departure of an Alphanet, at the schedule's hour where that
// names its day.
func (b *builder) alphanet(it *process.Item) {
	if it.T == nil || it.T.Date.IsZero() {
		return
	}
	key := string(it.ID)
	e := b.of(it, b.Process.TrainName(it)+" departs")
	e.Description = "It leaves with whoever is aboard (A1, P1)."
	e.First, e.Last = it.T.Date, it.T.Date
	for _, t := range b.table.Trains {
		if t.Key == key || t.Day == it.T.Date {
			key = t.Key
			if t.Day == it.T.Date {
				e.First, e.Last, e.Start = calendar.Date{}, calendar.Date{}, t.At
			}
			break
		}
	}
	e.Cancelled = stopped(b.Process, it) && it.T.Departed.IsZero()
	if b.taken[key] {
		key = string(it.ID) // a second train on one day
	}
	b.taken[key] = true
	b.add(key, e)
}

// stopped reports whether a train has ended without getting anywhere.
func stopped(p *process.Process, it *process.Item) bool {
	return p.Ended(it) && it.Stage != "completed" && it.Stage != "shipped"
}

// meeting is a planning meeting with its agenda.
func (b *builder) meeting(it *process.Item) {
	if it.M == nil || it.M.At.IsZero() {
		return
	}
	key := string(it.ID)
	e := b.of(it, "Upgrade planning meeting")
	e.Description = "The agenda is in the linked issue."
	e.Start, e.End, e.Busy = it.M.At, it.M.At.Add(b.Process.Settings.Schedule.Length), true
	for _, m := range b.table.Meetings {
		if m.At.Equal(it.M.At) && !b.taken[m.Key] {
			key = m.Key
		}
	}
	b.taken[key] = true
	b.add(key, e)
}

// schedule is what the calendar names and no issue stands for yet.
func (b *builder) schedule() {
	for _, t := range b.table.Trains {
		if t.At.After(b.Now) && !b.taken[t.Key] {
			b.add(t.Key, Event{Kind: process.Alphanet, Summary: t.Name + " departs", Description: "It leaves with whoever is aboard (A1, P1).", Start: t.At, Changed: b.Since})
		}
	}
	for _, m := range b.table.Meetings {
		if m.At.After(b.Now) && !b.taken[m.Key] {
			b.add(m.Key, Event{Kind: process.Meeting, Summary: "Upgrade planning meeting", Start: m.At, End: m.Until, Busy: true, Changed: b.Since})
		}
	}
	for _, c := range b.table.Cutoffs {
		if c.Day.Before(b.today) {
			continue
		}
		b.add("cutoff/"+c.For, Event{
			Kind: Cutoff, Summary: "Submissions close (" + c.Name + ")", Start: c.At, Changed: b.Since,
			Description: "What is submitted later is listed apart as late (A7).",
		})
	}
	for _, f := range b.table.Freezes {
		b.add("freeze/"+f.Days.First.String()+"/"+f.Days.Last.String(), Event{
			Kind: Freeze, Summary: "Freeze: nothing is deployed or activated", First: f.Days.First, Last: f.Days.Last, Changed: b.Since,
		})
	}
}
