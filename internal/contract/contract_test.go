package contract

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// small is a description in miniature, without exceptions unless they are given.
func small(t *testing.T, exceptions ...mend) *Description {
	t.Helper()
	text, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	d.mends = append(exceptions, mend{"validation-error", "as in mends", declare("status", aString)})
	return d
}

// answered is an exchange with all the headers it should have.
func answered(what string, status int, body string) Exchange {
	method, path, _ := strings.Cut(what, " ")
	path, query, _ := strings.Cut(path, "?")
	x := Exchange{Method: method, Path: path, Status: status, Body: []byte(body), Header: http.Header{}}
	if key, _, has := strings.Cut(query, "="); has {
		x.Query = map[string][]string{key: nil}
	}
	for _, name := range append(append([]string{"ETag", "Cache-Control", "X-GitHub-Api-Version-Selected"}, always...), metered...) {
		x.Header.Set(name, "1")
	}
	if body != "" {
		x.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	return x
}

// raw is a file's text, to somebody who accepts a media type.
func raw(what, accept string) Exchange {
	x := answered(what, 200, "plain text")
	x.Accept = accept
	x.Header.Set("Content-Type", "application/vnd.github.raw; charset=utf-8")
	return x
}

const (
	aThing  = `{"name":"n","url":"http://x/y","at":null,"rights":{"read":true,"more":false}}`
	refused = `{"message":"m","documentation_url":"https://docs.github.com/rest","status":"404"}`
)

func TestAnswersAreHeldToTheDescription(t *testing.T) {
	tests := []struct {
		name   string
		x      Exchange
		faults string // part of the only one; empty for none
	}{
		{"as described", answered("GET /repos/o/r/things/a", 200, aThing), ""},
		{"by the ids of a Link", answered("GET /repositories/7/things/a?page=2", 200, aThing), ""},
		{"the fixed name before the open one", answered("GET /repos/o/r/things/best", 200, `{"name":"n","url":"http://x","rank":1}`), ""},
		{"a file in a folder", answered("GET /repos/o/r/contents/a/b.go", 200, `{}`), ""},
		{"the root folder", answered("GET /repos/o/r/contents", 200, `{}`), ""},
		{"a refusal not declared", answered("GET /repos/o/r/things/a", 404, refused), ""},
		{"a refusal with faults listed", answered("GET /repos/o/r/things/a", 422,
			`{"message":"m","documentation_url":"https://docs.github.com/rest","status":"422","errors":[{"code":"missing"}]}`), ""},
		{"known already", answered("GET /repos/o/r/things/a", 304, ""), ""},
		{"a file as it is", raw("GET /repos/o/r/contents/a", "application/vnd.github.raw+json"), ""},
		{"a file as it is, unasked", raw("GET /repos/o/r/contents/a", "application/json"), "Content-Type is"},
		{"what has no raw form", raw("GET /repos/o/r/things/a", "application/vnd.github.raw"), "is not declared"},
		{"uncharted", answered("POST /graphql", 200, `{"data":{}}`), ""},

		{"a key that GraphQL does not know", answered("POST /graphql", 200, `{"result":{}}`), `property "result"`},
		{"an invented field", answered("GET /repos/o/r/things/a", 200, `{"name":"n","url":"http://x","nmae":1}`), `property "nmae"`},
		{"an invented field beside an allOf", answered("GET /repos/o/r/things/best", 200, `{"name":"n","url":"http://x","runk":1}`), `property "runk"`},
		{"a missing field", answered("GET /repos/o/r/things/a", 200, `{"name":"n"}`), `property "url" is missing`},
		{"no address", answered("GET /repos/o/r/things/a", 200, `{"name":"n","url":"y"}`), "/url: "},
		{"no time", answered("GET /repos/o/r/things/a", 200, `{"name":"n","url":"","at":"yesterday"}`), "/at: "},
		{"an undeclared status", answered("GET /repos/o/r/things/a", 202, aThing), "describes no 202"},
		{"a body where none belongs", answered("GET /repos/o/r/things/a", 304, aThing), "with a body"},
		{"an unknown operation", answered("GET /repos/o/r/thinks/a", 200, aThing), "no such operation"},
		{"an unknown method", answered("DELETE /repos/o/r/things/a", 204, ""), "no such operation"},
		{"an unknown parameter", answered("GET /repos/o/r/things/a?pgae=2", 200, aThing), "no parameter pgae"},
		{"a refusal of another status", answered("GET /repos/o/r/things/a", 403, refused), `status is "404"`},
		{"a server's error", answered("GET /repos/o/r/things/a", 500, refused), "server's error"},
	}
	d := small(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := d.Check(tt.x)
			if tt.faults == "" && got != nil || tt.faults != "" && !strings.Contains(strings.Join(got, "\n"), tt.faults) {
				t.Errorf("faults are %q, want %q", got, tt.faults)
			}
		})
	}
}

func TestHeadersBelongToEveryAnswer(t *testing.T) {
	for _, name := range []string{"X-GitHub-Request-Id", "X-RateLimit-Remaining", "ETag", "Content-Type"} {
		x := answered("GET /repos/o/r/things/a", 200, aThing)
		x.Header.Del(name)
		if _, got := small(t).Check(x); got == nil {
			t.Errorf("nobody misses %s", name)
		}
	}
}

