package calendar

import "time"

// Window is a run of days, both ends included. The zero value contains no day.
type Window struct {
	First Date `json:"first" yaml:"first"`
	Last  Date `json:"last" yaml:"last"`
}

// The release for the testnet is cut two to three weeks before the activation
// (T1): from the earliest to the latest of these many days before it.
const (
	cutEarliest = 21
	cutLatest   = 14
)

// CutWindow returns the days on which the release may be cut for a testnet
// activation on the given day (T1). No activation date gives an empty window.
func CutWindow(activation Date) Window {
	return Window{First: activation.AddDays(-cutEarliest), Last: activation.AddDays(-cutLatest)}
}

// Contains reports whether d is one of the window's days.
func (w Window) Contains(d Date) bool {
	return !w.First.IsZero() && !w.Last.IsZero() && !d.Before(w.First) && !d.After(w.Last)
}

// String returns the window as "2026-11-17 to 2026-11-24".
func (w Window) String() string { return w.First.String() + " to " + w.Last.String() }

// Long returns the window as sentences have it: "Tue 17 Nov 2026 to Tue 24 Nov 2026".
func (w Window) Long() string { return w.First.Long() + " to " + w.Last.Long() }

// SameMonth reports whether two moments fall in one calendar month in UTC, the
// measure for "at most once a month" (B1).
func SameMonth(a, b time.Time) bool {
	a, b = a.UTC(), b.UTC()
	return a.Year() == b.Year() && a.Month() == b.Month()
}
