package site

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

func testSetting() setting {
	return setting{owner: "acme", repo: "upgrades", root: "http://127.0.0.1:1", form: "tick-1",
		knows: func(login string) bool { return login == "ada" },
		find: func(owner, repo string, n int) (string, bool, bool) {
			return `a "title"`, repo == "protocol", owner == "acme" && (n == 12 || n == 3)
		}}
}

func TestTextsAreShownAsGitHubShowsThem(t *testing.T) {
	inputs, err := filepath.Glob("testdata/markdown/*.md")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	m := newMarkdown()
	for _, in := range inputs {
		name := strings.TrimSuffix(filepath.Base(in), ".md")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			got := string(m.render(string(source), testSetting()))
			golden := strings.TrimSuffix(in, ".md") + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s\nIf the change is meant: go test ./internal/emulator/site -update", got, want)
			}
		})
	}
}

func TestATickChangesOneLetter(t *testing.T) {
	m := newMarkdown()
	tests := []struct {
		name, text string
		box        int
		want       string
	}{
		{"a box is ticked", "- [ ] a\n- [ ] b\n", 1, "- [ ] a\n- [x] b\n"},
		{"and unticked", "- [X] a\n", 0, "- [ ] a\n"},
		{"code is not counted", "```\n- [ ] a\n```\n- [ ] b", 0, "```\n- [ ] a\n```\n- [x] b"},
		{"nested and numbered ones are", "1. [ ] a\n   - [ ] b\n2. [ ] c", 2, "1. [ ] a\n   - [ ] b\n2. [x] c"},
		{"line ends stay", "- [ ] a\r\n- [ ] b\r\n", 1, "- [ ] a\r\n- [x] b\r\n"},
		{"a quoted list", "> - [ ] a\n", 0, "> - [x] a\n"},
		{"letters of more bytes before", "é 🚉\n\n- [ ] ü\n", 0, "é 🚉\n\n- [x] ü\n"},
		{"loose lists", "- [ ] a\n\n- [ ] b\n", 1, "- [ ] a\n\n- [x] b\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := m.tickBox(tc.text, tc.box)
			if !ok || got != tc.want {
				t.Errorf("got %q %v, want %q", got, ok, tc.want)
			}
		})
	}
	for _, no := range []int{-1, 1, 99} {
		if got, ok := m.tickBox("- [ ] a", no); ok || got != "- [ ] a" {
			t.Errorf("box %d: got %q %v", no, got, ok)
		}
	}
}

// allowed are the elements that a text may become, ours included.
var allowed = strings.Fields(`p br hr h1 h2 h3 h4 h5 h6 blockquote pre code em strong b i u s del ins sub sup kbd
	samp var tt q mark small ul ol li dl dt dd div span details summary table thead tbody tfoot tr th td caption a
	button figure svg rect path text`)

var allowedAttributes = strings.Fields(`href rel class title open align colspan rowspan start`)

// ours are what the site itself adds.
var ours = map[string][]string{
	"a":  strings.Fields(`id aria-label`),
	"h1": {"aria-level"}, "h2": {"aria-level"}, "h3": {"aria-level"}, "h4": {"aria-level"}, "h5": {"aria-level"}, "h6": {"aria-level"},
	"button": strings.Fields(`type class role aria-checked aria-label form name value disabled`),
	"svg":    strings.Fields(`viewbox viewBox width height role aria-label`),
	"rect":   strings.Fields(`class x y width height rx fill stroke stroke-width`),
	"path":   strings.Fields(`class d fill stroke stroke-width`),
	"text":   strings.Fields(`class x y text-anchor fill`),
}

