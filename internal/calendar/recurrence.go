package calendar

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// horizon is for how long after its start a rule is followed.
const horizonYears = 100

// Recurrence is a rule such as "the second Thursday of each month at 10:00 in
// Berlin": an RFC 5545 rule without sub-daily parts, a time zone, and a start.
// The local hour stays when the clocks change. An hour that a change skips is
// taken as if the clocks had not changed yet, one that it repeats counts the
// first time, as the RFC has it. Occurrences are reckoned for 100 years.
//
// The zero value never fires. A Recurrence is immutable and safe for concurrent
// use.
type Recurrence struct {
	rule, zone, start string

	// options has start and end as wall clock times that are noted in UTC: in
	// UTC every wall clock time exists once, so the rule library cannot stumble
	// over a change of the clocks.
	options rrule.ROption
	loc     *time.Location
	// days are those of all occurrences, counted from 1970, as walked once when
	// the rule was read; clock is the time of day that they share.
	days  []int32
	clock time.Duration
}

// Rule returns the RFC 5545 rule, in capitals.
func (r Recurrence) Rule() string { return r.rule }

// Zone returns the IANA name of the time zone.
func (r Recurrence) Zone() string { return r.zone }

// Start returns the start as ParseRecurrence reads it.
func (r Recurrence) Start() string { return r.start }

// IsZero reports whether there is no rule.
func (r Recurrence) IsZero() bool { return r.loc == nil }

// Equal reports whether two recurrences have the same rule, zone and start.
func (r Recurrence) Equal(other Recurrence) bool {
	return r.rule == other.rule && r.zone == other.zone && r.start == other.start
}

// String describes the recurrence for logs and reports of faults.
func (r Recurrence) String() string {
	if r.IsZero() {
		return "never"
	}
	return fmt.Sprintf("%s in %s from %s", r.rule, r.zone, r.start)
}

// Between returns the occurrences from from on and before to, in order and in
// UTC.
func (r Recurrence) Between(from, to time.Time) []time.Time {
	var found []time.Time
	r.each(from, func(t time.Time) bool {
		if t.Before(to) {
			found = append(found, t)
		}
		return t.Before(to)
	})
	return found
}

// Next returns the first occurrence after the given moment, in UTC; ok is false
// if the rule has ended by then.
func (r Recurrence) Next(after time.Time) (next time.Time, ok bool) {
	r.each(after, func(t time.Time) bool {
		if t.After(after) {
			next, ok = t, true
		}
		return !ok
	})
	return next, ok
}

// each calls do with the occurrences from the given moment on until it returns
// false.
func (r Recurrence) each(from time.Time, do func(time.Time) bool) {
	// No zone is so far from UTC that a day's margin would miss an occurrence.
	early := DateOf(from.Add(-day)).number()
	at, _ := slices.BinarySearch(r.days, early)
	var last time.Time
	for _, n := range r.days[at:] {
		// Where a zone skips a whole day, two walls can be one moment.
		t := instant(dayNumber(n).Time().Add(r.clock), r.loc)
		if t.Before(from) || t.Equal(last) {
			continue
		}
		if last = t; !do(t) {
			return
		}
	}
}

// number counts the days from 1970; the least number is no date's.
func (d Date) number() int32 {
	if d.IsZero() {
		return math.MinInt32
	}
	return int32(d.DaysSince(Date{1970, time.January, 1}))
}

// dayNumber is the reverse of number.
func dayNumber(n int32) Date { return Date{1970, time.January, 1}.AddDays(int(n)) }

// walk follows the rule to its end and notes its days. The library panics on
// some rules that it accepts, which is an error of the rule.
func (r *Recurrence) walk() (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("the rule %s cannot be followed: use a simpler one, such as FREQ=MONTHLY;BYDAY=2TH", r.rule)
		}
	}()
	rule, outside := rrule.NewRRule(r.options)
	if outside != nil {
		return nil // a part is out of its bounds: the rule never fires
	}
	walls := rule.Iterator()
	for wall, ok := walls(); ok; wall, ok = walls() {
		d := DateOf(wall)
		r.clock = wall.Sub(d.Time())
		r.days = append(r.days, d.number())
	}
	r.days = slices.Clip(r.days)
	return nil
}

// instant returns the moment at which a wall clock in loc shows the time that
// wall shows in UTC.
func instant(wall time.Time, loc *time.Location) time.Time {
	y, m, d := wall.Date()
	guess := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), 0, loc)
	_, before := guess.Add(-day).Zone()
	early := wall.Add(-time.Duration(before) * time.Second)
	if shows(guess, wall) && !shows(early.In(loc), wall) {
		return guess.UTC()
	}
	return early.UTC()
}

// shows reports whether the clock of t's zone reads like wall.
func shows(t, wall time.Time) bool { return wallOf(t, t.Location()).Equal(wall) }

// wallOf is the reverse of instant.
func wallOf(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// recurrenceText is a Recurrence in JSON.
type recurrenceText struct {
	Rule  string `json:"rule"`
	Zone  string `json:"zone"`
	Start string `json:"start"`
}

// MarshalJSON writes rule, zone and start, and null for no rule.
func (r Recurrence) MarshalJSON() ([]byte, error) {
	if r.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(recurrenceText{r.rule, r.zone, r.start})
}

// UnmarshalJSON reads what MarshalJSON writes, with the errors of
// ParseRecurrence.
func (r *Recurrence) UnmarshalJSON(raw []byte) error {
	var text *recurrenceText
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("read recurrence: %w", err)
	}
	if text == nil {
		*r = Recurrence{}
		return nil
	}
	parsed, err := ParseRecurrence(text.Rule, text.Zone, text.Start)
	if err != nil {
		return fmt.Errorf("read recurrence: %w", err)
	}
	*r = parsed
	return nil
}

// several are the parts that give more than one occurrence a day if they list
// more than one value.
func several(o rrule.ROption) bool {
	return slices.ContainsFunc([][]int{o.Byhour, o.Byminute, o.Bysecond}, func(v []int) bool { return len(v) > 1 })
}
