package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Clock is a time of day as 18:00, in the zone of what it belongs to. The empty
// Clock is "no time".
type Clock string

// ParseClock reads a time of day as 18:00 and nothing else: 6 pm and 6:00 are
// times to some readers and mistakes to others.
func ParseClock(s string) (Clock, error) {
	if _, err := time.Parse("15:04", s); err != nil || len(s) != len("15:04") {
		return "", errors.New("not a time of day: write hours and minutes, as in 09:30 or 18:00")
	}
	return Clock(s), nil
}

// minutes counts from midnight; no time is midnight.
func (c Clock) minutes() int {
	t, err := time.Parse("15:04", string(c))
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

// Oddity says what a change of the clocks does to a time of day.
type Oddity string

// What a change of the clocks can do.
const (
	// Skipped is a time that the clocks jump over: it is taken as if they had not
	// changed yet, so 02:30 is the moment that the clocks then show as 03:30.
	Skipped Oddity = "skipped"
	// Repeated is a time that the clocks show twice: the first counts.
	Repeated Oddity = "repeated"
)

// String explains the oddity and the rule for it in a few words.
func (o Oddity) String() string {
	switch o {
	case Skipped:
		return "the clocks change and jump over this time: it is taken as if they had not changed yet"
	case Repeated:
		return "the clocks change and show this time twice: the first counts"
	}
	return ""
}

// At returns the moment, in UTC, at which the clocks of a zone show a time on a
// day, and whether a change of the clocks makes that odd. No date gives the zero
// time.
func At(d Date, c Clock, zone *time.Location) (time.Time, Oddity) {
	if d.IsZero() {
		return time.Time{}, ""
	}
	wall := d.Time().Add(time.Duration(c.minutes()) * time.Minute)
	t := instant(wall, zone)
	return t, oddity(t, wall, zone)
}

// oddity compares a moment with the wall clock time that was meant.
func oddity(t, wall time.Time, zone *time.Location) Oddity {
	if !shows(t.In(zone), wall) {
		return Skipped
	}
	_, after := t.Add(day).In(zone).Zone()
	again := wall.Add(-time.Duration(after) * time.Second)
	if !again.Equal(t) && shows(again.In(zone), wall) {
		return Repeated
	}
	return ""
}

// ParseFuture reads a date as ParseDate does and refuses one before today.
func ParseFuture(s string, today Date) (Date, error) {
	d, err := ParseDate(s)
	if err != nil {
		return Date{}, err
	}
	if d.Before(today) {
		return Date{}, fmt.Errorf("%s has passed, today is %s: write a day from today on, as in %s", d, today, today.AddDays(14))
	}
	return d, nil
}
