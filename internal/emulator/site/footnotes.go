package site

import (
	"html"
	"strconv"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// Footnotes need ids, which no writer may give: so their links and places are
// holes, filled with ids that carry the text's own place in the page.

func noteID(index int, at setting) string {
	return "note-" + html.EscapeString(at.form) + "-" + strconv.Itoa(index)
}

func noteRefID(index, ref int, at setting) string {
	return noteID(index, at) + "-from-" + strconv.Itoa(ref)
}

// noteLink is the small number in the text.
func noteLink(index, ref int, at setting) string {
	no := strconv.Itoa(index)
	return `<sup><a href="#` + noteID(index, at) + `" id="` + noteRefID(index, ref, at) + `" aria-label="Footnote ` + no + `">` + no + `</a></sup>`
}

// noteBack leads from the note back to where it was read.
func noteBack(index, ref int, at setting) string {
	return ` <a href="#` + noteRefID(index, ref, at) + `" aria-label="Back to the text">↩</a>`
}

// notePlace is where the number leads.
func notePlace(index int, at setting) string { return `<a id="` + noteID(index, at) + `"></a>` }

func renderNoteLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if name, has := hole(n); has && entering {
		_, _ = w.WriteString(name) // the text goes on without a space
	}
	return ast.WalkContinue, nil
}

func renderFootnotes(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<div class=\"footnotes\"><hr>\n<ol>\n")
	} else {
		_, _ = w.WriteString("</ol>\n</div>\n")
	}
	return ast.WalkContinue, nil
}

func renderFootnote(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	name, _ := hole(n)
	if entering {
		_, _ = w.WriteString("<li>" + name + "\n")
	} else {
		_, _ = w.WriteString("</li>\n")
	}
	return ast.WalkContinue, nil
}
