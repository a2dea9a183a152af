// Package feed is the calendar feed: the railway's dates as iCalendar (RFC 5545),
// for people to subscribe to. Build makes events of a Line and its schedule,
// Encode writes them, and Handler serves them under /calendar.
//
// An event keeps its UID whatever happens to its date, and its SEQUENCE grows
// when it changes, so that a moved date moves in people's calendars; a dropped
// train's event is cancelled. Moments are written in UTC and days as days, so
// that no reader needs a zone. Nothing that a person typed is in it but the
// numbers and names of trains.
package feed

import (
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Kinds of events beside those of the items that they are about.
const (
	Cutoff process.Kind = "cutoff"
	Freeze process.Kind = "freeze"
)

// An Event is one entry of the feed: at a moment, or on whole days from First to
// Last. End is zero for a moment that takes no time.
type Event struct {
	UID         string
	Kind        process.Kind
	Summary     string
	Description string
	URL         string
	Start, End  time.Time
	First, Last calendar.Date
	Cancelled   bool
	// Busy says that people who keep to it are occupied meanwhile.
	Busy bool
	// Changed is when it last changed; SEQUENCE is counted from it.
	Changed time.Time
	// Features are the issues of those aboard, for the feed of one feature.
	Features []int
}

// epoch is what sequence numbers count from, in seconds: a number that grows
// whenever something changes needs no count that could be lost.
var epoch = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// Sequence returns the revision of the event: it grows with Changed.
func (e Event) Sequence() int {
	return int(max(0, e.Changed.Unix()-epoch.Unix()))
}

// day returns the day on which the event begins, in UTC for a moment.
func (e Event) day() calendar.Date {
	if !e.First.IsZero() {
		return e.First
	}
	return calendar.DateOf(e.Start)
}
