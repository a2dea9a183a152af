package main

import (
	"fmt"
	"os"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// graphCmd prints the map of a process.
type graphCmd struct {
	File string `arg:"" optional:"" help:"A process file; the bundled one if none is named."`
}

// Run prints the map.
func (g *graphCmd) Run(c *console) error {
	var data []byte
	if g.File != "" {
		var err error
		if data, err = os.ReadFile(g.File); err != nil {
			return err
		}
	}
	p, err := loadProcess(templates.Files, data, process.Settings{})
	if err != nil {
		return usageError{fmt.Errorf("%s", located(g.File, err))}
	}
	fmt.Fprint(c.out, p.Mermaid(process.MapOptions{}))
	return nil
}
