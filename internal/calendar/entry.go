package calendar

import (
	"cmp"
	"slices"
	"time"
)

// An EntryKind says what a line of the timetable is about.
type EntryKind string

// The kinds of entries, in the order in which they stand on one day.
const (
	FreezeEntry    EntryKind = "freeze"
	HolidayEntry   EntryKind = "holiday"
	CutoffEntry    EntryKind = "cutoff"
	MeetingEntry   EntryKind = "meeting"
	DepartureEntry EntryKind = "departure"
)

var entryOrder = []EntryKind{FreezeEntry, HolidayEntry, CutoffEntry, MeetingEntry, DepartureEntry}

// An Entry is one line of the timetable: a moment with its zone, or whole days
// from Day to Last. Key names it for good.
type Entry struct {
	Kind EntryKind `json:"kind"`
	Key  string    `json:"key"`
	Name string    `json:"name"`
	Day  Date      `json:"day"`
	Last Date      `json:"last,omitzero"`
	At   time.Time `json:"at,omitzero"`
	Zone string    `json:"zone,omitempty"`
	Rule string    `json:"rule,omitempty"`
	Why  []string  `json:"why,omitempty"`
}

// Clock returns the time of day in the entry's zone as 18:00, "" for whole days.
func (e Entry) Clock() string {
	if e.At.IsZero() {
		return ""
	}
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		zone = time.UTC
	}
	return e.At.In(zone).Format("15:04 MST")
}

// Entries lists everything on the timetable in one order: by day, then by kind,
// then by time.
func (t Timetable) Entries() []Entry {
	var out []Entry
	for _, f := range t.Freezes {
		out = append(out, Entry{Kind: FreezeEntry, Key: "freeze/" + f.Days.First.String(), Name: f.Reason, Day: f.Days.First, Last: f.Days.Last})
	}
	for _, h := range t.Holidays {
		out = append(out, Entry{Kind: HolidayEntry, Key: "holiday/" + h.On.String(), Name: h.Name, Day: h.On})
	}
	for _, c := range t.Cutoffs {
		e := Entry{Kind: CutoffEntry, Key: "cutoff/" + c.For, Name: "Submissions close (" + c.Name + ")", Day: c.Day, At: c.At, Zone: c.Zone, Rule: "A7"}
		if c.Odd != "" {
			e.Why = []string{c.Odd.String()}
		}
		out = append(out, e)
	}
	for _, m := range t.Meetings {
		out = append(out, Entry{Kind: MeetingEntry, Key: m.Key, Name: "Planning meeting", Day: m.Day, At: m.At, Zone: m.Zone, Rule: "A2", Why: m.Why()})
	}
	for _, tr := range t.Trains {
		out = append(out, Entry{Kind: DepartureEntry, Key: tr.Key, Name: tr.Name, Day: tr.Day, At: tr.At, Zone: tr.Zone, Rule: "A1", Why: tr.Why()})
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(slices.Index(entryOrder, a.Kind), slices.Index(entryOrder, b.Kind)), a.At.Compare(b.At))
	})
	return out
}
