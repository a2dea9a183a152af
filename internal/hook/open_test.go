package hook

import (
	"encoding/json"
	"strings"
	"testing"
)

// The envelope is read as encoding/json would read it.
func FuzzOpen(f *testing.F) {
	f.Add(payload("created", ada, "issue", anIssue()).json())
	for _, s := range []string{
		`{}`, `[]`, `7`, `null`, `{"action":7}`, `{"action":null,"installation":null,"sender":{"login":"a","type":"User"}}`,
		`{"installation":{"id":9007199254740993}}`, `{"installation":{"id":"7"}}`, `{"installation":[]}`, `{"repository":"x"}`,
		`{"repository":{"full_name":"a\u002fb","node_id":"R_1"}}`, `{"sender":{"login":"\ud800"}}`, `{"action":"a"}x`,
		`{"ACTION":"a","action":"b"}`, `{"installation":{"id":7.5}}`, "{\"action\":\"a\xffb\"}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want envelope
		bad := json.Unmarshal(data, &want)
		env, err := open(data)
		if (bad == nil) != (err == nil) {
			t.Fatalf("%q: %v, and by encoding/json %v", data, err, bad)
		}
		if err != nil {
			return
		}
		for _, s := range []*string{
			&want.Action, &want.Sender.Login, &want.Sender.Type,
			&want.Repository.FullName, &want.Repository.NodeID, &want.Repository.HTMLURL, &want.Repository.DefaultBranch,
		} {
			*s = clean(*s)
		}
		if env != want {
			t.Fatalf("%q: %+v, and by encoding/json %+v", data, env, want)
		}
	})
}

// A payload of GitHub's size that is nested without end would take a gigabyte of stack.
func TestAPayloadNestedWithoutEndIsRefused(t *testing.T) {
	for _, opening := range []string{"[", `{"x":`} {
		body := `{"x":` + strings.Repeat(opening, MaxBody/len(opening))
		if _, err := open([]byte(body)); err == nil {
			t.Errorf("%s: it was taken", opening)
		}
	}
	nested := `{"action":"created","x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"
	if env, err := open([]byte(nested)); err != nil || env.Action != "created" {
		t.Errorf("%+v, %v", env, err)
	}
}

func BenchmarkOpen(b *testing.B) {
	body := payload("created", ada, "issue", anIssue(), "comment", map[string]any{"body": strings.Repeat("a word or two\n", 900)}).json()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := open(body); err != nil {
			b.Fatal(err)
		}
	}
}