func FuzzNothingOfAWritersGetsOut(f *testing.F) {
	inputs, err := filepath.Glob("testdata/markdown/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, in := range inputs {
		source, err := os.ReadFile(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Add("<a title=\"\n\n- [ ] x\n\n\">")
	f.Add("```mermaid\ngraph LR\nA[\"<script>\"]-->|\"><img>|B:::x\nclassDef x fill:url(x),stroke:red\n```")
	m := newMarkdown()
	f.Fuzz(func(t *testing.T, source string) {
		out := string(m.render(source, testSetting()))
		tree, err := html.Parse(strings.NewReader("<body><main>" + out + "</main><footer></footer></body>"))
		if err != nil {
			t.Fatal(err)
		}
		check(t, source, tree)
		if ticked, ok := m.tickBox(source, 0); ok && len(ticked) != len(source) {
			t.Errorf("a tick changed the length of %q", source)
		}
	})
}

// check fails on everything that is neither allowed nor ours.
func check(t *testing.T, source string, n *html.Node) {
	outside := n.Data == "html" || n.Data == "head" || n.Data == "body" || n.Data == "main" || n.Data == "footer"
	switch {
	case n.Type == html.ElementNode && n.Data == "footer" && (n.Parent.Data != "body" || n.PrevSibling == nil || n.PrevSibling.Data != "main"):
		t.Errorf("%q broke out of its place", source)
	case n.Type == html.ElementNode && !outside && !slices.Contains(allowed, n.Data):
		t.Errorf("%q became <%s>", source, n.Data)
	case n.Type == html.CommentNode:
		t.Errorf("%q shows a comment", source)
	}
	for _, a := range n.Attr {
		if !slices.Contains(allowedAttributes, a.Key) && !slices.Contains(ours[n.Data], a.Key) {
			t.Errorf("%q gave <%s %s=%q>", source, n.Data, a.Key, a.Val)
		}
		if a.Key == "id" && !strings.HasPrefix(a.Val, "note-tick-1-") {
			t.Errorf("%q took the id %q", source, a.Val)
		}
		if a.Key == "href" && strings.Contains(strings.ToLower(a.Val), "script:") && !strings.Contains(a.Val, "/") {
			t.Errorf("%q links to %q", source, a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		check(t, source, c)
	}
}

func TestAFlowchartIsDrawnOrNotAtAll(t *testing.T) {
	tests := []struct {
		name, source string
		drawn        bool
		has          []string
	}{
		{"left to right", "graph LR\n a --> b -.-> c ==> d", true, []string{"a to b; b to c; c to d", "dotted"}},
		{"words on a line", "flowchart TD\n a -- yes --> b\n a --- c", true, []string{">yes</text>"}},
		{"a subgraph by its title", "flowchart TD\n subgraph Two words\n a\n end", true, []string{">Two words</text>"}},
		{"a loop", "flowchart TD\n a --> a\n a --> b --> a", true, []string{"a to a; a to b; b to a"}},
		{"an edge to a subgraph", "flowchart TD\n subgraph g[G]\n a --> b\n end\n c --> g\n a --> g", true, []string{"c to G"}},
		{"a subgraph in itself", "flowchart TD\n subgraph a\n subgraph a\n end\n end", false, nil},
		{"a box that is its own frame", "flowchart TD\n subgraph g\n a --> g\n end", true, nil},
		{"many to many", "flowchart TD\n a & b --> c", false, nil},
		{"another kind", "pie\n x: 1", false, nil},
		{"an open subgraph", "flowchart TD\n subgraph a\n b", false, nil},
		{"nothing", "flowchart TD", false, nil},
		{"an end too many", "flowchart TD\n a\n end", false, nil},
		{"too many boxes", "flowchart TD\n" + manyBoxes(200), false, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, drawn := drawFlow(tc.source)
			if drawn != tc.drawn {
				t.Fatalf("drawn: %v, want %v", drawn, tc.drawn)
			}
			for _, piece := range tc.has {
				if !strings.Contains(got, piece) {
					t.Errorf("%q is missing in %s", piece, got)
				}
			}
			if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
				t.Errorf("no place for something: %s", got)
			}
		})
	}
}

func manyBoxes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "box%d\n", i)
	}
	return b.String()
}

func FuzzFlowchartsNeverPanic(f *testing.F) {
	f.Add("flowchart TD\nsubgraph a\nb-->c\nend\nc-->a\nd-->b")
	f.Add("graph LR\na{x}-->|y|b((z))-->a\nclassDef k fill:#fff\nclass a,b k")
	f.Fuzz(func(t *testing.T, source string) {
		if got, ok := drawFlow(source); ok && (strings.Contains(got, "NaN") || strings.Contains(got, "Inf ")) {
			t.Errorf("%q: %s", source, got)
		}
	})
}
