package emulator

import (
	"net/http"
	"slices"
)

// GitHub's bounds on the tree of sub-issues.
const (
	maxSubIssues = 100 // of one parent
	maxSubLevels = 8   // from the root to the deepest sub-issue
)

// family is how an issue stands to others: its parent, its sub-issues in the
// parent's order, and what must be done before what.
type family struct {
	parent    *issue
	children  []*issue
	blockedBy []*issue
	blocking  []*issue
}

// byID finds an issue anywhere: sub-issues and dependencies are named by id,
// not by number.
func (s *state) byID(id int64) *issue {
	for _, r := range s.repoList {
		for _, i := range r.issues {
			if i != nil && i.id == id {
				return i
			}
		}
	}
	return nil
}

func listSubIssues(c *call) *reply {
	return ok(show(page(c, c.visible(c.issue.kin.children)), c.gh.issueView))
}

// visible leaves out the issues of repositories that the reader may not see.
func (c *call) visible(is []*issue) []*issue {
	return slices.DeleteFunc(slices.Clone(is), func(i *issue) bool { return !c.sees(i.repo) })
}

func getParentIssue(c *call) *reply {
	if p := c.issue.kin.parent; p != nil && c.sees(p.repo) {
		return ok(c.gh.issueView(p))
	}
	return notFound()
}

// subIssueAsk is the body of adding, removing and moving a sub-issue.
type subIssueAsk struct {
	ID      *int64 `json:"sub_issue_id"`
	Replace bool   `json:"replace_parent"`
	After   *int64 `json:"after_id"`
	Before  *int64 `json:"before_id"`
}

// askedSubIssue reads the body and finds the issue that it names.
func (c *call) askedSubIssue() (subIssueAsk, *issue, *reply) {
	var ask subIssueAsk
	if bad := c.decode(&ask); bad != nil {
		return ask, nil, bad
	}
	if ask.ID == nil {
		return ask, nil, wasntSupplied("sub_issue_id")
	}
	sub := c.gh.st.byID(*ask.ID)
	if sub == nil || !c.sees(sub.repo) {
		return ask, nil, fail(http.StatusNotFound, "The provided sub-issue does not exist")
	}
	return ask, sub, nil
}

func addSubIssue(c *call) *reply {
	ask, sub, bad := c.askedSubIssue()
	if bad != nil {
		return bad
	}
	if bad := c.checkSubIssue(sub, ask.Replace); bad != nil {
		return bad
	}
	if old := sub.kin.parent; old != nil {
		c.detach(old, sub)
	}
	parent := c.issue
	parent.kin.children, sub.kin.parent = append(parent.kin.children, sub), parent
	c.record(parent, entry{kind: "sub_issue_added", other: sub})
	c.record(sub, entry{kind: "parent_issue_added", other: parent})
	c.tellSubIssue("added", parent, sub)
	c.out.Set("Location", c.gh.issueURL(parent)+"/sub_issues")
	return created(c.gh.issueView(parent))
}

// checkSubIssue refuses what would not be a tree.
func (c *call) checkSubIssue(sub *issue, replace bool) *reply {
	refuse := func(why string) *reply {
		return fail(http.StatusUnprocessableEntity,
			"An error occurred while adding the sub-issue to the parent issue. "+why)
	}
	parent := c.issue
	switch {
	case sub.pull != nil || parent.pull != nil:
		return refuse("Pull requests cannot be sub-issues or have them")
	case sub.repo.org != parent.repo.org:
		return refuse("The sub-issue must belong to the same owner as the parent issue")
	case sub.kin.parent == parent:
		return refuse("Issue may not contain duplicate sub-issues")
	case sub.kin.parent != nil && !replace:
		return refuse("Issue may not contain duplicate sub-issues and Sub issue may only have one parent")
	case parent.within(sub):
		return refuse("Sub-issue cannot be a parent of its own parent")
	case len(parent.kin.children) >= maxSubIssues:
		return refuse("Parent cannot have more than 100 sub-issues")
	case parent.level()+sub.height() > maxSubLevels:
		return refuse("Sub-issues cannot be nested more than 8 levels deep")
	}
	return nil
}

