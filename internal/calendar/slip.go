package calendar

import "slices"

// A Slip is what changes when one plan takes another's place.
type Slip struct {
	From  Date    `json:"from"` // the activation before and after
	To    Date    `json:"to"`
	Moves []Shove `json:"moves,omitempty"`
	// Breaks are the troubles that the new plan has and the old had not; Mends
	// are those that it is rid of.
	Breaks []Trouble `json:"breaks,omitempty"`
	Mends  []Trouble `json:"mends,omitempty"`
}

// A Shove is one step that another plan has on other days. Days is how much
// later its last day is, negative for earlier. Before is empty for a step that
// the old plan did not have, After for one that the new one has not.
type Shove struct {
	Step   StepName `json:"step"`
	Before Window   `json:"before,omitzero"`
	After  Window   `json:"after,omitzero"`
	Days   int      `json:"days"`
}

// Compare tells what the second plan moves, breaks and mends, in the order of
// the process. Plans that are the same give a Slip without moves.
func Compare(before, after Plan) Slip {
	slip := Slip{From: before.On, To: after.On}
	for _, s := range steps {
		was, had := before.Step(s.name)
		is, has := after.Step(s.name)
		if had == has && was.Days() == is.Days() {
			continue
		}
		shove := Shove{Step: s.name, Days: is.Last.DaysSince(was.Last)}
		if had {
			shove.Before = was.Days()
		}
		if has {
			shove.After = is.Days()
		}
		slip.Moves = append(slip.Moves, shove)
	}
	slip.Breaks = onlyIn(after.Troubles, before.Troubles)
	slip.Mends = onlyIn(before.Troubles, after.Troubles)
	return slip
}

// onlyIn returns the troubles of a that b has not, by step and kind.
func onlyIn(a, b []Trouble) []Trouble {
	var out []Trouble
	for _, t := range a {
		if !slices.ContainsFunc(b, func(o Trouble) bool { return o.Step == t.Step && o.Kind == t.Kind }) {
			out = append(out, t)
		}
	}
	return out
}
