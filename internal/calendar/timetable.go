package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Timetable is what a schedule comes to between two days, both included. Its
// lists are in order of time. It is made by Schedule.Timetable.
type Timetable struct {
	From     Date         `json:"from"`
	To       Date         `json:"to"`
	Trains   []Train      `json:"trains"`
	Meetings []Meeting    `json:"meetings"`
	Cutoffs  []Cutting    `json:"cutoffs"`
	Freezes  []FrozenDays `json:"freezes"`
	Holidays []Holiday    `json:"holidays"`
}

// A Train is one Alphanet of the schedule (A1). Its Key names it for good, by the
// day that the rule names, wherever a freeze or a holiday moves it.
type Train struct {
	Key  string `json:"key"`
	Name string `json:"name"` // "Alphanet 2026-12"
	Occurrence
	// Meeting is the key of the planning meeting that decides its scope (A2), ""
	// where no meetings are planned.
	Meeting string `json:"meeting,omitempty"`
	Cutoff  Cut    `json:"cutoff"`
}

// A Meeting is one planning meeting. Its agenda is announced when submissions
// close.
type Meeting struct {
	Key string `json:"key"`
	Occurrence
	Until  time.Time `json:"until"`
	Cutoff Cut       `json:"cutoff"`
}

// A Cut is the moment at which submissions close (A7).
type Cut struct {
	Day  Date      `json:"day"`
	At   time.Time `json:"at"`
	Zone string    `json:"zone"`
	Odd  Oddity    `json:"odd,omitempty"`
}

// A Cutting is a cut-off on the timetable with what it is for: the key and the
// name of a meeting or a train. One that several trains share stands once.
type Cutting struct {
	For  string `json:"for"`
	Name string `json:"name"`
	Cut
}

// FrozenDays is one run of days on which nothing is deployed or activated.
type FrozenDays struct {
	Days   Window `json:"days"`
	Reason string `json:"reason"`
}

// Timetable reckons every date from one day to another, both included. A freeze
// that reaches beyond is listed whole.
func (s Schedule) Timetable(from, to Date) Timetable {
	t := Timetable{From: from, To: to, Freezes: []FrozenDays{}}
	if from.IsZero() || to.Before(from) {
		return t
	}
	// Empty lists and no nil ones: they are empty in JSON too.
	t.Meetings = append([]Meeting{}, s.MeetingsBetween(from, to)...)
	t.Trains = append([]Train{}, s.TrainsBetween(from, to)...)
	t.Cutoffs = append([]Cutting{}, s.cuttings(from, to)...)
	for _, f := range s.Freezes {
		for _, w := range f.Between(from, to) {
			t.Freezes = append(t.Freezes, FrozenDays{w, f.Reason})
		}
	}
	slices.SortStableFunc(t.Freezes, func(a, b FrozenDays) int {
		return cmp.Or(a.Days.First.Compare(b.Days.First), a.Days.Last.Compare(b.Days.Last))
	})
	t.Holidays = append([]Holiday{}, s.Workdays.Holidays(from, to)...)
	return t
}

// MeetingsBetween returns the planning meetings that are held on the days from
// one to another, both included. A holiday moves a meeting, a freeze does not:
// it stops deployments.
func (s Schedule) MeetingsBetween(from, to Date) []Meeting {
	var out []Meeting
	for _, o := range s.meetings(from, to) {
		out = append(out, s.meeting(o))
	}
	return out
}

// meetings are the days of MeetingsBetween, which are had for less.
func (s Schedule) meetings(from, to Date) []Occurrence {
	return s.Meetings.occurrences(from, to, s.off, s.Workdays.Workday)
}

func (s Schedule) meeting(o Occurrence) Meeting {
	return Meeting{Key: "meeting/" + o.Nominal.String(), Occurrence: o, Until: o.At.Add(s.Length), Cutoff: s.cut(o, s.Meetings.Rule.loc)}
}

// TrainsBetween returns the Alphanets that depart on the days from one to
// another, both included (A1). Freezes and holidays move them.
func (s Schedule) TrainsBetween(from, to Date) []Train {
	shut := func(d Date) Closing {
		if c := s.Frozen(d); c.Why != "" {
			return c
		}
		return s.off(d)
	}
	open := func(d Date) bool { return s.Closed(d).Why == "" }
	first := Date{Year: from.Year, Month: from.Month, Day: 1} // names count the month's trains
	var out []Train
	inMonth := 0
	for i, o := range s.Alphanets.occurrences(first, to, shut, open) {
		t := Train{Key: "alphanet/" + o.Nominal.String(), Occurrence: o}
		if i > 0 && sameMonth(out[len(out)-1].Day, o.Day) {
			inMonth++
		} else {
			inMonth = 0
		}
		t.Name = trainName(o.Day, inMonth)
		out = append(out, t)
	}
	out = slices.DeleteFunc(out, func(t Train) bool { return t.Day.Before(from) })
	meetings := s.meetings(from.AddDays(-before), to)
	for i := range out {
		out[i].decide(s, meetings)
	}
	return out
}

