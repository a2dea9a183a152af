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

func TestREADMETableOfCommandsIsMadeFromTheCode(t *testing.T) {
	const name = "../../README.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	from, to := between(t, text, "commands")
	want := commandTable(t)
	if text[from:to] == want {
		return
	}
	if !*update {
		t.Fatal("README.md's table of commands is not what the code has; run: go test ./cmd/stationmaster -run README -update")
	}
	if err := os.WriteFile(name, []byte(text[:from]+want+text[to:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestHelpNamesEverySubcommand(t *testing.T) {
	var out bytes.Buffer
	if code := run(context.Background(), []string{"--help"}, &console{out: &out, err: &out, env: os.LookupEnv}); code != 0 {
		t.Fatalf("exit %d: %s", code, &out)
	}
	for _, sub := range []string{"serve", "demo", "emulator", "replay", "graph", "check", "timetable"} {
		if !strings.Contains(out.String(), sub) {
			t.Errorf("--help does not name %s:\n%s", sub, &out)
		}
	}
}
