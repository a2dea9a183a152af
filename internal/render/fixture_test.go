package render

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with its golden file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\nwrite it with: go test ./internal/render -update", err)
	}
	if got+"\n" != string(want) {
		t.Errorf("%s differs; if the change is meant, read it aloud and write it with: go test ./internal/render -update\n%s", file, got)
	}
}

func bundled(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// opStack loads the bundled process with its real gates. Commands are names
// only: what they do is no matter of how things look.
func opStack(t testing.TB) *process.Process {
	t.Helper()
	data, err := templates.Files.ReadFile("process/op-stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	tables := process.Tables{Gates: gate.Table(), Effects: process.Effects(), Predicates: process.Predicates()}
	for name, usage := range map[string]string{
		"depart": "/depart", "deployed": "/deployed <link>…", "stable": "/stable [link]", "unstable": "/unstable <reason>",
		"redeploy": "/redeploy <reason>", "released": "/released <version>", "activated": "/activated [chain…]",
		"governance": "/governance posted <link> [number]|vetoed <reason>|passed", "audit": "/audit finding low|high <link>|cleared <link>",
		"feature": "/feature", "train": "/train", "layers": "/layers l1 l2", "submit": "/submit alphanet|betanet", "hold": "/hold [name] <reason>",
	} {
		tables.Commands = append(tables.Commands, process.Command{Name: name, Usage: usage})
	}
	p, err := process.Load(data, tables, checklists(t), process.Settings{
		Roles: []process.Role{"maintainer", "security"}, Chains: map[string][]string{"testnet": {"op-sepolia", "unichain-sepolia"}, "mainnet": {"op"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checklists reads the bundled checklists.
func checklists(t testing.TB) map[string]process.ChecklistDef {
	t.Helper()
	files, err := templates.Files.ReadDir("checklists")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]process.ChecklistDef{}
	for _, f := range files {
		data, err := templates.Files.ReadFile("checklists/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		var def process.ChecklistDef
		if err := yaml.Load(data, &def, yaml.WithKnownFields()); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		def.Name = strings.TrimSuffix(f.Name(), ".yml")
		out[def.Name] = def
	}
	return out
}

// at is a moment of the fixtures: day d of December 2026.
func at(d, hour int) time.Time { return time.Date(2026, 12, d, hour, 0, 0, 0, time.UTC) }

func on(d int) calendar.Date { return calendar.Date{Year: 2026, Month: 12, Day: d} }

// list makes a checklist with the first n boxes ticked.
func list(p *process.Process, stage, name string, n int) process.Checklist {
	out := process.Checklist{Key: "checklist/" + stage + "/1", Name: name, Stage: stage}
	for i, item := range p.Checklists[name].Items {
		c := process.Check{Text: strings.ReplaceAll(item.Text, "{chain}", "op-sepolia"), Rule: item.Rule}
		if i < n {
			c.By, c.At = "ada", at(9, 12)
		}
		out.Items = append(out.Items, c)
	}
	return out
}
