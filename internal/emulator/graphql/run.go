package graphql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Object is a value of one of the schema's object types.
type Object interface {
	// Type is the object type's name.
	Type() string
	// Field resolves a field: to nil, a string, a bool, a number, an Object or
	// a []any of these, as the schema has it. The error is a [*Refusal].
	Field(name string, args Args) (any, error)
}

// Run executes the plan from its root value. A field that fails is null, and
// so is what is around it as far as the schema wants a value there.
func (p *Plan) Run(root Object) Response {
	x := &run{plan: p}
	out, whole := x.object(p.op.SelectionSet, root, nil)
	data := []byte("null")
	if whole {
		data = out
	}
	return Response{Data: data, Errors: x.faults}
}

type run struct {
	plan   *Plan
	faults []Fault
}

// object resolves a selection. False means that it is null.
func (x *run) object(set ast.SelectionSet, o Object, path []any) ([]byte, bool) {
	var fields []*ast.Field
	x.collect(set, o.Type(), &fields)
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range fields {
		at := append(path[:len(path):len(path)], f.Alias)
		val, whole := x.field(f, o, at)
		if !whole {
			return nil, false
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(scalar(f.Alias))
		b.WriteByte(':')
		b.Write(val)
	}
	b.WriteByte('}')
	return b.Bytes(), true
}

// collect flattens the fragments that fit the type, merging the fields of one
// name.
func (x *run) collect(set ast.SelectionSet, typeName string, out *[]*ast.Field) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if x.wanted(s.Directives) {
				merge(out, s)
			}
		case *ast.InlineFragment:
			if x.wanted(s.Directives) && x.fits(typeName, s.TypeCondition) {
				x.collect(s.SelectionSet, typeName, out)
			}
		case *ast.FragmentSpread:
			if x.wanted(s.Directives) && x.fits(typeName, s.Definition.TypeCondition) {
				x.collect(s.Definition.SelectionSet, typeName, out)
			}
		}
	}
}

func merge(out *[]*ast.Field, f *ast.Field) {
	at := slices.IndexFunc(*out, func(have *ast.Field) bool { return have.Alias == f.Alias })
	if at < 0 {
		*out = append(*out, f)
		return
	}
	both := *(*out)[at]
	both.SelectionSet = slices.Concat(both.SelectionSet, f.SelectionSet)
	(*out)[at] = &both
}

// wanted heeds @skip and @include.
func (x *run) wanted(ds ast.DirectiveList) bool {
	is := func(name string) (bool, bool) {
		d := ds.ForName(name)
		if d == nil {
			return false, false
		}
		yes, _ := d.ArgumentMap(x.plan.vars)["if"].(bool)
		return yes, true
	}
	if skip, has := is("skip"); has && skip {
		return false
	}
	include, has := is("include")
	return !has || include
}

func (x *run) fits(typeName, condition string) bool {
	if condition == "" || condition == typeName {
		return true
	}
	for _, def := range x.plan.schema.ast.PossibleTypes[condition] {
		if def.Name == typeName {
			return true
		}
	}
	return false
}

// field resolves one field; its null ends here unless the schema forbids it.
func (x *run) field(f *ast.Field, o Object, path []any) ([]byte, bool) {
	if f.Name == "__typename" {
		return scalar(o.Type()), true
	}
	if f.Name == "__schema" || f.Name == "__type" {
		x.faults = append(x.faults, faultAt(f, path, &Refusal{Type: "NOT_IMPLEMENTED",
			Message: "The emulator offers no introspection."}))
		return []byte("null"), !f.Definition.Type.NonNull
	}
	val, err := o.Field(f.Name, f.ArgumentMap(x.plan.vars))
	if err != nil {
		x.faults = append(x.faults, faultAt(f, path, err))
		return []byte("null"), !f.Definition.Type.NonNull
	}
	return x.complete(f.Definition.Type, f, val, path)
}

// complete writes a value as its type wants it.
func (x *run) complete(t *ast.Type, f *ast.Field, val any, path []any) ([]byte, bool) {
	var out []byte
	whole := false
	switch val := val.(type) {
	case nil:
	case error: // of one element: the others are there
		x.faults = append(x.faults, faultAt(f, path, val))
	case Object:
		out, whole = x.object(f.SelectionSet, val, path)
	case []any:
		out, whole = x.list(t, f, val, path)
	default:
		out, whole = scalar(val), true
	}
	if whole {
		return out, true
	}
	return []byte("null"), !t.NonNull
}

func (x *run) list(t *ast.Type, f *ast.Field, vals []any, path []any) ([]byte, bool) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, val := range vals {
		out, whole := x.complete(t.Elem, f, val, append(path[:len(path):len(path)], i))
		if !whole {
			return nil, false
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(out)
	}
	b.WriteByte(']')
	return b.Bytes(), true
}

// scalar encodes a leaf, without escaping < and >.
func scalar(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("graphql: a leaf that cannot be encoded: %v", err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
