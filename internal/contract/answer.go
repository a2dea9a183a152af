package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Exchange is one request and its answer.
type Exchange struct {
	Method string
	Path   string // escaped, without /api/v3
	Accept string // the request's header
	Query  map[string][]string
	Sent   []byte // the request's body
	Status int
	Header http.Header // of the answer
	Body   []byte
}

// uncharted are operations that GitHub serves and does not describe, with the
// reason. Of their answers only the outermost keys are known.
var uncharted = map[string]struct {
	reason string
	keys   []string
}{
	"POST /graphql": {"GraphQL has a schema of its own", []string{"data", "errors", "extensions"}},
}

// Check holds an exchange against the description. It returns the operation,
// as "GET /repos/{owner}/{repo}", and all that is wrong with it.
func (d *Description) Check(x Exchange) (operation string, faults []string) {
	if name := x.Method + " " + x.Path; uncharted[name].reason != "" {
		if x.Status >= 400 {
			return name, append(headFaults(x), d.either(x, "basic-error")...)
		}
		return name, append(headFaults(x), keyFaults(x.Body, uncharted[name].keys)...)
	}
	op, err := d.find(x.Method, x.Path)
	switch {
	case err != nil:
		return "", []string{err.Error()}
	case op == nil:
		return "", []string{"GitHub describes no such operation"}
	}
	if x.Status >= 500 {
		return op.name, []string{"a server's error: " + string(x.Body)}
	}
	faults = headFaults(x)
	if x.Status < 400 {
		faults = append(faults, d.requestFaults(op, x)...)
	}
	return op.name, append(faults, d.bodyFaults(op, x)...)
}

// rawForm is the media type by which a reader asks for a file as it is.
const rawForm = "application/vnd.github.raw"

// rawForms are operations that have it, as their words say; the description
// declares no answer of the kind.
var rawForms = map[string]bool{"GET /repos/{owner}/{repo}/contents/{path}": true}

func wantsRaw(x Exchange) bool { return strings.HasPrefix(x.Accept, rawForm) }

// keyFaults wants an object of no other keys than those given.
func keyFaults(body []byte, keys []string) []string {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return []string{"not a JSON object: " + err.Error()}
	}
	var faults []string
	for key := range object {
		if !slices.Contains(keys, key) {
			faults = append(faults, fmt.Sprintf("/: property %q is unsupported", key))
		}
	}
	return faults
}

// bodyFaults checks status, content type and body of the answer.
func (d *Description) bodyFaults(op *operation, x Exchange) []string {
	declared := op.Responses[strconv.Itoa(x.Status)]
	switch {
	case x.Status == http.StatusNotModified || declared != nil && len(declared.Content) == 0 && x.Status < 400:
		if len(x.Body) > 0 {
			return []string{fmt.Sprintf("a %d with a body", x.Status)}
		}
		return nil
	case x.Status == http.StatusMovedPermanently, x.Status == http.StatusTemporaryRedirect:
		return d.either(x, "basic-error")
	case x.Status >= 400 && (declared == nil || len(declared.Content) == 0):
		return d.refusalFaults(x)
	case declared == nil:
		return []string{fmt.Sprintf("GitHub describes no %d", x.Status)}
	}
	kind, _, _ := strings.Cut(x.Header.Get("Content-Type"), ";")
	if rawForms[op.name] && wantsRaw(x) && strings.HasPrefix(kind, rawForm) {
		return nil
	}
	content, known := declared.Content[kind]
	if !known {
		return []string{fmt.Sprintf("content type %q is not declared", kind)}
	}
	at := fmt.Sprintf("%s %d", op.name, x.Status)
	return d.hold(at, content.Schema, x.Body, openapi3.VisitAsResponse())
}

// refusalFaults checks a refusal that the operation does not declare.
func (d *Description) refusalFaults(x Exchange) []string {
	if x.Status == http.StatusUnprocessableEntity {
		return d.either(x, "validation-error", "validation-error-simple")
	}
	return d.either(x, "basic-error")
}

