package emulator

// issueRef is an issue that another one's event names.
type issueRef struct {
	Number      int            `json:"number"`
	Title       string         `json:"title"`
	State       string         `json:"state"`
	StateReason *string        `json:"state_reason"`
	Repository  map[string]any `json:"repository"`
	Type        *string        `json:"issue_type"`
}

// simpleRepo is a repository in few words and many addresses.
func (g *GitHub) simpleRepo(r *repo) map[string]any {
	api := g.api() + "/repos/" + r.fullName()
	v := map[string]any{"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(),
		"owner": g.user(r.org.account), "private": r.private, "html_url": g.root + "/" + r.fullName(),
		"description": r.description, "fork": false, "url": api}
	for name, tail := range repoURLs {
		v[name] = api + tail
	}
	return v
}

// issueRef shows the issue of an event; null to who may not see it.
func (c *call) issueRef(i *issue) *issueRef {
	if i == nil || !c.sees(i.repo) {
		return nil
	}
	return &issueRef{Number: i.number, Title: i.title, State: i.state, StateReason: orNull(i.stateReason),
		Repository: c.gh.simpleRepo(i.repo)}
}

// The events of a family, each with the other issue under its own name.
type (
	subIssueEvent struct {
		base
		Other *issueRef `json:"sub_issue"`
	}
	parentEvent struct {
		base
		Other *issueRef `json:"parent_issue"`
	}
	blockedByEvent struct {
		base
		Other *issueRef `json:"blocked_by"`
	}
	blockingEvent struct {
		base
		Other *issueRef `json:"blocking"`
	}
)

// kinEvent shows an event of the family; nil if it is of another kind.
func (c *call) kinEvent(b base, e *entry) any {
	switch ref := c.issueRef(e.other); e.kind {
	case "sub_issue_added", "sub_issue_removed":
		return subIssueEvent{b, ref}
	case "parent_issue_added", "parent_issue_removed":
		return parentEvent{b, ref}
	case "blocked_by_added", "blocked_by_removed":
		return blockedByEvent{b, ref}
	case "blocking_added", "blocking_removed":
		return blockingEvent{b, ref}
	}
	return nil
}
