package emulator

import (
	"cmp"
	"slices"
	"strings"
)

// repoIssue is an issue that says where it is from.
type repoIssue struct {
	*issueView
	Repository any `json:"repository"`
}

// listMyIssues lists what concerns the reader, in all repositories that they
// see.
func listMyIssues(c *call) *reply {
	return c.showIssues(func(*repo) bool { return true })
}

// listOrgIssues lists the same of one organisation.
func listOrgIssues(c *call) *reply {
	return c.showIssues(func(r *repo) bool { return r.org == c.org })
}

func (c *call) showIssues(in func(*repo) bool) *reply {
	concerns, known := concerned[cmp.Or(c.query.Get("filter"), "assigned")]
	if !known {
		return invalid(badValue("Issue", "filter", c.query.Get("filter")))
	}
	keep, bad := c.issueFilter()
	if bad != nil {
		return bad
	}
	var found []*issue
	for _, r := range c.gh.st.repoList {
		if !in(r) || !c.sees(r) {
			continue
		}
		for _, i := range r.issues {
			if keep(i) && concerns(i, c.who.account) {
				found = append(found, i)
			}
		}
	}
	c.sortIssues(found)
	return ok(show(page(c, found), func(i *issue) repoIssue {
		return repoIssue{c.gh.issueView(i), c.gh.repoView(i.repo)}
	}))
}

// concerned are the ways in which an issue can concern a person.
var concerned = map[string]func(*issue, *account) bool{
	"assigned":  func(i *issue, a *account) bool { return slices.Contains(i.assignees, a) },
	"created":   func(i *issue, a *account) bool { return i.author == a },
	"mentioned": func(i *issue, a *account) bool { return i.mentions(a.login) },
	"subscribed": func(i *issue, a *account) bool {
		return i.author == a || slices.Contains(i.assignees, a) || i.mentions(a.login) ||
			slices.ContainsFunc(i.comments, func(m *comment) bool { return m.author == a })
	},
	"repos": func(*issue, *account) bool { return true },
	"all":   func(*issue, *account) bool { return true },
}

// typed reports whether an issue is of a type. The emulator's issues have none.
func typed(q string) bool { return q == "" || strings.EqualFold(q, "none") }
