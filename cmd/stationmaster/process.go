package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/agenda"
	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// bundledProcess is the process of a repository that names none of its own.
const bundledProcess = "process/op-stack.yml"

// checklists reads all checklists of the templates.
func checklists(files fs.FS) (map[string]process.ChecklistDef, error) {
	names, err := fs.Glob(files, "checklists/*.yml")
	if err != nil {
		return nil, err
	}
	out := map[string]process.ChecklistDef{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var def process.ChecklistDef
		if err := yaml.Load(data, &def, yaml.WithKnownFields()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		def.Name = strings.TrimSuffix(path.Base(name), ".yml")
		out[def.Name] = def
	}
	return out, nil
}

// loadProcess reads a process file with our gates, commands and checklists; nil
// data stands for the bundled one.
func loadProcess(files fs.FS, data []byte, settings process.Settings) (*process.Process, error) {
	lists, err := checklists(files)
	if err != nil {
		return nil, err
	}
	if data == nil {
		if data, err = fs.ReadFile(files, bundledProcess); err != nil {
			return nil, err
		}
	}
	return process.Load(data, command.Tables(gate.Table(), agenda.Table()), lists, settings)
}

// settingsOf turns a repository's configuration into what the core needs of it.
func settingsOf(r config.Repository) process.Settings {
	s := process.Settings{
		Prefix: r.LabelPrefix, Taken: r.Numbers.Taken, Next: r.Numbers.Next, Hardforks: r.Hardforks,
		Chains:     map[string][]string{"testnet": r.Chains.Testnet, "mainnet": r.Chains.Mainnet},
		Links:      map[string]string{"process": r.Links.Process, "governance": r.Links.Governance, "releases": r.Links.Releases},
		Bots:       r.Bots,
		Code:       r.Code,
		Ahead:      r.Alphanet.Ahead,
		Enough:     r.Enough,
		Schedule:   r.Schedule,
		Reminders:  r.Reminders,
		Routes:     r.Routes,
		Configured: r.Declared,
		Holders:    map[process.Role]string{},
	}
	for name, role := range r.Roles {
		s.Roles = append(s.Roles, process.Role(name))
		s.Holders[process.Role(name)] = holders(role)
	}
	return s
}

// holders says in words who holds a role, naming nobody whom that would call.
func holders(r config.Role) string {
	var parts []string
	for _, t := range r.Teams {
		parts = append(parts, "team "+t)
	}
	parts = append(parts, r.Users...)
	if r.Permission != "" {
		parts = append(parts, "those with permission "+r.Permission)
	}
	return strings.Join(parts, ", ")
}

// rolesOf turns the configured roles into what GitHub is asked for them.
func rolesOf(r config.Repository) bot.RoleSource {
	out := bot.RoleSource{}
	for name, role := range r.Roles {
		out[process.Role(name)] = bot.Holders{Users: role.Users, Teams: role.Teams, Permission: role.Permission}
	}
	return out
}
