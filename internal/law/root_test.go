package law

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rootEntries are all that the root may hold beside dot-files.
var rootEntries = []string{
	"LICENSE", "README.md", "app.yml", "cmd", "deploy", "go.mod", "go.sum", "internal", "templates",
}

func TestTheRootHoldsOnlyWhatTheLayoutNames(t *testing.T) {
	top := root(t)
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := os.ReadFile(filepath.Join(top, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !allowedAtRoot(e.Name(), string(ignore)) {
			t.Errorf("%s has no place at the root: it holds %s and dot-files", e.Name(), strings.Join(rootEntries, " "))
		}
	}
}

// allowedAtRoot tells whether an entry may lie at the root. What .gitignore
// names is no part of the repository, only left by somebody's work.
func allowedAtRoot(name, gitignore string) bool {
	if strings.HasPrefix(name, ".") || slices.Contains(rootEntries, name) {
		return true
	}
	for line := range strings.Lines(gitignore) {
		pattern := strings.Trim(strings.TrimSpace(line), "/")
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

func TestRootLawTellsOursFromStrays(t *testing.T) {
	const ignore = "/stationmaster\n/stationmaster.db*\nnode_modules/\n"
	tests := []struct {
		name    string
		allowed bool
	}{
		{"cmd", true},
		{".golangci.yml", true},
		{"stationmaster", true},
		{"stationmaster.db-wal", true},
		{"node_modules", true},
		{"Makefile", false},
		{"pkg", false},
		{"docs", false},
	}
	for _, tt := range tests {
		if got := allowedAtRoot(tt.name, ignore); got != tt.allowed {
			t.Errorf("allowedAtRoot(%q) = %v, want %v", tt.name, got, tt.allowed)
		}
	}
}
