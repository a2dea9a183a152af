package trial

import (
	"fmt"
	"strings"
)

// born brings a feature onto the line.
func (s *script) born(p *plan) {
	t, n := s.thread(), p.name
	merge := act{who: "engineer", do: merges, on: n, more: n, owner: "ada", has: []string{"stage/alphanet-scoping"}}
	switch p.birth {
	case byCommand:
		s.round(t, act{who: "engineer", do: opens, on: n})
		s.round(t, act{who: "engineer", do: says, on: n, text: "/feature", has: []string{"kind/feature", "stage/alphanet-scoping"}})
		s.round(t, act{who: "engineer", do: says, on: n, text: "/owner @ada", owner: "ada"})
	case byLabel:
		s.round(t, act{who: "engineer", do: opens, on: n, text: "kind/feature", has: []string{"stage/alphanet-scoping"}, shows: []string{"Alphanet"}})
		s.round(t, act{who: "maintainer", do: says, on: n, text: "/owner @ada", owner: "ada"})
	case byMerge:
		s.round(t, act{who: "maintainer", do: opens, on: n, text: "kind/feature", has: []string{"stage/alphanet-scoping"}})
		merge.text, merge.more = naming(n), "What "+n+" needs"
		s.round(t, merge)
	case byPull:
		merge.text = "Makes contracts smaller."
		s.round(t, merge)
	}
}

// discussed is everything that people type before the train comes: what is done,
// refused, corrected, tried, changed by hand. It ends with the feature submitted
// and its code merged.
func (s *script) discussed(p *plan) {
	t, n := s.thread(), p.name
	first := []act{
		say("outsider", n, "/withdraw"),
		say("engineer", n, "/stabel"),
		say("security", n, "/hold review: because "+n+" is looked at"),
		say("engineer", n, "I have read all of it.", "", "> /drop because it is quoted"),
	}
	s.dice.Shuffle(len(first), func(i, j int) { first[i], first[j] = first[j], first[i] })
	s.round(t, first[:1+s.dice.IntN(3)]...)
	settled := say("maintainer", n, "/layers l1", "/unhold review")
	settled.has = []string{"layer/l1"}
	if s.often(0.3) {
		settled.text += "\n/submit betanet"
	}
	s.round(t, settled)
	if s.often(0.5) {
		s.round(t, s.byHand(n))
	}
	if s.often(0.2) {
		s.round(t, say("engineer", n, "/submit alphanet --dry-run"))
	}
	if s.often(0.3) {
		s.round(t, say("engineer", n, "A word before I am sure."))
		s.round(t, act{who: "engineer", do: rewrites, on: n, text: s.last(n), more: "/hold second: thoughts about " + n + "\n/layers l1 l2"})
		s.round(t, say("engineer", n, "/unhold second", "/layrs l2"))
	}
	if s.often(0.15) {
		s.round(t, say("maintainer", n, "/drop because nobody wants "+n))
		s.round(t, say("engineer", n, "/submit alphanet"), say("maintainer", n, "/layers l7"))
		s.round(t, say("maintainer", n, "/undo"))
	}
	s.submitted(t, n)
	if p.birth < byMerge { // no pull request is linked with it yet
		merge := act{who: "engineer", do: merges, on: n, text: naming(n), more: "What " + n + " needs", shows: []string{"1 of 1 merged"}}
		if p.birth == byLabel {
			merge.do = names
		}
		s.round(t, merge)
	}
}

// byHand is a label that is not theirs to change, and comes back or goes.
func (s *script) byHand(n string) act {
	switch s.dice.IntN(4) {
	case 0:
		return act{who: "engineer", do: labels, on: n, text: "stage/betanet-scoping", lacks: []string{"stage/betanet-scoping"}, has: []string{"stage/alphanet-scoping"}}
	case 1:
		return act{who: "engineer", do: unlabels, on: n, text: "kind/feature", has: []string{"kind/feature"}}
	case 2:
		return act{who: "maintainer", do: labels, on: n, text: "upgrade/99", lacks: []string{"upgrade/99"}}
	}
	return act{who: "reviewer", do: unlabels, on: n, text: "layer/l1", has: []string{"layer/l1"}}
}

// submitted puts the feature on the next meeting's list: by a label, at once, or
// after some going back and forth.
func (s *script) submitted(t *thread, n string) {
	if s.often(0.4) {
		s.round(t, act{who: "engineer", do: labels, on: n, text: "submitted/alphanet", shows: []string{"Submitted for"}})
		return
	}
	s.round(t, say("engineer", n, "/submit alphanet"))
	if s.often(0.3) {
		s.round(t, say("engineer", n, "/withdraw"), say("outsider", n, "/audit cleared https://audit.example/"+slug(n)))
		s.round(t, say("engineer", n, "/submit alphanet"))
	}
}

// naming is the text of a pull request that belongs to a feature.
func naming(n string) string { return "Feature: {repo}#{" + n + "}" }

// slug makes an address of a name.
func slug(n string) string { return strings.ToLower(strings.ReplaceAll(n, " ", "-")) }

