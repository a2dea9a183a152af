package emulator

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// impossible are events that the source seems to send and that cannot happen,
// with the reason.
var impossible = map[string]string{
	"repository_dispatch": "its action is what the request says",
}

// sendable lists every event and action that the package can send, as
// "issues.labeled", read from its source: the literals of happening, and what
// the functions that make them are called with.
func sendable(t *testing.T, d *contract.Description) []string {
	t.Helper()
	s := source{t: t, d: d, set: gotoken.NewFileSet()}
	s.read()
	found := map[string]bool{}
	for _, fn := range s.functions {
		ast.Inspect(fn.body, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is {
				return true
			}
			if event, action := fields(lit); event != nil {
				for _, e := range s.sent(fn, event, action) {
					found[e] = true
				}
			}
			return true
		})
	}
	for e, why := range impossible {
		if !found[e] {
			t.Errorf("%s is listed as impossible (%s), and nothing sends it", e, why)
		}
		delete(found, e)
	}
	return slices.Sorted(maps.Keys(found))
}

// source is the package's own code.
type source struct {
	t         *testing.T
	d         *contract.Description
	set       *gotoken.FileSet
	functions []*function
}

// function is a declared one, with those inside of it that have a name.
type function struct {
	name   string
	params []string
	body   *ast.BlockStmt
	inside []*function
}

func (s *source) read() {
	s.t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(s.set, e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is && fn.Body != nil {
				s.functions = append(s.functions, newFunction(fn.Name.Name, fn.Type, fn.Body))
			}
		}
	}
}

func newFunction(name string, sig *ast.FuncType, body *ast.BlockStmt) *function {
	fn := &function{name: name, body: body}
	for _, f := range sig.Params.List {
		for _, id := range f.Names {
			fn.params = append(fn.params, id.Name)
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		as, is := n.(*ast.AssignStmt)
		if !is || len(as.Lhs) != 1 || len(as.Rhs) != 1 {
			return true
		}
		id, named := as.Lhs[0].(*ast.Ident)
		if lit, is := as.Rhs[0].(*ast.FuncLit); is && named {
			fn.inside = append(fn.inside, newFunction(id.Name, lit.Type, lit.Body))
		}
		return true
	})
	return fn
}

// fields are event and action of a happening's literal. One in a list of them
// has no type of its own.
func fields(lit *ast.CompositeLit) (event, action ast.Expr) {
	if id, is := lit.Type.(*ast.Ident); lit.Type != nil && (!is || id.Name != "happening") {
		return nil, nil
	}
	for _, el := range lit.Elts {
		kv, is := el.(*ast.KeyValueExpr)
		if !is {
			return nil, nil
		}
		switch key, _ := kv.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "event":
			event = kv.Value
		case key.Name == "action":
			action = kv.Value
		}
	}
	return event, action
}

// sent lists what an event and an action come to. Where both are the
// function's arguments, they belong together, call by call.
func (s *source) sent(fn *function, event, action ast.Expr) []string {
	e, isParam := param(fn, event)
	if isParam {
		a, _ := param(fn, action)
		var out []string
		s.calls(fn, s.functions, func(caller *function, args []ast.Expr) {
			what := action
			if a >= 0 {
				what = args[a]
			}
			out = append(out, s.sent(caller, args[e], what)...)
		})
		return out
	}
	events, actions := s.values(fn, event, 0), []string{""}
	if action != nil {
		actions = s.values(fn, action, 0)
	}
	var out []string
	for _, e := range events {
		for _, a := range actions {
			name := strings.TrimSuffix(e+"."+a, ".")
			// What serves issues and pull requests alike is not all of both.
			if len(events) == 1 || s.d.Describes(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// param is an expression's place among the function's arguments.
func param(fn *function, e ast.Expr) (int, bool) {
	id, is := e.(*ast.Ident)
	if !is {
		return -1, false
	}
	at := slices.Index(fn.params, id.Name)
	return at, at >= 0
}

// values are what a string expression can be: itself, a sum of such, what the
// function assigns to it, or what the function is called with.
func (s *source) values(fn *function, e ast.Expr, deep int) []string {
	var out []string
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return []string{text}
		}
	case *ast.BinaryExpr:
		for _, x := range s.values(fn, e.X, deep+1) {
			for _, y := range s.values(fn, e.Y, deep+1) {
				out = append(out, x+y)
			}
		}
	case *ast.Ident:
		if deep > 6 {
			break
		}
		for _, given := range assigned(fn, e.Name) {
			out = append(out, s.values(fn, given, deep+1)...)
		}
		pass := func(f *function, callers []*function) {
			if at := slices.Index(f.params, e.Name); at >= 0 {
				s.calls(f, callers, func(caller *function, args []ast.Expr) {
					out = append(out, s.values(caller, args[at], deep+1)...)
				})
			}
		}
		pass(fn, s.functions)
		for _, f := range fn.inside {
			pass(f, []*function{fn})
		}
	}
	if len(out) == 0 {
		s.t.Errorf("%s: cannot tell which event this sends; write it as a literal", s.set.Position(e.Pos()))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// calls goes through the calls of a function, told by its name and how many
// arguments it has.
func (s *source) calls(fn *function, callers []*function, each func(caller *function, args []ast.Expr)) {
	for _, caller := range callers {
		ast.Inspect(caller.body, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if is && called(call) == fn.name && len(call.Args) == len(fn.params) {
				each(caller, call.Args)
			}
			return true
		})
	}
}

// assigned are the expressions that a function gives to a variable.
func assigned(fn *function, name string) []ast.Expr {
	var out []ast.Expr
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if as, is := n.(*ast.AssignStmt); is && len(as.Lhs) == len(as.Rhs) {
			for i, l := range as.Lhs {
				if id, is := l.(*ast.Ident); is && id.Name == name {
					out = append(out, as.Rhs[i])
				}
			}
		}
		return true
	})
	return out
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}
