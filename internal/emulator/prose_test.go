package emulator

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the text is without code and comments, as expressions say it.
var (
	fencedBlock = regexp.MustCompile("(?ms)^ {0,3}(```|~~~).*?(^ {0,3}(```|~~~)[ \t]*$|\\z)")
	htmlComment = regexp.MustCompile(`(?s)<!--.*?(-->|\z)`)
)

func TestProseIsWhatTheExpressionsLeave(t *testing.T) {
	pieces := []string{"```", "~~~", "`", " ", "   ", "\t", "\n", "\r\n", "<!--", "-->", "->", "a", "#1", "gh-2", "GH-3", "Gh-", "7", "a/b#4", "@ada", "@acme/eng", "é", "x.y", "-", "/", "&", "_", "\u00a0", "\u017f"}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		var b strings.Builder
		for range dice.IntN(14) {
			b.WriteString(pieces[dice.IntN(len(pieces))])
		}
		text := b.String()
		want := htmlComment.ReplaceAllString(text, "")
		want = codeSpan.ReplaceAllString(fencedBlock.ReplaceAllString(want, ""), "")
		if got := prose(text); got != want {
			t.Fatalf("prose of %q is %q, want %q", text, got, want)
		}
		last := func(m []string) string { return strings.Join(m[1:], " ") }
		for _, tc := range []struct {
			what  *regexp.Regexp
			signs []string
		}{{mentionRef, []string{"@"}}, {shortRef, []string{"#", "gh-", "GH-", "Gh-"}}} {
			all, words := show(tc.what.FindAllStringSubmatch(text, -1), last), show(inWords(text, tc.what, tc.signs...), last)
			if !slices.Equal(all, words) {
				t.Fatalf("in %q are %q, found %q", text, all, words)
			}
		}
	}
}
