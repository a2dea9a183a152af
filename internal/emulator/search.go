package emulator

import (
	"cmp"
	"net/http"
	"slices"
	"unicode/utf8"
)

const (
	maxFound  = 1000 // results that can be paged through
	maxSearch = 256  // characters of a query, qualifiers left out
)

// foundView is an issue as search shows it: without who closed it and without
// its parent.
type foundView struct {
	*issueView
	Score float64 `json:"score"`
}

// hit is an issue that was found, and how well it fits.
type hit struct {
	issue *issue
	score float64
}

// searchIssues finds issues and pull requests by words and qualifiers, as they
// were when they were last indexed; what it shows is as it is now.
func searchIssues(c *call) *reply {
	q, bad := c.readQuery()
	if bad != nil {
		return bad
	}
	var hits []hit
	for _, r := range c.gh.st.repoList {
		if !c.sees(r) {
			continue
		}
		for _, i := range r.issues {
			if d := c.gh.indexed(i); d != nil && q.fits(d) {
				hits = append(hits, hit{i, q.score(d)})
			}
		}
	}
	c.sortHits(hits, q)
	total := len(hits)
	hits = hits[:min(total, maxFound)]
	if c.pageNo() > 1 && (c.pageNo()-1)*c.pageSize() >= maxFound {
		return fail(http.StatusUnprocessableEntity, "Only the first 1000 search results are available")
	}
	return ok(map[string]any{"total_count": total, "incomplete_results": false, "search_type": "lexical",
		"items": show(page(c, hits), func(h hit) foundView {
			v := c.gh.hookIssue(h.issue)
			v.ParentURL = nil
			return foundView{v, h.score}
		})})
}

// readQuery reads q and refuses what GitHub refuses.
func (c *call) readQuery() (*query, *reply) {
	text := c.query.Get("q")
	refuse := func(code, why string) *reply {
		return invalid(fieldError{Resource: "Search", Field: "q", Code: code, Message: why})
	}
	if text == "" {
		return nil, refuse("missing", "")
	}
	q, err := parseQuery(text, c.who.account)
	if err != nil {
		return nil, refuse("invalid", err.Error())
	}
	if utf8.RuneCountInString(q.words()) > maxSearch {
		return nil, refuse("invalid", "The search is longer than 256 characters.")
	}
	for _, name := range q.scopes {
		if !c.searchable(name) {
			return nil, refuse("invalid", "The listed users and repositories cannot be searched either because "+
				"the resources do not exist or you do not have permission to view them.")
		}
	}
	if c.who.app != nil && !q.says("is:issue") && !q.says("is:pr") {
		return nil, fail(http.StatusUnprocessableEntity, "Query must include 'is:issue' or 'is:pull-request'")
	}
	return q, nil
}

// searchable reports whether the repository or owner of a scope is there to be
// seen.
func (c *call) searchable(name string) bool {
	if r := c.gh.st.repos[name]; r != nil {
		return c.sees(r)
	}
	return c.gh.st.accounts[name] != nil
}

// sortHits puts the best first, or as asked: by the parameters or by sort: in
// the query. What is equal is ordered newest first.
func (c *call) sortHits(hits []hit, q *query) {
	by, order := cmp.Or(c.query.Get("sort"), q.sort), cmp.Or(c.query.Get("order"), q.order)
	key := func(a, b hit) int { return cmp.Compare(a.score, b.score) }
	switch by {
	case "created":
		key = func(a, b hit) int { return a.issue.created.Compare(b.issue.created) }
	case "updated":
		key = func(a, b hit) int { return a.issue.updated.Compare(b.issue.updated) }
	case "comments":
		key = func(a, b hit) int { return len(a.issue.comments) - len(b.issue.comments) }
	case "reactions":
		key = func(a, b hit) int { return len(a.issue.reactions) - len(b.issue.reactions) }
	case "interactions":
		key = func(a, b hit) int { return a.issue.interactions() - b.issue.interactions() }
	}
	sign := -1
	if order == "asc" && by != "" {
		sign = 1
	}
	slices.SortFunc(hits, func(a, b hit) int { return sign * cmp.Or(key(a, b), cmp.Compare(a.issue.id, b.issue.id)) })
}

func (i *issue) interactions() int { return len(i.comments) + len(i.reactions) }
