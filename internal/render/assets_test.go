package render

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/templates"
)

func TestChecklistsAreShortKnownAndFoundAgain(t *testing.T) {
	p, r := opStack(t), bundled(t)
	for name, def := range checklists(t) {
		stage, _, _ := strings.Cut(name, ".")
		if n := p.Node(stage); n == nil || !n.Settled() {
			t.Errorf("%s: the process has no stage %q", name, stage)
		}
		if def.Title == "" || def.Intro == "" || len(def.Items) < 3 || len(def.Items) > 7 {
			t.Errorf("%s: wants a title, an intro and three to seven items", name)
		}
		for _, item := range def.Items {
			if !r.defines("rule." + item.Rule) {
				t.Errorf("%s: %q cites the unknown rule %q", name, item.Text, item.Rule)
			}
			if item.Each != "" && (item.Each != "chains" || !strings.Contains(item.Text, "{chain}")) {
				t.Errorf("%s: %q is repeated for each %q, which says nothing", name, item.Text, item.Each)
			}
			// The record finds a box again by these very words.
			if got := string(task(Words(item.Text))); got != item.Text {
				t.Errorf("%s: %q is printed as %q, so its tick is not found again", name, item.Text, got)
			}
		}
	}
}

// A form is what GitHub reads of an issue form.
type form struct {
	Name, Description, Title string
	Labels                   []string
	Body                     []struct {
		Type, ID    string
		Attributes  struct{ Label string }
		Validations struct{ Required bool }
	}
}

func TestIssueFormsSetTheLabelAndAskWhatTheBotReads(t *testing.T) {
	want := map[string][]string{
		"feature.yml":  {"Layers", "Pull requests", "Owner"},
		"alphanet.yml": {"Date"},
		"upgrade.yml":  nil,
	}
	files, err := fs.ReadDir(templates.Files, "forms")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := templates.Files.ReadFile("forms/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		var form form
		if err := yaml.Load(data, &form); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		headings, ok := want[f.Name()]
		if kind := "kind/" + strings.TrimSuffix(f.Name(), ".yml"); !ok || !slices.Equal(form.Labels, []string{kind}) {
			t.Errorf("%s: labels %q, want %s alone", f.Name(), form.Labels, kind)
		}
		if form.Name == "" || form.Description == "" || len(form.Body) == 0 {
			t.Errorf("%s: GitHub wants a name, a description and a body", f.Name())
		}
		var labels []string
		for _, b := range form.Body {
			labels = append(labels, b.Attributes.Label)
		}
		for _, h := range headings {
			if !slices.Contains(labels, h) {
				t.Errorf("%s: does not ask for %s", f.Name(), h)
			}
		}
	}
}
