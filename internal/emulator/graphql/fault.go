package graphql

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Fault is one entry of an answer's errors.
type Fault struct {
	Type       string         `json:"type,omitempty"` // NOT_FOUND, FORBIDDEN …; empty when the query itself is wrong
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
	Locations  []Location     `json:"locations,omitempty"`
	Message    string         `json:"message"`
}

// Location is a place in the query, counted from one.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Refusal is the error of a field that cannot be had. Any other error of a
// field is a fault of the resolver and ends up as "Something went wrong".
type Refusal struct {
	Type       string
	Message    string
	Extensions map[string]any
}

// Error says what was refused.
func (r *Refusal) Error() string { return r.Message }

// NotFound refuses what is not there, or not to be seen.
func NotFound(format string, args ...any) *Refusal {
	return &Refusal{Type: "NOT_FOUND", Message: fmt.Sprintf(format, args...)}
}

// Forbidden refuses what may be seen and not done.
func Forbidden(message string) *Refusal {
	return &Refusal{Type: "FORBIDDEN", Message: message, Extensions: map[string]any{"saml_failure": false}}
}

// Unprocessable refuses what makes no sense as things are.
func Unprocessable(message string) *Refusal {
	return &Refusal{Type: "UNPROCESSABLE", Message: message}
}

// faultAt puts a field's error into the answer.
func faultAt(f *ast.Field, path []any, err error) Fault {
	out := Fault{Path: append([]any(nil), path...), Message: "Something went wrong while executing your query."}
	if p := f.Position; p != nil {
		out.Locations = []Location{{p.Line, p.Column}}
	}
	var no *Refusal
	if errors.As(err, &no) {
		out.Type, out.Message, out.Extensions = no.Type, no.Message, no.Extensions
	}
	return out
}

func faultOf(e *gqlerror.Error) Fault {
	out := Fault{Message: e.Message, Extensions: e.Extensions}
	if at, has := out.Extensions["path"].([]any); has { // left there by rules.go
		out.Path = at
		delete(out.Extensions, "path")
	}
	for _, l := range e.Locations {
		out.Locations = append(out.Locations, Location{l.Line, l.Column})
	}
	return out
}

// parseFault words a query that cannot be read.
func parseFault(err error) Fault {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return Fault{Message: "Parse error: " + err.Error()}
	}
	out := faultOf(e)
	out.Message = "Parse error: " + out.Message
	for _, l := range out.Locations {
		out.Message += fmt.Sprintf(" at [%d, %d]", l.Line, l.Column)
	}
	return out
}

// variableFault words a variable that does not fit.
func variableFault(op *ast.OperationDefinition, err error) Fault {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return Fault{Message: err.Error()}
	}
	for _, v := range op.VariableDefinitions {
		if len(e.Path) < 2 || e.Path[1] != ast.PathName(v.Variable) {
			continue
		}
		out := Fault{Message: fmt.Sprintf("Variable $%s of type %s was provided invalid value", v.Variable, v.Type),
			Extensions: map[string]any{"problems": []any{map[string]any{"path": inner(e.Path), "explanation": e.Message}}}}
		if p := v.Position; p != nil {
			out.Locations = []Location{{p.Line, p.Column}}
		}
		return out
	}
	return faultOf(e)
}

// inner is where in a variable's value the fault is.
func inner(p ast.Path) []any {
	out := []any{}
	for _, part := range p[2:] {
		switch part := part.(type) {
		case ast.PathName:
			out = append(out, string(part))
		case ast.PathIndex:
			out = append(out, int(part))
		}
	}
	return out
}

// Response is the answer to a request. Data is left out if the query was
// never run, and null if it was and nothing came of it.
type Response struct {
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []Fault         `json:"errors,omitempty"`
}

// sentence joins words as GitHub does: a, b, and c.
func sentence(words []string) string {
	if len(words) <= 2 {
		return strings.Join(words, " and ")
	}
	return strings.Join(words[:len(words)-1], ", ") + ", and " + words[len(words)-1]
}
