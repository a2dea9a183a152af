package hook

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestAPushSaysWhatItTouchedOfTheDefaultBranch(t *testing.T) {
	commits := []obj{{"added": []string{"b"}, "modified": []string{".github/stationmaster.yml"}}, {"removed": []string{"a"}}}
	tests := []struct {
		name  string
		p     obj
		calls int
		paths []string
	}{
		{"two commits", obj{"ref": "refs/heads/main", "commits": commits}, 1, []string{".github/stationmaster.yml", "a", "b"}},
		{"another branch", obj{"ref": "refs/heads/topic", "commits": commits}, 0, nil},
		{"forced: nobody knows", obj{"ref": "refs/heads/main", "commits": commits, "forced": true}, 1, nil},
		{"more commits than are listed", obj{"ref": "refs/heads/main", "commits": slices.Repeat([]obj{{}}, 2048)}, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			calls, got := 0, []string(nil)
			w := newTeller()
			w.world.Pushed = func(_ int64, repo string, paths []string) {
				calls++
				if got = paths; repo != "acme/protocol" {
					t.Errorf("of %q", repo)
				}
			}
			p := payload("", ada).with("action", nil)
			for k, v := range tt.p {
				p[k] = v
			}
			if events := w.all(t, "push", p); len(events) != 0 {
				t.Errorf("events %v", events)
			}
			if diff := cmp.Diff(tt.paths, got); diff != "" || calls != tt.calls {
				t.Errorf("%d calls, want %d\n%s", calls, tt.calls, diff)
			}
		})
	}
	none(t, "push", payload("", ada, "ref", "refs/heads/main"), "does not read")
}

func TestAChangedListOfLabelsIsTold(t *testing.T) {
	w := newTeller()
	var told string
	w.world.Relabelled = func(_ int64, repo string) { told = repo }
	for _, action := range []string{"created", "edited", "deleted"} {
		told = ""
		w.all(t, "label", payload(action, ada, "label", obj{"name": "x"}))
		if told != "acme/protocol" {
			t.Errorf("%s: told %q", action, told)
		}
	}
	told = ""
	w.all(t, "label", payload("created", ours, "label", obj{"name": "x"}))
	if told != "" {
		t.Error("a label that we made ourselves makes us read the list again")
	}
}

func TestUnreadablePayloadsAreErrors(t *testing.T) {
	tests := map[string][]string{
		"issues":        {"", "null x", "[]", `{"action":"opened","repository":{"full_name":"a/b"}}`, `{"action":"opened","repository":{"full_name":"a/b"},"issue":{"number":-1}}`, `{"action":7}`},
		"issue_comment": {`{"action":"created","repository":{"full_name":"a/b"},"issue":{"number":1}}`, `{"action":"created","repository":{"full_name":"a/b"},"comment":{"id":1}}`},
		"pull_request":  {`{"action":"opened","repository":{"full_name":"a/b"},"pull_request":null}`},
	}
	for event, payloads := range tests {
		for _, p := range payloads {
			if events, err := translate(newTeller(), event, []byte(p)); err == nil {
				t.Errorf("%s %s: %d events and no error", event, p, len(events))
			}
		}
	}
}

func TestPayloadsFromNowhereComeToNothing(t *testing.T) {
	none(t, "star", payload("created", ada), "no event that is handled")
	none(t, "issues", payload("opened", ada, "issue", anIssue(), "repository", nil), "no repository")
}

func FuzzTranslate(f *testing.F) {
	seeds := map[string][]obj{
		"issues": {payload("opened", ada, "issue", anIssue("body", "### a\n\n- [x] b")), payload("unlabeled", ada, "issue", anIssue()),
			payload("transferred", ada, "issue", anIssue(), "changes", obj{"new_issue": obj{"number": 4}})},
		"issue_comment": {comment("created", ada, "/status"), edited(bob, ours, listBefore, "- [x] https://a.b"), edited(ada, ada, "", "/x")},
		"pull_request":  {pull("opened"), pull("closed", "merged", true)},
		"push":          {payload("", ada, "ref", "refs/heads/main", "commits", []obj{{"added": []string{"a"}}})},
		"label":         {payload("edited", ada)},
	}
	for event, payloads := range seeds {
		for _, p := range payloads {
			f.Add(event, p.json())
		}
	}
	f.Fuzz(func(t *testing.T, event string, payload []byte) {
		events, err := translate(newTeller(), event, payload)
		again, errAgain := translate(newTeller(), event, payload)
		if (err == nil) != (errAgain == nil) || !cmp.Equal(events, again) {
			t.Fatal("two readings differ")
		}
		for _, e := range events {
			b, err := json.Marshal(e)
			if err != nil || !utf8.Valid(b) || bytes.Contains(b, []byte(`\u0000`)) {
				t.Fatalf("cannot be kept: %v %s", err, b)
			}
			if e.Key == "" || e.What == "" || e.Repo == "" || strings.ContainsRune(e.Key, '\n') || e.At.Year() > 9999 {
				t.Fatalf("not sound: %+v", e)
			}
		}
	})
}
