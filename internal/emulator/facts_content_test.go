package emulator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// A3: content creation is limited by the minute and the hour. What counts as
// that GitHub does not say; its description marks what notifies people, and warns of the limit in words.
func TestWhatNotifiesPeopleCountsAsContent(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(contract.Installed(t, "@octokit/openapi"), "generated", "api.github.com.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths map[string]map[string]struct {
			GitHub struct {
				Notifies bool `json:"triggersNotification"`
			} `json:"x-github"`
			Description string
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	notifies := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			notifies[strings.ToUpper(method)+" "+placeholder.ReplaceAllString(path, "{}")] =
				op.GitHub.Notifies || strings.Contains(op.Description, "secondary rate limiting")
		}
	}
	for _, rt := range table {
		name := rt.method + " " + placeholder.ReplaceAllString(rt.pattern, "{}")
		if want, described := notifies[name]; described && want != (rt.flag == content) {
			t.Errorf("%s notifies people: %t, counts as content: %t", rt.name(), want, rt.flag == content)
		}
	}
}
