package emulator

import "slices"

// base is what every event of an issue has.
type base struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id"`
	URL       string    `json:"url"`
	Actor     *userView `json:"actor"`
	Event     string    `json:"event"`
	CommitID  *string   `json:"commit_id"`
	CommitURL *string   `json:"commit_url"`
	CreatedAt string    `json:"created_at"`
	Via       *appView  `json:"performed_via_github_app"`
}

type eventLabel struct {
	Name  string `json:"name"`
	Color string `json:"color"`
}

type eventMilestone struct {
	Title string `json:"title"`
}

type eventRename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type labelEvent struct {
	base
	Label eventLabel `json:"label"`
}

type milestoneEvent struct {
	base
	Milestone eventMilestone `json:"milestone"`
}

type renameEvent struct {
	base
	Rename eventRename `json:"rename"`
}

type assignEvent struct {
	base
	Assignee *userView `json:"assignee"`
	Assigner *userView `json:"assigner,omitempty"`
}

type lockEvent struct {
	base
	LockReason *string `json:"lock_reason"`
}

type stateEvent struct {
	base
	StateReason *string `json:"state_reason"`
}

type commentEvent struct {
	Event string    `json:"event"`
	Actor *userView `json:"actor"`
	*commentView
}

type referenceEvent struct {
	Event     string          `json:"event"`
	Actor     *userView       `json:"actor"`
	CreatedAt string          `json:"created_at"`
	UpdatedAt string          `json:"updated_at"`
	Source    referenceSource `json:"source"`
}

type referenceSource struct {
	Type  string          `json:"type"`
	Issue *referenceIssue `json:"issue"`
}

// referenceIssue is the referring issue, with its repository.
type referenceIssue struct {
	*issueView
	Repository any `json:"repository"`
}

func (g *GitHub) base(r *repo, e *entry) base {
	b := base{ID: e.id, NodeID: nodeID("EV", e.id), Actor: g.user(e.actor), Event: e.kind,
		URL:       g.api() + "/repos/" + r.fullName() + "/issues/events/" + itoa(e.id),
		CreatedAt: stamp(e.at), Via: g.via(e.via)}
	if e.commit != "" {
		at := g.api() + "/repos/" + r.fullName() + "/commits/" + e.commit
		b.CommitID, b.CommitURL = &e.commit, &at
	}
	return b
}

// eventView shows an entry in an issue's events or timeline. The timeline
// alone says why an issue was closed, the events alone who assigned.
func (c *call) eventView(i *issue, e *entry, timeline bool) any {
	g := c.gh
	b := g.base(i.repo, e)
	if v := c.kinEvent(b, e); v != nil {
		return v
	}
	if v := c.reviewEvent(b, e); v != nil {
		return v
	}
	switch e.kind {
	case "labeled", "unlabeled":
		return labelEvent{b, eventLabel{e.label.name, e.label.color}}
	case "milestoned", "demilestoned":
		return milestoneEvent{b, eventMilestone{e.title}}
	case "renamed":
		return renameEvent{b, eventRename{e.from, e.to}}
	case "assigned", "unassigned":
		v := assignEvent{base: b, Assignee: g.user(e.assignee)}
		if !timeline {
			v.Assigner = g.user(e.actor)
		}
		return v
	case "locked", "unlocked":
		return lockEvent{b, orNull(e.reason)}
	case "closed", "reopened":
		if !timeline {
			return b
		}
		return stateEvent{b, orNull(e.reason)}
	case "commented":
		return commentEvent{e.kind, g.user(e.comment.author), g.commentView(e.comment)}
	case "cross-referenced":
		from := &referenceIssue{g.issueView(e.source), g.repoView(e.source.repo)}
		return referenceEvent{e.kind, b.Actor, b.CreatedAt, b.CreatedAt, referenceSource{"issue", from}}
	default:
		return b
	}
}

// inEvents reports whether the events list, shorter than the timeline, has it.
func (e *entry) inEvents() bool {
	return e.kind != "commented" && e.kind != "cross-referenced" && e.kind != "reviewed"
}