// either wants the body to fit one of the named schemas; what keeps it from the
// first is told.
func (d *Description) either(x Exchange, names ...string) []string {
	var first []string
	for _, name := range names {
		ref := json.RawMessage(`{"$ref":"#/components/schemas/` + name + `"}`)
		found := d.hold(name, ref, x.Body, openapi3.VisitAsResponse())
		if found == nil {
			return nil
		}
		if first == nil {
			first = found
		}
	}
	return first
}

// requestFaults checks a request that was granted: a server that takes what
// GitHub does not know hides a client's mistake.
func (d *Description) requestFaults(op *operation, x Exchange) []string {
	var faults []string
	for key := range x.Query {
		if !slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == "query" && p.Name == key }) {
			faults = append(faults, "request: no parameter "+key)
		}
	}
	// Clients say null for no body at all, and GitHub takes it so.
	if text := bytes.TrimSpace(x.Sent); op.RequestBody == nil || len(text) == 0 || string(text) == "null" {
		return faults
	}
	content, known := op.RequestBody.Content["application/json"]
	if !known {
		return faults
	}
	for _, f := range d.hold(op.name, content.Schema, x.Sent, openapi3.VisitAsRequest()) {
		faults = append(faults, "request: "+f)
	}
	return faults
}

// hold holds JSON text against the schema found at a place.
func (d *Description) hold(at string, schema json.RawMessage, text []byte, how openapi3.SchemaValidationOption) []string {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return []string{"not JSON: " + err.Error()}
	}
	s, err := d.shapeOf(at, schema, "")
	if err != nil {
		return []string{err.Error()}
	}
	if found := s.faults(value, how); found != nil {
		return found
	}
	d.prove(at, schema, s, value)
	return nil
}

// always are the headers of every answer.
var always = []string{
	"X-Github-Request-Id", "X-Github-Media-Type", "Vary", "Server",
}

// metered are the headers of every answer that the rate limit knows of.
var metered = []string{
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Used", "X-Ratelimit-Reset", "X-Ratelimit-Resource",
}

func headFaults(x Exchange) []string {
	var faults []string
	need := func(names ...string) {
		for _, name := range names {
			if x.Header.Get(name) == "" {
				faults = append(faults, "header "+name+" is missing")
			}
		}
	}
	need(always...)
	if uncharted[x.Method+" "+x.Path].reason == "" {
		need("X-Github-Api-Version-Selected") // GraphQL has one version
	}
	if x.Status != http.StatusUnauthorized && x.Status != http.StatusBadRequest {
		need(metered...)
	}
	if x.Status == http.StatusOK && x.Method == http.MethodGet {
		need("ETag", "Cache-Control")
	}
	if asked := wantsRaw(x) && x.Status == http.StatusOK; len(x.Body) > 0 && !asked {
		if kind := x.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
			faults = append(faults, fmt.Sprintf("Content-Type is %q", kind))
		}
	}
	if x.Status >= 400 {
		faults = append(faults, wordFaults(x)...)
	}
	return faults
}

// wordFaults checks what the schemas leave open in a refusal.
func wordFaults(x Exchange) []string {
	var said struct {
		Message, Status string
		Docs            string `json:"documentation_url"`
	}
	if json.Unmarshal(x.Body, &said) != nil {
		return nil // told elsewhere
	}
	var faults []string
	if said.Message == "" {
		faults = append(faults, "a refusal without a message")
	}
	if !strings.HasPrefix(said.Docs, "https://docs.github.com/") {
		faults = append(faults, fmt.Sprintf("documentation_url is %q", said.Docs))
	}
	if said.Status != strconv.Itoa(x.Status) {
		faults = append(faults, fmt.Sprintf("status is %q in the body of a %d", said.Status, x.Status))
	}
	return faults
}
