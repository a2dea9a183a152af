package site

import (
	"bytes"

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

// itemText is the first line of a box's item, for those who hear the page.
func itemText(box *extast.TaskCheckBox, src []byte) string {
	at := boxAt(box, src)
	if at < 0 {
		return "item"
	}
	line := box.Parent().Lines().At(0)
	return string(bytes.TrimSpace(src[at+2 : line.Stop]))
}
