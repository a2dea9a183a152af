package calendar

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Schedule is everything that a repository configures about time. It is a
// value: nobody changes it once it is made. The zero Schedule has no trains and
// no meetings, and knows weekends alone.
type Schedule struct {
	// Alphanets depart by themselves (A1); Meetings decide (A2, B1, M2).
	Alphanets Series
	Meetings  Series
	// Length is how long a meeting is planned to take.
	Length time.Duration
	// Cutoff says when submissions close (A7).
	Cutoff   Cutoff
	Freezes  []Freeze
	Workdays Workdays
	// Lead are the times that work takes, and Ballots the clocks of governance by
	// the kind of proposal; Ballot is the kind where none is named.
	Lead    Lead
	Ballots map[string]Ballot
	Ballot  string
}

// A Series is a recurring date, and what becomes of an occurrence on a closed
// day.
type Series struct {
	Rule  Recurrence
	Shift Shift
}

// A Shift says where an occurrence on a closed day goes.
type Shift string

// The shifts. An occurrence stays in its month and between its neighbours: where
// the next open day lies beyond, it takes the last one before instead, and
// where there is none either it stays and says so.
const (
	Next     Shift = "next"     // to the next open day
	Previous Shift = "previous" // to the last open day before
	Keep     Shift = "keep"     // nowhere
)

// Shifts lists the shifts as they are written.
var Shifts = []Shift{Next, Previous, Keep}

// An Anchor is what a cut-off is counted from.
type Anchor string

// The anchors.
const (
	ToMeeting   Anchor = "meeting"
	ToDeparture Anchor = "departure"
)

// Anchors lists the anchors as they are written.
var Anchors = []Anchor{ToMeeting, ToDeparture}

// A Cutoff says when submissions close: By before the meeting or the departure,
// at the time At (its own time of day where that is empty), or by a rule of its
// own, the last time before. It is never later than what it is for. The zero
// Cutoff closes with the departure itself.
type Cutoff struct {
	Rule   Recurrence
	Before Anchor
	By     Span
	At     Clock
}

// Lead are the times that the steps of an upgrade take, for planning back from
// an activation. Assumed names those that nobody has configured, by the names
// that Assumption has.
type Lead struct {
	Alphanet Span // from an Alphanet's departure to its verdict
	Betanet  Span // from the Betanet's deployment to its verdict
	Audit    Span // from the request of an audit to its clearance
	Testnet  Span // for which the testnet runs before the mainnet release
	Release  Span // from the mainnet release to the activation
	Notice   Span // before an activation, to partners (T9)
	Assumed  []string
}

// A Ballot is how long governance takes over a kind of proposal (G1): the review
// before the vote, the vote, and the wait after it.
type Ballot struct {
	Review Span
	Voting Span
	Delay  Span
}

// BallotOf returns the clocks of a kind of proposal, the usual one for "". The
// error lists the kinds.
func (s Schedule) BallotOf(kind string) (Ballot, error) {
	if kind == "" {
		kind = s.Ballot
	}
	b, ok := s.Ballots[kind]
	if !ok && kind != "" {
		return Ballot{}, fmt.Errorf("no kind of proposal is called %s: there are %s", kind, list(slices.Sorted(maps.Keys(s.Ballots))))
	}
	return b, nil
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	out := words[0]
	for _, w := range words[1:] {
		out += ", " + w
	}
	return out
}

// A Closing is why a day is closed. The zero Closing is an open day.
type Closing struct {
	Why  string `json:"why"` // Frozen, DayOff or Weekend
	Name string `json:"name,omitempty"`
}

// Why a day is closed.
const (
	Frozen  = "freeze"
	DayOff  = "holiday"
	Weekend = "weekend"
)

// String says it in a few words: "freeze: year's end".
func (c Closing) String() string {
	if c.Name == "" {
		return c.Why
	}
	return c.Why + ": " + c.Name
}

// Frozen reports whether a freeze covers a day, and which.
func (s Schedule) Frozen(d Date) Closing {
	for _, f := range s.Freezes {
		if f.Covers(d) {
			return Closing{Frozen, f.Reason}
		}
	}
	return Closing{}
}

// Closed reports why nothing should be deployed or activated on a day: a freeze,
// a holiday, or the weekend.
func (s Schedule) Closed(d Date) Closing {
	if c := s.Frozen(d); c.Why != "" {
		return c
	}
	if c := s.off(d); c.Why != "" {
		return c
	}
	if !s.Workdays.Workday(d) {
		return Closing{Weekend, d.Weekday().String()}
	}
	return Closing{}
}

// off reports whether a day is a holiday.
func (s Schedule) off(d Date) Closing {
	if h, ok := s.Workdays.Holiday(d); ok {
		return Closing{DayOff, h.Name}
	}
	return Closing{}
}
