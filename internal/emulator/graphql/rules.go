package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// rulesFor are the usual rules of validation. Those that clients meet most are
// worded as GitHub words them, with the codes that it gives; the rest keep the
// parser's words.
func rulesFor(s *ast.Schema, doc *ast.QueryDocument) *rules.Rules {
	all := rules.NewDefaultRules()
	all.ReplaceRule("FieldsOnCorrectType", onField(doc, func(f *ast.Field, add addFunc) {
		if f.ObjectDefinition == nil || f.Definition != nil {
			return
		}
		add(nil, map[string]any{"code": "undefinedField", "typeName": f.ObjectDefinition.Name, "fieldName": f.Name},
			fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.Name, f.ObjectDefinition.Name))
	}))
	all.ReplaceRule("KnownArgumentNames", onField(doc, func(f *ast.Field, add addFunc) {
		if f.Definition == nil {
			return
		}
		for _, a := range f.Arguments {
			if f.Definition.Arguments.ForName(a.Name) == nil {
				add([]any{a.Name}, map[string]any{"code": "argumentNotAccepted", "name": f.Name, "typeName": "Field",
					"argumentName": a.Name}, fmt.Sprintf("Field '%s' doesn't accept argument '%s'", f.Name, a.Name))
			}
		}
	}))
	all.ReplaceRule("ProvidedRequiredArguments", onField(doc, missingArguments))
	all.ReplaceRule("ScalarLeafs", onField(doc, func(f *ast.Field, add addFunc) { selections(s, f, add) }))
	return all
}

func missingArguments(f *ast.Field, add addFunc) {
	if f.Definition == nil {
		return
	}
	var missing []string
	for _, a := range f.Definition.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil && f.Arguments.ForName(a.Name) == nil {
			missing = append(missing, a.Name)
		}
	}
	if len(missing) > 0 {
		names := sentence(missing)
		add(nil, map[string]any{"code": "missingRequiredArguments", "className": "Field", "name": f.Name, "arguments": names},
			fmt.Sprintf("Field '%s' is missing required arguments: %s", f.Name, names))
	}
}

// selections says that an object needs fields, and a scalar has none.
func selections(s *ast.Schema, f *ast.Field, add addFunc) {
	if f.Definition == nil || f.ObjectDefinition == nil {
		return
	}
	made := f.Definition.Type
	def := s.Types[made.Name()]
	leaf := def == nil || def.Kind == ast.Scalar || def.Kind == ast.Enum
	code := map[string]any{"code": "selectionMismatch", "nodeName": "field '" + f.Name + "'", "typeName": made.String()}
	switch {
	case leaf && len(f.SelectionSet) > 0:
		add(nil, code, fmt.Sprintf("Selections can't be made on scalars (field '%s' returns %s but has selections)", f.Name, made.Name()))
	case !leaf && len(f.SelectionSet) == 0:
		add(nil, code, fmt.Sprintf("Field must have selections (field '%s' returns %s but has no selections. "+
			"Did you mean '%s { ... }'?)", f.Name, made.Name(), f.Name))
	}
}

// addFunc reports what is wrong with a field, or with a part of it.
type addFunc func(part []any, extensions map[string]any, message string)

func onField(doc *ast.QueryDocument, check func(*ast.Field, addFunc)) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		observers.OnField(func(_ *core.Walker, f *ast.Field) {
			check(f, func(part []any, extensions map[string]any, message string) {
				extensions["path"] = append(pathTo(doc, f), part...)
				addError(core.Message("%s", message), core.At(f.Position), func(e *gqlerror.Error) { e.Extensions = extensions })
			})
		})
	}
}

// pathTo is where a field stands in the document, as GitHub writes it:
// the operation or fragment, then the fields down to it.
func pathTo(doc *ast.QueryDocument, f *ast.Field) []any {
	for _, op := range doc.Operations {
		head := string(op.Operation)
		if op.Name != "" {
			head += " " + op.Name
		}
		if p := within(op.SelectionSet, f, []any{head}); p != nil {
			return p
		}
	}
	for _, frag := range doc.Fragments {
		if p := within(frag.SelectionSet, f, []any{"fragment " + frag.Name}); p != nil {
			return p
		}
	}
	return nil
}

func within(set ast.SelectionSet, f *ast.Field, path []any) []any {
	for _, s := range set {
		var found []any
		switch s := s.(type) {
		case *ast.Field:
			at := append(path[:len(path):len(path)], s.Alias)
			if s == f {
				return at
			}
			found = within(s.SelectionSet, f, at)
		case *ast.InlineFragment:
			at := append(path[:len(path):len(path)], "... on "+s.TypeCondition)
			found = within(s.SelectionSet, f, at)
		}
		if found != nil {
			return found
		}
	}
	return nil
}
