package site

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"regexp"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markdown shows text of people as GitHub does. Raw HTML is let through by the
// Markdown renderer and cut down by the policy after it, as GitHub does too.
// What the site itself adds comes last: where it belongs, the renderer leaves
// a hole, a word with a random number that no writer can have known, and the
// clean tree's text is searched for holes.
type markdown struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

// setting is where a text stands: what its short references mean.
type setting struct {
	owner, repo string
	root        string // the site's address, without a slash at the end
	form        string // the form that its tick boxes press, and its place in the page; empty for a preview
	locked      bool   // its boxes may not be ticked by who looks at it
	knows       func(login string) bool
	find        func(owner, repo string, number int) (title string, isPull, ok bool)
}

func newMarkdown() *markdown {
	table := extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))
	linkify := extension.NewLinkify(extension.WithLinkifyURLRegexp(bareAddress))
	return &markdown{policy: newPolicy(), md: goldmark.New(
		goldmark.WithExtensions(table, extension.Strikethrough, linkify, extension.TaskList, extension.Footnote),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(alerts{}, 100))),
		goldmark.WithRendererOptions(gmhtml.WithUnsafe(), gmhtml.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(nodes{}, 100))),
	)}
}

// bareAddress takes hosts without a dot and with a port too: the addresses of
// a demo are such.
var bareAddress = regexp.MustCompile(`^https?://[-\w.:@%\[\]]{1,256}(?:[/?#][-\w@:%+.~#$!?&/=();,'*]*)?`)

var (
	languageClass = regexp.MustCompile(`^language-[\w+-]+$`)
	footnoteClass = regexp.MustCompile(`^footnotes$`)
	alertClass    = regexp.MustCompile(`^alert( alert-(note|tip|important|warning|caution)|-title)$`)
	align         = regexp.MustCompile(`^(left|right|center)$`)
	smallNumber   = regexp.MustCompile(`^\d{1,3}$`)
)

// newPolicy is what may remain of raw HTML. No ids (the page's own could be
// taken), no styles, no forms, no pictures from elsewhere.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code",
		"em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "kbd", "samp", "var", "tt", "q",
		"mark", "small", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "details", "summary",
		"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption")
	p.AllowAttrs("class").Matching(languageClass).OnElements("code")
	p.AllowAttrs("class").Matching(footnoteClass).OnElements("div")
	p.AllowAttrs("class").Matching(alertClass).OnElements("div", "p")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^(open)?$`)).OnElements("details")
	p.AllowAttrs("align").Matching(align).OnElements("th", "td", "p", "div", "h1", "h2", "h3")
	p.AllowAttrs("colspan", "rowspan").Matching(smallNumber).OnElements("th", "td")
	p.AllowAttrs("start").Matching(smallNumber).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireNoFollowOnLinks(true)
	return p
}

// render turns Markdown into HTML that is safe to put into a page.
func (m *markdown) render(source string, at setting) template.HTML {
	src := []byte(strings.ToValidUTF8(source, "\uFFFD"))
	doc := m.md.Parser().Parse(text.NewReader(src))
	h := dig(doc, src)
	var raw bytes.Buffer
	if err := m.md.Renderer().Render(&raw, src, doc); err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(source) + "</pre>") //nolint:gosec // escaped
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	tree, err := html.ParseFragment(m.policy.SanitizeReader(&raw), body)
	if err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(source) + "</pre>") //nolint:gosec // escaped
	}
	for _, n := range tree {
		body.AppendChild(n)
	}
	finish(body, at, h)
	level(body)
	var out bytes.Buffer
	for n := body.FirstChild; n != nil; n = n.NextSibling {
		_ = html.Render(&out, n) // a buffer takes everything
	}
	return template.HTML(out.String()) //nolint:gosec // the policy has cleaned it
}

// holes are the places where the site puts something of its own.
type holes struct {
	pattern *regexp.Regexp
	fills   []func(setting) string
}

// dig finds the tick boxes, the footnotes and the flowcharts of a text and marks each node
// with its hole. Boxes are counted as [tickBox] counts them.
func dig(doc ast.Node, src []byte) holes {
	name := "hole" + rand.Text()
	h := holes{pattern: regexp.MustCompile(name + `x(\d+)x`)}
	add := func(n ast.Node, fill func(setting) string) {
		n.SetAttributeString("hole", name+"x"+strconv.Itoa(len(h.fills))+"x")
		h.fills = append(h.fills, fill)
	}
	boxes := 0
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *extast.TaskCheckBox:
			no, ticked, item := boxes, n.IsChecked, itemText(n, src)
			boxes++
			add(n, func(at setting) string { return boxHTML(no, ticked, item, at) })
		case *extast.FootnoteLink:
			add(n, func(at setting) string { return noteLink(n.Index, n.RefIndex, at) })
		case *extast.FootnoteBacklink:
			add(n, func(at setting) string { return noteBack(n.Index, n.RefIndex, at) })
		case *extast.Footnote:
			add(n, func(at setting) string { return notePlace(n.Index, at) })
		case *ast.FencedCodeBlock:
			if string(n.Language(src)) == "mermaid" {
				if picture, ok := drawFlow(string(n.Lines().Value(src))); ok {
					add(n, func(setting) string { return picture })
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return h
}

// boxHTML is a tick box: a button that says what it is, so that it works
// without a script and from the keyboard.
func boxHTML(no int, ticked bool, item string, at setting) string {
	state, rest := strconv.FormatBool(ticked), " disabled"
	if at.form != "" && !at.locked {
		rest = ` form="` + html.EscapeString(at.form) + `" name="box" value="` + strconv.Itoa(no) + `"`
	}
	return `<button type="submit" class="box" role="checkbox" aria-checked="` + state +
		`" aria-label="` + html.EscapeString(item) + `"` + rest + `></button>`
}

// finish walks the clean tree and works on its text: holes everywhere, short
// references where GitHub reads them.
func finish(n *html.Node, at setting, h holes) {
	var next *html.Node
	for c := n.FirstChild; c != nil; c = next {
		next = c.NextSibling
		switch c.Type {
		case html.TextNode:
			finishText(n, c, at, h)
		case html.ElementNode:
			inner := at
			if c.DataAtom == atom.A {
				shorten(c, at)
			}
			if c.DataAtom == atom.A || c.DataAtom == atom.Code || c.DataAtom == atom.Pre {
				inner.find, inner.knows = nil, nil
			}
			finish(c, inner, h)
		}
	}
}

// finishText replaces one text node by what it becomes.
func finishText(parent, t *html.Node, at setting, h holes) {
	rest := t.Data
	put := func(n *html.Node) { parent.InsertBefore(n, t) }
	words := func(s string) {
		for _, n := range refer(at.faces(s), at) {
			put(n)
		}
	}
	for _, m := range h.pattern.FindAllStringSubmatchIndex(t.Data, -1) {
		from := m[0] - (len(t.Data) - len(rest))
		words(rest[:from])
		rest = t.Data[m[1]:]
		if no, err := strconv.Atoi(t.Data[m[2]:m[3]]); err == nil && no < len(h.fills) {
			put(&html.Node{Type: html.RawNode, Data: h.fills[no](at)})
		}
	}
	words(rest)
	parent.RemoveChild(t)
}
