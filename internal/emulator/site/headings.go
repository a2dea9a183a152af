package site

import (
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// outermost is the level of a text's first heading in the page's outline: the
// title is the first, each text has a heading of the second.
const outermost = 3

// level gives the headings of a text their places in the outline of the whole
// page, without a step left out, whatever levels the writer took. They keep
// their looks.
func level(body *html.Node) {
	last := outermost - 1
	for n := range body.Descendants() {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			last = min(int(n.Data[1]-'0')+outermost-1, last+1)
			n.Attr = append(n.Attr, html.Attribute{Key: "aria-level", Val: strconv.Itoa(last)})
		}
	}
}
