package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// openapiFile is the description's place inside the npm folder.
const openapiFile = "node_modules/@octokit/openapi/generated/api.github.com.json"

// Description is GitHub's description of its REST API and webhooks. It is safe
// for concurrent use.
type Description struct {
	templates []template
	parts     components
	mends     []mend

	mu         sync.Mutex
	operations map[string]*operation // by name, those that were asked for
	pools      map[string]*pool      // by the mend that is left out
	proven     map[string]bool       // mends without which something true was refused
}

// components are the named pieces that the rest refers to, not yet parsed.
type components struct {
	Schemas    map[string]json.RawMessage `json:"schemas"`
	Responses  map[string]json.RawMessage `json:"responses"`
	Parameters map[string]json.RawMessage `json:"parameters"`
}

// template is one path of the description, with what lies below it.
type template struct {
	path    string
	parts   []string
	methods map[string]json.RawMessage // by their names, in capitals
}

// Parse reads a description in OpenAPI 3.0 with GitHub's webhook schemas among
// its components. Nothing but its outline is looked at yet.
func Parse(text []byte) (*Description, error) {
	var doc struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components components                            `json:"components"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("contract: parse the description: %w", err)
	}
	if len(doc.Paths) == 0 || len(doc.Components.Schemas) == 0 {
		return nil, errors.New("contract: the description has no paths or no schemas")
	}
	d := &Description{parts: doc.Components, mends: mends,
		operations: map[string]*operation{}, pools: map[string]*pool{}, proven: map[string]bool{}}
	for path, item := range doc.Paths {
		t := template{path, strings.Split(path, "/"), map[string]json.RawMessage{}}
		for method, text := range item {
			t.methods[strings.ToUpper(method)] = text
		}
		d.templates = append(d.templates, t)
	}
	return d, nil
}

// Load is the description that npm has installed, read once in a process. A
// test that has none is skipped, but fails in CI.
func Load(t testing.TB) *Description {
	t.Helper()
	Installed(t, "@octokit/openapi")
	d, err := published()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Look is Load for tests that have more to show than the contract: it says
// whether there is a description, and leaves it to others to miss it.
func Look() (*Description, bool) {
	d, err := published()
	return d, err == nil
}

var published = sync.OnceValues(func() (*Description, error) {
	text, err := os.ReadFile(filepath.Join(Folder(), filepath.FromSlash(openapiFile)))
	if err != nil {
		return nil, err
	}
	return Parse(text)
})

// Folder is the folder of the pinned package.json, which says what npm fetches
// for the tests.
func Folder() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "emulator", "testdata", "npm")
}

// Installed is the folder of an npm package that the tests use. Where it is
// missing the test is skipped with one line, but fails in CI.
func Installed(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(Folder(), "node_modules", filepath.FromSlash(name))
	_, err := os.Stat(dir)
	switch {
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	default:
		Missing(t, "the npm package "+name+" is not installed: npm ci --prefix internal/emulator/testdata/npm")
	}
	return dir
}

// Missing ends a test for want of something that CI has and others may lack.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
