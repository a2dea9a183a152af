package trial

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A deed is what kind of thing a person does.
type deed string

// What people do.
const (
	says      deed = "says"      // comments text
	rewrites  deed = "rewrites"  // makes the comment of the act named by text say more
	opens     deed = "opens"     // opens the issue that on names, with the labels in text
	labels    deed = "labels"    // puts on the label in text
	unlabels  deed = "unlabels"  // takes off the label in text
	describes deed = "describes" // makes text the body
	ticks     deed = "ticks"     // ticks all boxes of the newest checklist
	merges    deed = "merges"    // has a pull request merged; text is its body, more its title
	names     deed = "names"     // the same, but it is merged first and gets its body then
	advances  deed = "advances"  // moves the world's clock on by the length in text
)

// An act is one thing that a person does on one issue. In texts, {name} is the
// number of the issue of that name.
type act struct {
	name string // of its issue, with the place in its thread: "Feature 017/3"
	who  string // a persona
	do   deed
	on   string // the name
	text string
	more string

	// What shows, beside the reaction that each comment with a command gets, that
	// the act has been decided: labels that are there, or not any more, words in
	// what the bot writes on the issue, an owner.
	has, lacks, shows []string
	owner             string
}

// commands is how many commands are typed with the act.
func (a act) commands() (n int) {
	text := a.text
	if a.do == rewrites {
		text = a.more
	}
	if a.do != says && a.do != rewrites {
		return 0
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "/") {
			n++
		}
	}
	return n
}

// A thread is what people do about one issue, round after round.
type thread struct{ rounds [][]act }

// A phase is what happens at the same time.
type phase struct {
	name    string
	threads []*thread
}

// A script is what people do, phase after phase.
type script struct {
	phases  []phase
	counted map[string]int // acts by issue
	dice    *rand.Rand
}

// acts are all of them, in no order that matters.
func (s *script) acts() (all []act) {
	for _, p := range s.phases {
		for _, t := range p.threads {
			all = append(all, slices.Concat(t.rounds...)...)
		}
	}
	return all
}

// commands is how many are typed in all.
func (s *script) commands() (n int) {
	for _, a := range s.acts() {
		n += a.commands()
	}
	return n
}

func (s *script) phase(name string) {
	s.phases = append(s.phases, phase{name: name})
}

// thread begins one in the phase at hand.
func (s *script) thread() *thread {
	p := &s.phases[len(s.phases)-1]
	p.threads = append(p.threads, &thread{})
	return p.threads[len(p.threads)-1]
}

// round adds acts that are done in one breath and do not hang on one another.
func (s *script) round(t *thread, acts ...act) {
	for i := range acts {
		s.counted[acts[i].on]++
		acts[i].name = fmt.Sprintf("%s/%d", acts[i].on, s.counted[acts[i].on])
	}
	t.rounds = append(t.rounds, acts)
}

// last names the newest act on an issue.
func (s *script) last(on string) string { return fmt.Sprintf("%s/%d", on, s.counted[on]) }

// say is the commonest act.
func say(who, on string, lines ...string) act {
	return act{who: who, do: says, on: on, text: strings.Join(lines, "\n")}
}

// often falls true with the chance.
func (s *script) often(chance float64) bool { return s.dice.Float64() < chance }

func featureName(i int) string { return fmt.Sprintf("Feature %03d", i+1) }
func trainName(i int) string   { return fmt.Sprintf("Set %02d", i+1) }

// The Alphanets that the calendar opens by itself, and their titles.
const (
	firstAlphanet  = "Alphanet 2035-02"
	secondAlphanet = "Alphanet 2035-03"
)

// newScript writes the script for so many features.
func newScript(features int, purpose uint64) *script {
	s := &script{counted: map[string]int{}, dice: dice(purpose)}
	plans := make([]*plan, features)
	for i := range plans {
		plans[i] = s.plan(i)
	}
	s.phase("features come")
	for _, p := range plans {
		s.born(p)
	}
	s.phase("they are talked about")
	for _, p := range plans {
		s.discussed(p)
	}
	for _, train := range []string{firstAlphanet, secondAlphanet} {
		var aboard []*plan
		for _, p := range plans {
			if p.train == train {
				aboard = append(aboard, p)
			}
		}
		s.alphanet(train, aboard)
	}
	s.upgrades(plans)
	return s
}

// A plan is what is to become of one feature.
type plan struct {
	name    string
	birth   int    // how it comes: one of the births
	train   string // its Alphanet
	stable  bool   // passes, sooner or later
	upgrade int    // which one takes it along; -1 for none
}

// The births of features.
const (
	byCommand = iota // somebody types /feature
	byLabel          // it is opened with the label
	byMerge          // and a pull request that names it is merged
	byPull           // a merged pull request has its issue opened
	births
)

func (s *script) plan(i int) *plan {
	p := &plan{name: featureName(i), birth: i % births, train: firstAlphanet, stable: i%8 != 7, upgrade: -1}
	if i%3 == 2 {
		p.train = secondAlphanet
	}
	return p
}
