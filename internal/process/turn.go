package process

import (
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A Turn is one command, or one happening, being decided: what is known, and
// what has been changed so far. Gates, effects and commands work on it.
// Nothing that a Turn does can be seen outside until it is merged.
type Turn struct {
	P *Process
	E Event
	A Answers
	// Move and Facts tell the questions of the graph what is being decided.
	Move  string
	Facts Facts
	// key is unique to the turn; typed is the line that it decides, if any.
	key   string
	typed Typed
	// moved is the item that the turn has moved, prior what /undo will need.
	moved ID
	prior *Prior
	// meeting says that a meeting decides, so that its own minutes tell of it.
	meeting bool
	// subject is the item whose issue the command was typed on.
	subject ID
	// talked are the items that an agenda has topics about; nil is all.
	talked map[ID]*Item
	// zone is that of the reminders, once it is known.
	zone    *time.Location
	line    *Line
	actions []Action
}

// Facts are what a command found out that the questions of the graph ask for.
type Facts struct {
	Reason  string
	Link    string
	Finding string // low or high
	Veto    bool
}

func newTurn(p *Process, under *Line, e Event, a Answers) *Turn {
	t := &Turn{P: p, E: e, A: a, line: under.over(), key: e.Key}
	if e.Issue != nil && (e.Repo == "" || strings.EqualFold(e.Repo, under.Repo)) {
		if it := under.Number(e.Issue.Number); it != nil {
			t.subject = it.ID
		}
	}
	return t
}

// merge keeps what the turn changed in the line below it.
func (t *Turn) merge(into *Line) {
	for _, it := range t.line.mine {
		into.mine[it.ID] = it
	}
}

// Now is when the event happened, in the world's time.
func (t *Turn) Now() time.Time { return t.E.At }

// Today is the day of the event in UTC.
func (t *Turn) Today() calendar.Date { return calendar.DateOf(t.E.At) }

// By is the login of who asks.
func (t *Turn) By() string { return t.E.Actor.Login }

// Line is the railway as the turn sees it.
func (t *Turn) Line() *Line { return t.line }

// Item returns the item of the issue the command was typed on; nil if that
// issue is not tracked.
func (t *Turn) Item() *Item { return t.line.Get(t.subject) }

// Get returns an item to read.
func (t *Turn) Get(id ID) *Item { return t.line.Get(id) }

// Edit returns an item to change.
func (t *Turn) Edit(it *Item) *Item {
	if mine, ok := t.line.mine[it.ID]; ok {
		return mine
	}
	c := it.Clone()
	t.line.mine[c.ID] = c
	return c
}

// Add puts a new item on the line.
func (t *Turn) Add(it *Item) *Item {
	t.line.mine[it.ID] = it
	return it
}

// Train returns the train that a feature is aboard of, nil for none.
func (t *Turn) Train(it *Item) *Item {
	if it == nil || it.F == nil || it.F.Train == "" {
		return nil
	}
	return t.line.Get(it.F.Train)
}

// Do adds an action.
func (t *Turn) Do(a Action) { t.actions = append(t.actions, a) }

// Tell says something once on an item's issue. The marker finds the comment
// again; saying it a second time in the item's life does nothing.
func (t *Turn) Tell(it *Item, marker string, words Text) {
	it = t.Edit(it)
	if slices.Contains(it.Told, marker) {
		return
	}
	it.Told = append(it.Told, marker)
	t.Do(Action{Do: SayOnce, Item: it.ID, Marker: marker, Words: words})
	t.announce(it, words)
}

// Note adds a line to an item's history, in the name of who asks.
func (t *Turn) Note(it *Item, what Text) {
	t.Edit(it).Note(t.Now(), t.By(), what)
}

// Is reports whether the login is the actor's, without regard to case.
func (t *Turn) Is(login string) bool { return login != "" && strings.EqualFold(login, t.By()) }

// Holds says whether who asks has one of the roles with regard to the item.
// [Owner] is the feature's owner who still is an engineer.
func (t *Turn) Holds(it *Item, roles []Role) Verdict {
	if len(roles) == 0 {
		return Yes
	}
	verdict := No
	for _, r := range roles {
		v := No
		switch r {
		case Owner:
			if it != nil && it.F != nil && t.Is(it.F.Owner) {
				v = t.A.Role(t.By(), Engineer)
			}
		case AnyRole:
			v = t.A.Any(t.By())
		default:
			v = t.A.Role(t.By(), r)
		}
		if v == Yes {
			return Yes
		}
		if v == Unknown {
			verdict = Unknown
		}
	}
	return verdict
}

// Did is the outcome of something carried out.
func Did(key string, pairs ...any) Outcome { return Outcome{State: Done, Head: Say(key, pairs...)} }

// Refuse is the outcome of something that cannot be, by the rule.
func Refuse(rule string, head Text, next ...Code) Outcome {
	return Outcome{State: Refused, Rule: rule, Head: head, Next: next}
}

// Form is the refusal of arguments that are missing or not understood (D4): it
// shows the form and an example.
func (t *Turn) Form(name string, what Text) Outcome {
	o := Outcome{State: Puzzled, Rule: "D4", Head: what}
	if c := t.P.Tables.Command(name); c != nil {
		o.Head = o.Head.With("usage", Code(c.Usage))
		for _, ex := range c.Examples {
			o.Next = append(o.Next, Code(ex))
		}
	}
	return o
}

// Denied is the refusal of a person without the role (D1), or of one whose
// roles could not be checked.
func (t *Turn) Denied(verdict Verdict, roles []Role) Outcome {
	key := "refusal.role"
	if verdict == Unknown {
		key = "refusal.unchecked"
	}
	o := Refuse("D1", Say(key, "roles", slices.Clone(roles), "holders", t.holders(roles), "trouble", t.A.Trouble, "user", t.By()))
	if verdict == Unknown && t.typed.Verb != "" {
		o.Next = []Code{again(t.typed)}
	}
	o.Why = Why{Gate: "role", Rule: "D1", Verdict: verdict, Opens: slices.Clone(roles), Evidence: o.Head}
	return o
}

func (t *Turn) holders(roles []Role) []string {
	var out []string
	for _, r := range roles {
		if h := t.P.Settings.Holders[r]; h != "" {
			out = append(out, h)
		}
	}
	return out
}
