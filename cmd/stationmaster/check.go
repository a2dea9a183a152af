package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// checkCmd checks files and names every fault with its place.
type checkCmd struct {
	Files []string `arg:"" optional:"" help:"Process files and repository files; the bundled templates if none is named."`
}

// Run checks the files; any fault is exit 2.
func (k *checkCmd) Run(c *console) error {
	if len(k.Files) == 0 {
		if _, err := loadProcess(templates.Files, nil, process.Settings{}); err != nil {
			return usageError{fmt.Errorf("%s", located(bundledProcess, err))}
		}
		if _, err := render.New(templates.Files); err != nil {
			return usageError{err}
		}
		fmt.Fprintln(c.out, "The bundled process and templates are sound.")
		return nil
	}
	var bad []string
	for _, name := range k.Files {
		if err := checkFile(name); err != nil {
			bad = append(bad, located(name, err))
			continue
		}
		fmt.Fprintf(c.out, "%s: sound\n", name)
	}
	if len(bad) > 0 {
		return usageError{fmt.Errorf("%s", strings.Join(bad, "\n"))}
	}
	return nil
}

// checkFile tells a process by its nodes from a repository's configuration.
func checkFile(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return errors.Unwrap(err) // the name is put before it
	}
	var probe struct {
		Nodes map[string]any `yaml:"nodes"`
	}
	if yaml.Load(data, &probe) == nil && probe.Nodes != nil {
		_, err = loadProcess(templates.Files, data, process.Settings{})
		return err
	}
	_, err = config.LoadRepository(data)
	return err
}

// located puts the file's name before every line of an error.
func located(name string, err error) string {
	if name == "" {
		name = bundledProcess
	}
	lines := strings.Split(err.Error(), "\n")
	for i, l := range lines {
		gap := " "
		if l != "" && l[0] >= '0' && l[0] <= '9' {
			gap = "" // a place in the file: name:line:column, as editors follow it
		}
		lines[i] = name + ":" + gap + l
	}
	return strings.Join(lines, "\n")
}