func TestWhatIsGrantedMustHaveBeenAskedRightly(t *testing.T) {
	x := answered("PUT /repos/o/r/things/a", 204, "")
	x.Sent = []byte(`{"name":7}`)
	if _, got := small(t).Check(x); len(got) != 1 || !strings.HasPrefix(got[0], "request: /name") {
		t.Errorf("faults are %q", got)
	}
}

func TestDeliveriesAreHeldToTheDescription(t *testing.T) {
	const secret, payload = "It's a Secret to Everybody", `{"action":"made","thing":{"name":"n","url":"http://x"}}`
	good := http.Header{} // but for the signatures
	for name, value := range map[string]string{
		"Accept": "*/*", "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/0123abc",
		"X-GitHub-Delivery": "01234567-89ab-cdef-0123-456789abcdef", "X-GitHub-Event": "thing",
		"X-GitHub-Hook-ID": "1", "X-GitHub-Hook-Installation-Target-ID": "2",
		"X-GitHub-Hook-Installation-Target-Type": "integration",
	} {
		good.Set(name, value)
	}
	d := small(t)
	_, faults := d.CheckWebhook(good, []byte(payload), secret)
	if len(faults) != 2 {
		t.Fatalf("two wrong signatures give %q", faults)
	}
	for _, f := range faults { // the right ones are in the complaint
		name := strings.Fields(f)[1]
		good.Set(name, strings.Trim(f[strings.LastIndex(f, " ")+1:], `"`))
	}
	event, faults := d.CheckWebhook(good, []byte(payload), secret)
	if event != "thing.made" || faults != nil {
		t.Errorf("%s has %q", event, faults)
	}
	for name, bad := range map[string]string{
		"an invented field": `{"action":"made","thing":{"name":"n","url":"http://x"},"extra":1}`,
		"an unknown action": `{"action":"eaten"}`,
		"no JSON":           `{`,
	} {
		if _, faults := d.CheckWebhook(good, []byte(bad), ""); len(faults) < 3 {
			t.Errorf("%s: faults are %q", name, faults)
		}
	}
}

func TestTheSignatureIsTheOneThatGitHubDocuments(t *testing.T) {
	got := signature("sha256", digests["sha256"].sum, []byte("Hello, World!"), "It's a Secret to Everybody")
	if got != "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" {
		t.Errorf("signed %s", got)
	}
}

func TestAnExceptionIsNeededOnlyWhileSomethingTrueWouldFail(t *testing.T) {
	lost := mend{"thing", "the description forgot it", declare("size", map[string]any{"type": "integer"})}
	found := mend{"thing", "the description has it", declare("name", aString)}
	d := small(t, lost)
	if len(d.Unneeded()) != 2 {
		t.Fatalf("before anything was checked: %q", d.Unneeded())
	}
	d.Check(answered("GET /repos/o/r/things/a", 200, `{"name":"n","url":"","size":1}`))
	if got := d.Unneeded(); len(got) != 1 || !strings.HasPrefix(got[0], "validation-error") {
		t.Errorf("once it helped: %q", got)
	}
	d = small(t, found)
	d.Check(answered("GET /repos/o/r/things/a", 200, aThing))
	if got := d.Unneeded(); len(got) != 2 {
		t.Errorf("one that mends nothing: %q", got)
	}
}

func TestAWatchPassesOnWhatItChecks(t *testing.T) {
	var faults []string
	w := NewWatch(small(t), func(f string) { faults = append(faults, f) })
	h := w.API(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		for name, values := range answered("", 200, aThing).Header {
			out.Header()[name] = values
		}
		if strings.HasSuffix(r.URL.Path, "/bad") {
			_, _ = out.Write([]byte(`{}`))
			return
		}
		_, _ = out.Write([]byte(aThing))
	}))
	for _, path := range []string{"/api/v3/repos/o/r/things/a", "/api/v3/repos/o/r/things/bad", "/elsewhere"} {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.Header.Set("User-Agent", "test")
		rec := httptest.NewRecorder()
		if h.ServeHTTP(rec, r); rec.Code != 200 || rec.Body.Len() == 0 || rec.Header().Get("ETag") == "" {
			t.Errorf("%s came through as %d %s", path, rec.Code, rec.Body)
		}
	}
	if len(faults) != 2 || !strings.HasPrefix(faults[0], "GET /repos/o/r/things/bad: /name: property") {
		t.Errorf("reported %q", faults)
	}
	if got := w.Operations(); len(got) != 1 || got["GET /repos/{owner}/{repo}/things/{name}"] != 1 {
		t.Errorf("counted %v", got)
	}
}

func TestASampleSparesWhatWasCheckedOften(t *testing.T) {
	n, few := 0, NewSample(2)
	for range 2 { // two watches share it
		w := NewWatch(small(t), func(string) { n++ }).Sampled(few)
		for range 2 {
			w.exchange(answered("GET /repos/o/r/things/a", 202, aThing))
			w.exchange(answered("GET /repos/o/r/things/b", 203, aThing))
			w.Webhook(http.Header{}, []byte(`{"action":"unheard"}`), "")
		}
	}
	all := 0
	w := NewWatch(small(t), func(string) { all++ })
	w.exchange(answered("GET /repos/o/r/things/a", 202, aThing))
	w.exchange(answered("GET /repos/o/r/things/b", 203, aThing))
	w.Webhook(http.Header{}, []byte(`{"action":"unheard"}`), "")
	if n != 2*all {
		t.Errorf("%d faults, want those of two of each: %d", n, 2*all)
	}
}
