package law

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module is the path that our own imports begin with.
const module = "github.com/stationmaster-bot/stationmaster"

// goFile is one parsed source file of the tree.
type goFile struct {
	path string // from the root, with slashes: "internal/bot/bot.go"
	fset *token.FileSet
	ast  *ast.File
}

// isTest tells whether only `go test` compiles the file.
func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// dir is the package's folder from the root: "internal/store/sqlite".
func (f goFile) dir() string {
	if i := strings.LastIndexByte(f.path, '/'); i >= 0 {
		return f.path[:i]
	}
	return "."
}

// line is where pos lies in the file.
func (f goFile) line(pos token.Pos) int { return f.fset.Position(pos).Line }

// lines is how many lines the file has.
func (f goFile) lines() int { return f.fset.File(f.ast.FileStart).LineCount() }

// root is the folder that holds go.mod, seen from this package.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("look for the root: %v", err)
	}
	return dir
}

// goFiles parses the Go files below the root. Those that the go command does not
// build (testdata, folders that begin with a dot or an underscore) are left out.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	top := root(t)
	var files []goFile
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != top && unbuilt(d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		files = append(files, parse(t, filepath.ToSlash(rel), string(src)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 3 {
		t.Fatalf("found %d Go files: the walk is looking in the wrong place", len(files))
	}
	return files
}

func unbuilt(dir string) bool {
	return dir == "testdata" || dir == "node_modules" || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}

// parse reads one file from its text.
func parse(t *testing.T, path, src string) goFile {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("parse %s: %v", path, err)
	}
	return goFile{path: path, fset: fset, ast: file}
}

// report fails the test with every fault found.
func report(t *testing.T, faults []string) {
	t.Helper()
	for _, f := range faults {
		t.Error(f)
	}
}
