package site

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// nodes renders what GitHub shows in its own way: holes, alerts, and pictures
// as links, since nothing is loaded from elsewhere.
type nodes struct{}

// RegisterFuncs is part of renderer.NodeRenderer.
func (nodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(extast.KindTaskCheckBox, renderHole)
	r.Register(ast.KindFencedCodeBlock, renderFence)
	r.Register(ast.KindImage, renderImage)
	r.Register(kindAlert, renderAlert)
	r.Register(extast.KindFootnoteLink, renderNoteLink)
	r.Register(extast.KindFootnoteBacklink, renderHole)
	r.Register(extast.KindFootnote, renderFootnote)
	r.Register(extast.KindFootnoteList, renderFootnotes)
}

// hole is the mark that dig left on a node.
func hole(n ast.Node) (string, bool) {
	v, has := n.AttributeString("hole")
	name, isText := v.(string)
	return name, has && isText
}

func renderHole(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if name, has := hole(n); has && entering {
		_, _ = w.WriteString(name + " ")
	}
	return ast.WalkContinue, nil
}

func renderFence(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	if name, has := hole(n); has {
		_, _ = w.WriteString("<div>" + name + "</div>\n")
		return ast.WalkSkipChildren, nil
	}
	class := ""
	if f, isFence := n.(*ast.FencedCodeBlock); isFence && len(f.Language(src)) > 0 {
		class = ` class="language-` + html.EscapeString(string(f.Language(src))) + `"`
	}
	_, _ = w.WriteString("<pre><code" + class + ">" + html.EscapeString(string(n.Lines().Value(src))) + "</code></pre>\n")
	return ast.WalkSkipChildren, nil
}

func renderImage(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	img, isImage := n.(*ast.Image)
	if !isImage {
		return ast.WalkContinue, nil
	}
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<a href="` + html.EscapeString(string(util.URLEscape(img.Destination, true))) + `">🖼 `)
	return ast.WalkContinue, nil
}

// alert is a quote that begins with a line such as [!NOTE].
type alert struct {
	ast.BaseBlock
	kind string
}

var kindAlert = ast.NewNodeKind("Alert")

// Kind is part of ast.Node.
func (*alert) Kind() ast.NodeKind { return kindAlert }

// Dump is part of ast.Node.
func (a *alert) Dump(src []byte, level int) {
	ast.DumpHelper(a, src, level, map[string]string{"kind": a.kind}, nil)
}

var alertTitles = map[string]string{
	"note": "ℹ️ Note", "tip": "💡 Tip", "important": "💬 Important", "warning": "⚠️ Warning", "caution": "🛑 Caution",
}

func renderAlert(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if a, isAlert := n.(*alert); isAlert && entering {
		_, _ = w.WriteString(`<div class="alert alert-` + a.kind + `"><p class="alert-title">` + alertTitles[a.kind] + "</p>\n")
	} else {
		_, _ = w.WriteString("</div>\n")
	}
	return ast.WalkContinue, nil
}

// alerts finds them. GitHub knows them at the top of a text only, never inside
// a list or details.
type alerts struct{}

// Transform is part of parser.ASTTransformer.
func (alerts) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	var next ast.Node
	for n := doc.FirstChild(); n != nil; n = next {
		next = n.NextSibling()
		para, isPara := n.FirstChild().(*ast.Paragraph)
		if n.Kind() != ast.KindBlockquote || !isPara {
			continue
		}
		kind := alertKind(para, r.Source())
		if kind == "" {
			continue
		}
		a := &alert{kind: kind}
		dropFirstLine(para)
		if !para.HasChildren() {
			n.RemoveChild(n, para)
		}
		for n.HasChildren() {
			a.AppendChild(a, n.FirstChild())
		}
		doc.ReplaceChild(doc, n, a)
	}
}

// alertKind reads the first line of a paragraph; empty if it marks no alert.
func alertKind(p *ast.Paragraph, src []byte) string {
	if p.Lines().Len() == 0 {
		return ""
	}
	first := p.Lines().At(0)
	line := string(bytes.TrimSpace(first.Value(src)))
	kind, isMark := strings.CutPrefix(line, "[!")
	kind, closes := strings.CutSuffix(kind, "]")
	kind = strings.ToLower(kind)
	if _, known := alertTitles[kind]; !known || !isMark || !closes {
		return ""
	}
	return kind
}

// dropFirstLine takes away the inlines up to the first line break.
func dropFirstLine(p *ast.Paragraph) {
	for n := p.FirstChild(); n != nil; n = p.FirstChild() {
		p.RemoveChild(p, n)
		if t, isText := n.(*ast.Text); isText && (t.SoftLineBreak() || t.HardLineBreak()) {
			return
		}
	}
}
