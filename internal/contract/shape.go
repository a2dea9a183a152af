package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// shape is a schema, compiled and closed.
type shape struct {
	schema *openapi3.Schema
	mended []string // the mends that touched it, or what it refers to
}

// pool holds the compiled components, each once; it leaves one mend out.
type pool struct {
	d       *Description
	without string
	parts   map[string]*shape // by the component's name
	shapes  map[string]*shape // by where a schema stands
}

// shapeOf compiles the schema found at a place of the description with
// everything that it refers to, leaving one mend out if it is named. Results
// are kept.
func (d *Description) shapeOf(at string, schema json.RawMessage, without string) (*shape, error) {
	defineFormats()
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.pools[without]
	if p == nil {
		p = &pool{d: d, without: without, parts: map[string]*shape{}, shapes: map[string]*shape{}}
		d.pools[without] = p
	}
	if s := p.shapes[at]; s != nil {
		return s, nil
	}
	s := &shape{}
	ref, err := p.parse(at, schema, s, false)
	if err != nil {
		return nil, fmt.Errorf("contract: compile %s: %w", at, err)
	}
	slices.Sort(s.mended)
	s.mended = slices.Compact(s.mended)
	s.schema, p.shapes[at] = ref.Value, s
	return s, nil
}

// parse compiles a schema for s; an open one is part of an allOf.
func (p *pool) parse(at string, text json.RawMessage, s *shape, open bool) (*openapi3.SchemaRef, error) {
	text, did := p.d.mend(at, text, p.without)
	s.mended = append(s.mended, did...)
	ref := &openapi3.SchemaRef{}
	if err := json.Unmarshal(text, ref); err != nil {
		return nil, err
	}
	if s.schema == nil {
		s.schema = ref.Value // before its parts refer back to it
	}
	return ref, p.link(ref, s, open)
}

// link puts what a schema refers to in its place, and closes it: unknown keys
// are forbidden. Parts of an allOf stay open, for each knows only its own keys;
// the keys of all together are closed instead.
func (p *pool) link(ref *openapi3.SchemaRef, s *shape, open bool) error {
	if ref.Ref != "" {
		return p.follow(ref, s, open)
	}
	v := ref.Value
	for _, part := range v.AllOf {
		if err := p.link(part, s, true); err != nil {
			return err
		}
	}
	inner := slices.Concat(v.OneOf, v.AnyOf, slices.Collect(maps.Values(v.Properties)),
		openapi3.SchemaRefs{v.Items, v.Not, v.AdditionalProperties.Schema})
	for _, r := range inner {
		if r == nil {
			continue
		}
		if err := p.link(r, s, false); err != nil {
			return err
		}
	}
	if !open {
		shut(v)
	}
	return nil
}

// follow finds what a reference means. A closed component is compiled once, an
// open one anew.
func (p *pool) follow(ref *openapi3.SchemaRef, s *shape, open bool) error {
	name := strings.TrimPrefix(ref.Ref, "#/components/schemas/")
	text, exists := p.d.parts.Schemas[name]
	if !exists {
		return fmt.Errorf("there is no %s", ref.Ref)
	}
	if open {
		part, err := p.parse(name, text, &shape{}, true)
		if err == nil {
			ref.Value = part.Value
		}
		return err
	}
	part := p.parts[name]
	if part == nil {
		part = &shape{}
		p.parts[name] = part
		made, err := p.parse(name, text, part, false)
		if err != nil {
			return err
		}
		part.schema = made.Value
	}
	ref.Value = part.schema
	s.mended = append(s.mended, part.mended...)
	return nil
}

// shut forbids the keys that a schema does not declare.
func shut(s *openapi3.Schema) {
	open := s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil
	switch keys, known := keysOf(s); {
	case len(s.AllOf) > 0 && known:
		s.AllOf = append(s.AllOf, openapi3.NewSchemaRef("", onlyKeys(keys)))
	case open && len(s.Properties) > 0 && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0:
		s.AdditionalProperties.Has = new(bool)
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
