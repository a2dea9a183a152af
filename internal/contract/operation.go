package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// operation is what the description says of one method of a path.
type operation struct {
	name        string               // "GET /repos/{owner}/{repo}"
	Parameters  []parameter          `json:"parameters"`
	RequestBody *body                `json:"requestBody"`
	Responses   map[string]*response `json:"responses"`
}

// parameter is declared in place, or by reference.
type parameter struct {
	Ref    string          `json:"$ref"`
	Name   string          `json:"name"`
	In     string          `json:"in"`
	Schema json.RawMessage `json:"schema"`
}

type body struct {
	Required bool             `json:"required"`
	Content  map[string]media `json:"content"`
}

type response struct {
	Ref     string           `json:"$ref"`
	Content map[string]media `json:"content"`
}

type media struct {
	Schema json.RawMessage `json:"schema"`
}

// find is the operation that answers a request, nil if the description has
// none. The path is escaped, without /api/v3.
func (d *Description) find(method, path string) (*operation, error) {
	parts := strings.Split(plainPath(path), "/")
	var best *template
	most := -1
	for i := range d.templates {
		t := &d.templates[i]
		if n := t.match(parts); n > most && t.methods[method] != nil {
			best, most = t, n
		}
	}
	if best == nil {
		return nil, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := method + " " + best.path
	if op := d.operations[name]; op != nil {
		return op, nil
	}
	op := &operation{name: name}
	if err := json.Unmarshal(best.methods[method], op); err != nil {
		return nil, fmt.Errorf("contract: parse %s: %w", op.name, err)
	}
	d.operations[name] = op
	return op, d.resolve(op)
}

// resolve puts in what the operation refers to, its schemas excepted.
func (d *Description) resolve(op *operation) error {
	for i := range op.Parameters {
		p := &op.Parameters[i]
		if name, is := strings.CutPrefix(p.Ref, "#/components/parameters/"); is {
			if err := json.Unmarshal(d.parts.Parameters[name], p); err != nil {
				return fmt.Errorf("contract: parse parameter %s: %w", name, err)
			}
		}
	}
	for status, r := range op.Responses {
		if name, is := strings.CutPrefix(r.Ref, "#/components/responses/"); is {
			if err := json.Unmarshal(d.parts.Responses[name], r); err != nil {
				return fmt.Errorf("contract: parse response %s of %s: %w", status, op.name, err)
			}
		}
	}
	return nil
}

// match counts the fixed parts that a path shares with the template; -1 if it
// is of another.
func (t *template) match(parts []string) int {
	if len(parts) != len(t.parts) {
		return -1
	}
	n := 0
	for i, want := range t.parts {
		switch {
		case strings.HasPrefix(want, "{"):
		case want == parts[i]:
			n++
		default:
			return -1
		}
	}
	return n
}

// plainPath rewrites the forms of a path that the description does not know:
// ids in place of names, as in the addresses of Link headers, and the slashes
// of a file's path or of a reference, which a part of a template does not span.
// The contents of the root folder are those of the empty path.
func plainPath(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 2 {
		switch parts[1] {
		case "repositories":
			parts = append([]string{"", "repos", "owner", "repo"}, parts[3:]...)
		case "organizations":
			parts = append([]string{"", "orgs", "org"}, parts[3:]...)
			if len(parts) > 4 && parts[3] == "team" {
				parts[3] = "teams"
			}
		}
	}
	if len(parts) > 4 && parts[1] == "repos" && parts[4] == "contents" {
		return oneFrom(parts, 5)
	}
	if len(parts) > 6 && parts[1] == "repos" && parts[4] == "git" && (parts[5] == "ref" || parts[5] == "matching-refs") {
		return oneFrom(parts, 6)
	}
	return strings.Join(parts, "/")
}

// oneFrom makes one part of all from the nth on.
func oneFrom(parts []string, n int) string {
	return strings.Join(parts[:n], "/") + "/" + url.PathEscape(strings.Join(parts[n:], "/"))
}
