package process_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/agenda"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func bundled(t testing.TB) *process.Process {
	t.Helper()
	p, err := scenario.Bundled(process.Settings{Roles: everyRole, Configured: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func source(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../templates/process/op-stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func load(t testing.TB, text string) error {
	t.Helper()
	lists, err := scenario.Checklists()
	if err != nil {
		t.Fatal(err)
	}
	_, err = process.Load([]byte(text), command.Tables(gate.Table(), agenda.Table()), lists, process.Settings{})
	return err
}

func TestEveryFaultOfAProcessFileHasItsPlace(t *testing.T) {
	whole := source(t)
	tests := []struct {
		name, old, new string
		at             string // a text at whose line the fault is
		want           string
	}{
		{"no name", "name: op-stack\n", "", "", "name is missing"},
		{"no start", "start: merge-pr", "start: nowhere", "start: nowhere", `start "nowhere" is no node of kind event`},
		{"unknown gate", "needs: [checklist, evidence]", "needs: [checklist, evidnce]", "  alphanet-acceptance:", `no gate "evidnce"; known: all-aboard-here`},
		{"unknown role", "by: [owner, maintainer], needs: [checklist, evidence]", "by: [owner, king], needs: [checklist, evidence]", "  alphanet-acceptance:", `no role "king"`},
		{"nobody", "by: [owner, maintainer], needs: [checklist, evidence]", "needs: [checklist, evidence]", "  alphanet-acceptance:", "by names no role"},
		{"unknown node", "to: alphanet-deployment, by: [maintainer]", "to: alphanet-deploymnt, by: [maintainer]", "  alphanet-scoping:", `leads to "alphanet-deploymnt", which is no node`},
		{"unknown command", "{depart: {to: alphanet-deployment", "{leave: {to: alphanet-deployment", "  alphanet-scoping:", "move leave: there is no such command"},
		{"unknown effect", "enter: [invite]", "enter: [invit]", "  betanet-scoping:", `no effect "invit"`},
		{"unknown predicate", "when: any-aboard-l2", "when: any-l2", "  l2:", `no predicate "any-l2"`},
		{"unknown kind", "{kind: step, title: Assign Hardfork Name", "{kind: stp, title: Assign Hardfork Name", "  hardfork:", `kind "stp" is none of`},
		{"no title", "title: Stop, ", "", "  stopped:", "title is missing"},
		{"unknown subject", "of: alphanet, enter", "of: submarine, enter", "  alphanet-deployment:", `of "submarine" is none of`},
		{"unknown verify", "verify: [subject], rules: [T5", "verify: [everything], rules: [T5", "  betanet-acceptance:", `verify "everything"`},
		{"unknown each", "each: aboard, rules: [P1", "each: everyone, rules: [P1", "  alphanet-scoping:", `each "everyone"`},
		{"unknown reason", "reason: required, back: true, rules: [F3", "reason: maybe, back: true, rules: [F3", "  alphanet-acceptance:", `reason "maybe"`},
		{"a list that is not there", "enter: [invite]", "enter: [invite, checklist]", "  betanet-scoping:", "there is no checklist named betanet-scoping"},
		{"unknown track", "starts: [governance]", "starts: [goverment]", "  testnet-release:", `starts track "goverment"`},
		{"joins nothing", "joins: governance", "joins: goverment", "  governance:", `joins track "goverment"`},
		{"within nothing", "within: betanet-acceptance", "within: betanet", "  security-audit:", `within leads to "betanet"`},
		{"empties nowhere", "empties: completed", "empties: full", "  alphanet-acceptance:", `empties leads to "full"`},
		{"unknown lever", "kind/feature: /feature", "kind/feature: /featur", "  kind/feature:", `lever kind/feature: no command "/featur"`},
		{"a key that nobody knows", "start: merge-pr", "strat: merge-pr", "strat", "strat"},
		{"a field that nobody knows", "title: Stop,", "titel: Stop,", "  stopped:", "titel"},
		{"not YAML", "name: op-stack", "name: [op-stack", "", "flow"},
		{"no end", "shipped: {kind: end, title: Shipped, area: Mainnet, of: upgrade, enter: [shipped], aside: true, rules: [F13]}",
			"shipped: {kind: question, title: Shipped, area: Mainnet, when: stable, \"yes\": shipped, \"no\": shipped, aside: true}", "  shipped:", "leads in a circle"},
		{"nothing leads there", "\nlevers:", "\n  island: {kind: end, title: Island, area: Start, of: feature}\nlevers:", "  island:", "nothing leads here"},
		{"a needed node", "  dropped:", "  forgotten:", "nodes:", "no stage or end named dropped"},
		{"one label twice", "\nlevers:", "\n  Shipped: {kind: end, title: Shipped, area: Start, of: upgrade, aside: true}\nlevers:", "  Shipped:", "has the same label"},
		{"a node by a merge key", "\nlevers:", "\n  <<: {island: {kind: end, title: Island, area: Start, of: feature}}\nlevers:", "nodes:", "a node's name is not written out"},
		{"moves by a merge key", "moves: {depart: {to: l2,", "moves: {<<: {stable: {to: dropped, by: [maintainer]}}, depart: {to: l2,", "  betanet-scoping:", "a move's name is not written out"},
		{"a label too long", "  completed:", "  completed-" + strings.Repeat("x", 50) + ":", "  completed-", "longer than 50 characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(whole, tt.old) {
				t.Fatalf("the file does not hold %q", tt.old)
			}
			text := strings.ReplaceAll(whole, tt.old, tt.new)
			err := load(t, text)
			var faults process.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("loads without a fault: %v", err)
			}
			i := slices.IndexFunc(faults, func(f process.Fault) bool { return strings.Contains(f.Message, tt.want) })
			if i < 0 {
				t.Fatalf("the faults are\n%v\nwanted %q", faults, tt.want)
			}
			if tt.at == "" {
				return
			}
			before, _, found := strings.Cut(text, tt.at)
			if line := strings.Count(before, "\n") + 1; !found || faults[i].Line != line && faults[i].Line != line+1 || faults[i].Column < 1 {
				t.Errorf("the fault is at %d:%d, wanted line %d", faults[i].Line, faults[i].Column, line)
			}
		})
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	text := strings.NewReplacer("[checklist, evidence]", "[checklist, evidnce]", "when: any-aboard-l2", "when: any-l2", "by: [security]", "by: [guards]").Replace(source(t))
	var faults process.Faults
	if !errors.As(load(t, text), &faults) || len(faults) != 3 {
		t.Fatalf("faults: %v", faults)
	}
	if !slices.IsSortedFunc(faults, func(a, b process.Fault) int { return a.Line - b.Line }) {
		t.Errorf("not in the order of their places:\n%v", faults)
	}
}

func TestAFileTooLargeIsRefused(t *testing.T) {
	if err := load(t, source(t)+strings.Repeat("# too long\n", 30000)); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("error: %v", err)
	}
}

