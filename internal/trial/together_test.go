package trial

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// (g) Two people change the same issues at once, and the bot writes between
// them: labels, boxes, words, titles, commands. Whoever comes first is not said,
// so this is not compared with calm weather line by line, but for what must be
// so: each is answered once, nobody's own label is lost, and in the end, after one
// last command that all agree on, every issue shows what the record says.
func TestTwoPeopleAndTheBotOnOneIssueLoseAndDoubleNothing(t *testing.T) {
	begins(t)
	s := &script{counted: map[string]int{}, dice: dice(50)}
	n := whole(40, 3)
	s.together(n)
	tr := startTrial(t, inFile(t), s, 1, false)
	end := tr.plays()
	for i := range n {
		tr.isLawful(t, featureName(i), end)
	}
}

// together is what two people do on each of n features at the same time, each for
// its own part in order, and then what they agree on: once while the features are
// scoped, and once while they are tested.
func (s *script) together(n int) {
	s.phase("features come")
	var plans []*plan
	for i := range n {
		plans = append(plans, &plan{name: featureName(i), birth: byMerge, train: firstAlphanet})
		s.born(plans[i])
	}
	s.phase("two at once")
	s.byTwo(plans, s.scoped)
	s.phase("they agree")
	for _, p := range plans {
		t := s.thread()
		s.round(t, say("maintainer", p.name, "/unhold", "/layers l1"))
		last := say("maintainer", p.name, "/layers l2")
		last.has, last.lacks = []string{"layer/l2", "kind/feature", "stage/alphanet-scoping"}, []string{"layer/l1", "on-hold", "stage/betanet-scoping", "upgrade/99"}
		s.round(t, last)
	}
	s.phase("the train leaves")
	t := s.thread()
	s.round(t, say("maintainer", firstAlphanet, "/board "+refs(plans)))
	s.round(t, say("maintainer", firstAlphanet, "/depart"))
	s.round(t, say("maintainer", firstAlphanet, "/deployed https://alphanet.example"))
	s.phase("two at once, again")
	s.byTwo(plans, s.tested)
	s.phase("they agree again")
	for _, p := range plans {
		t := s.thread()
		s.round(t, say("maintainer", p.name, "/unhold"))
		s.round(t, act{who: "engineer", do: ticks, on: p.name, shows: []string{"5 of 5 ticked"}})
		last := say("engineer", p.name, "/stable https://alphanet.example/"+slug(p.name))
		last.has, last.lacks = []string{"stage/betanet-scoping", "layer/l2"}, []string{"stage/alphanet-acceptance", "on-hold"}
		s.round(t, last)
	}
}

// byTwo has two people do things on each feature at the same time.
func (s *script) byTwo(plans []*plan, what func(who, name string) []act) {
	for _, p := range plans {
		for _, who := range []string{"engineer", "maintainer"} {
			t := s.thread()
			for range 3 {
				all := what(who, p.name)
				s.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				own := fmt.Sprintf("%s-%d", who, s.counted[p.name])
				s.round(t, append(all[:3], act{who: who, do: labels, on: p.name, text: own, has: []string{own}})...)
			}
		}
	}
}

// scoped is what one may do on a feature before it boards.
func (s *script) scoped(who, name string) []act {
	return []act{
		say(who, name, fmt.Sprintf("/layers l%d", 1+s.dice.IntN(2)), "/submit alphanet"),
		say(who, name, "/hold mine: because it is not understood"),
		say(who, name, "/withdraw", "/hold because "+who+" thinks so"),
		say(who, name, "/unhold", "/stabel"),
		{who: who, do: labels, on: name, text: "stage/betanet-scoping"},
		{who: who, do: labels, on: name, text: "upgrade/99"},
		{who: who, do: labels, on: name, text: "submitted/alphanet"},
		{who: who, do: describes, on: name, text: "What is wanted, says " + who + "."},
	}
}

// tested is what one may do on a feature that is under test.
func (s *script) tested(who, name string) []act {
	return []act{
		{who: who, do: ticks, on: name},
		{who: who, do: ticks, on: name},
		say(who, name, "/hold mine: because a box is missing"),
		say(who, name, "/unhold", "/submit alphanet"),
		say(who, name, fmt.Sprintf("/layers l%d", 1+s.dice.IntN(2)), "/layers l2"),
		{who: who, do: labels, on: name, text: "upgrade/99"},
		{who: who, do: describes, on: name, text: "What is wanted, says " + who + "."},
	}
}

// isLawful looks at what stands in the end on one feature.
func (tr *trial) isLawful(t *testing.T, name string, end ending) {
	t.Helper()
	i := slices.IndexFunc(end.lines, func(l string) bool { return strings.HasPrefix(l, name+" | labels | ") })
	if i < 0 {
		t.Errorf("%s is gone", name)
		return
	}
	has := strings.Fields(strings.TrimPrefix(end.lines[i], name+" | labels | "))
	for _, a := range tr.script.acts() {
		if a.on == name && a.do == labels && strings.HasPrefix(a.text, a.who) && !slices.Contains(has, a.text) {
			t.Errorf("%s has lost %s's own label %s", name, a.who, a.text)
		}
	}
	for _, a := range tr.script.acts() {
		if a.on != name || a.commands() == 0 {
			continue
		}
		line := name + " | reaction to " + a.name + " | "
		if !slices.Contains(end.lines, line+"rocket 1, confused 0") && !slices.Contains(end.lines, line+"rocket 0, confused 1") {
			t.Errorf("%s was not answered once", a.name)
		}
	}
}
