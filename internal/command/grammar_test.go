package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func verbs(lines []Line) []string {
	var found []string
	for _, l := range lines {
		found = append(found, l.Verb)
	}
	return found
}

func TestACommandIsASlashAndAVerbAtTheStartOfALine(t *testing.T) {
	for _, c := range []struct {
		body             string
		verb, rest, text string
		dry              bool
	}{
		{body: "/stable", verb: "stable", text: "/stable"},
		{body: "/STABLE", verb: "stable", text: "/STABLE"},
		{body: "   /stable  https://a.b/c  ", verb: "stable", rest: "https://a.b/c", text: "/stable  https://a.b/c"},
		{body: "/re-deploy\tbroken   node", verb: "re-deploy", rest: "broken   node", text: "/re-deploy\tbroken   node"},
		{body: "/board #1 --dry-run #2", verb: "board", rest: "#1 #2", text: "/board #1 --dry-run #2", dry: true},
		{body: "/board --DRY-RUN", verb: "board", text: "/board --DRY-RUN", dry: true},
		{body: "/board —dry-run #1", verb: "board", rest: "#1", text: "/board —dry-run #1", dry: true},
		{body: "/board #1 --dry-running", verb: "board", rest: "#1 --dry-running", text: "/board #1 --dry-running"},
		{body: "\ufeff/stable", verb: "stable", text: "/stable"},
		{body: "/stable\u00a0now", verb: "stable", rest: "now", text: "/stable\u00a0now"},
		{body: "/hold \xff\x00broken", verb: "hold", rest: "\ufffd\ufffdbroken", text: "/hold \ufffd\ufffdbroken"},
		{body: "/stаble", verb: "stаble", text: "/stаble"}, // with a Cyrillic а: a near miss, not the command
		{body: "/lin\u212a", verb: "lin\u212a", text: "/lin\u212a"},
	} {
		got := Parse(c.body)
		if len(got) != 1 {
			t.Errorf("Parse(%q) finds %d commands", c.body, len(got))
			continue
		}
		want := Line{Text: c.text, Verb: c.verb, Rest: c.rest, DryRun: c.dry, Hash: got[0].Hash}
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Errorf("Parse(%q): -want +got\n%s", c.body, diff)
		}
	}
}

func TestWhatIsNoAttemptIsLeftAlone(t *testing.T) {
	for _, body := range []string{
		"", "/", "//", "/ stable", "/usr/bin/env", "/api/v3", "/stable/", "/stable.", "/stable!", "/v2", "/-stable",
		"please /stable", "- /stable", "* [ ] /stable", "# /stable", "| /stable |", "1. /stable",
		"／stable", "⁄stable", "∕stable", "\\/stable", "\u200b/stable", "\u00a0/stable", "\t/stable",
		"/" + strings.Repeat("a", 65), "/sta\x00ble", "[run]: /stable", "![a\n/stable\nb](c)",
	} {
		if got := Parse(body); got != nil {
			t.Errorf("Parse(%q) = %+v", body, got)
		}
	}
}

