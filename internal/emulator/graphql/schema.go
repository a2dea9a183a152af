// Package graphql answers GraphQL requests from Go values, in the manner of
// GitHub's v4 API. Parsing and validation are gqlparser's; what is here is the
// execution (run.go), GitHub's way of wording refusals (rules.go, fault.go) and
// GitHub's way of counting what a query costs (cost.go).
//
// It knows nothing of the emulator: a caller gives a schema, and values that
// resolve their own fields.
package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// Schema says what may be asked.
type Schema struct{ ast *ast.Schema }

// Load reads a schema in the schema language. It must have a Query type.
func Load(text string) (*Schema, error) {
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: text})
	if err != nil {
		return nil, fmt.Errorf("graphql: schema: %w", err)
	}
	return &Schema{s}, nil
}

// Fields lists the fields of an object type by name; nil if there is no such
// type.
func (s *Schema) Fields(typeName string) []string {
	def := s.ast.Types[typeName]
	if def == nil {
		return nil
	}
	var names []string
	for _, f := range def.Fields {
		if f.Name != "__schema" && f.Name != "__type" {
			names = append(names, f.Name)
		}
	}
	return names
}

// Objects lists the schema's own object types.
func (s *Schema) Objects() []string {
	var names []string
	for name, def := range s.ast.Types {
		if def.Kind == ast.Object && !def.BuiltIn {
			names = append(names, name)
		}
	}
	return names
}

// Request is what a client posts.
type Request struct {
	Query     string         `json:"query"`
	Operation string         `json:"operationName"`
	Variables map[string]any `json:"variables"`
}

// Plan is a request that was found valid.
type Plan struct {
	schema *Schema
	doc    *ast.QueryDocument
	op     *ast.OperationDefinition
	vars   map[string]any
}

// Mutation reports whether the request changes something.
func (p *Plan) Mutation() bool { return p.op.Operation == ast.Mutation }

// Prepare parses and validates. It returns either a plan or what is wrong.
func (s *Schema) Prepare(q Request) (*Plan, []Fault) {
	doc, err := parser.ParseQuery(&ast.Source{Input: q.Query})
	if err != nil {
		return nil, []Fault{parseFault(err)}
	}
	if errs := validator.ValidateWithRules(s.ast, doc, rulesFor(s.ast, doc)); len(errs) > 0 {
		return nil, faultsOf(errs)
	}
	op := doc.Operations.ForName(q.Operation)
	switch {
	case len(doc.Operations) == 0:
		return nil, []Fault{{Message: "A query must contain an operation"}}
	case op == nil && q.Operation == "":
		return nil, []Fault{{Message: "An operation name is required"}}
	case op == nil:
		return nil, []Fault{{Message: fmt.Sprintf("No operation named %q", q.Operation)}}
	}
	vars, err := validator.VariableValues(s.ast, op, q.Variables)
	if err != nil {
		return nil, []Fault{variableFault(op, err)}
	}
	return &Plan{schema: s, doc: doc, op: op, vars: vars}, nil
}

func faultsOf(errs gqlerror.List) []Fault {
	out := make([]Fault, len(errs))
	for i, e := range errs {
		out[i] = faultOf(e)
	}
	return out
}