func sameMonth(a, b Date) bool { return a.Year == b.Year && a.Month == b.Month }

// trainName is the month of an Alphanet; further ones in it have letters.
func trainName(d Date, nth int) string {
	name := fmt.Sprintf("Alphanet %04d-%02d", d.Year, int(d.Month))
	if nth > 0 && nth < 26 {
		name += string(rune('a' + nth))
	}
	return name
}

// decide finds the meeting that decides a train's scope: the last one that
// begins before the train leaves (A2), and when submissions for it close (A7).
func (t *Train) decide(s Schedule, meetings []Occurrence) {
	for _, o := range slices.Backward(meetings) {
		if o.At.Before(t.At) {
			m := s.meeting(o)
			t.Meeting, t.Cutoff = m.Key, m.Cutoff
			break
		}
	}
	if t.Meeting == "" || s.Cutoff.Before == ToDeparture && s.Cutoff.Rule.IsZero() {
		t.Cutoff = s.cut(t.Occurrence, s.Alphanets.Rule.loc)
	}
}

// cut reckons when submissions for an occurrence in a zone close.
func (s Schedule) cut(o Occurrence, zone *time.Location) Cut {
	if r := s.Cutoff.Rule; !r.IsZero() {
		if own := r.Between(o.At.AddDate(0, 0, -before), o.At.Add(time.Nanosecond)); len(own) > 0 {
			at := own[len(own)-1]
			day := dateIn(at, r.loc)
			return Cut{Day: day, At: at, Zone: r.zone, Odd: oddity(at, r.wall(day), r.loc)}
		}
	}
	c := Cut{Day: s.Cutoff.By.Before(o.Day, s.Workdays), Zone: o.Zone}
	wall := wallOf(o.At, zone)
	wall = c.Day.Time().Add(wall.Sub(dateOnly(wall)))
	if s.Cutoff.At != "" {
		wall = c.Day.Time().Add(time.Duration(s.Cutoff.At.minutes()) * time.Minute)
	}
	if s.Cutoff.By == (Span{}) && s.Cutoff.At == "" {
		return Cut{Day: o.Day, At: o.At, Zone: o.Zone, Odd: o.Odd}
	}
	c.At = instant(wall, zone)
	c.Odd = oddity(c.At, wall, zone)
	if c.At.After(o.At) {
		return Cut{Day: o.Day, At: o.At, Zone: o.Zone, Odd: o.Odd}
	}
	return c
}

// cuttings lists the cut-offs between two days, also those of what comes after.
// What closes only when it begins has no cut-off to list.
func (s Schedule) cuttings(from, to Date) []Cutting {
	var out []Cutting
	shared := map[time.Time]bool{}
	add := func(key, name string, c Cut, of time.Time) {
		if !c.At.Equal(of) && !shared[c.At] && !c.Day.Before(from) && !c.Day.After(to) {
			shared[c.At] = true
			out = append(out, Cutting{key, name, c})
		}
	}
	for _, m := range s.MeetingsBetween(from, to.AddDays(before)) {
		add(m.Key, "planning meeting", m.Cutoff, m.At)
	}
	for _, t := range s.TrainsBetween(from, to.AddDays(before)) {
		add(t.Key, t.Name, t.Cutoff, t.At)
	}
	slices.SortStableFunc(out, func(a, b Cutting) int { return a.At.Compare(b.At) })
	return out
}

func dateOnly(wall time.Time) time.Time { return DateOf(wall).Time() }

// NextMeeting returns the first meeting that begins after a moment; ok is false
// where none is planned in the next two years.
func (s Schedule) NextMeeting(after time.Time) (Meeting, bool) {
	for from, years := DateOf(after).AddDays(-1), 0; years < 2; years++ {
		for _, o := range s.meetings(from, from.AddDays(366)) {
			if o.At.After(after) {
				return s.meeting(o), true
			}
		}
		from = from.AddDays(367)
	}
	return Meeting{}, false
}

// NextTrain returns the first Alphanet that departs after a moment; ok is false
// where none is planned in the next two years.
func (s Schedule) NextTrain(after time.Time) (Train, bool) {
	for from, years := DateOf(after).AddDays(-1), 0; years < 2; years++ {
		for _, t := range s.TrainsBetween(from, from.AddDays(366)) {
			if t.At.After(after) {
				return t, true
			}
		}
		from = from.AddDays(367)
	}
	return Train{}, false
}