// within reports whether an issue is top or somewhere below it.
func (i *issue) within(top *issue) bool {
	for ; i != nil; i = i.kin.parent {
		if i == top {
			return true
		}
	}
	return false
}

// level is how many issues lie from the root to this one, both counted.
func (i *issue) level() int {
	n := 0
	for ; i != nil; i = i.kin.parent {
		n++
	}
	return n
}

// height is how many issues lie from this one to the deepest below it, both
// counted.
func (i *issue) height() int {
	n := 0
	for _, sub := range i.kin.children {
		n = max(n, sub.height())
	}
	return n + 1
}

func removeSubIssue(c *call) *reply {
	_, sub, bad := c.askedSubIssue()
	if bad != nil {
		return bad
	}
	if sub.kin.parent != c.issue {
		return fail(http.StatusNotFound, "The provided sub-issue is not a sub-issue of the issue")
	}
	c.detach(c.issue, sub)
	return ok(c.gh.issueView(c.issue))
}

// detach takes a sub-issue from its parent.
func (c *call) detach(parent, sub *issue) {
	parent.kin.children, sub.kin.parent = without(parent.kin.children, sub), nil
	c.record(parent, entry{kind: "sub_issue_removed", other: sub})
	c.record(sub, entry{kind: "parent_issue_removed", other: parent})
	c.tellSubIssue("removed", parent, sub)
}

// without is a list without one of its members; the old list stays as it is.
func without[T comparable](all []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return x == one })
}

// moveSubIssue puts a sub-issue before or after another.
func moveSubIssue(c *call) *reply {
	ask, sub, bad := c.askedSubIssue()
	if bad != nil {
		return bad
	}
	if sub.kin.parent != c.issue {
		return fail(http.StatusNotFound, "The provided sub-issue is not a sub-issue of the issue")
	}
	if (ask.After == nil) == (ask.Before == nil) {
		return fail(http.StatusUnprocessableEntity, "Either after_id or before_id must be given, and not both")
	}
	rest := without(c.issue.kin.children, sub)
	id, step := ask.Before, 0
	if ask.After != nil {
		id, step = ask.After, 1
	}
	at := slices.IndexFunc(rest, func(x *issue) bool { return x.id == *id })
	if at < 0 {
		return fail(http.StatusUnprocessableEntity, "The sub-issue to move next to is not one of the issue's")
	}
	c.issue.kin.children = slices.Insert(rest, at+step, sub)
	return ok(c.gh.issueView(c.issue))
}

// tellSubIssue tells of a bond that was made or undone: once where the parent
// lives and once where the sub-issue does.
func (c *call) tellSubIssue(what string, parent, sub *issue) {
	both := func() map[string]any {
		return map[string]any{"parent_issue_id": parent.id, "parent_issue": c.gh.hookIssue(parent),
			"sub_issue_id": sub.id, "sub_issue": c.gh.hookIssue(sub)}
	}
	forParent, forSub := both(), both()
	forParent["sub_issue_repo"] = c.gh.repoView(sub.repo)
	forSub["parent_issue_repo"] = c.gh.repoView(parent.repo)
	c.tellAt(parent.repo, "sub_issues", "sub_issue_"+what, forParent)
	c.tellAt(sub.repo, "sub_issues", "parent_issue_"+what, forSub)
}

// tellAt notes something that happened to a repository, which need not be the
// one that the path names.
func (c *call) tellAt(r *repo, event, action string, extra map[string]any) {
	c.happened = append(c.happened, happening{event: event, action: action, repo: r, org: r.org, extra: extra})
}

// subSummary counts an issue's sub-issues and those of them that are closed.
func (i *issue) subSummary() subIssues {
	s := subIssues{Total: len(i.kin.children)}
	for _, sub := range i.kin.children {
		if sub.state == stateClosed {
			s.Completed++
		}
	}
	if s.Total > 0 {
		s.Percent = 100 * s.Completed / s.Total
	}
	return s
}
