package hook

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

func TestTheAppSubscribesToExactlyWhatIsTranslated(t *testing.T) {
	text, err := os.ReadFile("../../app.yml")
	if err != nil {
		t.Fatal(err)
	}
	var app struct {
		Events []string `yaml:"default_events"`
	}
	if err := yaml.Unmarshal(text, &app); err != nil {
		t.Fatal(err)
	}
	slices.Sort(app.Events)
	if diff := cmp.Diff(sortedKeys(Handled()), app.Events); diff != "" {
		t.Errorf("app.yml and the handlers differ:\n%s", diff)
	}
}
