package emulator

import (
	"slices"
	"time"
)

// entry is one line of an issue's timeline.
type entry struct {
	id       int64
	kind     string //nolint:misspell // GitHub's words: labeled, closed, commented, cross-referenced …
	actor    *account
	via      *app // through which the actor acted, nil if none
	at       time.Time
	label    *label // as it was then
	assignee *account
	title    string // of the milestone
	from, to string // of a rename
	reason   string // of a lock or a change of state
	commit   string // that closed it
	comment  *comment
	source   *issue // that referred to it
	other    *issue // its parent, sub-issue or dependency
	review   *review
	team     *team // asked for a review
}

// record adds to the timeline what the actor did just now.
func (c *call) record(i *issue, e entry) {
	e.id, e.actor, e.via, e.at = c.gh.st.id(), c.who.account, c.who.app, c.now
	i.timeline = append(i.timeline, &e)
	i.updated = c.now
}

// addLabel puts a label on an issue; one that is there stays without a word.
func (c *call) addLabel(i *issue, l *label) {
	if slices.Contains(i.labels, l) {
		return
	}
	i.labels = append(i.labels, l)
	was := *l
	c.record(i, entry{kind: "labeled", label: &was})
	c.tellIssue(i, "labeled", map[string]any{"label": c.gh.labelView(i.repo, l)})
}

func (c *call) dropLabel(i *issue, l *label) {
	at := slices.Index(i.labels, l)
	if at < 0 {
		return
	}
	i.labels = slices.Delete(slices.Clone(i.labels), at, at+1)
	was := *l
	c.record(i, entry{kind: "unlabeled", label: &was})
	c.tellIssue(i, "unlabeled", map[string]any{"label": c.gh.labelView(i.repo, l)})
}

func (c *call) replaceLabels(i *issue, want []*label) {
	for _, l := range slices.Clone(i.labels) {
		if !slices.Contains(want, l) {
			c.dropLabel(i, l)
		}
	}
	for _, l := range want {
		c.addLabel(i, l)
	}
}

// setMilestone moves an issue to a milestone; nil takes it off.
func (c *call) setMilestone(i *issue, m *milestone) {
	if i.milestone == m {
		return
	}
	if old := i.milestone; old != nil {
		old.count(i, -1)
		i.milestone = nil
		c.record(i, entry{kind: "demilestoned", title: old.title})
		c.tellIssue(i, "demilestoned", map[string]any{"milestone": c.gh.milestoneView(old)})
	}
	if m != nil {
		m.count(i, 1)
		i.milestone = m
		c.record(i, entry{kind: "milestoned", title: m.title})
		c.tellIssue(i, "milestoned", map[string]any{"milestone": c.gh.milestoneView(m)})
	}
}

func (c *call) assign(i *issue, a *account) {
	if slices.Contains(i.assignees, a) || len(i.assignees) >= maxAssignees {
		return
	}
	i.assignees = append(i.assignees, a)
	c.record(i, entry{kind: "assigned", assignee: a})
	c.tellIssue(i, "assigned", map[string]any{"assignee": c.gh.user(a)})
}

func (c *call) unassign(i *issue, a *account) {
	at := slices.Index(i.assignees, a)
	if at < 0 {
		return
	}
	i.assignees = slices.Delete(slices.Clone(i.assignees), at, at+1)
	c.record(i, entry{kind: "unassigned", assignee: a})
	c.tellIssue(i, "unassigned", map[string]any{"assignee": c.gh.user(a)})
}

func (c *call) replaceAssignees(i *issue, want []*account) {
	for _, a := range slices.Clone(i.assignees) {
		if !slices.Contains(want, a) {
			c.unassign(i, a)
		}
	}
	for _, a := range want {
		c.assign(i, a)
	}
}

// closeIssue closes an issue or a pull request; commit is what closed it, if
// one did. The reason of what is closed already stays.
func (c *call) closeIssue(i *issue, reason, commit string) {
	if i.state == stateClosed {
		return
	}
	i.milestone.count(i, -1)
	i.state, i.closed, i.closedBy = stateClosed, c.now, c.who.account
	i.milestone.count(i, 1)
	i.stateReason = reason
	if reason == "" && i.pull == nil {
		i.stateReason = "completed"
	}
	i.repo.openIssues--
	c.record(i, entry{kind: "closed", reason: i.stateReason, commit: commit})
	c.tellIssue(i, "closed", nil)
}

func (c *call) reopenIssue(i *issue) {
	if i.state == stateOpen {
		return
	}
	i.milestone.count(i, -1)
	i.state, i.closed, i.closedBy, i.stateReason = stateOpen, time.Time{}, nil, "reopened"
	i.milestone.count(i, 1)
	if i.pull != nil {
		i.stateReason = ""
	}
	i.repo.openIssues++
	c.record(i, entry{kind: "reopened"})
	c.tellIssue(i, "reopened", nil)
}

// edit changes title and body in one event.
func (c *call) edit(i *issue, title string, body *string) {
	changes := map[string]from{}
	if title != i.title {
		changes["title"] = from{i.title}
		c.record(i, entry{kind: "renamed", from: i.title, to: title})
		i.title = title
	}
	if orEmpty(body) != orEmpty(i.body) {
		changes["body"] = from{orEmpty(i.body)}
		i.body, i.updated = body, c.now
		c.wrote(&i.history, orEmpty(body))
		c.refer(i, orEmpty(body))
	}
	if len(changes) > 0 {
		c.tellIssue(i, "edited", map[string]any{"changes": changes})
	}
}
