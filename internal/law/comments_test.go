package law

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// selfExplaining are methods whose meaning the interface that names them gives.
var selfExplaining = []string{"Error", "Is", "Len", "Less", "Read", "ServeHTTP", "String", "Swap", "Unwrap", "Write"}

func TestEveryPackageHasADocComment(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		if !f.isTest() {
			documented[f.dir()] = documented[f.dir()] || hasText(f.ast.Doc)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(documented)) {
		if !documented[dir] {
			t.Errorf("%s: no file has a package comment", dir)
		}
	}
}

func TestEveryExportedNameHasADocComment(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.isTest() && strings.HasPrefix(f.path, "internal/") {
			report(t, commentFaults(f))
		}
	}
}

// commentFaults names the exported identifiers of a file that have no comment.
// Fields and the methods of interfaces are left to their type's comment.
func commentFaults(f goFile) []string {
	var faults []string
	missing := func(pos token.Pos, name string) {
		faults = append(faults, fmt.Sprintf("%s:%d: %s has no doc comment", f.path, f.line(pos), name))
	}
	for _, decl := range f.ast.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if name, needed := funcName(d); needed && !hasText(d.Doc) {
				missing(d.Pos(), name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				for _, id := range exported(spec) {
					if !commented(d, spec) {
						missing(id.Pos(), id.Name)
					}
				}
			}
		}
	}
	return faults
}

// funcName gives a function's name with its receiver, and whether it needs a comment.
func funcName(d *ast.FuncDecl) (string, bool) {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name, d.Name.IsExported()
	}
	recv := receiver(d.Recv.List[0].Type)
	needed := ast.IsExported(recv) && d.Name.IsExported() && !slices.Contains(selfExplaining, d.Name.Name)
	return recv + "." + d.Name.Name, needed
}

// receiver is the name of a method's type, without pointer and parameters.
func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// exported lists the exported names that a spec declares.
func exported(spec ast.Spec) []*ast.Ident {
	var names []*ast.Ident
	switch s := spec.(type) {
	case *ast.TypeSpec:
		names = []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		names = s.Names
	}
	return slices.DeleteFunc(slices.Clone(names), func(id *ast.Ident) bool { return !id.IsExported() })
}

// commented tells whether a name has a comment of its own, at its line's end or,
// for constants and variables, one over their group.
func commented(d *ast.GenDecl, spec ast.Spec) bool {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return hasText(s.Doc) || !d.Lparen.IsValid() && hasText(d.Doc)
	case *ast.ValueSpec:
		return hasText(s.Doc) || hasText(s.Comment) || hasText(d.Doc)
	}
	return true
}

// hasText tells whether a comment says anything; a directive alone does not.
func hasText(c *ast.CommentGroup) bool { return strings.TrimSpace(c.Text()) != "" }

func TestCommentLawFindsTheSilent(t *testing.T) {
	tests := []struct {
		name, src string
		faults    int
	}{
		{"a documented function", "// F does.\nfunc F() {}", 0},
		{"a silent function", "func F() {}", 1},
		{"a directive is no comment", "//go:noinline\nfunc F() {}", 1},
		{"an unexported function", "func f() {}", 0},
		{"a silent method", "// T is.\ntype T struct{}\nfunc (t *T) M() {}", 1},
		{"a method that explains itself", "// T is.\ntype T struct{}\nfunc (T) String() string { return \"\" }", 0},
		{"a method of an unexported type", "type t[K any] struct{}\nfunc (t[K]) M() {}", 0},
		{"a silent method of a generic type", "// T is.\ntype T[K any] struct{}\nfunc (T[K]) M() {}", 1},
		{"types in a silent group", "// Both.\ntype (\n\tA int\n\t// B is.\n\tB int\n)", 1},
		{"constants under one comment", "// The kinds.\nconst (\n\tA = 1\n\tB = 2\n)", 0},
		{"constants with comments beside", "const (\n\tA = 1 // one\n\tB = 2\n)", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := commentFaults(parse(t, "internal/x/x.go", "package x\n\n"+tt.src+"\n"))
			if len(got) != tt.faults {
				t.Errorf("%d faults, want %d: %q", len(got), tt.faults, got)
			}
		})
	}
}
