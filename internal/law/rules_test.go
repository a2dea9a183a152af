package law

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rules counts the ids of each chapter of the release process: P1 to P6, and so on.
var rules = []struct {
	chapter string
	last    int
}{
	{"P", 6},  // principles
	{"F", 13}, // the flowchart
	{"A", 10}, // Alphanet
	{"B", 11}, // Betanet
	{"T", 9},  // testnet
	{"G", 2},  // governance
	{"M", 2},  // mainnet
	{"D", 7},  // house rules
}

// citation finds the id of a rule, as a word or at the head of a test's name:
// "// T1", "rule B11", "TestF7HighRisk".
var citation = regexp.MustCompile(`(?:\b|\bTest)([PFABTGMD][1-9][0-9]?)(?:\b|[A-Z_])`)

func TestEveryRuleIsCitedByATest(t *testing.T) {
	cited := map[string]bool{}
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel == "internal/law" || path != top && strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !provesRules(rel) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, id := range citations(string(text)) {
			cited[id] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ruleIDs() {
		if !cited[id] {
			t.Errorf("rule %s is cited by no test and no scenario", id)
		}
	}
}

// ruleIDs lists every id of the process, in its order.
func ruleIDs() []string {
	var ids []string
	for _, r := range rules {
		for n := 1; n <= r.last; n++ {
			ids = append(ids, fmt.Sprintf("%s%d", r.chapter, n))
		}
	}
	return ids
}

// citations lists the rule ids that a text names.
func citations(text string) []string {
	var ids []string
	for _, m := range citation.FindAllStringSubmatch(text, -1) {
		if slices.Contains(ruleIDs(), m[1]) {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// provesRules tells whether a file is a test or a scenario; fuzz corpora and
// goldens hold ids by chance or by copy.
func provesRules(path string) bool {
	if strings.HasSuffix(path, "_test.go") {
		return true
	}
	return strings.Contains(path, "testdata/") && strings.HasSuffix(path, ".txt") && !strings.Contains(path, "/fuzz/")
}

func TestRuleLawReadsCitations(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"// T1: the window", []string{"T1"}},
		{"func TestT1RefusesAnEarlyCut(t", []string{"T1"}},
		{"func TestB11_Waiver(t", []string{"B11"}},
		{"rules F10-F13 and A1", []string{"F10", "F13", "A1"}},
		{"P7, G3 and D8 are no rules", nil},
		{"SHA1 and UTF8 are no rules either", nil},
		{"the hash 0fA1b2 names none", nil},
	}
	for _, tt := range tests {
		if got := citations(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("citations(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
