package main

import (
	"io/fs"
	"path"

	"github.com/stationmaster-bot/stationmaster/templates"
)

// issueForms are the built-in issue forms, where an adopter would copy them to.
func issueForms() map[string]string {
	out := map[string]string{}
	names, _ := fs.Glob(templates.Files, "forms/*.yml") // the pattern is a good one
	for _, name := range names {
		if text, err := fs.ReadFile(templates.Files, name); err == nil {
			out[".github/ISSUE_TEMPLATE/"+path.Base(name)] = string(text)
		}
	}
	return out
}
