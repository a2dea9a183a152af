package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// reply is a handler's answer. A nil body sends none.
type reply struct {
	status int
	body   any
	raw    []byte // sent as it is, as text, instead of body
	media  string // content type of raw
}

func ok(body any) *reply      { return &reply{status: http.StatusOK, body: body} }
func created(body any) *reply { return &reply{status: http.StatusCreated, body: body} }
func noContent() *reply       { return &reply{status: http.StatusNoContent} }

// docsURL is what errors point to where no page says more.
const docsURL = "https://docs.github.com/rest"

// primaryURL must not end as secondaryURL does.
const primaryURL = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"

// secondaryURL must end as it does: clients tell a secondary limit from a
// missing permission by it.
const secondaryURL = "https://docs.github.com/rest/using-the-rest-api/" +
	"rate-limits-for-the-rest-api#about-secondary-rate-limits"

const secondaryMessage = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

// apiError is the body of every refusal.
type apiError struct {
	Message string       `json:"message"`
	Errors  []fieldError `json:"errors,omitempty"`
	Docs    string       `json:"documentation_url"`
	Status  string       `json:"status"`
}

// fieldError is one fault of a request that was understood and refused.
type fieldError struct {
	Value    any    `json:"value,omitempty"`
	Resource string `json:"resource"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message,omitempty"`
}

func fail(status int, message string, errs ...fieldError) *reply {
	return failWith(status, message, docsURL, errs...)
}

func failWith(status int, message, docs string, errs ...fieldError) *reply {
	return &reply{status: status, body: apiError{
		Message: message, Errors: errs, Docs: docs, Status: strconv.Itoa(status),
	}}
}

func notFound() *reply { return fail(http.StatusNotFound, "Not Found") }

// invalid is a 422 with the faults listed.
func invalid(errs ...fieldError) *reply {
	return fail(http.StatusUnprocessableEntity, "Validation Failed", errs...)
}

// wasntSupplied is GitHub's answer to a body without a required key.
func wasntSupplied(key string) *reply {
	return fail(http.StatusUnprocessableEntity, "Invalid request.\n\n\""+key+"\" wasn't supplied.")
}

func missingField(resource, field string) fieldError {
	return fieldError{Resource: resource, Field: field, Code: "missing_field"}
}

func alreadyExists(resource, field string) fieldError {
	return fieldError{Resource: resource, Field: field, Code: "already_exists"}
}

func badValue(resource, field string, value any) fieldError {
	return fieldError{Value: value, Resource: resource, Field: field, Code: "invalid"}
}

// tooLong says that a field exceeds its length, in GitHub's words.
func tooLong(resource, field string, limit int) fieldError {
	return fieldError{Resource: resource, Field: field, Code: "custom",
		Message: field + " is too long (maximum is " + strconv.Itoa(limit) + " characters)"}
}

// encode writes JSON as GitHub does: without escaping < and >.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("emulator: a view that cannot be encoded: " + err.Error())
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// encodeObject is encode for an object of which large parts are encoded already:
// those are copied as they are, which encoding/json would read once more.
// It works in a buffer, which must be nobody else's until it returns.
func encodeObject(b *bytes.Buffer, fields map[string]any) []byte {
	b.Reset()
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	put := func(v any) {
		if err := e.Encode(v); err != nil {
			panic("emulator: a view that cannot be encoded: " + err.Error())
		}
		b.Truncate(b.Len() - 1) // the end of the line
	}
	next := "{"
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		b.WriteString(next)
		put(name)
		b.WriteByte(':')
		if raw, is := fields[name].(json.RawMessage); is && raw != nil {
			b.Write(raw)
		} else {
			put(fields[name])
		}
		next = ","
	}
	if len(fields) == 0 {
		b.WriteString(next)
	}
	b.WriteByte('}')
	return bytes.Clone(b.Bytes())
}
