package emulator

import "slices"

// maxDependencies is how many issues may block one, and how many one may block.
const maxDependencies = 50

func listBlockedBy(c *call) *reply {
	return ok(show(page(c, c.visible(c.issue.kin.blockedBy)), c.gh.issueView))
}

func listBlocking(c *call) *reply {
	return ok(show(page(c, c.visible(c.issue.kin.blocking)), c.gh.issueView))
}

// addBlockedBy says that the issue waits for another, named by its id.
func addBlockedBy(c *call) *reply {
	var ask struct {
		ID *int64 `json:"issue_id"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.ID == nil {
		return wasntSupplied("issue_id")
	}
	by, blocked := c.gh.st.byID(*ask.ID), c.issue
	if by == nil || !c.sees(by.repo) {
		return notFound()
	}
	if why := blocked.cannotWaitFor(by); why != "" {
		return invalid(fieldError{Resource: "IssueDependency", Code: "custom", Message: why})
	}
	blocked.kin.blockedBy, by.kin.blocking = append(blocked.kin.blockedBy, by), append(by.kin.blocking, blocked)
	c.record(blocked, entry{kind: "blocked_by_added", other: by})
	c.record(by, entry{kind: "blocking_added", other: blocked})
	c.tellDependency("added", blocked, by)
	c.out.Set("Location", c.gh.issueURL(blocked)+"/dependencies/blocked_by")
	return created(c.gh.issueView(by))
}

// cannotWaitFor says why an issue cannot be blocked by another; empty if it can.
func (i *issue) cannotWaitFor(by *issue) string {
	switch {
	case i.pull != nil || by.pull != nil:
		return "Pull requests have no dependencies"
	case i == by:
		return "An issue cannot be blocked by itself"
	case slices.Contains(i.kin.blockedBy, by):
		return "Target issue has already been taken"
	case by.waitsFor(i, map[*issue]bool{}):
		return "The dependency would make a circle"
	case len(i.kin.blockedBy) >= maxDependencies || len(by.kin.blocking) >= maxDependencies:
		return "An issue can be blocked by at most 50 issues, and block at most 50"
	}
	return ""
}

// waitsFor follows the dependencies; seen keeps it from asking twice.
func (i *issue) waitsFor(other *issue, seen map[*issue]bool) bool {
	for _, by := range i.kin.blockedBy {
		if by == other || !seen[by] && by.waitsFor(other, mark(seen, by)) {
			return true
		}
	}
	return false
}

func mark(seen map[*issue]bool, i *issue) map[*issue]bool {
	seen[i] = true
	return seen
}

func removeBlockedBy(c *call) *reply {
	by, blocked := c.gh.st.byID(c.num("#issue_id")), c.issue
	if by == nil || !slices.Contains(blocked.kin.blockedBy, by) {
		return notFound()
	}
	blocked.kin.blockedBy, by.kin.blocking = without(blocked.kin.blockedBy, by), without(by.kin.blocking, blocked)
	c.record(blocked, entry{kind: "blocked_by_removed", other: by})
	c.record(by, entry{kind: "blocking_removed", other: blocked})
	c.tellDependency("removed", blocked, by)
	return ok(c.gh.issueView(by))
}

// tellDependency tells both repositories, each from its side.
func (c *call) tellDependency(what string, blocked, by *issue) {
	both := func() map[string]any {
		return map[string]any{"blocked_issue_id": blocked.id, "blocked_issue": c.gh.hookIssue(blocked),
			"blocking_issue_id": by.id, "blocking_issue": c.gh.hookIssue(by)}
	}
	forBlocked, forBlocking := both(), both()
	forBlocked["blocking_issue_repo"] = c.gh.repoView(by.repo)
	forBlocking["blocked_issue_repo"] = c.gh.repoView(blocked.repo)
	c.tellAt(blocked.repo, "issue_dependencies", "blocked_by_"+what, forBlocked)
	c.tellAt(by.repo, "issue_dependencies", "blocking_"+what, forBlocking)
}

// dependencySummary counts what an issue waits for and what waits for it:
// those still open, and all.
func (i *issue) dependencySummary() dependencies {
	open := func(is []*issue) int {
		n := 0
		for _, x := range is {
			if x.state == stateOpen {
				n++
			}
		}
		return n
	}
	return dependencies{open(i.kin.blockedBy), open(i.kin.blocking), len(i.kin.blockedBy), len(i.kin.blocking)}
}
