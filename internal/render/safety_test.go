package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// places puts a person's words wherever a template may.
const places = `{{.x}}

A paragraph with {{.x}} in it
{{.x}}
and **{{.x}}** and _{{.x}}_ and [{{.x}}](https://example.org/ours) and {{typed .x}}.

- {{.x}}
- [ ] {{.x}}: {{list .xs}}

> {{.x}}

### {{.x}}

| {{cell .x}} | {{cell (typed .x)}} |
|---|---|
| {{cell .x}} | {{cell .nested}} |

<details><summary>{{.x}} and {{.deep.x}}</summary>

{{who .x}}, {{role .x}}, {{gate .x}}, {{rule .x}}, {{day .x}}, {{.ref}}, {{named .ref}}, {{pull .x 7 .x}}, {{range .items}}{{.Text}}{{end}}

{{.nested}}

</details>

{{paste .x}}
`

var hostile = []string{
	"plain", "@octocat", "@acme/security please", "hi@octocat", "a @ b", "mail me: ada@example.org",
	"#12", "fixes #12", "acme/protocol#12", "GH-12", "gh-7", "x #-1", "&#64;octocat", "&commat;octocat", "&#35;12", "&lt;b&gt;", "R&D",
	"https://github.com/acme/protocol/issues/5", "http://example.org", "www.example.org", "see WWW.example.org/x", "ftp://example.org",
	"mailto:ada@example.org", "xmpp:ada@example.org", "<https://example.org>", "[text](https://example.org)", "![i](https://example.org/x.png)",
	"[ref][1]", "[1]: https://example.org", "[^1]: note", "[^1]", "[ ] open", "[x] done",
	"<b>bold</b>", "<script>alert(1)</script>", "<!-- stationmaster:item/1 -->", "--> out", "</details>", "</summary><h1>x", "<img src=x>",
	"# heading", "#heading", "## two", "- item", "* item", "+ item", "1. one", "2) two", "1986. A year", "> quote", "```", "~~~", "    code", "\tcode",
	"---", "***", "___", "===", "--", ":--", ":-: | :-:", "| a | b |", "a | b", `a \| b`, `\`, `\\`, `ends in \`, "`code`", "``a`b``", "`",
	"*em*", "**strong**", "_em_", "__strong__", "snake_case_name", "~~gone~~", "~gone~", "a*b*c", "$x$", "$$x$$", ":tada:", "+1", "-1", "!", "![",
	"/stable", "/board #12", " /stable", "text\n/stable", "\n\n/drop all", "a\r\n/drop all", "a\u2028/drop all", "/stable\n",
	"line\n\n# heading\n\n- list", "a\nb", "\u202egnirts", "a\u0000b", "@\u200boctocat", "@\u2060octocat", "\u200b/stable", "\ufeff/stable", "a\u00ad\u00adb",
	"\xff\xfe", "👩\u200d💻 at work", strings.Repeat("long ", 200), strings.Repeat("@a", 400), "(", ")", "a) b", "(c)", `"quoted"`, "'single'", "{{.x}}", "{% x %}",
	"/", "//", "a/b", "@@a", "##1", "#@a1", "a:b://c", "javascript:alert(1)", "data:text/html,x",
}

var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM))

// skeleton is the structure of a document without its plain text.
func skeleton(doc string) string {
	source := []byte(doc)
	var b strings.Builder
	_ = ast.Walk(gfm.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text, *ast.String:
			return ast.WalkContinue, nil
		case *ast.Link:
			if entering {
				fmt.Fprintf(&b, "(link %s", n.Destination)
				return ast.WalkContinue, nil
			}
		case *ast.CodeSpan:
			if entering {
				b.WriteString("(code)")
			}
			return ast.WalkSkipChildren, nil
		}
		if entering {
			b.WriteString("(" + n.Kind().String())
		} else {
			b.WriteString(")")
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// visible is what a document says, as GitHub's filters for mentions and
// references see it: without markup, entities decoded.
func visible(doc string) string {
	var b strings.Builder
	if err := gfm.Convert([]byte(doc), &b); err != nil {
		return err.Error()
	}
	s := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(b.String(), "\x01")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&amp;", "&").Replace(s)
}

var (
	mentions   = regexp.MustCompile(`(?i)@[a-z0-9]`)
	references = regexp.MustCompile(`(?i)#[0-9]|\bgh-[0-9]|://|\bwww\.[a-z0-9]`)
)

func placesRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New(fstest.MapFS{
		"words/places.md": {Data: []byte(`{{define "places"}}` + places + `{{end}}{{define "nested"}}{{.x}}{{end}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func everywhere(t testing.TB, r *Renderer, s string) string {
	t.Helper()
	type item struct{ Text string }
	out, err := r.Render(process.Say("places",
		"x", s, "xs", []string{s, s}, "deep", map[string]any{"x": s}, "items", []item{{s}},
		"nested", process.Say("nested", "x", s), "ref", process.Ref{ID: "issue/9", Title: s}))
	if err != nil {
		t.Fatalf("render %q: %v", s, err)
	}
	return out
}

func checkHarmless(t *testing.T, r *Renderer, s string) {
	t.Helper()
	if plain(s, maxWords) == "" || codeLine(s) == "" {
		return // nothing to see, nothing to say
	}
	out := everywhere(t, r, s)
	if got, want := skeleton(out), skeleton(everywhere(t, r, "plain")); got != want {
		t.Errorf("%q changes the structure of the document\n got %s\nwant %s\n%s", s, got, want, out)
	}
	seen := strings.ReplaceAll(visible(out), "\n", " ")
	if m := mentions.FindString(seen); m != "" && !strings.Contains(codeLine(s), m) {
		t.Errorf("%q mentions somebody: %q in\n%s", s, m, out)
	}
	told, _, _ := strings.Cut(out, "\n```\n") // what is pasted stays as it is
	if m := mentions.FindString(told); m != "" {
		t.Errorf("%q mentions somebody in the text of a mail: %q in\n%s", s, m, out)
	}
	toldSeen := visible(strings.ReplaceAll(told, "(https://example.org/ours)", "(x)"))
	if m := references.FindString(strings.ReplaceAll(toldSeen, "#7", "")); m != "" {
		t.Errorf("%q links back: %q in\n%s", s, m, out)
	}
	if lines := command.Parse(out); len(lines) > 0 {
		t.Errorf("%q commands %q in\n%s", s, lines[0].Text, out)
	}
	for line := range strings.Lines(told) {
		if strings.HasPrefix(strings.TrimSpace(line), "/") {
			t.Errorf("%q starts a line with a slash: %q", s, line)
		}
	}
}

func TestWordsOfPeopleAreHarmlessWhereverTheyStand(t *testing.T) {
	r := placesRenderer(t)
	for _, s := range hostile {
		checkHarmless(t, r, s)
	}
}

func FuzzWordsOfPeopleAreHarmless(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	r := placesRenderer(f)
	f.Fuzz(func(t *testing.T, s string) { checkHarmless(t, r, s) })
}

func TestWordsStayReadable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Bigger blocks (phase 2)", "Bigger blocks (phase 2)"},
		{"snake_case and R&D", "snake_case and R&amp;D"},
		{"1986. A great year", `1986\. A great year`},
		{"ask @ada about #12", "ask @\u200bada about #\u200b12"},
		{"/stable", `\/stable`},
		{"  two\n lines\t", "two lines"},
		{"a <b> c", "a &lt;b&gt; c"},
		{"👩\u200d💻 at work", "👩\u200d💻 at work"},
		{"x\u202ey\u0007z", "xyz"},
		{strings.Repeat("a", 400), strings.Repeat("a", 299) + "…"},
	}
	for _, tt := range tests {
		if got := Words(tt.in).String(); got != tt.want {
			t.Errorf("Words(%q) print as %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLinksAreTakenOnlyWhenPlainAndSafe(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://gov.example.org/t/17", "[gov.example.org/t/17](https://gov.example.org/t/17)"},
		{"https://github.com/acme/protocol/issues/5", "[github.com/acme/protocol/issues/5](https://redirect.github.com/acme/protocol/issues/5)"},
		{"https://GitHub.com/acme/protocol/pull/5#x", "[GitHub.com/acme/protocol/pull/5#x](https://redirect.github.com/acme/protocol/pull/5#x)"},
		{"https://github.com/acme/protocol/actions/runs/5", "[github.com/acme/protocol/actions/runs/5](https://github.com/acme/protocol/actions/runs/5)"},
		{"https://example.org/@ada?a=1&b=2", "[example.org/@\u200bada?a=1&amp;b=2](https://example.org/%40ada?a=1&amp;b=2)"},
		{"http://example.org", "http:\u200b//example.org"},
		{"https://ada@example.org", "https:\u200b//ada@\u200bexample.org"},
		{"https://example.org/)x(", "https:\u200b//example.org/)x("},
		{"javascript:alert(1)", "javascript:alert(1)"},
		{"https://example.org/a b", "https:\u200b//example.org/a b"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := link(Words(tt.in)); string(got) != tt.want {
			t.Errorf("link(%q) prints %q, want %q", tt.in, got, tt.want)
		}
	}
}

// mayMention are the comments that call on one who must act.
var mayMention = []string{"comment.invite", "comment.removed", "comment.finding"}

// worst are the words that try most at once.
var worst = []string{
	"@octocat", "#12 acme/protocol#12 https://github.com/acme/protocol/issues/5", "/drop all\n/drop all", "<script>x</script> --> </details> <!-- y",
	"``` ` ~~~ **x** [y](https://example.org) | z |", "&#64;octocat",
}

// ourHTML is the only HTML that our templates write.
var ourHTML = regexp.MustCompile(`^(?:</?details>|</?summary>|\s)*$`)

// Every text, with hostile words in the place of each string that it is given,
// stays a text that mentions nobody and commands nothing.
func TestNoTextLetsHostileWordsThrough(t *testing.T) {
	r := bundled(t)
	for _, text := range samples {
		for _, words := range worst {
			args := process.Args{}
			for name, v := range text.Args {
				args[name] = swapped(v, words)
			}
			got, err := r.Render(process.Text{Key: text.Key, Args: args})
			if err != nil {
				continue // a fixed word of ours was expected there
			}
			told := regexp.MustCompile("(?s)```.*?```|`[^`\n]*`").ReplaceAllString(got, "")
			if m := mentions.FindString(told); m != "" && !slices.Contains(mayMention, text.Key) {
				t.Errorf("%s with %q mentions %q:\n%s", text.Key, words, m, got)
			}
			if lines := command.Parse(got); len(lines) > 0 {
				t.Errorf("%s with %q commands %q:\n%s", text.Key, words, lines[0].Text, got)
			}
			if html := rawHTML(got); !ourHTML.MatchString(html) {
				t.Errorf("%s with %q has the HTML %q:\n%s", text.Key, words, html, got)
			}
		}
	}
}

// swapped puts hostile words in the place of a person's.
func swapped(v any, words string) any {
	switch v := v.(type) {
	case string:
		return words
	case []string:
		return []string{words, words}
	case process.Ref:
		v.Title = words
		return v
	case []process.Ref:
		return []process.Ref{{ID: "issue/1", Number: 1, Title: words}, {ID: "issue/2", Title: words}}
	case process.Text:
		return process.Say("reason.asked", "reason", words)
	}
	return v
}

// rawHTML gathers the HTML of a document.
func rawHTML(doc string) string {
	source := []byte(doc)
	var b strings.Builder
	_ = ast.Walk(gfm.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML:
			b.Write(n.Segments.Value(source))
		case *ast.HTMLBlock:
			b.WriteString(regexp.MustCompile(`(?s)>[^<]*<`).ReplaceAllString(string(n.Lines().Value(source)), "><"))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
