package emulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// listOrgRepos lists those that the reader may see, newest first.
func listOrgRepos(c *call) *reply {
	var found []*repo
	for _, r := range c.gh.st.repoList {
		if r.org == c.org && c.sees(r) && offers(r, c.query.Get("type")) {
			found = append(found, r)
		}
	}
	c.sortRepos(found, "created")
	return ok(show(page(c, found), c.gh.repoView))
}

// offers reports whether a repository is of the visibility asked for. None of
// the emulator's is a fork.
func offers(r *repo, which string) bool {
	switch which {
	case "public":
		return !r.private
	case "private":
		return r.private
	case "forks":
		return false
	}
	return true
}

// sortRepos orders by name from A, by time from the newest, unless asked
// otherwise.
func (c *call) sortRepos(rs []*repo, usual string) {
	by := c.query.Get("sort")
	if by == "" {
		by = usual
	}
	compare := func(a, b *repo) int { return strings.Compare(a.fullName(), b.fullName()) }
	sign := 1
	switch by {
	case "created":
		compare, sign = func(a, b *repo) int { return a.created.Compare(b.created) }, -1
	case "updated":
		compare, sign = func(a, b *repo) int { return a.updated.Compare(b.updated) }, -1
	case "pushed":
		compare, sign = func(a, b *repo) int { return a.pushed.Compare(b.pushed) }, -1
	}
	switch c.query.Get("direction") {
	case "asc":
		sign = 1
	case "desc":
		sign = -1
	}
	slices.SortStableFunc(rs, func(a, b *repo) int { return sign * compare(a, b) })
}

// listMyRepos lists the repositories in which a person has a role.
func listMyRepos(c *call) *reply {
	which := c.query.Get("visibility")
	if which == "" {
		which = c.query.Get("type")
	}
	var found []*repo
	for _, r := range c.gh.st.repoList {
		if r.people[c.who.account] != noRole && c.sees(r) && offers(r, which) {
			found = append(found, r)
		}
	}
	c.sortRepos(found, "full_name")
	return ok(show(page(c, found), func(r *repo) json.RawMessage {
		v := c.gh.repoFields(r)
		v["permissions"] = permissionsOf(r.roleOf(c.who.account))
		return encode(v)
	}))
}
