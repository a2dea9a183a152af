package emulator

import (
	"net/http"
	"slices"
	"strings"
)

func listReviewers(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	p := c.issue.pull
	return ok(map[string]any{"users": c.gh.users(p.reviewers), "teams": show(p.askedOf, c.gh.teamView)})
}

// askedReviewers reads who is to review, or no longer to.
func (c *call) askedReviewers() ([]*account, []*team, *reply) {
	if bad := c.pullOf(); bad != nil {
		return nil, nil, bad
	}
	var ask struct {
		People []string `json:"reviewers"`
		Teams  []string `json:"team_reviewers"`
	}
	if bad := c.decode(&ask); bad != nil {
		return nil, nil, bad
	}
	var people []*account
	var teams []*team
	for _, login := range ask.People {
		a := c.gh.st.account(login)
		if a == nil || c.repo.people[a] == noRole {
			return nil, nil, c.noCollaborator()
		}
		people = append(people, a)
	}
	for _, slug := range ask.Teams {
		t := c.repo.org.team(slug)
		if t == nil {
			return nil, nil, c.noCollaborator()
		}
		teams = append(teams, t)
	}
	return people, teams, nil
}

func (c *call) noCollaborator() *reply {
	return fail(http.StatusUnprocessableEntity, "Reviews may only be requested from collaborators. One or more of the "+
		"users or teams you specified is not a collaborator of the "+c.repo.fullName()+" repository.")
}

func requestReviewers(c *call) *reply {
	people, teams, bad := c.askedReviewers()
	if bad != nil {
		return bad
	}
	i, p := c.issue, c.issue.pull
	if slices.Contains(people, i.author) {
		return fail(http.StatusUnprocessableEntity, "Review cannot be requested from pull request author.")
	}
	for _, a := range people {
		if !slices.Contains(p.reviewers, a) {
			p.reviewers = append(p.reviewers, a)
			c.record(i, entry{kind: "review_requested", assignee: a})
			c.tellIssue(i, "review_requested", map[string]any{"requested_reviewer": c.gh.user(a)})
		}
	}
	for _, t := range teams {
		if !slices.Contains(p.askedOf, t) {
			p.askedOf = append(p.askedOf, t)
			c.record(i, entry{kind: "review_requested", team: t})
			c.tellIssue(i, "review_requested", map[string]any{"requested_team": c.gh.hookTeam(t)})
		}
	}
	return created(c.gh.pullSimple(i))
}

func removeReviewers(c *call) *reply {
	people, teams, bad := c.askedReviewers()
	if bad != nil {
		return bad
	}
	i, p := c.issue, c.issue.pull
	for _, a := range people {
		if slices.Contains(p.reviewers, a) {
			p.reviewers = without(p.reviewers, a)
			c.record(i, entry{kind: "review_request_removed", assignee: a})
			c.tellIssue(i, "review_request_removed", map[string]any{"requested_reviewer": c.gh.user(a)})
		}
	}
	for _, t := range teams {
		if slices.Contains(p.askedOf, t) {
			p.askedOf = without(p.askedOf, t)
			c.record(i, entry{kind: "review_request_removed", team: t})
			c.tellIssue(i, "review_request_removed", map[string]any{"requested_team": c.gh.hookTeam(t)})
		}
	}
	return ok(c.gh.pullSimple(i))
}

// requestEvent says who asked whom for a review.
type requestEvent struct {
	base
	Requester *userView `json:"review_requester"`
	Reviewer  *userView `json:"requested_reviewer,omitempty"`
	Team      *teamView `json:"requested_team,omitempty"`
}

type dismissEvent struct {
	base
	Dismissed dismissedView `json:"dismissed_review"`
}

type dismissedView struct {
	State    string  `json:"state"`
	ReviewID int64   `json:"review_id"`
	Message  *string `json:"dismissal_message"`
}

// reviewedEvent is a review in the timeline.
type reviewedEvent struct {
	Event string `json:"event"`
	reviewView
	UpdatedAt *string `json:"updated_at"`
}

// reviewEvent shows an event of a review; nil if it is of another kind.
func (c *call) reviewEvent(b base, e *entry) any {
	switch e.kind {
	case "review_requested", "review_request_removed":
		v := requestEvent{base: b, Requester: b.Actor, Reviewer: c.gh.user(e.assignee)}
		if e.team != nil {
			t := c.gh.teamView(e.team)
			v.Team = &t
		}
		return v
	case "review_dismissed":
		return dismissEvent{b, dismissedView{State: e.from, ReviewID: e.review.id, Message: orNull(e.reason)}}
	case "reviewed":
		v := c.gh.reviewView(c.issue, e.review)
		v.State = strings.ToLower(v.State)
		return reviewedEvent{e.kind, v, stampOrNull(e.review.updated)}
	}
	return nil
}
