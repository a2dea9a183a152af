package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

func TestEveryBundledChecklistIsPostedBySomeStage(t *testing.T) {
	p, err := loadProcess(templates.Files, nil, process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for name := range p.Checklists {
		stage, _, _ := strings.Cut(name, ".")
		if n := p.Node(stage); n == nil || !slices.Contains(n.Enter, "checklist") {
			t.Errorf("templates/checklists/%s.yml is posted by no stage", name)
		}
	}
}
