package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// The numbers of the issues in the exploration.
const (
	featureOne = 1
	featureTwo = 2
	theUpgrade = 3
)

// explored is one state of the railway and how it was come by.
type explored struct {
	line *process.Line
	from []string // keys of the states that lead here
	end  bool
	path string
}

// typedOn is a line that the right person types on an issue; when limits it to
// the stages of one network, so that what changes nothing yet is not tried.
type typedOn struct {
	who   string
	issue int
	text  string
	when  string
}

// moves are all that moves one upgrade with two features, ends by hand (/drop,
// /correct) and repairs (/undo, /waive) left out: what must never be needed.
var moves = []typedOn{
	{"mara", theUpgrade, "/board #1", ""},
	{"mara", theUpgrade, "/board #2", ""},
	{"mara", theUpgrade, "/depart", ""},
	{"mara", theUpgrade, "/deployed https://betanet.example", ""},
	{"mara", theUpgrade, "/stable", ""},
	{"mara", theUpgrade, "/unstable because of it", ""},
	{"mara", theUpgrade, "/redeploy because of it", ""},
	{"mara", theUpgrade, "/schedule testnet 2026-12-01", "testnet"},
	{"mara", theUpgrade, "/released v1", ""},
	{"rui", theUpgrade, "/signoff", ""},
	{"mara", theUpgrade, "/activated", ""},
	{"mara", theUpgrade, "/governance posted https://gov.example", ""},
	{"mara", theUpgrade, "/governance passed", ""},
	{"mara", theUpgrade, "/governance vetoed because of it", ""},
	{"mara", theUpgrade, "/schedule mainnet 2027-01-12", "mainnet"},
	{"eve", featureTwo, "/audit required", ""},
	{"sasha", featureTwo, "/audit cleared https://audits.example", ""},
	{"sasha", featureTwo, "/audit finding low https://audits.example", ""},
	{"sasha", featureTwo, "/audit finding high https://audits.example", ""},
	{"mara", featureOne, "/remove because of it", ""},
	{"mara", theUpgrade, "tick", ""},
}

// TestThereIsNoDeadEnd goes through every state that an upgrade with two features
// can come to in two iterations, each gate open or shut, and demands that the
// upgrade can always reach an end, by ordinary moves alone.
func TestThereIsNoDeadEnd(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Roles: everyRole, Configured: true, Taken: []string{"16"}, Hardforks: []string{"Karst"}})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	states := map[string]*explored{}
	first := station(p, at)
	queue := []string{digest(first)}
	states[queue[0]] = &explored{line: first}
	stages := map[string]bool{}
	for len(queue) > 0 {
		key := queue[0]
		queue = queue[1:]
		here := states[key]
		train := here.line.Number(theUpgrade)
		stages[train.Stage] = true
		if here.end = p.Ended(train); here.end {
			continue
		}
		// Once both have been removed an upgrade in scoping waits for other
		// features, which are not here.
		here.end = train.Stage == "betanet-scoping" && p.Ended(here.line.Number(featureOne)) && p.Ended(here.line.Number(featureTwo))
		for _, m := range moves {
			if m.when != "" && p.Node(train.Stage).Network != m.when {
				continue
			}
			next := typeLine(p, here.line, m, at)
			if next == nil || next.Number(theUpgrade).T.Iteration > 2 {
				continue
			}
			to := digest(next)
			if states[to] == nil {
				states[to] = &explored{line: next, path: here.path + "\n" + m.text}
				queue = append(queue, to)
			}
			states[to].from = append(states[to].from, key)
		}
		if len(states) > 20000 {
			t.Fatalf("%d states: too many to see through", len(states))
		}
	}
	lost := deadEnds(states)
	t.Logf("%d states, %d stages", len(states), len(stages))
	for _, s := range lost[:min(3, len(lost))] {
		t.Errorf("no end can be reached after:%s\n%s", s.path, digest(s.line))
	}
	for _, want := range []string{"betanet-scoping", "betanet-deployment", "betanet-acceptance", "testnet-release", "testnet-activation",
		"governance", "mainnet-release", "mainnet-activation", "shipped", "stopped"} {
		if !stages[want] {
			t.Errorf("%s was never reached", want)
		}
	}
}

// deadEnds are the states from which no end can be reached.
func deadEnds(states map[string]*explored) []*explored {
	good := map[string]bool{}
	var back []string
	for key, s := range states {
		if s.end {
			good[key] = true
			back = append(back, key)
		}
	}
	for len(back) > 0 {
		key := back[0]
		back = back[1:]
		for _, from := range states[key].from {
			if !good[from] {
				good[from] = true
				back = append(back, from)
			}
		}
	}
	var lost []*explored
	for key, s := range states {
		if !good[key] {
			lost = append(lost, s)
		}
	}
	slices.SortFunc(lost, func(a, b *explored) int { return len(a.path) - len(b.path) })
	return lost
}

