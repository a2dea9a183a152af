package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// shape is a schema, compiled and closed.
type shape struct {
	schema *openapi3.Schema
	mended []string // the mends that touched it
}

// root is the name that the schema asked for has among its components.
const root = "the-schema-asked-for"

var referred = regexp.MustCompile(`"\$ref":\s*"#/components/schemas/([^"]+)"`)

// shapeOf compiles the schema found at a place of the description with
// everything that it refers to, leaving one mend out if it is named. Results
// are kept.
func (d *Description) shapeOf(at string, schema json.RawMessage, without string) (*shape, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &shape{}
	schema, s.mended = d.mend(at, schema, without)
	key := strings.Join(append(s.mended, without, string(schema)), "\n")
	if known := d.shapes[key]; known != nil {
		return known, nil
	}
	wanted := map[string]json.RawMessage{root: schema}
	var gather func(text json.RawMessage)
	gather = func(text json.RawMessage) {
		for _, m := range referred.FindAllSubmatch(text, -1) {
			name := string(m[1])
			part, exists := d.parts.Schemas[name]
			if !exists || wanted[name] != nil {
				continue
			}
			part, did := d.mend(name, part, without)
			s.mended = append(s.mended, did...)
			wanted[name] = part
			gather(part)
		}
	}
	gather(schema)
	compiled, err := compile(wanted)
	if err != nil {
		return nil, err
	}
	s.schema = compiled
	d.shapes[key] = s
	return s, nil
}

func compile(schemas map[string]json.RawMessage) (*openapi3.Schema, error) {
	defineFormats()
	text, err := json.Marshal(map[string]any{
		"openapi": "3.0.3", "info": map[string]string{"title": "cut", "version": "1"}, "paths": map[string]any{},
		"components": map[string]any{"schemas": schemas},
	})
	if err != nil {
		return nil, fmt.Errorf("contract: cut the description: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("contract: load a part of the description: %w", err)
	}
	closeAll(doc.Components.Schemas)
	return doc.Components.Schemas[root].Value, nil
}

// closeAll forbids unknown keys. Parts of an allOf stay open, for each knows
// only its own keys; the keys of all together are closed instead.
func closeAll(schemas openapi3.Schemas) {
	part, composed := map[*openapi3.Schema]bool{}, []*openapi3.Schema{}
	all := reach(schemas)
	for _, s := range all {
		if len(s.AllOf) > 0 {
			composed = append(composed, s)
		}
		for _, p := range s.AllOf {
			part[p.Value] = true
		}
	}
	for _, s := range composed {
		if keys, known := keysOf(s); known && !part[s] {
			s.AllOf = append(s.AllOf, openapi3.NewSchemaRef("", onlyKeys(keys)))
		}
	}
	for _, s := range all {
		open := s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil
		alone := len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0
		if open && alone && len(s.Properties) > 0 && !part[s] {
			s.AdditionalProperties.Has = new(bool)
		}
	}
}

// keysOf lists the keys that an allOf declares; known is false if some part
// leaves room for others.
func keysOf(s *openapi3.Schema) (keys []string, known bool) {
	if len(s.OneOf)+len(s.AnyOf) > 0 || s.AdditionalProperties.Schema != nil ||
		s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has {
		return nil, false
	}
	for k := range s.Properties {
		keys = append(keys, k)
	}
	for _, p := range s.AllOf {
		more, known := keysOf(p.Value)
		if !known {
			return nil, false
		}
		keys = append(keys, more...)
	}
	return keys, len(keys) > 0
}

func onlyKeys(keys []string) *openapi3.Schema {
	s := &openapi3.Schema{Properties: openapi3.Schemas{}, Nullable: true}
	for _, k := range keys {
		s.Properties[k] = openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true})
	}
	s.AdditionalProperties.Has = new(bool)
	return s
}

// reach lists every schema that can be reached, once each.
func reach(schemas openapi3.Schemas) []*openapi3.Schema {
	seen := map[*openapi3.Schema]bool{}
	var all []*openapi3.Schema
	var walk func(refs ...*openapi3.SchemaRef)
	walk = func(refs ...*openapi3.SchemaRef) {
		for _, r := range refs {
			if r == nil || r.Value == nil || seen[r.Value] {
				continue
			}
			s := r.Value
			seen[s] = true
			all = append(all, s)
			walk(slices.Concat(s.AllOf, s.OneOf, s.AnyOf)...)
			walk(s.Items, s.AdditionalProperties.Schema, s.Not)
			for _, p := range s.Properties {
				walk(p)
			}
		}
	}
	for _, r := range schemas {
		walk(r)
	}
	return all
}

// faults holds a value against a schema and lists what is wrong, in order.
func (s *shape) faults(value any, more ...openapi3.SchemaValidationOption) []string {
	err := s.schema.VisitJSON(value, append(more, openapi3.MultiErrors(), openapi3.EnableFormatValidation())...)
	if err == nil {
		return nil
	}
	list := leaves(err)
	sort.Strings(list)
	return slices.Compact(list)
}

// leaves takes a tree of errors apart: pointer and reason of each.
func leaves(err error) []string {
	var many openapi3.MultiError
	if errors.As(err, &many) {
		var out []string
		for _, e := range many {
			out = append(out, leaves(e)...)
		}
		return out
	}
	var one *openapi3.SchemaError
	if !errors.As(err, &one) {
		return []string{err.Error()}
	}
	at := "/" + strings.Join(one.JSONPointer(), "/") + ": "
	if one.Origin != nil && one.SchemaField == "allOf" {
		return leaves(one.Origin)
	}
	return []string{at + one.Reason}
}

var defineFormats = sync.OnceFunc(func() {
	openapi3.DefineStringFormatValidator("uri", openapi3.NewCallbackValidator(isAddress))
	openapi3.DefineStringFormatValidator("email", openapi3.NewCallbackValidator(func(s string) error {
		if !strings.Contains(s, "@") {
			return fmt.Errorf("%q is no mail address", s)
		}
		return nil
	}))
	openapi3.DefineStringFormatValidator("uri-template", openapi3.NewCallbackValidator(func(s string) error {
		return isAddress(strings.NewReplacer("{", "", "}", "").Replace(s))
	}))
})

// isAddress wants an absolute address. The empty one is a thing not set.
func isAddress(s string) error {
	if s == "" {
		return nil
	}
	if u, err := url.Parse(s); err != nil || !u.IsAbs() {
		return fmt.Errorf("%q is no address", s)
	}
	return nil
}
