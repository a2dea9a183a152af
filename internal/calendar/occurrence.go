package calendar

import "time"

// An Occurrence is one date of a series. Nominal is the day that the rule names
// and Day the one that holds; both are days in Zone. At is the moment, in UTC.
type Occurrence struct {
	Nominal Date      `json:"nominal"`
	Day     Date      `json:"day"`
	At      time.Time `json:"at"`
	Zone    string    `json:"zone"`
	Odd     Oddity    `json:"odd,omitempty"`
	// Closed says why the nominal day is closed; the occurrence has been moved
	// unless Day is the same.
	Closed Closing `json:"closed,omitzero"`
}

// Moved reports whether the day is another than the rule's.
func (o Occurrence) Moved() bool { return o.Day != o.Nominal }

// Why says what is out of the ordinary, a few words each.
func (o Occurrence) Why() []string {
	var out []string
	switch {
	case o.Moved():
		out = append(out, "moved from "+o.Nominal.Long()+" ("+o.Closed.String()+")")
	case o.Closed.Why != "":
		out = append(out, "on a closed day ("+o.Closed.String()+")")
	}
	if o.Odd != "" {
		out = append(out, o.Odd.String())
	}
	return out
}

// before is how far back one looks for what an occurrence is counted from: a meeting
// before a train, a cut-off before its own.
const before = 120

// closing tells why a day is closed to a series.
type closing func(Date) Closing

// occurrences returns the dates of a series that hold on the days from one to
// another, both included, in order. shut says which days an occurrence leaves,
// open whether it may go to one.
func (s Series) occurrences(from, to Date, shut closing, open func(Date) bool) []Occurrence {
	if s.Rule.IsZero() || to.Before(from) {
		return nil
	}
	zone := s.Rule.loc
	// A shift stays in its month, so that only the neighbours of the same month count.
	// No zone is so far from UTC that two days' margin would miss one.
	early, late := from.AddDays(-from.Day-1), Date{to.Year, to.Month, daysIn(to.Year, to.Month)}.AddDays(3)
	var all, out []Occurrence
	for _, t := range s.Rule.Between(early.Time(), late.Time()) {
		day := dateIn(t, zone)
		all = append(all, Occurrence{Nominal: day, Day: day, At: t, Zone: s.Rule.zone})
	}
	for i := range all {
		low, high := Date{}, Date{Year: lastYear + horizonYears, Month: time.December, Day: 31}
		if i > 0 {
			low = all[i-1].Day
		}
		if i+1 < len(all) {
			high = all[i+1].Nominal
		}
		all[i] = s.shifted(all[i], low, high, shut, open)
		if o := all[i]; !o.Day.Before(from) && !o.Day.After(to) {
			o.Odd = oddity(o.At, s.Rule.wall(o.Day), zone)
			out = append(out, o)
		}
	}
	return out
}

// shifted moves an occurrence off a closed day, between the days of its
// neighbours, without them.
func (s Series) shifted(o Occurrence, low, high Date, shut closing, open func(Date) bool) Occurrence {
	if o.Closed = shut(o.Nominal); o.Closed.Why == "" || s.Shift == Keep || s.Shift == "" {
		return o
	}
	steps := []int{+1, -1}
	if s.Shift == Previous {
		steps = []int{-1, +1}
	}
	for _, step := range steps {
		for d := o.Nominal.AddDays(step); d.Month == o.Nominal.Month && d.After(low) && d.Before(high); d = d.AddDays(step) {
			if open(d) {
				o.Day, o.At = d, instant(s.Rule.wall(d), s.Rule.loc)
				return o
			}
		}
	}
	return o
}

// wall returns the rule's time of day on a day, as a wall clock time noted in
// UTC.
func (r Recurrence) wall(d Date) time.Time { return d.Time().Add(r.clock) }
