package emulator

import "encoding/json"

// pullSimple is a pull request in a list.
type pullSimple struct {
	URL                string         `json:"url"`
	ID                 int64          `json:"id"`
	NodeID             string         `json:"node_id"`
	HTMLURL            string         `json:"html_url"`
	DiffURL            string         `json:"diff_url"`
	PatchURL           string         `json:"patch_url"`
	IssueURL           string         `json:"issue_url"`
	CommitsURL         string         `json:"commits_url"`
	ReviewCommentsURL  string         `json:"review_comments_url"`
	ReviewCommentURL   string         `json:"review_comment_url"`
	CommentsURL        string         `json:"comments_url"`
	StatusesURL        string         `json:"statuses_url"`
	Number             int            `json:"number"`
	State              string         `json:"state"`
	Locked             bool           `json:"locked"`
	Title              string         `json:"title"`
	User               *userView      `json:"user"`
	Body               *string        `json:"body"`
	Labels             []labelView    `json:"labels"`
	Milestone          *milestoneView `json:"milestone"`
	LockReason         *string        `json:"active_lock_reason"`
	CreatedAt          string         `json:"created_at"`
	UpdatedAt          string         `json:"updated_at"`
	ClosedAt           *string        `json:"closed_at"`
	MergedAt           *string        `json:"merged_at"`
	MergeCommitSHA     *string        `json:"merge_commit_sha"`
	Assignee           *userView      `json:"assignee"`
	Assignees          []*userView    `json:"assignees"`
	RequestedReviewers []*userView    `json:"requested_reviewers"`
	RequestedTeams     []any          `json:"requested_teams"`
	Head               endView        `json:"head"`
	Base               endView        `json:"base"`
	Links              pullHrefs      `json:"_links"`
	Association        string         `json:"author_association"`
	AutoMerge          *string        `json:"auto_merge"`
	Draft              bool           `json:"draft"`
}

// pullView is a pull request by itself.
type pullView struct {
	pullSimple
	Merged         bool      `json:"merged"`
	Mergeable      *bool     `json:"mergeable"`
	Rebaseable     *bool     `json:"rebaseable"`
	MergeableState string    `json:"mergeable_state"`
	MergedBy       *userView `json:"merged_by"`
	Comments       int       `json:"comments"`
	ReviewComments int       `json:"review_comments"`
	CanModify      bool      `json:"maintainer_can_modify"`
	Commits        int       `json:"commits"`
	Additions      int       `json:"additions"`
	Deletions      int       `json:"deletions"`
	ChangedFiles   int       `json:"changed_files"`
}

// endView is where a pull request comes from or goes to.
type endView struct {
	Label string          `json:"label"`
	Ref   string          `json:"ref"`
	SHA   string          `json:"sha"`
	User  *userView       `json:"user"`
	Repo  json.RawMessage `json:"repo"`
}

type href struct {
	Href string `json:"href"`
}

type pullHrefs struct {
	Self           href `json:"self"`
	HTML           href `json:"html"`
	Issue          href `json:"issue"`
	Comments       href `json:"comments"`
	ReviewComments href `json:"review_comments"`
	ReviewComment  href `json:"review_comment"`
	Commits        href `json:"commits"`
	Statuses       href `json:"statuses"`
}

func (g *GitHub) pullSimple(i *issue) pullSimple {
	v, p := g.hookIssue(i), i.pull
	repo := g.api() + "/repos/" + i.repo.fullName()
	self, head := v.PullRequest.URL, i.repo.branches[p.headRef]
	links := pullHrefs{href{self}, href{v.HTMLURL}, href{v.URL}, href{v.CommentsURL},
		href{self + "/comments"}, href{repo + "/pulls/comments{/number}"},
		href{self + "/commits"}, href{repo + "/statuses/" + head.sha}}
	owner := g.st.account(p.headOf)
	if owner == nil {
		owner = i.author
	}
	return pullSimple{
		URL: self, ID: i.id, NodeID: v.NodeID, HTMLURL: v.HTMLURL,
		DiffURL: v.PullRequest.DiffURL, PatchURL: v.PullRequest.PatchURL, IssueURL: v.URL,
		CommitsURL: links.Commits.Href, ReviewCommentsURL: links.ReviewComments.Href,
		ReviewCommentURL: links.ReviewComment.Href, CommentsURL: v.CommentsURL,
		StatusesURL: links.Statuses.Href, Number: i.number, State: i.state, Locked: i.locked,
		Title: i.title, User: v.User, Body: i.body, Labels: v.Labels, Milestone: v.Milestone,
		LockReason: v.LockReason, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt, ClosedAt: v.ClosedAt,
		MergedAt: v.PullRequest.MergedAt, MergeCommitSHA: orNull(p.mergeSHA), Assignee: v.Assignee,
		Assignees: v.Assignees, RequestedReviewers: g.users(p.reviewers), RequestedTeams: show(p.askedOf, func(t *team) any { return g.teamView(t) }),
		Head:  endView{p.headOf + ":" + p.headRef, p.headRef, head.sha, g.user(owner), g.repoView(i.repo)},
		Base:  endView{i.repo.org.login + ":" + p.baseRef, p.baseRef, p.baseSHA, g.user(i.repo.org.account), g.repoView(i.repo)},
		Links: links, Association: v.Association, Draft: p.draft,
	}
}

// hookPull shows a pull request in a webhook, whose teams are of an older make.
func (g *GitHub) hookPull(i *issue) pullView {
	v := g.pullView(i)
	v.RequestedTeams = show(i.pull.askedOf, func(t *team) any { return g.hookTeam(t) })
	return v
}

func (g *GitHub) pullView(i *issue) pullView {
	p := i.pull
	v := pullView{pullSimple: g.pullSimple(i), Merged: p.mergedBy != nil, MergedBy: g.user(p.mergedBy),
		MergeableState: "unknown", Comments: len(i.comments), Commits: len(i.repo.pullCommits(p)),
		ChangedFiles: len(i.repo.branches[p.headRef].changed())}
	v.RequestedTeams = show(p.askedOf, func(t *team) any { return g.teamSimple(t) })
	if i.state == stateOpen {
		yes := true
		v.Mergeable, v.Rebaseable, v.MergeableState = &yes, &yes, "clean"
	}
	return v
}
