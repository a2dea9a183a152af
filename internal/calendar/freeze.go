package calendar

import "time"

// Freeze is a run of days on which nothing is deployed or activated, once or
// again and again. Days counts both ends; a recurring freeze begins on each day
// of its rule and lasts Length days. The zero Freeze has no day.
type Freeze struct {
	Days   Window     `json:"days,omitzero"`
	Rule   Recurrence `json:"rule,omitzero"`
	Length int        `json:"length,omitempty"`
	Reason string     `json:"reason"`
}

// Between returns the freeze's runs of days that touch the days from one to
// another, both included, in order and whole.
func (f Freeze) Between(from, to Date) []Window {
	if f.Rule.IsZero() {
		if f.Days.First.IsZero() || f.Days.Last.Before(from) || f.Days.First.After(to) {
			return nil
		}
		return []Window{f.Days}
	}
	var out []Window
	length := max(1, f.Length)
	for _, t := range f.Rule.Between(from.AddDays(1-length).Time(), to.AddDays(1).Time()) {
		// The rule is kept in UTC, so that a day is a day.
		first := DateOf(t)
		out = append(out, Window{first, first.AddDays(length - 1)})
	}
	return out
}

// Covers reports whether a day is frozen by it.
func (f Freeze) Covers(d Date) bool {
	for _, w := range f.Between(d, d) {
		if w.Contains(d) {
			return true
		}
	}
	return false
}

// dateIn returns the day on which a moment falls in a zone.
func dateIn(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}
