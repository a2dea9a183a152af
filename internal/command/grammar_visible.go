package command

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// attempt matches what might be a command, before the Markdown round it is
// understood. Most comments hold none and need no parsing.
var attempt = regexp.MustCompile(`(?m)^ {0,3}/\pL`)

// markdown reads CommonMark without emphasis: it is costly on hostile text and,
// like tables, changes nothing about where a line starts.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
	),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// visibleAttempts returns the lines, trimmed, that GitHub shows as plain text and
// that have the form of a command.
func visibleAttempts(body string) []string {
	if !attempt.MatchString(body) {
		return nil
	}
	source := []byte(body)
	v := visitor{body: body, source: source, last: -1, html: htmlState{open: map[string]int{}}}
	// The visitor returns no error, so Walk has none to give.
	_ = ast.Walk(markdown.Parse(text.NewReader(source)), v.visit)
	return v.found
}

// visitor collects attempts in the order of the document.
type visitor struct {
	body   string
	source []byte // body, as goldmark wants it
	html   htmlState
	last   int // where the line starts that was found last
	found  []string
}

func (v *visitor) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.Blockquote, *ast.CodeBlock, *ast.FencedCodeBlock, *ast.CodeSpan, *ast.Image:
		return ast.WalkSkipChildren, nil
	case *ast.HTMLBlock:
		v.htmlBlock(n)
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			segment := n.Segments.At(i)
			v.html.read(string(segment.Value(v.source)))
		}
	case *ast.Text:
		v.take(n.Segment.Start)
	}
	return ast.WalkContinue, nil
}

// htmlBlock reads the lines of a raw block such as <details> or an image's tag,
// in which Markdown sleeps but people still type below what they pasted.
// Preformatted text, comments and declarations hold no commands.
func (v *visitor) htmlBlock(n *ast.HTMLBlock) {
	readable := n.HTMLBlockType == ast.HTMLBlockType6 || n.HTMLBlockType == ast.HTMLBlockType7
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		if readable {
			v.take(segment.Start)
		}
		v.html.read(string(segment.Value(v.source)))
	}
	if n.HasClosure() {
		v.html.read(string(n.ClosureLine.Value(v.source)))
	}
}

// take keeps the line in which text starts at the offset, if nothing but three
// spaces at most stands before it on the line.
func (v *visitor) take(start int) {
	if v.html.hides() {
		return
	}
	from := strings.LastIndexByte(v.body[:start], '\n') + 1
	line, _, _ := strings.Cut(v.body[from:], "\n")
	content := strings.TrimLeft(line, " ")
	indent := len(line) - len(content)
	if indent > 3 || from+indent < start || from == v.last {
		return
	}
	content = strings.TrimSpace(content)
	if _, _, ok := splitVerb(content); ok {
		v.found = append(v.found, content)
		v.last = from
	}
}

// htmlState follows raw HTML as a browser would: a comment or a quoting element
// hides what comes until it is closed, through any Markdown in between.
type htmlState struct {
	comment bool
	open    map[string]int
}

var htmlToken = regexp.MustCompile(
	`(?i)<!--(?:-?>)?|-->|<(/?)(blockquote|code|kbd|pre|samp|script|style|template|textarea)(?:[\s/>]|$)`)

func (h *htmlState) hides() bool {
	for _, n := range h.open {
		if n > 0 {
			return true
		}
	}
	return h.comment
}

func (h *htmlState) read(fragment string) {
	for _, m := range htmlToken.FindAllStringSubmatch(fragment, -1) {
		token, closing, element := m[0], m[1] != "", lowerASCII(m[2])
		switch {
		case token == "-->":
			h.comment = false
		case h.comment:
		case element == "":
			h.comment = !strings.HasSuffix(token, ">")
		case !closing:
			h.open[element]++
		case h.open[element] > 0:
			h.open[element]--
		}
	}
}
