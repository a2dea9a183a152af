package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
	"github.com/stationmaster-bot/stationmaster/internal/meter"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

var update = flag.Bool("update", false, "rewrite the tables of the README from the code")

// between returns the text between two markers of the README, and where it stands.
func between(t *testing.T, text, name string) (from, to int) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end "+name+" -->"
	from, to = strings.Index(text, begin), strings.Index(text, end)
	if from < 0 || to < from {
		t.Fatalf("README.md has no part between %q and %q", begin, end)
	}
	return from + len(begin), to
}

// commandTable is the README's table of commands.
func commandTable(t *testing.T) string {
	t.Helper()
	p, err := loadProcess(templates.Files, nil, process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| command | what it does | on | who |\n|---|---|---|---|\n")
	for _, c := range command.Table() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.ReplaceAll(c.Usage, "|", "\\|"), c.Summary, placesOf(c), rolesOfCommand(p, c))
	}
	return b.String()
}

func placesOf(c process.Command) string {
	if len(c.On) == 0 {
		return "any issue"
	}
	var out []string
	for _, k := range c.On {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

func rolesOfCommand(p *process.Process, c process.Command) string {
	if c.Who != "" {
		return c.Who
	}
	var roles []string
	add := func(r process.Role) {
		name := strings.ReplaceAll(string(r), "-", " ")
		if r == process.AnyRole {
			name = "any role"
		}
		if !slices.Contains(roles, name) {
			roles = append(roles, name)
		}
	}
	for _, r := range c.By {
		add(r)
	}
	for _, n := range p.Stages() {
		if m, ok := n.Moves[c.Move]; ok {
			for _, r := range m.By {
				add(r)
			}
		}
	}
	if len(roles) == 0 {
		return "anyone"
	}
	return strings.Join(roles, ", ")
}

// faultTable is the README's table of what can go wrong.
func faultTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("| fault | what happens | unless told |\n|---|---|---|\n")
	for _, k := range fault.Kinds {
		told := strings.Trim(unlessTold(k), " ()")
		if told != "" {
			told = "`" + strings.ReplaceAll(told, ", ", "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Kind, k.About, told)
	}
	return b.String()
}

// metricTable is the README's table of what is measured.
func metricTable(*testing.T) string {
	var b strings.Builder
	b.WriteString("| metric | labels | what it tells |\n|---|---|---|\n")
	for _, m := range meter.Table() {
		var labels []string
		for _, l := range m.Labels {
			labels = append(labels, "`"+l+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimPrefix(m.Name, "stationmaster_"), strings.Join(labels, " "), m.Help)
	}
	return b.String()
}

func TestREADMETablesAreMadeFromTheCode(t *testing.T) {
	const name = "../../README.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, table := range []struct {
		name string
		make func(*testing.T) string
	}{{"commands", commandTable}, {"metrics", metricTable}, {"faults", faultTable}} {
		from, to := between(t, text, table.name)
		want := table.make(t)
		if text[from:to] != want && !*update {
			t.Errorf("README.md's table of %s is not what the code has; run: go test ./cmd/stationmaster -run README -update", table.name)
		}
		text = text[:from] + want + text[to:]
	}
	if *update && text != string(data) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestREADMEsWorldIsOne(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(data), "```yaml\norg:")
	text, _, _ = strings.Cut("org:"+text, "```")
	if w, err := genesis.Parse([]byte(text)); !found || err != nil {
		t.Errorf("README.md's world: %v", err)
	} else if _, err := emulator.New(emulator.Options{World: w}); err != nil {
		t.Error(err)
	}
}

func TestHelpNamesEverySubcommand(t *testing.T) {
	var out bytes.Buffer
	if code := run(context.Background(), []string{"--help"}, &console{out: &out, err: &out, env: os.LookupEnv}); code != 0 {
		t.Fatalf("exit %d: %s", code, &out)
	}
	for _, sub := range []string{"serve", "jobs", "ledger", "backup", "restore", "demo", "emulator", "replay", "graph", "check", "timetable"} {
		if !strings.Contains(out.String(), sub) {
			t.Errorf("--help does not name %s:\n%s", sub, &out)
		}
	}
}