func events(i *issue) []*entry {
	return slices.DeleteFunc(slices.Clone(i.timeline), func(e *entry) bool { return !e.inEvents() })
}

func listIssueEvents(c *call) *reply {
	return ok(show(page(c, events(c.issue)), func(e *entry) any { return c.eventView(c.issue, e, false) }))
}

// getTimeline shows all that happened to an issue, oldest first. A reference
// from where the reader may not look is left out.
func getTimeline(c *call) *reply {
	seen := slices.DeleteFunc(slices.Clone(c.issue.timeline), func(e *entry) bool {
		return e.source != nil && !c.sees(e.source.repo)
	})
	return ok(show(page(c, seen), func(e *entry) any { return c.eventView(c.issue, e, true) }))
}

// repoEvent is an event in the repository's list, with its issue.
type repoEvent struct {
	issue *issue
	entry *entry
}

// repoEventView is an event with all the fields it may have.
type repoEventView struct {
	base
	Issue      *issueView      `json:"issue"`
	Label      *eventLabel     `json:"label,omitempty"`
	Assignee   *userView       `json:"assignee,omitempty"`
	Assigner   *userView       `json:"assigner,omitempty"`
	Milestone  *eventMilestone `json:"milestone,omitempty"`
	Rename     *eventRename    `json:"rename,omitempty"`
	LockReason *string         `json:"lock_reason,omitempty"`
	Requester  *userView       `json:"review_requester,omitempty"`
	Reviewer   *userView       `json:"requested_reviewer,omitempty"`
	Team       *teamView       `json:"requested_team,omitempty"`
	Dismissed  *dismissedView  `json:"dismissed_review,omitempty"`
	SubIssue   *issueRef       `json:"sub_issue,omitempty"`
	Parent     *issueRef       `json:"parent_issue,omitempty"`
	BlockedBy  *issueRef       `json:"blocked_by,omitempty"`
	Blocking   *issueRef       `json:"blocking,omitempty"`
}

func (c *call) repoEventView(x repoEvent) repoEventView {
	g, e := c.gh, x.entry
	v := repoEventView{base: g.base(x.issue.repo, e), Issue: g.issueView(x.issue)}
	switch more := c.eventView(x.issue, e, false).(type) {
	case subIssueEvent:
		v.SubIssue = more.Other
	case parentEvent:
		v.Parent = more.Other
	case blockedByEvent:
		v.BlockedBy = more.Other
	case blockingEvent:
		v.Blocking = more.Other
	case requestEvent:
		v.Requester, v.Reviewer, v.Team = more.Requester, more.Reviewer, more.Team
	case dismissEvent:
		v.Dismissed = &more.Dismissed
	}
	switch e.kind {
	case "labeled", "unlabeled":
		v.Label = &eventLabel{e.label.name, e.label.color}
	case "milestoned", "demilestoned":
		v.Milestone = &eventMilestone{e.title}
	case "renamed":
		v.Rename = &eventRename{e.from, e.to}
	case "assigned", "unassigned":
		v.Assignee, v.Assigner = g.user(e.assignee), g.user(e.actor)
	case "locked":
		v.LockReason = orNull(e.reason)
	}
	return v
}

func (c *call) repoEvents() []repoEvent {
	var all []repoEvent
	for _, i := range c.repo.issues {
		for _, e := range events(i) {
			all = append(all, repoEvent{i, e})
		}
	}
	slices.SortFunc(all, func(a, b repoEvent) int { return int(b.entry.id - a.entry.id) })
	return all
}

// listRepoEvents lists the events of all issues, newest first.
func listRepoEvents(c *call) *reply {
	return ok(show(page(c, c.repoEvents()), c.repoEventView))
}

func getRepoEvent(c *call) *reply {
	for _, x := range c.repoEvents() {
		if x.entry.id == c.num("#event_id") {
			return ok(c.repoEventView(x))
		}
	}
	return notFound()
}