// FuzzLoad looks for files that are accepted though a walk on them would not end,
// or that bring the loader down.
func FuzzLoad(f *testing.F) {
	whole := source(f)
	f.Add(whole)
	f.Add("")
	f.Add("name: x\nstart: a\nnodes: {a: {kind: event, title: A, next: a}}")
	f.Add("nodes: &n\n  a: *n")
	f.Add(strings.Replace(whole, "next: number", "next: l2", 1))
	f.Add("nodes: {a: {moves: {x: null}}, b: null}")
	f.Add("name: x\nstart: a\nnodes: {a: {kind: event, title: A, next: b}, b: {? moves : [{? moves : {}}, stay]}}")
	f.Add("nodes:\n  ? [a, b]\n  : {kind: end}\n<<: {name: x}")
	lists, err := scenario.Checklists()
	if err != nil {
		f.Fatal(err)
	}
	tables := command.Tables(gate.Table(), agenda.Table())
	f.Fuzz(func(t *testing.T, text string) {
		p, err := process.Load([]byte(text), tables, lists, process.Settings{})
		if err != nil {
			return
		}
		_ = p.Mermaid(process.MapOptions{Mark: "review", Full: []string{"Betanet"}})
		for _, from := range p.Order {
			for _, to := range p.Stages() {
				p.Reaches(from, to.Name)
			}
		}
	})
}
