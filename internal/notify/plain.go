package notify

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxText is how many characters a message has at most; Discord takes 2,000.
const maxText = 1800

// zeroWidth parts two characters without showing.
const zeroWidth = "\u200b"

// issue is a link of ours to an issue. What people wrote that looks like one has
// a character of no width in it.
var issue = regexp.MustCompile(`#(\d+)`)

// Plain returns the bot's Markdown as a chat's plain text. Links to issues are
// full, with base before the number. The text calls nobody and begins no
// structure of a chat's own.
func Plain(markdown, base string) string {
	source := []byte(markdown)
	p := printer{source: source, base: base}
	p.blocks(goldmark.DefaultParser().Parse(text.NewReader(source)), "")
	return short(guard(strings.TrimSpace(p.out.String())))
}

// guard parts what chats read as a mention of somebody, of everybody or of a
// channel: @ of any kind, and Slack's and Discord's angle brackets.
func guard(s string) string {
	s = strings.NewReplacer("@"+zeroWidth, "@"+zeroWidth, "@", "@"+zeroWidth, "<", "‹", ">", "›").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func short(s string) string {
	runes := []rune(s)
	if len(runes) <= maxText {
		return s
	}
	kept := string(runes[:maxText])
	if at := strings.LastIndexByte(kept, '\n'); at > 0 {
		kept = kept[:at]
	}
	return kept + "\n…"
}

type printer struct {
	source []byte
	base   string
	out    strings.Builder
}

// blocks prints the blocks below a node, one after another.
func (p *printer) blocks(n ast.Node, bullet string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.ListItem:
			p.blocks(c, "• ")
		case *ast.HTMLBlock:
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			p.out.WriteString(bullet + strings.TrimRight(string(c.Lines().Value(p.source)), "\n") + "\n")
		default:
			if c.Type() == ast.TypeInline {
				p.out.WriteString(bullet)
				p.inlines(n)
				p.out.WriteString("\n")
				return
			}
			p.blocks(c, bullet)
		}
		bullet = ""
	}
}

// inlines prints what stands in one block.
func (p *printer) inlines(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			p.out.WriteString(p.linked(words(c.Value(p.source))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				p.out.WriteByte('\n')
			}
		case *ast.String:
			p.out.WriteString(p.linked(words(c.Value)))
		case *ast.CodeSpan:
			for t := c.FirstChild(); t != nil; t = t.NextSibling() {
				if t, ok := t.(*ast.Text); ok {
					p.out.Write(t.Value(p.source))
				}
			}
		case *ast.Link:
			p.inlines(c)
			p.out.WriteString(" (" + words(c.Destination) + ")")
		case *ast.AutoLink:
			p.out.Write(c.URL(p.source))
		case *ast.RawHTML:
		default:
			p.inlines(c)
		}
	}
}

// linked makes full links of the bot's own to issues.
func (p *printer) linked(s string) string {
	return issue.ReplaceAllStringFunc(s, func(ref string) string { return p.base + ref[1:] })
}

// words takes the escapes of Markdown and HTML out of a text.
func words(s []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(s))))
}
