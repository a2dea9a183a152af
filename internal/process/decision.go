package process

import "slices"

// A State is how a command line came out.
type State string

// The states of an outcome.
const (
	Done     State = "done"     // carried out; or would be, in a dry run
	Refused  State = "refused"  // not now, not here, or not by this person
	Puzzled  State = "puzzled"  // not understood
	Answered State = "answered" // a question, answered in the reply
	Already  State = "already"  // true before; nothing to do
)

// An Outcome is what became of one command line.
type Outcome struct {
	State State `json:"state"`
	// Rule is the id that a refusal rests on (T6, D1); "" for none.
	Rule string `json:"rule,omitempty"`
	// Head says in a few words what happened or is wanted.
	Head Text `json:"head"`
	// Body is the rest of an answer, if any.
	Body Text `json:"body,omitzero"`
	Why  Why  `json:"why,omitzero"`
	// Next are the exact lines to type next, the first being the best.
	Next []Code `json:"next,omitempty"`
	// Where is the issue on which to type them when it is another one.
	Where *Ref `json:"where,omitempty"`
	// Parts are the outcomes of one line about several issues, each by itself.
	Parts []Outcome `json:"parts,omitempty"`
}

// Bad reports whether somebody has to do something about it.
func (o Outcome) Bad() bool {
	if o.State == Refused || o.State == Puzzled {
		return true
	}
	for _, p := range o.Parts {
		if p.Bad() {
			return true
		}
	}
	return false
}

// Rules are the ids that a refusal rests on, each once: its own, those of the
// gates that are closed, and those of its parts. There are none without one.
func (o Outcome) Rules() []string {
	var all []string
	add := func(ids ...string) {
		for _, id := range ids {
			if id != "" && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	if o.Bad() {
		add(o.Rule)
		for _, w := range o.Why.Closed() {
			add(w.Rule)
		}
	}
	for _, p := range o.Parts {
		add(p.Rules()...)
	}
	return all
}

// A Part is one command line and its outcome.
type Part struct {
	Line    Typed   `json:"line"`
	Outcome Outcome `json:"outcome"`
}

// A Decision is what follows from an event: the items as they are from now on,
// what to do at GitHub, and why. The zero Decision changes nothing.
type Decision struct {
	// Keys are what the decision has settled for ever: the event's own key and
	// those of its command lines. Deciding any of them again adds nothing.
	Keys    []string `json:"keys,omitempty"`
	Changed []*Item  `json:"changed,omitempty"`
	Actions []Action `json:"actions,omitempty"`
	Parts   []Part   `json:"parts,omitempty"`
	// Skipped says why the event was none of ours; "" when it was decided.
	Skipped string `json:"skipped,omitempty"`
}
