package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A DeparturesView is the board that a maintainer opens in the morning.
type DeparturesView struct {
	Now time.Time
	// Trouble are the faults of the newest configuration, one a line, while the
	// last good one holds.
	Trouble     []string
	MoreTrouble int
	// Found is what a comparison with GitHub found after a silence, at FoundAt, if
	// there was one lately: Silent.
	Silent  bool
	Found   process.Found
	FoundAt time.Time
	Trains  []Departure
	// Waits are the closed gates of all trains and their passengers, the
	// longest waiting first.
	Waits     []Wait
	MoreWaits int
	// Waiting are the features submitted and not boarded, Orphans those without
	// an owner, Held whatever somebody holds.
	Waiting     []Waiting
	MoreWaiting int
	Orphans     []process.Ref
	MoreOrphans int
	Held        []Held
}

// A Departure is one train on the board.
type Departure struct {
	Train     process.Ref
	Name      string
	Stage     string
	Since     time.Time
	Iteration int
	// Next is the next date of the train, and What happens on it: "departs",
	// "testnet", "mainnet"; "" when no date is set.
	What   string
	Next   calendar.Date
	Aboard []Passenger
	More   int
	Redue  bool // a redeployment is due
}

// A Wait is a closed gate, with who can open it and since when it waits.
type Wait struct {
	On    process.Ref
	Move  process.Code
	Gate  process.Why
	Since time.Time
	Told  bool // those who can open it have been reminded
}

// Waiting is a feature that has been submitted for a network.
type Waiting struct {
	Feature process.Ref
	Network string
	By      string
	At      time.Time
	Layers  []string
}

// Held is something that somebody holds.
type Held struct {
	On process.Ref
	process.Hold
}

// departures reads the board from the Line.
func departures(p *process.Process, l *process.Line, now time.Time) DeparturesView {
	v := DeparturesView{Now: now}
	v.Trouble, v.MoreTrouble = troubles(p.Settings.Trouble)
	v.Found, v.FoundAt, v.Silent = l.Get(process.DeparturesID).Silence(now)
	running := slices.DeleteFunc(l.Trains(), func(it *process.Item) bool { return p.Ended(it) || it.Shown.Gone })
	for _, it := range running {
		v.Trains = append(v.Trains, departure(p, l, it))
		v.Waits = append(v.Waits, waits(p, l, it, now)...)
	}
	slices.SortStableFunc(v.Trains, func(a, b Departure) int { return soonest(a.Next, b.Next) })
	features := l.Sorted(func(it *process.Item) bool { return it.F != nil && !p.Ended(it) && !it.Shown.Gone })
	for _, f := range features {
		if f.F.Train != "" {
			v.Waits = append(v.Waits, waits(p, l, f, now)...)
		} else {
			v.Waiting = append(v.Waiting, waiting(f)...)
		}
		if f.F.Owner == "" {
			v.Orphans = append(v.Orphans, f.Ref())
		}
	}
	for _, it := range slices.Concat(running, features) {
		for _, h := range it.Holds {
			v.Held = append(v.Held, Held{it.Ref(), h})
		}
	}
	slices.SortStableFunc(v.Waits, func(a, b Wait) int { return a.Since.Compare(b.Since) })
	slices.SortStableFunc(v.Waiting, func(a, b Waiting) int { return cmp.Or(cmp.Compare(a.Network, b.Network), a.At.Compare(b.At)) })
	v.Waits, v.MoreWaits = bounded(v.Waits)
	v.Waiting, v.MoreWaiting = bounded(v.Waiting)
	v.Orphans, v.MoreOrphans = bounded(v.Orphans)
	v.Held, _ = bounded(v.Held)
	return v
}

// maxTroubles is how many faults the board shows: a person mends a few at a time.
const maxTroubles = 10

// troubles are the lines of an error.
func troubles(text string) (lines []string, more int) {
	if strings.TrimSpace(text) == "" {
		return nil, 0
	}
	lines = strings.Split(strings.TrimSpace(text), "\n")
	more = max(0, len(lines)-maxTroubles)
	lines = lines[:len(lines)-more]
	for i, l := range lines {
		lines[i] = cut(l, 300)
	}
	return lines, more
}

// soonest orders dates, those that are not set last.
func soonest(a, b calendar.Date) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

func departure(p *process.Process, l *process.Line, it *process.Item) Departure {
	t := it.T
	d := Departure{
		Train: it.Ref(), Name: p.TrainName(it), Stage: p.Title(it.Stage), Since: it.Since,
		Iteration: t.Iteration, Redue: t.Redeploy != "",
	}
	active := func(network string) bool {
		return slices.ContainsFunc(t.Active, func(a process.Activation) bool { return a.Network == network })
	}
	switch {
	case t.Departed.IsZero() && !t.Date.IsZero():
		d.What, d.Next = "departs", t.Date
	case !t.Planned["testnet"].On.IsZero() && !active("testnet"):
		d.What, d.Next = "testnet", t.Planned["testnet"].On
	case !t.Planned["mainnet"].On.IsZero() && !active("mainnet"):
		d.What, d.Next = "mainnet", t.Planned["mainnet"].On
	}
	aboard, more := bounded(l.Aboard(it.ID))
	d.More = more
	for _, f := range aboard {
		d.Aboard = append(d.Aboard, passenger(p, f, t.Judged[f.ID]))
	}
	return d
}

// waits lists the closed gates of an item's own moves forward.
func waits(p *process.Process, l *process.Line, it *process.Item, now time.Time) []Wait {
	var out []Wait
	for _, move := range process.Outlook(p, l, it, now) {
		if move.Back || move.On.ID != it.ID {
			continue
		}
		for _, why := range move.Why.Closed() {
			out = append(out, Wait{On: it.Ref(), Move: process.Code("/" + move.Move), Gate: why, Since: it.Since, Told: process.RoleReminded(it, it.Stage)})
		}
	}
	return out
}

func waiting(f *process.Item) []Waiting {
	var out []Waiting
	for _, network := range []string{"alphanet", "betanet"} {
		if s, ok := f.F.Submitted[network]; ok {
			out = append(out, Waiting{Feature: f.Ref(), Network: network, By: s.By, At: s.At, Layers: f.F.Layers})
		}
	}
	return out
}
