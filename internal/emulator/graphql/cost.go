package graphql

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Cost is what a request takes of the limits.
type Cost struct {
	Points int // of the hour's budget; at least one
	Nodes  int // that may be answered at most
}

// pointsPer is how many requests to the parts of a query make one point.
const pointsPer = 100

// Cost counts as GitHub documents it: every connection is one request for each
// of what is above it.
func (p *Plan) Cost() Cost {
	requests, nodes := 0, 0
	var walk func(ast.SelectionSet, int)
	walk = func(set ast.SelectionSet, times int) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.InlineFragment:
				walk(s.SelectionSet, times)
			case *ast.FragmentSpread:
				walk(s.Definition.SelectionSet, times)
			case *ast.Field:
				n := times
				if size := pageSize(s.ArgumentMap(p.vars)); size > 0 {
					requests += times
					n = times * size
					nodes += n
				}
				walk(s.SelectionSet, n)
			}
		}
	}
	walk(p.op.SelectionSet, 1)
	return Cost{Points: max(1, (requests+pointsPer/2)/pointsPer), Nodes: nodes}
}

func pageSize(args Args) int {
	if n, has := args.Int("first"); has {
		return n
	}
	n, _ := args.Int("last")
	return n
}

// Args are a field's arguments by name.
type Args map[string]any

// Int reads a whole number; false if it was not given.
func (a Args) Int(name string) (int, bool) {
	switch v := a[name].(type) {
	case int64:
		return int(v), true
	case int:
		return v, true
	case float64:
		return int(v), true
	case json.Number:
		n, err := strconv.Atoi(v.String())
		return n, err == nil
	default:
		return 0, false
	}
}

// Text reads a string or an id; empty if it was not given.
func (a Args) Text(name string) string {
	switch v := a[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	default:
		return ""
	}
}

// Input is the argument named input, as mutations have it.
func (a Args) Input() Args {
	in, _ := a["input"].(map[string]any)
	return in
}
