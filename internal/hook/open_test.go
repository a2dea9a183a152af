package hook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The envelope is read as encoding/json would read it.
func FuzzOpen(f *testing.F) {
	f.Add(payload("created", ada, "issue", anIssue()).json())
	for _, s := range []string{
		`{}`, `[]`, `7`, `{"action":7}`, `{"action":null,"installation":null,"sender":{"login":"a","type":"User"}}`,
		`{"installation":{"id":9007199254740993}}`, `{"installation":{"id":"7"}}`, `{"installation":[]}`, `{"repository":"x"}`,
		`{"repository":{"full_name":"a\u002fb","node_id":"R_1"}}`, `{"sender":{"login":"\ud800"}}`, `{"action":"a"}x`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want struct {
			Action       string
			Installation struct{ ID int64 }
			Repository   struct {
				FullName      string `json:"full_name"`
				NodeID        string `json:"node_id"`
				HTMLURL       string `json:"html_url"`
				DefaultBranch string `json:"default_branch"`
			}
			Sender account
		}
		env, err := open(data)
		if !json.Valid(data) {
			if err == nil {
				t.Fatalf("%q was taken", data)
			}
			return
		}
		if string(bytes.TrimSpace(data)) == "null" || !plainKeys(data) {
			return // nothing, or spelt in another way, or twice: GitHub does neither
		}
		if bad := json.Unmarshal(data, &want); (bad == nil) != (err == nil) {
			if bytes.Contains(data, []byte(`"id"`)) {
				return // of a number that is no whole one they make different things
			}
			t.Fatalf("%q: %v, and by encoding/json %v", data, err, bad)
		}
		w := want.Repository
		was := envelope{want.Action, want.Installation.ID, repository{clean(w.FullName), clean(w.NodeID), clean(w.HTMLURL), clean(w.DefaultBranch)}, account{clean(want.Sender.Login), clean(want.Sender.Type)}}
		if err == nil && was != env && want.Installation.ID == env.Installation {
			t.Fatalf("%q: %+v, and by encoding/json %+v", data, env, was)
		}
	})
}

// plainKeys reports whether no object of a valid text has a key twice, in whatever
// case.
func plainKeys(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	var object func() bool
	object = func() bool {
		open, err := d.Token()
		if err != nil {
			return true
		}
		seen := map[string]bool{}
		switch open {
		case json.Delim('{'):
			for d.More() {
				key, err := d.Token()
				if err != nil {
					return true
				}
				name := strings.ToLower(fmt.Sprint(key))
				if seen[name] || name != fmt.Sprint(key) || !object() {
					return false
				}
				seen[name] = true
			}
		case json.Delim('['):
			for d.More() {
				if !object() {
					return false
				}
			}
		default:
			return true
		}
		_, _ = d.Token()
		return true
	}
	return object()
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
