package model

import (
	"cmp"
	"slices"
	"strings"
)

// How many there can be of each in one scene. A state has room for them all, so
// that it is a value that can be compared.
const (
	maxReplicas = 3
	maxHooks    = 3
	maxActs     = 3
	maxIssues   = 2
)

// A kind says how an action can be repeated.
type kind uint8

const (
	label     kind = iota // idempotent: done again, nobody notices
	comment               // shows if it is done twice, and can be searched for
	milestone             // the same, but GitHub itself refuses a second one
	chat                  // can neither be repeated nor searched for
)

// An act is an action as a decision asks for it.
type act struct {
	name  string
	kind  kind
	event uint8 // which event's decision asks for it
	issue uint8 // its siding: one at a time there, in order
	needs uint8 // the act whose result it waits for, counted from 1; 0 for none
	value uint8 // what a label's place on its issue holds afterwards
	plain bool  // of a comment: nothing is decided of its end
}

// A scene is a small world: who is there, what happens, and how much may go
// wrong. All that can become of it is explored.
type scene struct {
	name     string
	replicas int
	hooks    []uint8 // the event of each delivery: two of one event are a webhook and its twin
	acts     []act
	stored   bool   // the deliveries are in the inbox when it begins
	may      budget // how often each mishap may come
	sweep    bool   // drift of labels is repaired
	broken   broken // which rules of the protocol are left out
}

// A budget is how often each mishap may still come.
type budget struct {
	lose, repeat uint8 // a webhook is lost on the way, or comes again
	crash        uint8 // a replica dies at once
	freeze       uint8 // a replica stands still, unknowing, and goes on later
	cut          uint8 // the database is cut off: in the middle of a write, or between two
	unanswered   uint8 // an answer of GitHub's does not come
	limit        uint8 // GitHub refuses for now
	giveUp       uint8 // an attempt was the last
	revive       uint8 // a person has a dead action run again
	move         uint8 // a lease is recalled, or its holder is stopped
	hurry        uint8 // and has no time left for what is under way
	backup       uint8 // a backup is made, which replaces the one before
	restore      uint8 // and brought back, over a replica that is up, stands still or is down
}

// Where a delivery is, as GitHub sees it.
const (
	due      = iota // to be sent
	underWay        // a replica has it and has not answered
	failed          // not answered well: to be redelivered, with the same id
	acked           // answered 2xx
)

// What an action is in the store.
const (
	absent = iota
	pending
	done
	dead
)

// A store is what the database has at one moment. Bit i of a set is about number i.
type store struct {
	place   [maxHooks]uint8 // order of arrival from 1; 0 is not in the inbox
	arrived uint8
	settled uint8 // set of deliveries
	again   uint8 // set of undecided deliveries that may have been decided before a backup was brought back
	keys    uint8 // set of events
	ledger  [maxHooks]uint8
	acts    [maxActs]uint8
	started uint8            // set of actions
	heard   uint8            // set of actions whose receipt is recorded
	decided [maxIssues]uint8 // the label action that was decided last, from 1
}

// A state is everything at one moment.
type state struct {
	store
	backup store // for as long as it can be brought back

	// GitHub, and what is on the way to it.
	hooks    [maxHooks]uint8
	made     [maxActs]uint8 // how often each action has had its effect
	labels   [maxIssues]uint8
	orphans  [maxActs]uint8 // requests whose sender waits no more; they land or vanish before any pause is over
	overdue  [maxActs]uint8 // the same, but they left so late that no pause covers them
	replicas [maxReplicas]replica

	left    budget
	revived uint8 // set of actions that a person has wanted again
	fault   fault
}

// How a replica is.
const (
	down = iota
	up
	frozen
)

// What a replica believes of its lease, and what is true.
const (
	none = iota // it knows that it has none
	good        // its epoch is the latest
	old         // somebody else has come since, and it does not know
	past        // a backup was brought back since, and it does not know
)

// A replica is one process.
type replica struct {
	is    uint8
	lock  bool // the server holds the advisory lock for its session
	lease uint8
	stop  bool // it begins nothing new, and hands over

	hook     uint8 // the delivery that it is receiving, from 1
	stored   bool  // durably
	answered bool  // before it was stored, which is a mistake
	gone     bool  // GitHub has given up waiting for the answer

	turn    uint8 // the delivery that is decided and not recorded, from 1
	known   bool  // the decision came to nothing: its event has been decided before
	half    bool  // one of two writes that should be one is done
	yard    uint8 // set of actions to be done, as far as it knows
	unsure  uint8 // those of them that may have been done already
	owed    uint8 // set of actions that have ended, which is not written down yet
	carries [maxIssues]carrier
}

// A carrier carries out an action of one issue.
type carrier struct {
	act  uint8 // from 1; 0 is none
	at   uint8
	late bool // its request left when no pause covers it any more
}

// How far an action is.
const (
	ready    = iota
	marked   // as started, durably
	searched // and not found
	sent     // the request is on its way
	landed   // it had its effect, and the answer is on its way
	refused  // GitHub has not carried it out, and said so
)

// A fault is a property broken on the way to a state, that cannot be seen in the
// state alone.
type fault uint8

const (
	noFault fault = iota
	oldEpoch
	outOfOrder
)

func has(set uint8, i int) bool      { return set&(1<<i) != 0 }
func with(set uint8, i int) uint8    { return set | 1<<i }
func without(set uint8, i int) uint8 { return set &^ (1 << i) }
func (s *state) me(r int) *replica   { return &s.replicas[r] }

// start is the scene's first state.
func (sc *scene) start() state {
	s := state{left: sc.may}
	for r := range sc.replicas {
		s.replicas[r].is = up
	}
	for h := range sc.hooks {
		if sc.stored {
			s.arrived++
			s.place[h], s.hooks[h] = s.arrived, acked
		}
	}
	return s
}

// canonical makes one of all states that differ only in which replica is which.
func (s state) canonical(replicas int) state {
	slices.SortFunc(s.replicas[:replicas], func(a, b replica) int { return cmp.Compare(a.packed(), b.packed()) })
	return s
}

// packed is the replica as one number.
func (r *replica) packed() uint64 {
	n, shift := uint64(0), 0
	put := func(v uint8, bits int) {
		n |= uint64(v) << shift
		shift += bits
	}
	flag := func(b bool) {
		if b {
			n |= 1 << shift
		}
		shift++
	}
	put(r.is, 2)
	put(r.lease, 2)
	put(r.hook, 2)
	put(r.turn, 2)
	put(r.yard, maxActs)
	put(r.unsure, maxActs)
	put(r.owed, maxActs)
	for _, c := range r.carries {
		put(c.act, 2)
		put(c.at, 3)
		flag(c.late)
	}
	for _, b := range []bool{r.lock, r.stop, r.stored, r.answered, r.gone, r.known, r.half} {
		flag(b)
	}
	return n
}

// A step is what leads from one state to the next.
type step struct {
	form string // with {r} for the replica and {x} for the delivery or action
	r, x int
}

// told is the step in words.
func (st step) told(sc *scene) string {
	object := ""
	switch {
	case strings.Contains(st.form, "delivery {x}"):
		object = string(rune('1' + st.x))
	case st.x < len(sc.acts):
		object = sc.acts[st.x].name
	}
	return strings.NewReplacer("{r}", "replica "+string(rune('A'+st.r)), "{x}", object).Replace(st.form)
}
