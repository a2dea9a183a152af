package render

import (
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	maxRows    = 60 // of any table on a page
	maxHistory = 20 // notes shown on a page
)

// A Status is what the status of a feature and of a train have in common.
type Status struct {
	Ref   process.Ref
	Kind  process.Kind
	Now   time.Time
	Stage string // its title; "" before the journey begins
	Area  string // the network's box of the map: "Alphanet"
	Since time.Time
	Ended string // the end where the journey stopped; "" while it runs
	Steps []Step
	Gates []Gate
	Open  int // how many of the gates are
	Map   Markdown
	// Marked says that the map has the present stage marked.
	Marked     bool
	Holds      []process.Hold
	Waivers    []process.Waiver
	Checklists []List
	History    []process.Note // newest first
}

// A Step is a move that could be made next: what to type, where, and what it
// waits for.
type Step struct {
	Usage  process.Code
	On     process.Ref // another issue than this; zero for this one
	Owner  string      // the feature's owner, if the step is the owner's
	By     []process.Role
	Closed []process.Why
	Back   bool
}

// A Gate is one condition of the moves ahead.
type Gate struct {
	process.Why
	For process.Code // the move it stands before
}

// A List is how far a checklist is.
type List struct {
	Stage string
	Done  int
	All   int
	Over  bool
	Items []process.Check
}

// status gathers what every status shows.
func status(p *process.Process, l *process.Line, it *process.Item, now time.Time) Status {
	s := Status{
		Ref: it.Ref(), Kind: it.Kind, Now: now, Since: it.Since,
		Holds: it.Holds, Waivers: it.Waivers, History: latest(it.History, maxHistory),
	}
	if n := p.Node(it.Stage); n != nil {
		s.Stage, s.Area = p.Title(it.Stage), n.Area
		if n.Kind == process.KindEnd {
			s.Ended = it.Stage
		}
	}
	s.Steps, s.Gates = ahead(p, l, it, now)
	for _, g := range s.Gates {
		if g.Verdict.Open() {
			s.Open++
		}
	}
	s.Map, s.Marked = statusMap(p, it)
	for _, c := range it.Checklists {
		s.Checklists = append(s.Checklists, List{
			Stage: p.Title(c.Stage), Done: len(c.Items) - c.Open(), All: len(c.Items), Over: c.Over, Items: c.Items,
		})
	}
	slices.Reverse(s.Checklists)
	return s
}

// ahead lists the moves that an item could make and the gates before them.
func ahead(p *process.Process, l *process.Line, it *process.Item, now time.Time) ([]Step, []Gate) {
	var steps []Step
	var gates []Gate
	for _, move := range process.Outlook(p, l, it, now) {
		step := Step{Usage: move.Usage, By: move.By, Closed: move.Why.Closed(), Back: move.Back}
		if move.On.ID != it.ID {
			step.On = move.On
		}
		if it.F != nil && slices.Contains(move.By, process.Owner) {
			step.Owner = it.F.Owner
		}
		steps = append(steps, step)
		for _, why := range move.Why.Of {
			gates = append(gates, Gate{Why: why, For: process.Code("/" + move.Move)})
		}
	}
	return steps, gates
}

// statusMap draws the map with the boxes where the item stands in full, the
// others folded, and reports whether its place could be marked.
func statusMap(p *process.Process, it *process.Item) (Markdown, bool) {
	places := []string{it.Stage}
	for _, track := range it.Tracks {
		places = append(places, track.At)
	}
	slices.Sort(places[1:])
	full := []string{}
	var marks []string
	for _, place := range places {
		if n := p.Node(place); n != nil {
			marks = append(marks, place)
			full = append(full, n.Area)
		}
	}
	drawn := p.Mermaid(process.MapOptions{Mark: strings.Join(marks, " "), Full: full})
	return Markdown(strings.TrimSpace(strings.ReplaceAll(drawn, "```", ""))), strings.Contains(drawn, " here\n")
}

// latest returns at most n notes, the newest first.
func latest(notes []process.Note, n int) []process.Note {
	notes = slices.Clone(notes[max(0, len(notes)-n):])
	slices.Reverse(notes)
	return notes
}

// bounded cuts a list to what a page has room for and says how many are left.
func bounded[T any](list []T) (kept []T, more int) {
	if len(list) <= maxRows {
		return list, 0
	}
	return list[:maxRows], len(list) - maxRows
}