var everyRole = []process.Role{process.Engineer, process.Maintainer, process.ReleaseManager, process.Security, process.Governance, process.Protocol}

// allRoles are the personas' roles as answers.
func allRoles() process.Answers {
	a := process.Answers{Roles: map[string]map[process.Role]process.Verdict{}, Issue: &process.Issue{State: "open"}}
	for who, held := range scenario.Personas {
		a.Roles[who] = map[process.Role]process.Verdict{}
		for _, r := range everyRole {
			a.Roles[who][r] = process.No
			if slices.Contains(held, string(r)) {
				a.Roles[who][r] = process.Yes
			}
		}
	}
	return a
}

// station is where the exploration begins: two features that have passed their
// Alphanets, and an upgrade without passengers.
func station(p *process.Process, at time.Time) *process.Line {
	l := process.NewLine(scenario.Tracking)
	stand := func(it *process.Item, number int, kind process.Kind) *process.Item {
		it.ID, it.Kind, it.Stage, it.Since, it.Journey = process.ID(fmt.Sprintf("issue/%d", number)), kind, "betanet-scoping", at, 1
		it.Shown.Number = number
		it.Shown.Labels = p.Labels(it, nil)
		return it
	}
	feature := func(owner, layer string) *process.FeatureFacts {
		f := &process.FeatureFacts{Owner: owner, Layers: []string{layer}}
		f.Passed = &process.Pass{By: owner, At: at, Code: f.CodeDigest()}
		return f
	}
	one := feature("ada", "l1")
	one.Audit.State = "not-required"
	l.Put(
		stand(&process.Item{F: one}, featureOne, process.Feature),
		stand(&process.Item{F: feature("eve", "l2")}, featureTwo, process.Feature),
		stand(&process.Item{T: &process.TrainFacts{}}, theUpgrade, process.Upgrade),
	)
	return l
}

var typings int

// typeLine decides one line; nil when it is refused or changes nothing.
func typeLine(p *process.Process, l *process.Line, m typedOn, at time.Time) *process.Line {
	typings++
	e := process.Event{Key: fmt.Sprintf("comment/%d", typings), What: process.Asked, At: at, Repo: l.Repo, Actor: process.Actor{Login: m.who},
		Issue: &process.Issue{Number: m.issue, State: "open"}, Comment: &process.Comment{ID: int64(typings), Author: m.who}}
	if m.text == "tick" {
		return tickAll(p, l, e)
	}
	verb, rest, _ := strings.Cut(m.text[1:], " ")
	e.Lines = []process.Typed{{Text: m.text, Verb: verb, Rest: rest, Hash: m.text}}
	d := process.Decide(p, l, e, allRoles())
	if len(d.Parts) > 0 && d.Parts[0].Outcome.State != process.Done || len(d.Changed) == 0 {
		return nil
	}
	return l.With(d.Changed)
}

// tickAll ticks every open box of everybody; nil when there is none.
func tickAll(p *process.Process, l *process.Line, e process.Event) *process.Line {
	ticked := false
	e.What = process.Ticked
	for n := featureOne; n <= theUpgrade; n++ {
		list := l.Number(n).Current()
		if list == nil || list.Open() == 0 {
			continue
		}
		e.Key, e.Issue, e.Boxes = fmt.Sprintf("%s/%d", e.Key, n), &process.Issue{Number: n}, &process.Boxes{Marker: list.Key}
		for _, c := range list.Items {
			e.Boxes.Items = append(e.Boxes.Items, process.Box{Text: c.Text, Done: true})
		}
		l, ticked = l.With(process.Decide(p, l, e, allRoles()).Changed), true
	}
	if !ticked {
		return nil
	}
	return l
}

// digest is what of a state matters to what can follow.
func digest(l *process.Line) string {
	var b strings.Builder
	for _, it := range l.Sorted(func(it *process.Item) bool { return it.F != nil || it.T != nil }) {
		list := it.Current()
		fmt.Fprintf(&b, "%d %s %v", it.Shown.Number, it.Stage, list == nil || list.Open() == 0)
		if it.F != nil {
			fmt.Fprintf(&b, " %s %s|", it.F.Train, it.F.Audit.State)
			continue
		}
		tr := it.T
		fmt.Fprintf(&b, " %s %v %v %s", it.Tracks["governance"].At, tr.Redeploy != "", tr.Departed.IsZero(), tr.Hardfork)
		for _, net := range []string{"testnet", "mainnet"} {
			_, planned := tr.Planned[net]
			_, cut := tr.Released[net]
			signed := slices.ContainsFunc(tr.Signoffs, func(s process.Signoff) bool { return s.Network == net })
			active := slices.ContainsFunc(tr.Active, func(a process.Activation) bool { return a.Network == net })
			fmt.Fprintf(&b, " %v%v%v%v", planned, cut, signed, active)
		}
		fmt.Fprintf(&b, " %d/%d|", tr.Iteration, len(tr.Deployed))
	}
	return b.String()
}
