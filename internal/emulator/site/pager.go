package site

import (
	"net/url"
	"strconv"
)

// pager leads through a list that is longer than a page.
type pager struct {
	Newer, Older string // addresses; empty at the ends
	Pages        []pageLink
	page, size   int
	total        int
}

// pageLink is one page's number; the gap in a long row has none.
type pageLink struct {
	No   int
	Link string
	Here bool
}

func newPager(q url.Values, total, size int) pager {
	last := max(1, (total+size-1)/size)
	p := pager{page: min(max(1, number(q.Get("page"))), last), size: size, total: total}
	link := func(no int) string { return with(q, "page", strconv.Itoa(no)) }
	if p.page > 1 {
		p.Newer = link(p.page - 1)
	}
	if p.page < last {
		p.Older = link(p.page + 1)
	}
	for no := 1; no <= last; no++ {
		near := no >= p.page-2 && no <= p.page+2
		switch {
		case no == 1 || no == last || near:
			p.Pages = append(p.Pages, pageLink{no, link(no), no == p.page})
		case p.Pages[len(p.Pages)-1].No != 0:
			p.Pages = append(p.Pages, pageLink{})
		}
	}
	return p
}

// bounds are the first row of the page and the one after its last.
func (p pager) bounds() (from, to int) {
	from = min((p.page-1)*p.size, p.total)
	return from, min(from+p.size, p.total)
}
