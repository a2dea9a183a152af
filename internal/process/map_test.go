package process_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// ours are the names that the flowchart's nodes have in the process file.
var ours = map[string]string{
	"MergePR": "merge-pr",
	"A1":      "alphanet-scoping", "A2": "alphanet-deployment", "A3": "alphanet-acceptance", "ADecision": "alphanet-stable",
	"B1": "betanet-scoping", "L2Decision": "l2", "B2": "hardfork", "B3": "number", "B4": "betanet-deployment", "AuditDecision": "audit",
	"SA1": "security-audit", "FixesDecision": "fix", "RiskDecision": "risk", "Remove": "removed", "B6": "betanet-acceptance", "BDecision": "betanet-stable",
	"T1": "testnet-release", "T2": "testnet-activation",
	"G1": "proposal-due", "G2": "review", "GDecision": "vetoed", "Stop": "stopped",
	"M1": "mainnet-release", "M2": "mainnet-activation",
}

// differences are where the printed map is not the flowchart, each with its
// reason. There is none: a stage that waits for a track (governance) is not drawn,
// an arrow to it goes to where the track begins, and moves that the flowchart does
// not have (a redeployment by word of mouth, /drop, the end after mainnet) are
// marked aside in the file.
var differences = map[string]string{}

func TestTheMapHasTheFlowchartsEdges(t *testing.T) {
	text, err := os.ReadFile("testdata/flowchart-edges.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 2 || ours[f[0]] == "" || ours[f[1]] == "" {
			t.Fatalf("%q is no edge of the flowchart", line)
		}
		want = append(want, strings.TrimSpace(fmt.Sprintf("%s %s %s", ours[f[0]], ours[f[1]], strings.Join(f[2:], " "))))
	}
	if len(want) != 29 {
		t.Fatalf("the flowchart has 29 edges, the list %d", len(want))
	}
	var have []string
	for _, e := range bundled(t).Edges() {
		have = append(have, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.From, e.To, e.Label)))
	}
	for _, e := range want {
		if !slices.Contains(have, e) && differences[e] == "" {
			t.Errorf("the map lacks %s", e)
		}
	}
	for _, e := range have {
		if !slices.Contains(want, e) && differences[e] == "" {
			t.Errorf("the map has %s, which the flowchart has not", e)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d edges, wanted %d", len(have), len(want))
	}
}

func TestTheMapPrintsEveryEdgeAndMarksWhereOneStands(t *testing.T) {
	p := bundled(t)
	text := p.Mermaid(process.MapOptions{Mark: "betanet-acceptance review"})
	if n := strings.Count(text, "-->"); n != 29 {
		t.Errorf("%d arrows:\n%s", n, text)
	}
	if n := strings.Count(text, " here\n"); n != 2 {
		t.Errorf("%d marks, wanted 2:\n%s", n, text)
	}
	for _, area := range []string{"Start", "Alphanet", "Betanet", "Security Audit", "Testnet", "Governance", "Mainnet"} {
		if !strings.Contains(text, fmt.Sprintf("[%q]", area)) {
			t.Errorf("the map has no box %q", area)
		}
	}
	small := p.Mermaid(process.MapOptions{Mark: "governance", Full: []string{"Testnet"}})
	if len(small) >= len(text)/2 || !strings.Contains(small, "class a_governance here") {
		t.Errorf("the small map:\n%s", small)
	}
}
