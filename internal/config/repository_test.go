package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests know the zones wherever they run

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEveryFaultIsNamedWithItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = LoadRepository(data)
		var faults Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s loads: %v", name, err)
			continue
		}
		golden := strings.TrimSuffix(name, ".yml") + ".golden"
		got := faults.Error() + "\n"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: run go test -update to accept, %v\n%s", name, err, cmp.Diff(string(want), got))
		}
	}
}

func TestTheSampleLoads(t *testing.T) {
	data, err := os.ReadFile("../../deploy/stationmaster.yml")
	if err != nil {
		t.Fatal(err)
	}
	// What is commented out as an example must hold too.
	for _, sample := range [][]byte{data, uncomment(data)} {
		got, err := LoadRepository(sample)
		if err != nil {
			t.Fatal(err)
		}
		if got.Hardforks[0] != "Karst" || got.Numbers.Next != "17" || got.Alphanet.Ahead != 1 || !got.Declared {
			t.Errorf("the sample reads as %+v", got)
		}
		next, ok := got.Alphanet.Recurrence.Next(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
		if s := got.Schedule; s.Meetings.Rule.IsZero() || len(s.Freezes) != 3 || len(s.Workdays.Countries) != 2 || len(s.Ballots) != 2 ||
			!slices.Equal(s.Lead.Assumed, nil) || !s.Alphanets.Rule.Equal(got.Alphanet.Recurrence) {
			t.Errorf("the sample's calendar reads as %+v", s)
		}
		if want := "2026-12-10T09:00:00Z"; !ok || next.Format(time.RFC3339) != want {
			t.Errorf("the sample's first Alphanet is %v, want %s", next, want)
		}
	}
	if got, _ := LoadRepository(uncomment(data)); got.Process == "" || got.LabelPrefix == "" || len(got.Routes) != 3 {
		t.Error("the sample does not show process, labels and routes")
	}
}

func uncomment(data []byte) []byte {
	data = bytes.Replace(data, []byte("# process:"), []byte("process:"), 1)
	data = regexp.MustCompile(`(?m)^# (notify:|  - \{to)`).ReplaceAll(data, []byte("$1"))
	return bytes.Replace(data, []byte("# labels:\n#   prefix"), []byte("labels:\n  prefix"), 1)
}

func TestWhatAFileLeavesOutIsAsByDefault(t *testing.T) {
	for _, data := range []string{"", "\n", "# nothing\n", "{}", "null", "---\n", "\ufeff", "roles:\nlabels:\nalphanet: {}\nhardforks: []\n"} {
		got, err := LoadRepository([]byte(data))
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if diff := cmp.Diff(DefaultRepository(), got); diff != "" {
			t.Errorf("%q: -default +got\n%s", data, diff)
		}
	}
}

// Design, "Who": admins and maintainers have all roles, writers and triagers are
// engineers, and the bot acts only where it is commanded.
func TestWithoutAFileTheRepositorysPermissionsDecide(t *testing.T) {
	absent := Absent()
	if absent.Declared || !DefaultRepository().Declared {
		t.Error("a missing file counts as declared, or a present one does not")
	}
	for _, name := range []string{"engineer", "maintainer", "release-manager", "security", "governance", "protocol"} {
		want := Role{Permission: "maintain"}
		if name == "engineer" {
			want.Permission = "triage"
		}
		if diff := cmp.Diff(want, absent.Roles[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if !absent.Alphanet.Recurrence.IsZero() || absent.Alphanet.Ahead != 0 {
		t.Error("Alphanets are planned without a file")
	}
	absent.Roles["engineer"] = Role{}
	if DefaultRepository().Roles["engineer"].Permission == "" {
		t.Error("the defaults are shared and can be changed")
	}
}

func TestAFileIsReadWhole(t *testing.T) {
	got, err := LoadRepository([]byte(`
process: .github/process.yaml
labels: {prefix: "train/"}
roles:
  maintainer: {teams: [org/leads, council], users: [ada, octo_corp], permission: admin}
  legal: {users: [eve]}
alphanet: {rule: freq=monthly;byday=2th, start: 2026-12-10 10:00}
numbers: {taken: [16, 15A], next: 17}
hardforks: [Karst, New Horizon]
chains: {testnet: [base-sepolia], mainnet: [base, op]}
code: [o/r, o/op.geth]
links: {process: "https://a.b/c?d=e#f", governance: "https://a.b", releases: "https://a.b:8443/"}
bots: ["renovate[bot]", robot]
enough: 5
`))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultRepository()
	want.Reminders.Zone = "UTC"
	want.Process = ".github/process.yaml"
	want.LabelPrefix = "train/"
	want.Roles["maintainer"] = Role{Teams: []string{"org/leads", "council"}, Users: []string{"ada", "octo_corp"}, Permission: "admin"}
	want.Roles["legal"] = Role{Users: []string{"eve"}}
	want.Alphanet.Ahead = 1
	want.Alphanet.Recurrence, err = calendar.ParseRecurrence("FREQ=MONTHLY;BYDAY=2TH", "UTC", "2026-12-10 10:00")
	if err != nil {
		t.Fatal(err)
	}
	want.Schedule.Alphanets = calendar.Series{Rule: want.Alphanet.Recurrence, Shift: calendar.Next}
	want.Numbers = Numbers{Taken: []string{"16", "15a"}, Next: "17"}
	want.Hardforks = []string{"Karst", "New Horizon"}
	want.Chains = Chains{Testnet: []string{"base-sepolia"}, Mainnet: []string{"base", "op"}}
	want.Code = []string{"o/r", "o/op.geth"}
	want.Links = Links{Process: "https://a.b/c?d=e#f", Governance: "https://a.b", Releases: "https://a.b:8443/"}
	want.Bots = []string{"renovate[bot]", "robot"}
	want.Enough = 5
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestLabelsMayHaveFiftyCharacters(t *testing.T) {
	exact := strings.Repeat("k", 50-len("hardfork/"))
	if _, err := LoadRepository([]byte("hardforks: [" + exact + "]")); err != nil {
		t.Errorf("a label of exactly 50 characters: %v", err)
	}
	if _, err := LoadRepository([]byte("hardforks: [" + exact + "k]")); err == nil {
		t.Error("a label of 51 characters loads")
	}
	if _, err := LoadRepository([]byte("labels: {prefix: " + strings.Repeat("p", 25) + "}")); err != nil {
		t.Errorf("a prefix that leaves room for the longest label: %v", err)
	}
}

func TestABigOrHostileFileIsRefusedQuickly(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 30 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8)+"x")
	}
	for name, data := range map[string]string{
		"too big":     "# " + strings.Repeat("x", maxFile),
		"alias bomb":  bomb.String(),
		"deep":        strings.Repeat("[", 100_000),
		"deep, valid": strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000),
		"many keys":   strings.Repeat("? x\n", 60_000),
		"many faults": "bots: [" + strings.Repeat("'@', ", 50_000) + "]",
	} {
		_, err := LoadRepository([]byte(data))
		var faults Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(faults) > maxFaults+1 || len(faults.Error()) > 20_000 {
			t.Errorf("%s: %d faults are told", name, len(faults))
		}
		if name == "many faults" && faults[maxFaults].Message != "and 49950 more faults" {
			t.Errorf("the last fault told is %q", faults[maxFaults].Message)
		}
	}
}

func FuzzLoadRepository(f *testing.F) {
	for _, glob := range []string{"testdata/faults/*.yml", "../../deploy/stationmaster.yml"} {
		files, _ := filepath.Glob(glob)
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := LoadRepository(data)
		if err == nil {
			checkLoaded(t, got)
			return
		}
		var faults Faults
		if !errors.As(err, &faults) || len(faults) == 0 || cmp.Diff(Repository{}, got) != "" {
			t.Fatalf("the error is %v, the settings %+v", err, got)
		}
		sorted := slices.IsSortedFunc(faults, func(a, b Fault) int { return (a.Line-b.Line)*1_000_000 + a.Column - b.Column })
		for _, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Message == "" || !sorted {
				t.Fatalf("faults without place or order: %v", faults)
			}
		}
	})
}

// checkLoaded asks for what the rest of the program relies on.
func checkLoaded(t *testing.T, r Repository) {
	if !r.Declared || r.Enough < 1 || r.Roles[Maintainer].Permission == "" && len(r.Roles[Maintainer].Teams)+len(r.Roles[Maintainer].Users) == 0 {
		t.Fatalf("nobody is maintainer, or nothing is enough: %+v", r)
	}
	for _, name := range r.Hardforks {
		if len([]rune(r.LabelPrefix+hardforkLabel+name)) > maxLabel {
			t.Fatalf("the label of %q is too long", name)
		}
	}
	if r.Alphanet.Recurrence.IsZero() && r.Alphanet.Ahead != 0 {
		t.Fatalf("trains ahead without a plan: %+v", r.Alphanet)
	}
}
