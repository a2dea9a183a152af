package hook

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// markdown reads what we need to tell text from code, quotes and hidden things.
// It leaves emphasis out: that is costly on hostile text and changes nothing
// about where a line or a box starts.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(
		util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(extension.NewLinkifyParser(), 999),
	),
	parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
)

// maxBody is how many bytes of a body are parsed. GitHub stores no longer one,
// but a payload may claim one.
const maxBody = 262144

// blocks calls visit for each block of running text that is not quoted.
func blocks(body string, visit func(n ast.Node, source []byte)) {
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	source := []byte(clean(strings.ToValidUTF8(body, "\ufffd")))
	// The visitor returns no error, so Walk has none to give.
	_ = ast.Walk(markdown.Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindBlockquote:
			return ast.WalkSkipChildren, nil
		case ast.KindParagraph, ast.KindTextBlock, ast.KindHeading:
			visit(n, source)
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// maxBoxes bounds what a checklist may grow to under other people's hands.
const maxBoxes = 500

// boxes returns the task-list items of a body, in order. The text of each is its
// Markdown as written, after the box, on one line.
func boxes(body string) []process.Box {
	var out []process.Box
	blocks(body, func(n ast.Node, source []byte) {
		check, ok := n.FirstChild().(*extast.TaskCheckBox)
		if !ok || len(out) == maxBoxes {
			return
		}
		var raw strings.Builder
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			raw.Write(line.Value(source))
		}
		words := strings.Join(strings.Fields(raw.String()), " ")
		if end := strings.IndexByte(words, ']'); end >= 0 {
			words = strings.TrimSpace(words[end+1:])
		}
		key := ""
		if m := boxForm.FindStringSubmatch(words); m != nil {
			key = m[1]
		}
		out = append(out, process.Box{Text: words, Done: check.IsChecked, Link: firstLink(n, source), Key: key})
	})
	return out
}

// boxForm is the hidden key at the end of a box of an agenda: topic=option.
var boxForm = regexp.MustCompile(`<!-- box ([a-z0-9/._-]{1,200}=[a-z0-9._-]{1,40}) -->$`)

// firstLink returns the first https address in a block, "" for none.
func firstLink(block ast.Node, source []byte) string {
	link := ""
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			link = string(n.Destination)
		case *ast.AutoLink:
			link = string(n.URL(source))
		}
		if strings.HasPrefix(link, "https://") {
			return ast.WalkStop, nil
		}
		link = ""
		return ast.WalkContinue, nil
	})
	return link
}

// visibleLines returns the lines of a body that GitHub shows as plain text,
// without what stands in code, quotes and HTML comments.
func visibleLines(body string) []string {
	var out []string
	blocks(body, func(block ast.Node, source []byte) {
		var b strings.Builder
		_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.CodeSpan, *ast.Image:
				b.WriteString("\ufffc") // so that what stands on both sides is not joined
				return ast.WalkSkipChildren, nil
			case *ast.AutoLink:
				b.Write(n.URL(source))
			case *ast.Text:
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte('\n')
				}
			}
			return ast.WalkContinue, nil
		})
		for line := range strings.Lines(b.String()) {
			out = append(out, strings.TrimSpace(line))
		}
	})
	return out
}