func TestOnlyTextThatGitHubShowsAsTextIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"fenced with backticks":               {"```\n/no\n```\n/yes", []string{"yes"}},
		"fenced with tildes":                  {"~~~ sh\n/no\n```\n/no\n~~~\n/yes", []string{"yes"}},
		"a longer fence holds a shorter":      {"````\n```\n/no\n```\n/no\n````\n/yes", []string{"yes"}},
		"a closing fence has no words":        {"```\n/no\n``` sh\n/no\n```\n/yes", []string{"yes"}},
		"a backtick in the words: no fence":   {"``` a`b\n/yes", []string{"yes"}},
		"unclosed fence":                      {"/yes\n```\n/no\n\n/no", []string{"yes"}},
		"fence ended by its list item":        {"- ```\n  /no\n\n/yes", []string{"yes"}},
		"fence on the line of a list item":    {"- ```\n  /no\n  ```\n\n/yes", []string{"yes"}},
		"fence after up to three spaces":      {"   ```\n/no\n   ```\n/yes", []string{"yes"}},
		"indented code":                       {"text\n\n    /no\n\n/yes", []string{"yes"}},
		"four spaces in a paragraph":          {"text\n    /no\n/yes", []string{"yes"}},
		"code span over lines":                {"a `b\n/no\nc` d\n/yes", []string{"yes"}},
		"block quote":                         {"> /no\n\n/yes", []string{"yes"}},
		"block quote, nested":                 {"> > /no\n>/no\n\n/yes", []string{"yes"}},
		"lazy continuation of a quote":        {"> quoted\n/no\n\n/yes", []string{"yes"}},
		"quote that ends in a heading":        {"> # quoted\n/yes", []string{"yes"}},
		"alert":                               {"> [!NOTE]\n> /no\n\n/yes", []string{"yes"}},
		"HTML comment":                        {"<!-- /no -->\n/yes", []string{"yes"}},
		"HTML comment over lines":             {"<!--\n/no\n\n/no\n-->\n/yes", []string{"yes"}},
		"HTML comment in a paragraph":         {"text <!-- a\n/no\n--> b\n/yes", []string{"yes"}},
		"unclosed HTML comment":               {"/yes\n\n<!--\n/no\n\n/no", []string{"yes"}},
		"HTML comment in a raw block":         {"<div>\n<!--\n/no\n\n/no\n</div>", nil},
		"pre":                                 {"<pre>\n/no\n\n/no\n</pre>\n/yes", []string{"yes"}},
		"script":                              {"<script>\n/no\n</script>\n/yes", []string{"yes"}},
		"raw block quote around Markdown":     {"<blockquote>\n\n/no\n\n</blockquote>\n\n/yes", []string{"yes"}},
		"code element in a paragraph":         {"a <code>\n/no\n</code>\n/yes", []string{"yes"}},
		"details":                             {"<details><summary>more</summary>\n\n/yes\n</details>", []string{"yes"}},
		"details without an empty line":       {"<details>\n<summary>more</summary>\n/yes\n</details>", []string{"yes"}},
		"code in details":                     {"<details>\n\n```\n/no\n```\n</details>\n\n/yes", []string{"yes"}},
		"below a pasted picture":              {"<img width=\"5\" src=\"https://a.b/c\" />\n/yes", []string{"yes"}},
		"a signature makes it a heading":      {"/yes\n--\nAda", []string{"yes"}},
		"in a list item":                      {"- text\n  /yes\n\n- text", []string{"yes"}},
		"address of a link":                   {"[a](\n/no\n)\n\n/yes", []string{"yes"}},
		"between words, CRLF and CR":          {"text\r\n/yes one\r\ntext\r/yes two\r\n", []string{"yes", "yes"}},
		"table":                               {"| a |\n|---|\n| /no |\n\n/yes", []string{"yes"}},
		"prose stays prose":                   {"see /usr/bin\n/usr/bin/env\nand /no\n/yes", []string{"yes"}},
		"several":                             {"/yes\ntext\n/no-less\n\n* * *\n/yes", []string{"yes", "no-less", "yes"}},
		"an empty comment hides nothing":      {"<!-->\n/yes", []string{"yes"}},
		"closing what is not open":            {"<div></pre>\n/yes\n</div>", []string{"yes"}},
		"a reply by mail under what it cites": {"/yes\n\nOn Tue, Ada wrote:\n> /no\n> text", []string{"yes"}},
	} {
		if got := verbs(Parse(c.body)); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q in\n%s", name, got, c.want, c.body)
		}
	}
}

func TestOnlyTheFirst65536CharactersAreRead(t *testing.T) {
	filler := strings.Repeat("é", maxBody-len("/a\n\n/board #1")) // characters, not bytes
	body := "/a\n" + filler + "\n/board #1"
	if Truncated(body) || len(Parse(body)) != 2 {
		t.Errorf("a body of exactly the bound is cut: %q", verbs(Parse(body)))
	}
	for _, more := range []string{"2", "23 #4", "\n/b"} {
		if got := verbs(Parse(body + more)); !Truncated(body+more) || !slices.Equal(got, []string{"a"}) {
			t.Errorf("with %q beyond the bound: truncated %v, found %q; a line that the bound cuts is no command",
				more, Truncated(body+more), got)
		}
	}
	if got := verbs(Parse("/a\n" + strings.Repeat("x\n", 34999) + "/b\n")); !slices.Equal(got, []string{"a"}) {
		t.Errorf("of 70,000 characters found %q", got)
	}
	if Parse(strings.Repeat("/", 70000)) != nil {
		t.Error("one line of 70,000 characters holds a command")
	}
}

func TestTheHashKnowsTheWordsAndNotTheirSpacing(t *testing.T) {
	hash := func(s string) string { return Parse(s)[0].Hash }
	base := hash("/board #12 #15")
	if base != "ba237e92ce6c2df9" {
		t.Errorf("the hash of a line has changed to %s: events on record would happen again", base)
	}
	for _, same := range []string{"  /BOARD   #12\t#15 ", "/board #12 #15\r\n", "text\n/board #12 #15\nmore"} {
		if hash(same) != base {
			t.Errorf("%q hashes differently", same)
		}
	}
	for _, other := range []string{"/board #15 #12", "/board #12#15", "/board #12 #15 --dry-run", "/boards #12 #15"} {
		if hash(other) == base {
			t.Errorf("%q hashes alike", other)
		}
	}
}

