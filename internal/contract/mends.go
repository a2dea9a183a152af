package contract

import (
	"encoding/json"
	"slices"
)

// mend puts right a fault of the description itself. It is only kept while it
// is needed: while the description has the fault, and something true is refused
// because of it.
type mend struct {
	at     string // the name of a schema, an operation with or without a status, or everywhere
	reason string
	// apply changes the schema and reports whether it had the fault.
	apply func(schema map[string]any) bool
}

// mends are all exceptions to the description. Each is a fault of GitHub's
// description, not of what is held against it.
var mends = []mend{
	{"validation-error", "every refusal carries its status, as in basic-error", declare("status", aString)},
	{"validation-error-simple", "every refusal carries its status, as in basic-error", declare("status", aString)},
	{everywhere, "the events to which an App can subscribe are an old list in the schemas of webhooks, " +
		"without those of newer objects", lengthen("branch_protection_rule", "issue_dependencies", "sub_issues")},
	{"GET /app/installations 200", "the account is written as user and enterprise at once, where " +
		"GET /app/installations/{installation_id} has either", items("#/components/schemas/installation")},
	{"webhook-pull-request-milestoned", "an App's deliveries name its installation, " +
		"as every other action of pull_request says", declare("installation", installationRef)},
	{"webhook-pull-request-demilestoned", "an App's deliveries name its installation, " +
		"as every other action of pull_request says", declare("installation", installationRef)},
	{mergeURL + " 405", "every refusal carries its status, as in basic-error", declare("status", aString)},
	{mergeURL + " 409", "every refusal carries its status, as in basic-error", declare("status", aString)},
	{"PUT /repos/{owner}/{repo}/contents/{path} 409", "what fits the first of its two shapes fits the second too, " +
		"so that nothing is exactly one of them", anyOf},
	{"pull-request-simple", "a label may have no description, as pull-request says", nullable("labels", "description")},
	{labelsURL, "a list of names may stand alone, as the words beside the schema say",
		alternative(map[string]any{"type": "array", "items": aString})},
}

const (
	everywhere = "everywhere"

	mergeURL  = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"
	labelsURL = "POST /repos/{owner}/{repo}/issues/{issue_number}/labels"
)

var (
	aString         = map[string]any{"type": "string"}
	installationRef = map[string]any{"$ref": "#/components/schemas/simple-installation"}
)

// declare adds a property that the schema lacks.
func declare(name string, schema map[string]any) func(map[string]any) bool {
	return func(s map[string]any) bool {
		props, _ := s["properties"].(map[string]any)
		if _, has := props[name]; has || props == nil {
			return false
		}
		props[name] = schema
		return true
	}
}

// nullable lets a property of what a list holds be null.
func nullable(list, name string) func(map[string]any) bool {
	inside := func(s map[string]any, keys ...string) map[string]any {
		for _, k := range keys {
			s, _ = s[k].(map[string]any)
		}
		return s
	}
	return func(s map[string]any) bool {
		property := inside(s, "properties", list, "items", "properties", name)
		if property == nil || property["nullable"] == true {
			return false
		}
		property["nullable"] = true
		return true
	}
}

// items replaces what a list holds.
func items(ref string) func(map[string]any) bool {
	return func(s map[string]any) bool {
		if held, _ := s["items"].(map[string]any); held["$ref"] != nil {
			return false
		}
		s["items"] = map[string]any{"$ref": ref}
		return true
	}
}

// anyOf lets a value fit more than one alternative.
func anyOf(s map[string]any) bool {
	either, is := s["oneOf"]
	if !is {
		return false
	}
	delete(s, "oneOf")
	s["anyOf"] = either
	return true
}

// alternative adds one to those that a value may fit, unless one of its type
// is there.
func alternative(schema map[string]any) func(map[string]any) bool {
	return func(s map[string]any) bool {
		either, _ := s["oneOf"].([]any)
		for _, e := range either {
			if e, is := e.(map[string]any); is && e["type"] == schema["type"] {
				return false
			}
		}
		s["oneOf"] = append(either, schema)
		return true
	}
}

// lengthen adds values to every enumeration that has one value and lacks them.
func lengthen(has string, lacks ...string) func(map[string]any) bool {
	var walk func(any) bool
	walk = func(v any) (did bool) {
		switch v := v.(type) {
		case map[string]any:
			if values, _ := v["enum"].([]any); slices.Contains(values, any(has)) {
				for _, l := range lacks {
					if !slices.Contains(values, any(l)) {
						values, did = append(values, l), true
					}
				}
				v["enum"] = values
			}
			for _, inner := range v {
				did = walk(inner) || did
			}
		case []any:
			for _, inner := range v {
				did = walk(inner) || did
			}
		}
		return did
	}
	return func(s map[string]any) bool { return walk(s) }
}

// mend applies what is listed for a place, and names what it applied.
func (d *Description) mend(at string, schema json.RawMessage, without string) (json.RawMessage, []string) {
	var did []string
	for _, m := range d.mends {
		if m.at != at && m.at != everywhere || m.at == without {
			continue
		}
		var tree map[string]any
		if json.Unmarshal(schema, &tree) != nil || !m.apply(tree) {
			continue
		}
		mended, err := json.Marshal(tree)
		if err != nil {
			continue
		}
		schema, did = mended, append(did, m.at)
	}
	return schema, did
}

// prove notes which of the mends that a value passed with it could not have
// passed without.
func (d *Description) prove(at string, schema json.RawMessage, s *shape, value any) {
	for _, name := range s.mended {
		d.mu.Lock()
		known := d.proven[name]
		d.mu.Unlock()
		if known {
			continue
		}
		bare, err := d.shapeOf(at, schema, name)
		if err != nil || bare.faults(value) == nil {
			continue
		}
		d.mu.Lock()
		d.proven[name] = true
		d.mu.Unlock()
	}
}

// Unneeded lists the exceptions to the description without which everything
// would have passed that was checked so far: they must go, or what they are for
// was never checked.
func (d *Description) Unneeded() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, m := range d.mends {
		if !d.proven[m.at] && !slices.Contains(out, m.at) {
			out = append(out, m.at+" ("+m.reason+")")
		}
	}
	return out
}
