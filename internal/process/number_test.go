package process_test

import (
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"17", "17", true}, {"#17", "17", true}, {" 15A ", "15a", true}, {"015", "15", true},
		{"", "", false}, {"0", "", false}, {"-1", "", false}, {"a", "", false}, {"15ab", "", false}, {"15ä", "", false}, {"1 5", "", false},
		{"100000", "", false}, {"99999999999999999999", "", false}, {"15.1", "", false},
	}
	for _, tt := range tests {
		if got, ok := process.ParseNumber(tt.text); ok != tt.ok || ok && got != tt.want {
			t.Errorf("ParseNumber(%q) = %q, %v", tt.text, got, ok)
		}
	}
}

func TestNumbersHaveTheirNaturalOrder(t *testing.T) {
	order := []string{"9", "15", "15a", "15b", "16", "100"}
	for i, a := range order {
		for j, b := range order {
			if got := process.CompareNumbers(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("CompareNumbers(%s, %s) = %d", a, b, got)
			}
		}
	}
	if process.CompareNumbers("15A", "15a") != 0 {
		t.Error("the case of letters matters")
	}
}

// B8: suggestions rise, letters aside, and never name what is spent.
func TestSuggestionsRise(t *testing.T) {
	train := func(id, number string, void bool) *process.Item {
		return &process.Item{ID: process.ID(id), Kind: process.Upgrade, T: &process.TrainFacts{Number: number, Void: void}}
	}
	tests := []struct {
		name   string
		taken  []string
		next   string
		trains []*process.Item
		want   string
	}{
		{"nothing yet", nil, "", nil, "1"},
		{"after the taken", []string{"3", "12a"}, "", nil, "13"},
		{"the configured one while it is free", []string{"3"}, "30", nil, "30"},
		{"after it once it is taken", []string{"3"}, "30", []*process.Item{train("a", "30", false)}, "31"},
		{"a void one counts", nil, "", []*process.Item{train("a", "17", true)}, "18"},
		{"a letter is of its whole number", nil, "", []*process.Item{train("a", "17b", false)}, "18"},
		{"what a proposal bore counts", nil, "", []*process.Item{{ID: "a", Kind: process.Upgrade,
			T: &process.TrainFacts{Number: "5", Proposals: []process.Proposal{{Number: "9"}}}}}, "10"},
	}
	for _, tt := range tests {
		l := process.NewLine("acme/upgrades")
		l.Put(tt.trains...)
		p := &process.Process{Settings: process.Settings{Taken: tt.taken, Next: tt.next}}
		if got := p.NextNumber(l); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
