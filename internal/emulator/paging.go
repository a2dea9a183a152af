package emulator

import (
	"net/url"
	"strconv"
	"strings"
)

const (
	defaultPage = 30
	maxPage     = 100
)

// page cuts the asked-for page out of a list and writes the Link header.
func page[T any](c *call, all []T) []T {
	size, no := c.pageSize(), c.pageNo()
	last := max(1, (len(all)+size-1)/size)
	var links []string
	if no > 1 {
		links = append(links, c.link("page", strconv.Itoa(min(no-1, last)), "prev"))
	}
	if no < last {
		links = append(links, c.link("page", strconv.Itoa(no+1), "next"),
			c.link("page", strconv.Itoa(last), "last"))
	}
	if no > 1 {
		links = append(links, c.link("page", "1", "first"))
	}
	if len(links) > 0 {
		c.out.Set("Link", strings.Join(links, ", "))
	}
	from := min(len(all), (no-1)*size)
	return all[from:min(len(all), from+size)]
}

func (c *call) pageNo() int {
	n, err := strconv.Atoi(c.query.Get("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func (c *call) pageSize() int {
	n, err := strconv.Atoi(c.query.Get("per_page"))
	if err != nil || n < 1 {
		return defaultPage
	}
	return min(n, maxPage)
}

// link is one entry of the Link header: this request with one value changed.
func (c *call) link(key, value, rel string) string {
	q := url.Values{}
	for k, v := range c.query {
		q[k] = v
	}
	q.Set(key, value)
	return "<" + c.gh.api() + c.pathByID() + "?" + q.Encode() + `>; rel="` + rel + `"`
}

// show makes the views of a list; an empty list shows as [], never as null.
func show[T, V any](all []T, view func(T) V) []V {
	out := make([]V, len(all))
	for i, one := range all {
		out[i] = view(one)
	}
	return out
}