// alphanet takes those along that go with one train, up to its network. The first
// leaves on its date, the second by a decision.
func (s *script) alphanet(train string, plans []*plan) {
	s.phase(train + " is boarded")
	t := s.thread()
	s.round(t, say("engineer", train, "/board #{"+plans[0].name+"}"))
	for i := 0; i < len(plans); i += 5 {
		s.round(t, say("maintainer", train, "/board "+refs(plans[i:min(i+5, len(plans))])))
	}
	s.round(t, say("outsider", train, "/depart"), say("reviewer", train, "/deployed"))
	s.phase(train + " leaves")
	if train == firstAlphanet {
		s.round(s.thread(), act{who: "maintainer", do: advances, on: train, text: "6h", has: []string{"stage/alphanet-deployment"}})
	} else {
		s.round(s.thread(), say("maintainer", train, "/depart"))
	}
	s.phase(train + " is deployed")
	t = s.thread()
	s.round(t, say("engineer", train, "/deployed https://"+slug(train)+".example"))
	s.round(t, say("maintainer", train, "/deployed https://"+slug(train)+".example"))
	s.round(t, say("maintainer", train, "/hold network: because "+train+" is slow", "/unhold network"))
	s.phase("each of " + train + " proves itself")
	for _, p := range plans {
		s.proved(p)
	}
	s.phase("those that passed go on")
	for _, p := range plans {
		if p.stable {
			t := s.thread()
			s.round(t, say("engineer", p.name, "/submit betanet"), say("reviewer", p.name, "/undo"))
		}
	}
}

// refs are the numbers of features, to be boarded.
func refs(plans []*plan) string {
	var out []string
	for _, p := range plans {
		out = append(out, "#{"+p.name+"}")
	}
	return strings.Join(out, " ")
}

// proved is what people type while a feature is tested, up to the judgement.
func (s *script) proved(p *plan) {
	t, n := s.thread(), p.name
	if s.often(0.3) {
		s.round(t, say("outsider", n, "/stable https://alphanet.example/"+slug(n)), say("engineer", n, "/stable"))
	}
	s.round(t, act{who: "engineer", do: ticks, on: n, shows: []string{"5 of 5 ticked"}})
	if !p.stable {
		s.round(t, say("engineer", n, "/unstable because blocks stall in "+n))
		s.round(t, say("engineer", n, "/unstable because it was not enough"))
		return
	}
	s.round(t, say("engineer", n, "/stable https://alphanet.example/"+slug(n)))
}

// upgrades bundle those that passed, about four each, and take their numbers one
// after another.
func (s *script) upgrades(plans []*plan) {
	var sets [][]*plan
	for _, p := range plans {
		if !p.stable {
			continue
		}
		if n := len(sets); n == 0 || len(sets[n-1]) == 4 {
			sets = append(sets, nil)
		}
		p.upgrade = len(sets) - 1
		sets[len(sets)-1] = append(sets[len(sets)-1], p)
	}
	s.phase("sets are made")
	for i, set := range sets {
		t, n := s.thread(), trainName(i)
		s.round(t, act{who: "maintainer", do: opens, on: n})
		s.round(t, act{who: "maintainer", do: says, on: n, text: "/train upgrade", has: []string{"kind/upgrade", "stage/betanet-scoping"}})
		s.round(t, say("engineer", n, "/depart"), say("outsider", n, "/upgrade 99"))
		s.round(t, say("maintainer", n, "/board "+refs(set)))
		if i%5 == 4 {
			s.round(t, say("maintainer", n, fmt.Sprintf("/upgrade %d", 100+i)))
		}
	}
	s.phase("audits are answered")
	for _, set := range sets {
		for _, p := range set {
			t := s.thread()
			if s.often(0.3) {
				s.round(t, say("engineer", p.name, "/audit not-required because "+p.name+" is small"))
			}
			s.round(t, say("security", p.name, "/audit not-required because "+p.name+" only batches calls"))
		}
	}
	s.phase("upgrades take their numbers")
	t := s.thread()
	for i := range sets {
		n := trainName(i)
		s.round(t, say("maintainer", n, "/waive one-betanet-a-month because the sets are small"))
		s.round(t, say("maintainer", n, "/depart"))
		switch i % 4 {
		case 1:
			s.round(t, say("maintainer", n, "/undo"))
			s.round(t, say("maintainer", n, "/waive one-betanet-a-month because the sets are small", "/depart"))
		case 3:
			s.round(t, say("maintainer", n, "/drop because "+n+" was superseded"))
		}
	}
	s.phase("upgrades are deployed")
	for i := range sets {
		t, n := s.thread(), trainName(i)
		s.round(t, say("maintainer", n, "/deployed https://betanet.example/"+slug(n)))
		s.round(t, say("maintainer", n, "/stable"), say("outsider", n, "/stabel"))
		s.round(t, say("engineer", n, "/hold set: because "+n+" is slow"))
		if i%4 == 0 {
			s.round(t, say("maintainer", n, "/redeploy because a node was lost", "/deployed https://betanet.example/"+slug(n)+"/2"))
		}
	}
}
