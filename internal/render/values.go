package render

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Markdown is text of our own, printed as it is.
type Markdown string

// The values that templates see print themselves. They are kinds of string, so
// that an empty one is false and eq compares what they hold.
type (
	code   string // a line to paste: a code span
	role   string // a role's name
	day    string // a date as 2026-12-08
	moment string // a time as RFC 3339 has it
)

func (c code) String() string { return codeSpan(string(c)) }

func (r role) String() string { return Words(r).String() }

func (d day) String() string { return longDay(string(d)) }

func (m moment) String() string { return longDay(string(m)) }

// An issueRef prints as #12; without a number yet, as its title.
type issueRef struct{ process.Ref }

func (r *issueRef) String() string {
	switch {
	case r.Number > 0:
		return "#" + strconv.Itoa(r.Number)
	case r.Title != "":
		return Words(r.Title).String()
	}
	return Words(r.ID).String()
}

// maxDepth bounds how deep values are nested; deeper ones are a fault of ours.
const maxDepth = 40

// A converter makes arguments into values for templates, rendering nested texts.
type converter struct {
	say func(process.Text) (Markdown, error)
}

// value converts one argument. Words recorded in the ledger come back from JSON
// with plain types, so those are recognised by their shape.
func (c converter) value(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		return Markdown(""), nil
	case Markdown, code, role, day, moment, *issueRef:
		return v, nil
	case process.Text:
		if v.Empty() {
			return Markdown(""), nil
		}
		return c.say(v)
	case process.Code:
		return code(v), nil
	case process.Role:
		return role(v), nil
	case process.Ref:
		return reference(v), nil
	case calendar.Date:
		return day(v.String()), nil
	case time.Time:
		if v.IsZero() {
			return moment(""), nil
		}
		return moment(v.UTC().Format(time.RFC3339Nano)), nil
	case time.Duration:
		return Markdown(calendar.Ago(v)), nil
	case map[string]any:
		return c.object(v, depth)
	case process.Args:
		return c.fields(v, depth)
	case error:
		return Words(v.Error()), nil
	}
	return c.reflected(reflect.ValueOf(v), depth)
}

func reference(r process.Ref) any {
	if r == (process.Ref{}) {
		return Markdown("")
	}
	return &issueRef{r}
}

// object converts a map of names, which may be a Text or a Ref back from JSON.
func (c converter) object(m map[string]any, depth int) (any, error) {
	if t, ok := asText(m); ok {
		return c.say(t)
	}
	if r, ok := asRef(m); ok {
		return reference(r), nil
	}
	return c.fields(m, depth)
}

// fields converts the values of a map of names.
func (c converter) fields(m map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(m))
	for k, v := range m {
		value, err := c.value(v, depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		out[k] = value
	}
	return out, nil
}

func asText(m map[string]any) (process.Text, bool) {
	key, ok := m["key"].(string)
	if !ok || key == "" {
		return process.Text{}, false
	}
	args, hasArgs := m["args"].(map[string]any)
	if len(m) == 1 || len(m) == 2 && hasArgs {
		return process.Text{Key: key, Args: args}, true
	}
	return process.Text{}, false
}

func asRef(m map[string]any) (process.Ref, bool) {
	id, ok := m["id"].(string)
	if !ok {
		return process.Ref{}, false
	}
	r := process.Ref{ID: process.ID(id)}
	for k, v := range m {
		switch value := v.(type) {
		case string:
			if k == "title" {
				r.Title = value
			} else if k != "id" {
				return process.Ref{}, false
			}
		case float64:
			if k != "number" {
				return process.Ref{}, false
			}
			r.Number = int(value)
		default:
			return process.Ref{}, false
		}
	}
	return r, true
}

// reflected converts by kind: every string becomes words, structs and maps
// become maps, so that no field of them prints unseen.
func (c converter) reflected(v reflect.Value, depth int) (any, error) {
	switch v.Kind() {
	case reflect.String:
		return Words(v.String()), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return int(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int(f), nil
		}
		return v.Float(), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return Markdown(""), nil
		}
		return c.value(v.Elem().Interface(), depth+1)
	case reflect.Slice, reflect.Array:
		return c.list(v, depth)
	case reflect.Map:
		return c.mapping(v, depth)
	case reflect.Struct:
		return c.structure(v, depth)
	}
	return nil, fmt.Errorf("a template cannot have a %s", v.Type())
}

func (c converter) list(v reflect.Value, depth int) (any, error) {
	out := make([]any, v.Len())
	for i := range out {
		value, err := c.value(v.Index(i).Interface(), depth+1)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i, err)
		}
		out[i] = value
	}
	return out, nil
}

func (c converter) mapping(v reflect.Value, depth int) (any, error) {
	out := make(map[string]any, v.Len())
	for key, elem := range v.Seq2() {
		value, err := c.value(elem.Interface(), depth+1)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", key, err)
		}
		out[Words(fmt.Sprint(key.Interface())).String()] = value
	}
	return out, nil
}

func (c converter) structure(v reflect.Value, depth int) (any, error) {
	out := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		value, err := c.value(v.Field(i).Interface(), depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.Name, err)
		}
		if inner, ok := value.(map[string]any); ok && field.Anonymous {
			maps.Copy(out, inner)
			continue
		}
		out[field.Name] = value
	}
	return out, nil
}
