package law

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

const (
	maxFileLines = 400
	maxFuncLines = 80
)

func TestFilesAndFunctionsStayReadable(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.isTest() && !ast.IsGenerated(f.ast) {
			report(t, sizeFaults(f))
		}
	}
}

// sizeFaults names what is too long in a file. A function counts from its func
// to its closing brace; one written as a value counts like any other.
func sizeFaults(f goFile) []string {
	var faults []string
	if n := f.lines(); n > maxFileLines {
		faults = append(faults, fmt.Sprintf("%s: %d lines, at most %d read well: split it by topic", f.path, n, maxFileLines))
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		name := "a function"
		var from, to int
		switch fn := n.(type) {
		case *ast.FuncDecl:
			name, from, to = fn.Name.Name, f.line(fn.Type.Pos()), f.line(fn.End())
		case *ast.FuncLit:
			from, to = f.line(fn.Pos()), f.line(fn.End())
		default:
			return true
		}
		length := to - from + 1
		if length > maxFuncLines {
			faults = append(faults, fmt.Sprintf("%s:%d: %s has %d lines, at most %d read well", f.path, from, name, length, maxFuncLines))
		}
		return true
	})
	return faults
}

func TestSizeLawCountsLines(t *testing.T) {
	body := func(n int) string { return strings.Repeat("\n", n) }
	tests := []struct {
		name, src string
		faults    int
	}{
		{"a function that fits", "package x; func f() {" + body(maxFuncLines-1) + "}", 0},
		{"a function a line too long", "package x; func f() {" + body(maxFuncLines) + "}", 1},
		{"its comment does not count", "package x\n//" + body(maxFuncLines) + "func f() {" + body(maxFuncLines-1) + "}", 0},
		{"a function in a variable", "package x; var f = func() {" + body(maxFuncLines) + "}", 1},
		{"a file that fits", "package x" + body(maxFileLines), 0},
		{"a file a line too long", "package x" + body(maxFileLines+1), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := sizeFaults(parse(t, "internal/x/x.go", tt.src))
			if len(got) != tt.faults {
				t.Errorf("%d faults, want %d: %q", len(got), tt.faults, got)
			}
		})
	}
}
