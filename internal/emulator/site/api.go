package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// refusal is an answer of the API other than success.
type refusal struct {
	Status  int    `json:"-"`
	Message string `json:"message"`
	Faults  []struct {
		Field   string `json:"field"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Value   any    `json:"value"`
	} `json:"errors"`
}

// Error says what was refused in words.
func (e *refusal) Error() string {
	words := []string{strings.Join(strings.Fields(cmp.Or(e.Message, http.StatusText(e.Status))), " ")}
	for _, f := range e.Faults {
		field := cmp.Or(f.Field, "the request")
		switch {
		case f.Message != "":
			words = append(words, f.Message)
		case f.Code == "missing_field":
			words = append(words, field+" is missing")
		case f.Code == "already_exists":
			words = append(words, field+" exists already")
		case f.Code == "invalid" && f.Value != nil:
			words = append(words, fmt.Sprintf("%s cannot be %v", field, f.Value))
		default:
			words = append(words, field+": "+cmp.Or(f.Code, "not valid"))
		}
	}
	return strings.Join(words, "; ")
}

// answer keeps what the API wrote.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

// Header is part of http.ResponseWriter.
func (a *answer) Header() http.Header { return a.head }

// WriteHeader is part of http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = cmp.Or(a.status, status) }

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// ask calls the API in process. The host is the visitor's, so the addresses in
// the answer are those under which the visitor sees it.
func (v *visit) ask(method, path, auth string, body any) (*answer, error) {
	var send io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode a request: %w", err)
		}
		send = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(v.r.Context(), method, "http://"+v.r.Host+path, send)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("User-Agent", "site")
	req.Header.Set("X-Emulator-Faults", "off") // one looks on from outside
	req.Header.Set("X-Emulator-Limits", "off")
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	if v.byForm {
		req.Header.Set("X-Emulator-Form", "yes")
	}
	a := &answer{head: http.Header{}}
	v.s.API.ServeHTTP(a, req)
	if moved := a.head.Get("Location"); a.status == http.StatusMovedPermanently && method == http.MethodGet && moved != "" {
		return v.ask(method, v.path(moved), auth, nil) // renamed or transferred; where it is now is not moved again
	}
	if a.status >= http.StatusMultipleChoices {
		bad := &refusal{Status: a.status}
		if json.Unmarshal(a.body.Bytes(), bad) != nil {
			bad.Message = a.body.String()
		}
		return nil, bad
	}
	return a, nil
}

// get reads a path below /api/v3 as the acting person.
func (v *visit) get(path string, into any) error { return v.do(http.MethodGet, path, nil, into) }

// do calls a path below /api/v3 as the acting person; into may be nil.
func (v *visit) do(method, path string, body, into any) error {
	a, err := v.ask(method, "/api/v3"+path, "token "+v.who.token, body)
	if err != nil || into == nil {
		return err
	}
	return decode(a, into)
}

func decode(a *answer, into any) error {
	if err := json.Unmarshal(a.body.Bytes(), into); err != nil {
		return fmt.Errorf("read the API's answer: %w", err)
	}
	return nil
}

// admin calls the admin API; into may be nil.
func (v *visit) admin(method, path string, body, into any) error {
	a, err := v.ask(method, "/_admin"+path, "", body)
	if err != nil || into == nil {
		return err
	}
	return decode(a, into)
}

// maxPages bounds the reading of a whole list.
const maxPages = 30

// all reads every page of a list below /api/v3.
func all[T any](v *visit, path string, q url.Values) ([]T, error) {
	var out []T
	for page := 1; page <= maxPages; page++ {
		ask := url.Values{"per_page": {"100"}, "page": {strconv.Itoa(page)}}
		for k, val := range q {
			ask[k] = val
		}
		var some []T
		if err := v.get(path+"?"+ask.Encode(), &some); err != nil {
			return nil, err
		}
		out = append(out, some...)
		if len(some) < 100 {
			break
		}
	}
	return out, nil
}

// repoPath is the API's path of the repository that the page is about.
func (v *visit) repoPath() string {
	return "/repos/" + url.PathEscape(v.r.PathValue("owner")) + "/" + url.PathEscape(v.r.PathValue("repo"))
}

// issuePath is the API's path of the issue that the page is about.
func (v *visit) issuePath() string {
	return v.repoPath() + "/issues/" + url.PathEscape(v.r.PathValue("number"))
}