func TestEqualLinesAreCounted(t *testing.T) {
	var got []string
	for _, l := range Parse("/a\n/b\n/A\n/b --dry-run\n/a") {
		got = append(got, fmt.Sprint(l.Verb, l.Ordinal))
	}
	if want := []string{"a0", "b0", "a1", "b0", "a2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnEditRunsOnlyWhatItAdded(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []string
	}{
		{"nothing", "/a\n/b", "/a\n/b", nil},
		{"text around", "/a", "hello\n\n/a\nbye", nil},
		{"order", "/a\n/b", "/b\n/a", nil},
		{"spacing and case of the verb", "/a x", "/A   x", nil},
		{"one more", "/a", "/a\n/b", []string{"b0"}},
		{"the same again", "/a", "/a\n/a", []string{"a1"}},
		{"one less", "/a\n/b", "/a", nil},
		{"another argument", "/a x", "/a y", []string{"a0"}},
		{"meant in earnest", "/a --dry-run", "/a", []string{"a0"}},
		{"out of the code block", "```\n/a\n```", "/a", []string{"a0"}},
	} {
		var got []string
		for _, l := range Added(c.before, c.after) {
			got = append(got, fmt.Sprint(l.Verb, l.Ordinal))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: added %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAMistypedVerbIsRecognised(t *testing.T) {
	names := []string{"scope", "stable", "unstable", "status", "board", "signoff", "hold", "unhold", "help", "why"}
	for verb, want := range map[string]string{
		"stabel": "stable", "stabl": "stable", "statuss": "status", "sign-off": "signoff", "bord": "board",
		"hold": "hold", "holt": "hold", "stаble": "stable",
		"rescope": "", "xy": "", "whx": "why", "wxx": "", "": "", "banana": "", "helpme": "",
	} {
		if got, ok := Suggest(verb, names); got != want || ok != (want != "") {
			t.Errorf("Suggest(%q) = %q, %v, want %q", verb, got, ok, want)
		}
	}
}

// piece draws Markdown in which commands, fences, quotes and HTML meet.
var piece = rapid.SampledFrom([]string{
	"/a", "/board #1", " /b --dry-run", "/usr/bin", "```", "~~~", "> ", "- ", "    ", "<!--", "-->", "<pre>", "</pre>",
	"<details>", "`", "text", "\n", "\n", "\n\n", "\r\n", "\x00", "\xff", "\ufeff", "[a](", ")", "1. ", "\t", "---",
})

func anyBody(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, label), "")
}

// holds checks what is true of every body.
func holds(t interface{ Fatalf(string, ...any) }, body string) {
	text, _ := normalise(body)
	count := map[string]int{}
	lines := Parse(body)
	for i, again := range Parse(body) {
		if again != lines[i] {
			t.Fatalf("parsing twice gives %+v and %+v", lines[i], again)
		}
	}
	for _, l := range lines {
		if !strings.Contains(text, l.Text) || strings.Contains(l.Text, "\n") || !strings.HasPrefix(l.Text, "/") {
			t.Fatalf("the line %q does not stand in %q", l.Text, text)
		}
		if l.Verb == "" || l.Verb != lowerASCII(l.Verb) || len(l.Hash) != 16 || l.Ordinal != count[l.Hash] {
			t.Fatalf("ill-formed %+v", l)
		}
		count[l.Hash]++
		if alone := Parse(l.Text); len(alone) != 1 || alone[0].Hash != l.Hash || alone[0].Ordinal != 0 {
			t.Fatalf("alone the line %q is %+v", l.Text, alone)
		}
	}
	if added := Added(body, body); len(added) != 0 {
		t.Fatalf("an edit without a change adds %+v", added)
	}
}

func TestWhatHoldsOfEveryComment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyBody(t, "before"), anyBody(t, "after")
		holds(t, before)
		if quoted := Parse("> " + strings.NewReplacer("\r\n", "\n> ", "\r", "\n> ", "\n", "\n> ").Replace(before)); len(quoted) != 0 {
			t.Fatalf("quoting %q leaves %+v", before, quoted)
		}
		if fenced := Parse("`````\n" + before); len(fenced) != 0 {
			t.Fatalf("an open fence before %q leaves %+v", before, fenced)
		}
		if got, had := len(Added(before, after)), len(Parse(after)); got > had || len(Parse(before)) == 0 && got != had {
			t.Fatalf("an edit to %d commands adds %d", had, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"/stable https://a.b", "```\n/a\n", "> q\n/a", "<!-- \n/a -->\n/b", "- ```\n  /a", "<details>\n/a", "a `b\n/c\n`",
		"\ufeff/a\r\n/a --dry-run\r", "\xff\xfe/\x00", "[a]:\n/b", "/a\n===\n/a\n--", "<div>\n<!-->\n/a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) { holds(t, body) })
}

func TestWhatIsNotReadOfALongCommentIsKnown(t *testing.T) {
	long := strings.Repeat("words and words\n", maxBody/10)
	tests := []struct {
		name, body string
		want       bool
	}{
		{"a short comment is read whole", "/stable\n", false},
		{"a long one without commands at its end", "/stable\n" + long, false},
		{"a long one with a command at its end", long + "/stable\n", true},
		{"with a path at its end", long + "/usr/bin/env\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Unread(tt.body); got != tt.want {
				t.Errorf("Unread = %v, want %v", got, tt.want)
			}
		})
	}
}
