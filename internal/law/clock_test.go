package law

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// clockNames are what package time offers that reads a clock, waits for one, or
// depends on where the machine stands.
var clockNames = []string{
	"After", "AfterFunc", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

func TestTheCoreReadsNoClock(t *testing.T) {
	for _, f := range goFiles(t) {
		if l, _ := place(strings.Split(f.dir(), "/")); l == core && !f.isTest() {
			report(t, clockFaults(f))
		}
	}
}

// clockFaults names every use of a clock in a file, called or passed on.
func clockFaults(f goFile) []string {
	name, imported := timeName(f.ast)
	if !imported {
		return nil
	}
	if name == "." {
		return []string{f.path + ": imports time into its own scope, where the clock cannot be told apart"}
	}
	var faults []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && slices.Contains(clockNames, sel.Sel.Name) {
			faults = append(faults, fmt.Sprintf("%s:%d: uses time.%s: in the core, time is a value in the event",
				f.path, f.line(sel.Pos()), sel.Sel.Name))
		}
		return true
	})
	return faults
}

// timeName is the name that a file has given to package time.
func timeName(file *ast.File) (string, bool) {
	for _, spec := range file.Imports {
		if spec.Path.Value != `"time"` {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name, true
		}
		return "time", true
	}
	return "", false
}

func TestClockLawTellsReadingFromReckoning(t *testing.T) {
	tests := []struct {
		name, src string
		faults    int
	}{
		{"reckoning with dates", `import "time"; var d = time.Date(2026, 12, 8, 0, 0, 0, 0, time.UTC).Add(time.Hour)`, 0},
		{"no time at all", `var now = 1`, 0},
		{"another package's Now", `import "example.com/clock"; var n = clock.Now()`, 0},
		{"reading the clock", `import "time"; var n = time.Now()`, 1},
		{"passing the clock on", `import "time"; var now = time.Now`, 1},
		{"under another name", `import tm "time"; var n = tm.Since(tm.Now())`, 2},
		{"waiting", `import "time"; func f() { time.Sleep(1); <-time.After(1) }`, 2},
		{"the machine's zone", `import "time"; var l = time.Local`, 1},
		{"hidden in our own scope", `import . "time"; var n = Now()`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := clockFaults(parse(t, "internal/process/x.go", "package x; "+tt.src))
			if len(got) != tt.faults {
				t.Errorf("%d faults, want %d: %q", len(got), tt.faults, got)
			}
		})
	}
}
