package model

import (
	"fmt"
	"slices"
	"strings"
)

// A space is all that can become of a scene.
type space struct {
	sc     *scene
	states []state
	parent []int32 // the state from which each was reached first; the start is its own
	via    []step
	edges  [][2]int32
	broken string // the first property that does not hold, "" if all do
	path   []string
}

// explore goes through all states, the nearest first, until a property is
// broken; so the way to there is the shortest.
func explore(sc *scene) *space {
	sp := &space{sc: sc}
	seen := map[state]int32{}
	visit := func(s state, from int32, by step) int32 {
		key := s.canonical(sc.replicas)
		i, known := seen[key]
		if !known {
			i = int32(len(sp.states))
			seen[key] = i
			sp.states, sp.parent, sp.via = append(sp.states, s), append(sp.parent, from), append(sp.via, by)
			if fault := sc.fault(&s); fault != "" && sp.broken == "" {
				sp.broken, sp.path = fault, sp.way(i)
			}
		}
		return i
	}
	visit(sc.start(), 0, step{})
	for i := int32(0); int(i) < len(sp.states) && sp.broken == ""; i++ {
		e := steps{sc: sc, from: sp.states[i], emit: func(by step, to state) {
			sp.edges = append(sp.edges, [2]int32{i, visit(to, i, by)})
		}}
		e.all()
	}
	if sp.broken == "" {
		sp.deadEnds()
	}
	return sp
}

// way is the path to a state in words.
func (sp *space) way(i int32) []string {
	var path []string
	for ; i != 0; i = sp.parent[i] {
		path = append(path, sp.via[i].told(sp.sc))
	}
	slices.Reverse(path)
	return path
}

// deadEnds finds the first state from which no good end can be reached.
func (sp *space) deadEnds() {
	at := make([]int32, len(sp.states)+1) // where the edges to each state begin
	for _, e := range sp.edges {
		at[e[1]+1]++
	}
	for i := range sp.states {
		at[i+1] += at[i]
	}
	before := make([]int32, len(sp.edges))
	fill := slices.Clone(at)
	for _, e := range sp.edges {
		before[fill[e[1]]] = e[0]
		fill[e[1]]++
	}
	hope := make([]bool, len(sp.states))
	var todo []int32
	for i := range sp.states {
		if sp.states[i].quiet(sp.sc) { // and so good, else it were broken
			hope[i] = true
			todo = append(todo, int32(i))
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, b := range before[at[i]:at[i+1]] {
			if !hope[b] {
				hope[b] = true
				todo = append(todo, b)
			}
		}
	}
	if i := slices.Index(hope, false); i >= 0 {
		sp.broken, sp.path = "no good end can be reached", sp.way(int32(i))
	}
}

// quiet reports whether nothing is left to be done and nothing is under way.
func (s *state) quiet(sc *scene) bool {
	for h := range sc.hooks {
		if s.hooks[h] != acked || s.place[h] > 0 && !has(s.settled, h) {
			return false
		}
	}
	for a, it := range sc.acts {
		if s.acts[a] == pending || s.orphans[a]+s.overdue[a] > 0 {
			return false
		}
		if sc.sweep && int(s.decided[it.issue]) == a+1 && s.labels[it.issue] != it.value {
			return false
		}
	}
	for r := range sc.replicas {
		m := s.me(r)
		if m.hook != 0 || m.turn != 0 || m.carries != [maxIssues]carrier{} {
			return false
		}
	}
	return true
}

// fault names a property that the state breaks, "" if it breaks none.
func (sc *scene) fault(s *state) string {
	switch s.fault {
	case oldEpoch:
		return "something was written under an old epoch"
	case outOfOrder:
		return "a delivery was decided before an earlier one"
	}
	for _, event := range sc.hooks {
		if s.ledger[event] > 1 {
			return "an event is decided twice"
		}
	}
	for a, it := range sc.acts {
		most := uint8(1)
		if it.kind == chat && has(s.revived, a) {
			most++ // a person wanted it again
		}
		if s.made[a] > most {
			return it.name + " is made twice"
		}
		if s.acts[a] == done && s.made[a] == 0 {
			return it.name + " is taken for done and is not"
		}
	}
	if s.quiet(sc) {
		return sc.bad(s)
	}
	return ""
}

// bad says what is wrong with an end.
func (sc *scene) bad(s *state) string {
	for h, event := range sc.hooks {
		if s.place[h] == 0 {
			return fmt.Sprintf("delivery %d is acknowledged and lost", h+1)
		}
		if s.ledger[event] != 1 {
			return fmt.Sprintf("delivery %d is settled and was never decided", h+1)
		}
	}
	for a, it := range sc.acts {
		if s.acts[a] == absent {
			return it.name + " was decided and is lost"
		}
		if last := s.decided[it.issue]; it.kind == label && int(last) == a+1 && s.labels[it.issue] != it.value {
			return "the issue does not end with " + it.name
		}
	}
	return ""
}

// said is a counterexample for a person to read.
func (sp *space) said() string {
	return sp.broken + ":\n\t" + strings.Join(sp.path, "\n\t")
}
