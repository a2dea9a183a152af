package site

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// tickBox flips the tick box with the number no, counted from the top, and
// leaves every other byte of the text as it was.
func (m *markdown) tickBox(source string, no int) (string, bool) {
	if no < 0 {
		return source, false
	}
	src := []byte(source)
	doc := m.md.Parser().Parse(text.NewReader(src))
	at, seen := -1, 0
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		box, isBox := n.(*extast.TaskCheckBox)
		if !isBox || !entering {
			return ast.WalkContinue, nil
		}
		if seen++; seen <= no {
			return ast.WalkContinue, nil
		}
		at = boxAt(box, src)
		return ast.WalkStop, nil
	})
	if at < 0 {
		return source, false
	}
	if src[at] == 'x' || src[at] == 'X' {
		src[at] = ' '
	} else {
		src[at] = 'x'
	}
	return string(src), true
}

// boxAt is where the character between the brackets is; -1 if there is none.
// A box stands at the beginning of its item's first line.
func boxAt(box *extast.TaskCheckBox, src []byte) int {
	lines := box.Parent().Lines()
	if lines == nil || lines.Len() == 0 {
		return -1
	}
	start, stop := lines.At(0).Start, lines.At(0).Stop
	open := bytes.IndexByte(src[start:stop], '[')
	if open < 0 || start+open+2 >= stop || src[start+open+2] != ']' {
		return -1
	}
	return start + open + 1
}

// itemText is what stands beside a box, without its marks, for those who hear
// the page.
func itemText(box *extast.TaskCheckBox, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(box.Parent(), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, isText := n.(*ast.Text); isText && entering {
			b.Write(t.Value(src))
			if t.SoftLineBreak() || t.HardLineBreak() {
				return ast.WalkStop, nil
			}
		}
		return ast.WalkContinue, nil
	})
	return cmp.Or(strings.TrimSpace(b.String()), "item")
}
