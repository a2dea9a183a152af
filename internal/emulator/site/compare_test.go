package site

import (
	"strings"
	"testing"
)

func TestTwoTextsAreComparedLineByLine(t *testing.T) {
	long := strings.Repeat("same\n", 20)
	for name, tc := range map[string]struct{ was, is, want string }{
		"the first version":     {"", "a\nb", "+ a|+ b"},
		"a line in the middle":  {"a\nb\nc", "a\nB\nc\n", "  a|- b|+ B|  c"},
		"all is gone":           {"a", "", "- a"},
		"nothing changed":       {"a", "a", "⋯"},
		"what is far is folded": {long + "a\n" + long, long + "b\n" + long, "⋯|  same|  same|  same|- a|+ b|  same|  same|  same|⋯"},
		"other line ends":       {"a\r\nb", "a\nb\nc", "  a|  b|+ c"},
	} {
		var got []string
		for _, l := range compare(tc.was, tc.is) {
			got = append(got, l.Text)
		}
		if strings.Join(got, "|") != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestTextsTooLongToCompareAreShownWhole(t *testing.T) {
	long := strings.Repeat("a\n", 1500)
	if got := compare(long, long); len(got) != 3000 || got[0].Kind != "removed" || got[1500].Kind != "added" {
		t.Errorf("%d lines", len(got))
	}
}

func TestLabelsCanBeReadOnEveryColour(t *testing.T) {
	for rgb := range 1 << 12 {
		color := string([]byte{hexDigit(rgb >> 8), hexDigit(rgb >> 8), hexDigit(rgb >> 4), hexDigit(rgb >> 4), hexDigit(rgb), hexDigit(rgb)})
		fill, ink := paint(color)
		c := func(at int) float64 {
			return float64(strings.IndexByte(digits, fill[at])*16 + strings.IndexByte(digits, fill[at+1]))
		}
		bright := luminance(c(1), c(3), c(5)) + 0.05
		if contrast := map[string]float64{"light": 1.05 / bright, "dark": bright / 0.05}[ink]; contrast < enough {
			t.Errorf("%s on %s, for %s: %.2f", ink, fill, color, contrast)
		}
	}
	if fill, ink := paint("no colour"); fill != "#ededed" || ink != "dark" {
		t.Errorf("no colour is %s %s", fill, ink)
	}
}

const digits = "0123456789abcdef"

func hexDigit(n int) byte { return digits[n&15] }
