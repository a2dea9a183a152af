package gate_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func TestEveryGateHasItsRule(t *testing.T) {
	for name, g := range gate.Table() {
		if g.Name != name || g.Rule == "" || g.Check == nil {
			t.Errorf("%s is not whole: %+v", name, g)
		}
		if slices.Contains(g.Waives, process.Owner) {
			t.Errorf("%s may be waived by the owner", name)
		}
	}
}

// A gate that no move and no command asks would be a promise that nobody keeps.
func TestEveryGateIsAskedSomewhere(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, n := range p.Nodes {
		for _, m := range n.Moves {
			for _, g := range m.Needs {
				asked[g] = true
			}
		}
	}
	files, err := os.ReadDir("../command")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile("../command/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for name := range gate.Table() {
			if !strings.HasSuffix(f.Name(), "_test.go") && strings.Contains(string(text), `"`+name+`"`) {
				asked[name] = true
			}
		}
	}
	for name := range gate.Table() {
		if !asked[name] {
			t.Errorf("%s is asked nowhere", name)
		}
	}
}

// T5, F6: what an audit decides is security's alone.
func TestAuditGatesAreSecuritysToWaive(t *testing.T) {
	for name, g := range gate.Table() {
		if strings.HasPrefix(name, "audit") && !slices.Equal(g.Waives, []process.Role{process.Security}) {
			t.Errorf("%s is waived by %q", name, g.Waives)
		}
	}
}

// A gate says what it found even of an item that it is not about, and never
// comes down.
func TestGatesJudgeWhateverStandsBeforeThem(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Roles: []process.Role{process.Maintainer}})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range []*process.Item{
		{ID: "f", Kind: process.Feature, F: &process.FeatureFacts{}},
		{ID: "a", Kind: process.Alphanet, T: &process.TrainFacts{}},
		{ID: "u", Kind: process.Upgrade, T: &process.TrainFacts{}},
	} {
		for _, stage := range p.Stages() {
			it.Stage = stage.Name
			l := process.NewLine(scenario.Tracking)
			l.Put(it)
			for _, ahead := range process.Outlook(p, l, it, it.Since) {
				for _, w := range ahead.Why.Of {
					if w.Evidence.Empty() || w.Verdict == "" {
						t.Errorf("%s at %s: %s says nothing", it.Kind, stage.Name, w.Gate)
					}
				}
			}
		}
	}
}
