package law

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what a package may import of ours.
type layer int

const (
	unknown layer = iota
	core          // pure: imports the core
	shell         // imports the core and the templates, never another shell package
	adapter       // a shell package that fits the ports which the loop declares: imports bot too
	alone         // imports nothing of ours
	top           // imports everything, and is imported by nobody
	support       // for tests: imports everything, and is imported by tests alone
)

// layers places the first folder below internal, and with it all below that.
var layers = map[string]layer{
	"process":  core,
	"command":  core,
	"calendar": core,
	"render":   core,
	"gate":     core,
	"agenda":   core,
	"snapshot": core,
	"rebuild":  core,

	"bot":    shell,
	"hook":   adapter,
	"hub":    adapter,
	"store":  adapter,
	"notify": adapter,
	"meter":  adapter,

	"recovery": adapter,

	"sched":  shell,
	"web":    shell,
	"config": shell,
	"bench":  shell,

	"emulator": alone,

	"contract": support,
	"law":      support,
	"model":    support,
	"trial":    support,
	"scenario": support,
}

// ports is the package whose interfaces the adapters implement. They see it, it
// never sees them: interfaces belong to their user.
const ports = "bot"

// pureLibraries are what the core may import beside the standard library.
var pureLibraries = []string{
	"go.yaml.in/yaml/v4",                // YAML
	"github.com/yuin/goldmark",          // Markdown
	"github.com/teambition/rrule-go",    // recurrence
	"github.com/rickar/cal/v2",          // business days
	"github.com/kballard/go-shellquote", // shell words
	"github.com/agext/levenshtein",      // edit distance
}

// impureStandard are the standard packages, each with all below it, that reach
// the world outside: the core may not import them.
var impureStandard = []string{
	"context", "crypto/rand", "database/sql", "log", "math/rand", "net", "os",
	"plugin", "runtime", "syscall", "testing", "unsafe",
}

// pureStandard are exceptions to impureStandard that only handle values.
var pureStandard = []string{"net/netip", "net/url"}

func TestEveryPackageKeepsItsLayer(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.isTest() {
			report(t, importFaults(f))
		}
	}
}

// importFaults names the imports of a file that its layer forbids. Direct
// imports are what counts.
func importFaults(f goFile) []string {
	var faults []string
	from := strings.Split(f.dir(), "/")
	for _, spec := range f.ast.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has refused it already
		}
		if why := importFault(from, path); why != "" {
			faults = append(faults, fmt.Sprintf("%s:%d: imports %q: %s", f.path, f.line(spec.Pos()), path, why))
		}
	}
	return faults
}

// importFault says why the package in the folder from may not import path, or "".
func importFault(from []string, path string) string {
	self, name := place(from)
	if self == unknown {
		return "this package has no layer yet: give it one in internal/law/imports_test.go"
	}
	ours, isOurs := strings.CutPrefix(path, module+"/")
	if !isOurs {
		if self == core && !pure(path) {
			return "the core imports only pure packages"
		}
		return ""
	}
	to, other := place(strings.Split(ours, "/"))
	switch {
	case to == top && self != top:
		return "nobody imports a command"
	case self == top, self == support:
		return ""
	case name == other:
		return "" // within one package's own folder
	case to == support:
		return "only tests import it"
	case self == alone:
		return name + " imports nothing of ours"
	case to == core:
		return ""
	case self == core:
		return "the core imports only the core"
	case self == adapter && other == ports:
		return ""
	case other == "templates":
		return ""
	}
	return "a shell package sees the core and never another shell package"
}

// place gives the layer of a folder, and the name under which it has it.
func place(dir []string) (layer, string) {
	switch {
	case dir[0] == "cmd":
		return top, "cmd"
	case dir[0] == "internal" && len(dir) > 1:
		return layers[dir[1]], dir[1]
	case dir[0] == "templates":
		return alone, "templates"
	}
	return unknown, ""
}

// pure tells whether the core may import a package that is not ours.
func pure(path string) bool {
	if strings.Contains(strings.Split(path, "/")[0], ".") {
		return within(path, pureLibraries)
	}
	return within(path, pureStandard) || !within(path, impureStandard)
}

// within tells whether path is one of the roots, or lies below one.
func within(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool {
		return path == r || strings.HasPrefix(path, r+"/")
	})
}

func TestImportLawTellsLawfulFromUnlawful(t *testing.T) {
	tests := []struct {
		name, from, path string
		lawful           bool
	}{
		{"core imports core", "internal/command", module + "/internal/process", true},
		{"core handles links", "internal/command", "net/url", true},
		{"core reads YAML", "internal/process", "go.yaml.in/yaml/v4", true},
		{"core reads Markdown", "internal/process", "github.com/yuin/goldmark/ast", true},
		{"core does not serve HTTP", "internal/process", "net/http", false},
		{"core opens no file", "internal/render", "os", false},
		{"core starts no program", "internal/render", "os/exec", false},
		{"core has no context", "internal/process", "context", false},
		{"core throws no dice", "internal/process", "math/rand/v2", false},
		{"core does not know GitHub's client", "internal/process", "github.com/google/go-github/v62/github", false},
		{"a like name is not a library", "internal/process", "github.com/yuin/goldmark-emoji", false},
		{"core does not import the shell", "internal/process", module + "/internal/store", false},
		{"core does not import the templates", "internal/render", module + "/templates", false},
		{"shell imports core", "internal/bot", module + "/internal/process", true},
		{"shell imports the templates", "internal/web", module + "/templates", true},
		{"shell does not import shell", "internal/bot", module + "/internal/store", false},
		{"an adapter sees the ports it fits", "internal/hub", module + "/internal/bot", true},
		{"an adapter does not see another", "internal/hub", module + "/internal/store", false},
		{"the ports do not see an adapter", "internal/bot", module + "/internal/hub", false},
		{"a shell package is no adapter", "internal/config", module + "/internal/bot", false},
		{"shell does not import the emulator", "internal/hub", module + "/internal/emulator", false},
		{"shell does not import test support", "internal/hub", module + "/internal/scenario", false},
		{"a package imports its own parts", "internal/store/sqlite", module + "/internal/store", true},
		{"a part is bound as the whole", "internal/store/sqlite", module + "/internal/hub", false},
		{"the emulator imports nothing of ours", "internal/emulator", module + "/internal/process", false},
		{"the emulator's parts do", "internal/emulator", module + "/internal/emulator/site", true},
		{"the command imports all", "cmd/stationmaster", module + "/internal/emulator", true},
		{"nobody imports the command", "internal/bot", module + "/cmd/stationmaster/demo", false},
		{"a new package needs a layer", "internal/novelty", "fmt", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := "package x\n\nimport _ " + strconv.Quote(tt.path) + "\n"
			faults := importFaults(parse(t, tt.from+"/x.go", src))
			if lawful := len(faults) == 0; lawful != tt.lawful {
				t.Errorf("lawful = %v, want %v; faults: %q", lawful, tt.lawful, faults)
			}
		})
	}
}
