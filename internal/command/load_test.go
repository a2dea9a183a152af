package command_test

import (
	"os"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/agenda"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestTheBundledProcessLoads(t *testing.T) {
	data, err := os.ReadFile("../../templates/process/op-stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]process.ChecklistDef{}
	for _, s := range []string{"alphanet-deployment", "alphanet-acceptance", "betanet-deployment", "betanet-acceptance.feature", "betanet-acceptance.upgrade", "testnet-release", "testnet-activation", "mainnet-release", "mainnet-activation"} {
		lists[s] = process.ChecklistDef{Items: []process.CheckDef{{Text: "x"}}}
	}
	p, err := process.Load(data, command.Tables(gate.Table(), agenda.Table()), lists, process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.Edges()); n != 29 {
		t.Errorf("%d edges: %v", n, p.Edges())
	}
	t.Log(p.Mermaid(process.MapOptions{Mark: "security-audit"}))
}
