package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listIssues lists issues and pull requests, with GitHub's filters.
func listIssues(c *call) *reply {
	keep, bad := c.issueFilter()
	if bad != nil {
		return bad
	}
	var found []*issue
	for _, i := range c.repo.issues {
		if keep(i) {
			found = append(found, i)
		}
	}
	c.sortIssues(found)
	return ok(show(page(c, found), c.gh.issueView))
}

// issueFilter is the conjunction of all that the query asks for.
func (c *call) issueFilter() (func(*issue) bool, *reply) {
	state := c.query.Get("state")
	if !slices.Contains([]string{"", stateOpen, stateClosed, "all"}, state) {
		return nil, invalid(badValue("Issue", "state", state))
	}
	since, bad := c.since()
	if bad != nil {
		return nil, bad
	}
	milestone, bad := c.milestoneFilter()
	if bad != nil {
		return nil, bad
	}
	var labels []string
	if q := c.query.Get("labels"); q != "" {
		labels = strings.Split(q, ",")
	}
	creator, mentioned := c.query.Get("creator"), c.query.Get("mentioned")
	assignee := c.query.Get("assignee")
	return func(i *issue) bool {
		return typed(c.query.Get("type")) && (state == "all" || i.state == cmp.Or(state, stateOpen)) &&
			!i.updated.Before(since) && milestone(i) && i.hasLabels(labels) && i.assignedTo(assignee) &&
			(creator == "" || i.author != nil && strings.EqualFold(i.author.login, creator)) &&
			(mentioned == "" || i.mentions(mentioned))
	}, nil
}

// since is the query's lower bound on updated_at; zero without one.
func (c *call) since() (time.Time, *reply) {
	q := c.query.Get("since")
	if q == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, q)
	if err != nil {
		return t, invalid(badValue("Issue", "since", q))
	}
	return t.Truncate(time.Second), nil
}

func (c *call) milestoneFilter() (func(*issue) bool, *reply) {
	switch q := c.query.Get("milestone"); q {
	case "":
		return func(*issue) bool { return true }, nil
	case "*":
		return func(i *issue) bool { return i.milestone != nil }, nil
	case "none":
		return func(i *issue) bool { return i.milestone == nil }, nil
	default:
		n, err := strconv.Atoi(q)
		if err != nil || c.repo == nil || c.repo.milestone(n) == nil {
			return nil, invalid(badValue("Issue", "milestone", q))
		}
		return func(i *issue) bool { return i.milestone != nil && i.milestone.number == n }, nil
	}
}

func (i *issue) hasLabels(names []string) bool {
	for _, name := range names {
		if !slices.ContainsFunc(i.labels, func(l *label) bool { return strings.EqualFold(l.name, name) }) {
			return false
		}
	}
	return true
}

func (i *issue) assignedTo(q string) bool {
	switch q {
	case "":
		return true
	case "*":
		return len(i.assignees) > 0
	case "none":
		return len(i.assignees) == 0
	}
	return slices.ContainsFunc(i.assignees, func(a *account) bool { return strings.EqualFold(a.login, q) })
}

// mentions reports whether the timeline says that a person was mentioned.
func (i *issue) mentions(login string) bool {
	return slices.ContainsFunc(i.timeline, func(e *entry) bool {
		return e.kind == "mentioned" && strings.EqualFold(e.actor.login, login)
	})
}

// sortIssues puts the newest first unless asked otherwise. What is equal is
// ordered by number, so that paging is stable.
func (c *call) sortIssues(is []*issue) {
	key := func(a, b *issue) int { return a.created.Compare(b.created) }
	switch c.query.Get("sort") {
	case "updated":
		key = func(a, b *issue) int { return a.updated.Compare(b.updated) }
	case "comments", "popularity":
		key = func(a, b *issue) int { return len(a.comments) - len(b.comments) }
	}
	sign := -1
	if c.query.Get("direction") == "asc" {
		sign = 1
	}
	slices.SortFunc(is, func(a, b *issue) int {
		return sign * cmp.Or(key(a, b), a.number-b.number, cmp.Compare(a.id, b.id))
	})
}
