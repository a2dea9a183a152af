package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// Routines are journeys that many stories begin with, made of ordinary acts.

// passes takes a feature through an Alphanet of its own.
func passes(p []string, _ []*expectation) (func(*telling) error, error) {
	name := p[0]
	return func(t *telling) error {
		it, err := t.issue(name)
		if err != nil {
			return err
		}
		who := strings.Join(it.Assignees, " ")
		if who == "" {
			return fmt.Errorf("%s has no owner", name)
		}
		t.pulls++
		pull := Pull{Repo: Code, Number: 1000 + t.pulls, Title: "Code of " + name, Names: []int{it.Number}}
		if err := t.act(Act{Who: who, Deed: MergesPull, Pull: pull}, nil); err != nil {
			return err
		}
		train := fmt.Sprintf("alphanet-of-%s-%d", name, t.pulls)
		if err := t.open(train, Act{Who: "mara", Deed: Opens, Title: train, Labels: []string{"kind/alphanet"}}, nil); err != nil {
			return err
		}
		for _, s := range [][3]string{
			{who, name, "/submit alphanet"},
			{"mara", train, "/board #" + name},
			{"mara", train, "/depart"},
			{"mara", train, "/deployed https://devnet.example"},
		} {
			if err := t.says(s[0], s[1], s[2]); err != nil {
				return err
			}
		}
		if err := t.act(Act{Who: who, Deed: Ticks, On: true, Issue: it.Number}, nil); err != nil {
			return err
		}
		return t.says(who, name, "/stable https://run.example")
	}, nil
}

// route are the stages of an upgrade in order.
var route = []string{
	"betanet-scoping", "betanet-deployment", "betanet-acceptance", "testnet-release", "testnet-activation",
	"governance", "mainnet-release", "mainnet-activation", "shipped",
}

// carries opens an upgrade, boards the features and goes on to the stage; what
// the features lack (an answer about audits) is answered with no.
func carries(p []string, _ []*expectation) (func(*telling) error, error) {
	features := strings.Fields(strings.NewReplacer(",", " ", " and ", " ").Replace(p[1]))
	if !slices.Contains(route, p[2]) {
		return nil, fmt.Errorf("%s is no stage of an upgrade", p[2])
	}
	return func(t *telling) error {
		if _, there := t.names[p[0]]; !there {
			if err := t.open(p[0], Act{Who: "mara", Deed: Opens, Title: p[0], Labels: []string{"kind/upgrade"}}, nil); err != nil {
				return err
			}
		}
		for _, f := range features {
			it, err := t.issue(f)
			if err != nil {
				return err
			}
			if len(it.family("layer")) == 0 {
				if err := t.says("mara", f, "/layers l1"); err != nil {
					return err
				}
			}
			if len(it.family("audit")) == 0 {
				if err := t.says("sasha", f, "/audit not-required because it is a story"); err != nil {
					return err
				}
			}
			if err := t.says("mara", p[0], "/board #"+f); err != nil {
				return err
			}
		}
		return t.goOn(p[0], p[2])
	}, nil
}

func goesOn(p []string, _ []*expectation) (func(*telling) error, error) {
	if !slices.Contains(route, p[1]) {
		return nil, fmt.Errorf("%s is no stage of an upgrade", p[1])
	}
	return func(t *telling) error { return t.goOn(p[0], p[1]) }, nil
}

// goOn makes the usual move of each stage until the upgrade stands at the one
// that is wanted.
func (t *telling) goOn(name, to string) error {
	for range len(route) {
		it, err := t.issue(name)
		if err != nil {
			return err
		}
		at := strings.Join(it.family("stage"), " ")
		if at == to {
			return nil
		}
		if err := t.usual(name, at, it); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s does not come to %s", name, to)
}

// usual is what is usually done at a stage of an upgrade.
func (t *telling) usual(name, at string, it Issue) error {
	today := t.now
	var lines [][2]string
	switch at {
	case "betanet-scoping":
		lines = [][2]string{{"mara", "/depart"}}
	case "betanet-deployment":
		lines = [][2]string{{"mara", "/deployed https://betanet.example"}}
	case "betanet-acceptance":
		if err := t.tickAboard(it); err != nil {
			return err
		}
		lines = [][2]string{{"mara", "/stable"}}
	case "testnet-release":
		lines = [][2]string{
			{"mara", "/schedule testnet " + today.AddDate(0, 0, 14).Format("2006-01-02")},
			{"mara", "/released op-node/v1.14.0-rc.1"},
		}
	case "testnet-activation":
		if err := t.advance(today.AddDate(0, 0, 14)); err != nil {
			return err
		}
		lines = [][2]string{{"rui", "/signoff"}, {"mara", "/activated"}}
	case "governance":
		number := strings.Join(it.family("upgrade"), "")
		if !slices.Contains(it.family("governance"), "review") {
			lines = append(lines, [2]string{"mara", "/governance posted https://gov.example/t/" + number + " " + number})
		}
		lines = append(lines, [2]string{"mara", "/governance passed https://gov.example/vote"})
	case "mainnet-release":
		lines = [][2]string{{"mara", "/released op-node/v1.14.0"}}
	case "mainnet-activation":
		lines = [][2]string{
			{"mara", "/schedule mainnet " + today.AddDate(0, 0, 7).Format("2006-01-02")},
			{"rui", "/signoff"}, {"mara", "/activated"},
		}
	default:
		return fmt.Errorf("nothing is usual at %q", at)
	}
	for _, l := range lines {
		if err := t.says(l[0], name, l[1]); err != nil {
			return err
		}
	}
	return nil
}

// tickAboard ticks the lists of a train and of all aboard.
func (t *telling) tickAboard(train Issue) error {
	all, err := t.issues()
	if err != nil {
		return err
	}
	for _, it := range all {
		if it.Number == train.Number || train.Ticket != "" && it.Milestone == train.Ticket && it.Repo == "" {
			if err := t.act(Act{Who: "mara", Deed: Ticks, On: true, Issue: it.Number}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
