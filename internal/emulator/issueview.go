package emulator

// issueView is an issue as GitHub shows it, pull requests included.
type issueView struct {
	URL           string         `json:"url"`
	RepositoryURL string         `json:"repository_url"`
	LabelsURL     string         `json:"labels_url"`
	CommentsURL   string         `json:"comments_url"`
	EventsURL     string         `json:"events_url"`
	HTMLURL       string         `json:"html_url"`
	ID            int64          `json:"id"`
	NodeID        string         `json:"node_id"`
	Number        int            `json:"number"`
	Title         string         `json:"title"`
	User          *userView      `json:"user"`
	Labels        []labelView    `json:"labels"`
	State         string         `json:"state"`
	Locked        bool           `json:"locked"`
	Assignee      *userView      `json:"assignee"`
	Assignees     []*userView    `json:"assignees"`
	Milestone     *milestoneView `json:"milestone"`
	Comments      int            `json:"comments"`
	CreatedAt     string         `json:"created_at"`
	UpdatedAt     string         `json:"updated_at"`
	ClosedAt      *string        `json:"closed_at"`
	Association   string         `json:"author_association"`
	LockReason    *string        `json:"active_lock_reason"`
	Draft         *bool          `json:"draft,omitempty"`
	PullRequest   *pullLinks     `json:"pull_request,omitempty"`
	Body          *string        `json:"body"`
	ClosedBy      **userView     `json:"closed_by,omitempty"` // webhooks leave it out
	Reactions     rollup         `json:"reactions"`
	TimelineURL   string         `json:"timeline_url"`
	Via           *appView       `json:"performed_via_github_app"`
	StateReason   *string        `json:"state_reason"`
	PinnedComment *commentView   `json:"pinned_comment,omitempty"` // webhooks leave it out
	SubIssues     subIssues      `json:"sub_issues_summary"`
	ParentURL     *string        `json:"parent_issue_url,omitempty"` // only of a sub-issue
	Dependencies  dependencies   `json:"issue_dependencies_summary"`
}

// pullLinks mark an issue as a pull request.
type pullLinks struct {
	URL      string  `json:"url"`
	HTMLURL  string  `json:"html_url"`
	DiffURL  string  `json:"diff_url"`
	PatchURL string  `json:"patch_url"`
	MergedAt *string `json:"merged_at"`
}

type subIssues struct {
	Total     int `json:"total"`
	Completed int `json:"completed"`
	Percent   int `json:"percent_completed"`
}

type dependencies struct {
	BlockedBy      int `json:"blocked_by"`
	Blocking       int `json:"blocking"`
	TotalBlockedBy int `json:"total_blocked_by"`
	TotalBlocking  int `json:"total_blocking"`
}

func (g *GitHub) issueURL(i *issue) string {
	return g.api() + "/repos/" + i.repo.fullName() + "/issues/" + itoa(int64(i.number))
}

// pageURL is where people read an issue or a pull request.
func (g *GitHub) pageURL(i *issue) string {
	kind := "/issues/"
	if i.pull != nil {
		kind = "/pull/"
	}
	return g.root + "/" + i.repo.fullName() + kind + itoa(int64(i.number))
}

// issueView shows an issue to a reader of the API.
func (g *GitHub) issueView(i *issue) *issueView {
	v := g.hookIssue(i)
	by := g.user(i.closedBy)
	v.ClosedBy = &by
	if m := i.pinnedComment(); m != nil {
		v.PinnedComment = g.commentView(m)
	}
	return v
}

// hookIssue shows an issue in a webhook.
func (g *GitHub) hookIssue(i *issue) *issueView {
	api := g.issueURL(i)
	v := &issueView{
		URL: api, RepositoryURL: g.api() + "/repos/" + i.repo.fullName(),
		LabelsURL: api + "/labels{/name}", CommentsURL: api + "/comments", EventsURL: api + "/events",
		HTMLURL: g.pageURL(i), ID: i.id, NodeID: nodeID("I", i.id), Number: i.number, Title: i.title,
		User: g.user(i.author), Labels: g.labelViews(i.repo, i.labels), State: i.state, Locked: i.locked,
		Assignees: g.users(i.assignees), Comments: len(i.comments), CreatedAt: stamp(i.created),
		UpdatedAt: stamp(i.updated), ClosedAt: stampOrNull(i.closed),
		Association: i.repo.association(i.author), LockReason: orNull(i.lockReason), Body: i.body,
		Reactions: rollUp(api, i.reactions), TimelineURL: api + "/timeline", Via: g.via(i.via),
		StateReason: orNull(i.stateReason),
	}
	v.SubIssues, v.Dependencies = i.subSummary(), i.dependencySummary()
	if i.kin.parent != nil {
		up := g.issueURL(i.kin.parent)
		v.ParentURL = &up
	}
	if len(v.Assignees) > 0 {
		v.Assignee = v.Assignees[0]
	}
	if i.milestone != nil {
		m := g.milestoneView(i.milestone)
		v.Milestone = &m
	}
	if i.pull != nil {
		v.NodeID, v.Draft = nodeID("PR", i.id), &i.pull.draft
		v.PullRequest = &pullLinks{
			URL:     g.api() + "/repos/" + i.repo.fullName() + "/pulls/" + itoa(int64(i.number)),
			HTMLURL: v.HTMLURL, DiffURL: v.HTMLURL + ".diff", PatchURL: v.HTMLURL + ".patch",
			MergedAt: stampOrNull(i.pull.mergedAt),
		}
	}
	return v
}

// orNull shows an empty string as null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
