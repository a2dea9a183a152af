package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// review is what somebody thinks of a pull request.
type review struct {
	id      int64
	author  *account
	body    string
	state   string // as the API shows it
	sha     string // of the commit looked at
	sent    time.Time
	updated time.Time
}

const pendingReview = "PENDING"

// verdicts are the states that an event leads to.
var verdicts = map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED", "": pendingReview}

type reviewView struct {
	ID          int64           `json:"id"`
	NodeID      string          `json:"node_id"`
	User        *userView       `json:"user"`
	Body        string          `json:"body"`
	State       string          `json:"state"`
	HTMLURL     string          `json:"html_url"`
	PullURL     string          `json:"pull_request_url"`
	Association string          `json:"author_association"`
	Links       map[string]href `json:"_links"`
	SubmittedAt *string         `json:"submitted_at,omitempty"` // not of a pending one
	CommitID    string          `json:"commit_id"`
}

func (g *GitHub) reviewView(i *issue, v *review) reviewView {
	html := g.pageURL(i) + "#pullrequestreview-" + itoa(v.id)
	api := g.api() + "/repos/" + i.repo.fullName() + "/pulls/" + itoa(int64(i.number))
	return reviewView{ID: v.id, NodeID: nodeID("PRR", v.id), User: g.user(v.author), Body: v.body, State: v.state,
		HTMLURL: html, PullURL: api, Association: i.repo.association(v.author), SubmittedAt: stampOrNull(v.sent),
		CommitID: v.sha, Links: map[string]href{"html": {html}, "pull_request": {api}}}
}

// tellReview sends the review; webhooks write its state small.
func (c *call) tellReview(v *review, action string) {
	shown := c.gh.reviewView(c.issue, v)
	shown.State = strings.ToLower(v.state)
	c.tell("pull_request_review", action, map[string]any{"review": shown, "pull_request": c.gh.hookPull(c.issue).pullSimple})
}

// cannotProcess is GitHub's 422 with reasons in plain words.
func cannotProcess(why ...string) *reply {
	return &reply{status: http.StatusUnprocessableEntity, body: map[string]any{
		"message": "Unprocessable Entity", "errors": why, "documentation_url": docsURL, "status": "422"}}
}

// reviewsSeen are those of the path's pull request; what is not submitted yet
// is its author's alone.
func (c *call) reviewsSeen() ([]*review, *reply) {
	if bad := c.pullOf(); bad != nil {
		return nil, bad
	}
	return slices.DeleteFunc(slices.Clone(c.issue.pull.reviews), func(v *review) bool {
		return v.state == pendingReview && v.author != c.who.account
	}), nil
}

func (c *call) reviewOf() (*review, *reply) {
	seen, bad := c.reviewsSeen()
	if bad != nil {
		return nil, bad
	}
	at := slices.IndexFunc(seen, func(v *review) bool { return v.id == c.num("#review_id") })
	if at < 0 {
		return nil, notFound()
	}
	return seen[at], nil
}

func listReviews(c *call) *reply {
	seen, bad := c.reviewsSeen()
	if bad != nil {
		return bad
	}
	return ok(show(page(c, seen), func(v *review) reviewView { return c.gh.reviewView(c.issue, v) }))
}

func getReview(c *call) *reply {
	v, bad := c.reviewOf()
	if bad != nil {
		return bad
	}
	return ok(c.gh.reviewView(c.issue, v))
}

// reviewAsk is the body of creating and of submitting a review.
type reviewAsk struct {
	Body     *string `json:"body"`
	Event    string  `json:"event"`
	CommitID *string `json:"commit_id"`
	Comments []any   `json:"comments"`
}

// check finds what is wrong with a verdict on the pull request.
func (q reviewAsk) check(c *call, body string) *reply {
	_, known := verdicts[q.Event]
	own := c.issue.author == c.who.account
	switch {
	case !known:
		return cannotProcess("Variable $event of type PullRequestReviewEvent was provided invalid value")
	case own && q.Event == "APPROVE":
		return cannotProcess("Review Can not approve your own pull request")
	case own && q.Event == "REQUEST_CHANGES":
		return cannotProcess("Review Can not request changes on your own pull request")
	case body == "" && (q.Event == "REQUEST_CHANGES" || q.Event == "COMMENT"):
		return cannotProcess("Review body is required for " + strings.ToLower(strings.ReplaceAll(q.Event, "_", " ")))
	case len(q.Comments) > 0:
		return cannotProcess("The emulator keeps no diffs, so a review has no comments on lines")
	}
	return nil
}

func createReview(c *call) *reply {
	seen, bad := c.reviewsSeen()
	if bad != nil {
		return bad
	}
	var ask reviewAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if bad := ask.check(c, orEmpty(ask.Body)); bad != nil {
		return bad
	}
	if slices.ContainsFunc(seen, func(v *review) bool { return v.state == pendingReview }) {
		return cannotProcess("User can only have one pending review per pull request")
	}
	v := &review{id: c.gh.st.id(), author: c.who.account, body: orEmpty(ask.Body), state: pendingReview,
		sha: c.repo.branches[c.issue.pull.headRef].sha}
	if ask.CommitID != nil {
		if c.repo.commitAt(*ask.CommitID) == nil {
			return cannotProcess("Variable $commitOID is not a commit of the pull request")
		}
		v.sha = *ask.CommitID
	}
	c.issue.pull.reviews = append(c.issue.pull.reviews, v)
	if ask.Event != "" {
		c.submit(v, ask.Event)
	}
	return ok(c.gh.reviewView(c.issue, v))
}

// submit makes a review public. Who was asked for it no longer is.
func (c *call) submit(v *review, event string) {
	v.state, v.sent, v.updated = verdicts[event], c.now, c.now
	c.issue.pull.reviewers = without(c.issue.pull.reviewers, v.author)
	c.record(c.issue, entry{kind: "reviewed", review: v})
	c.tellReview(v, "submitted")
}

func submitReview(c *call) *reply {
	v, bad := c.reviewOf()
	if bad != nil {
		return bad
	}
	var ask reviewAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Event == "" {
		return wasntSupplied("event")
	}
	if v.state != pendingReview {
		return cannotProcess("Could not submit a review that is not pending")
	}
	if ask.Body != nil {
		v.body = *ask.Body
	}
	if bad := ask.check(c, v.body); bad != nil {
		return bad
	}
	c.submit(v, ask.Event)
	return ok(c.gh.reviewView(c.issue, v))
}

// dismissReview takes the weight from an approval or an objection.
func dismissReview(c *call) *reply {
	v, bad := c.reviewOf()
	if bad != nil {
		return bad
	}
	var ask struct {
		Message *string `json:"message"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Message == nil {
		return wasntSupplied("message")
	}
	if v.state != "APPROVED" && v.state != "CHANGES_REQUESTED" {
		return cannotProcess("Can not dismiss a review that is not an approval or a request for changes")
	}
	was := strings.ToLower(v.state)
	v.state, v.updated = "DISMISSED", c.now
	c.record(c.issue, entry{kind: "review_dismissed", review: v, from: was, reason: *ask.Message})
	c.tellReview(v, "dismissed")
	return ok(c.gh.reviewView(c.issue, v))
}
