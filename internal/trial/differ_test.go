package trial

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// mostDifferences is how many of them are printed.
const mostDifferences = 30

// differences compares two sorted lists of lines, and names those that only one
// of them has; "" if there are none.
func differences(calm, rough []string) string {
	var out []string
	i, j := 0, 0
	for i < len(calm) || j < len(rough) {
		switch {
		case j == len(rough) || i < len(calm) && calm[i] < rough[j]:
			out = append(out, "- "+calm[i])
			i++
		case i == len(calm) || rough[j] < calm[i]:
			out = append(out, "+ "+rough[j])
			j++
		default:
			i, j = i+1, j+1
		}
	}
	if len(out) == 0 {
		return ""
	}
	rest := ""
	if n := len(out) - mostDifferences; n > 0 {
		out, rest = out[:mostDifferences], fmt.Sprintf("\n… and %d more", n)
	}
	for k := range out {
		out[k] = strings.ReplaceAll(out[k], "\n", " ⏎ ")
		if len(out[k]) > 1200 {
			out[k] = out[k][:1200] + "…"
		}
	}
	return "(- in calm weather, + here)\n" + strings.Join(out, "\n") + rest
}

func TestDifferencesNamesWhatOnlyOneSideHas(t *testing.T) {
	calm := []string{"a | labels | x", "a | state | open", "a | state | open"}
	for _, c := range []struct {
		name  string
		rough []string
		want  []string
	}{
		{"nothing", slices.Clone(calm), nil},
		{"a lost line", calm[1:], []string{"- a | labels | x"}},
		{"a doubled line", append(slices.Clone(calm), "a | state | open"), []string{"+ a | state | open"}},
		{"another value", []string{"a | labels | y", "a | state | open", "a | state | open"}, []string{"- a | labels | x", "+ a | labels | y"}},
		{"an empty world", nil, []string{"- a | labels | x", "- a | state | open", "- a | state | open"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := differences(calm, c.rough)
			want := ""
			if c.want != nil {
				want = "(- in calm weather, + here)\n" + strings.Join(c.want, "\n")
			}
			if got != want {
				t.Errorf("it says\n%s\nand not\n%s", got, want)
			}
		})
	}
}
