package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// comment is a comment on an issue or a pull request.
type comment struct {
	id        int64
	issue     *issue
	author    *account
	via       *app // through which it was made, nil if none
	body      string
	history   history
	created   time.Time
	updated   time.Time
	reactions []*reaction
	pin       *pin   // nil: not pinned
	minimized string // the reason, empty if it is not hidden
}

type commentView struct {
	URL         string         `json:"url"`
	HTMLURL     string         `json:"html_url"`
	IssueURL    string         `json:"issue_url"`
	ID          int64          `json:"id"`
	NodeID      string         `json:"node_id"`
	User        *userView      `json:"user"`
	CreatedAt   string         `json:"created_at"`
	UpdatedAt   string         `json:"updated_at"`
	Body        string         `json:"body"`
	Association string         `json:"author_association"`
	Reactions   rollup         `json:"reactions"`
	Via         *appView       `json:"performed_via_github_app"`
	Pin         *pinView       `json:"pin"`
	Minimized   *minimizedView `json:"minimized"`
}

func (g *GitHub) commentView(m *comment) *commentView {
	api := g.api() + "/repos/" + m.issue.repo.fullName() + "/issues/comments/" + itoa(m.id)
	return &commentView{
		URL: api, HTMLURL: g.pageURL(m.issue) + "#issuecomment-" + itoa(m.id),
		IssueURL: g.issueURL(m.issue), ID: m.id, NodeID: nodeID("IC", m.id), User: g.user(m.author),
		CreatedAt: stamp(m.created), UpdatedAt: stamp(m.updated), Body: m.body,
		Association: m.issue.repo.association(m.author), Reactions: rollUp(api, m.reactions),
		Via: g.via(m.via), Pin: g.pinView(m.pin), Minimized: minimized(m.minimized),
	}
}

// commentOf finds the comment that the path names, anywhere in the repository.
func (c *call) commentOf() *comment {
	id := c.num("#comment_id")
	at, has := slices.BinarySearchFunc(c.repo.comments, id,
		func(m *comment, id int64) int { return int(min(1, max(-1, m.id-id))) })
	if !has {
		return nil
	}
	return c.repo.comments[at]
}

// listComments lists an issue's comments, oldest first.
func listComments(c *call) *reply { return c.showComments(c.issue.comments) }

// listRepoComments lists those of all issues, by id unless asked otherwise.
func listRepoComments(c *call) *reply {
	all := slices.Clone(c.repo.comments)
	key := func(a, b *comment) int { return a.created.Compare(b.created) }
	if c.query.Get("sort") == "updated" {
		key = func(a, b *comment) int { return a.updated.Compare(b.updated) }
	}
	if c.query.Get("sort") != "" {
		slices.SortStableFunc(all, key)
		if c.query.Get("direction") == "desc" {
			slices.Reverse(all)
		}
	}
	return c.showComments(all)
}

func (c *call) showComments(all []*comment) *reply {
	since, bad := c.since()
	if bad != nil {
		return bad
	}
	var found []*comment
	for _, m := range all {
		if !m.updated.Before(since) {
			found = append(found, m)
		}
	}
	return ok(show(page(c, found), c.gh.commentView))
}

// askedBody reads and checks a comment's text.
func (c *call) askedBody() (string, *reply) {
	var ask struct {
		Body *string `json:"body"`
	}
	if bad := c.decode(&ask); bad != nil {
		return "", bad
	}
	switch {
	case ask.Body == nil:
		return "", wasntSupplied("body")
	case strings.TrimSpace(*ask.Body) == "":
		return "", invalid(fieldError{Resource: "IssueComment", Field: "data", Code: "unprocessable",
			Message: "Body cannot be blank"})
	case len(*ask.Body) > maxBody:
		return "", invalid(fieldError{Resource: "IssueComment", Field: "data", Code: "unprocessable",
			Message: "Body is too long (maximum is 65536 characters)"})
	}
	return *ask.Body, nil
}

func createComment(c *call) *reply {
	i := c.issue
	if i.locked && c.role() < canWrite {
		return fail(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	body, bad := c.askedBody()
	if bad != nil {
		return bad
	}
	m := &comment{id: c.gh.st.id(), issue: i, author: c.who.account, via: c.who.app, body: body,
		created: c.now, updated: c.now}
	c.wrote(&m.history, body)
	i.comments = append(i.comments, m)
	c.repo.comments = append(c.repo.comments, m)
	c.record(i, entry{kind: "commented", comment: m})
	c.tellComment(m, "created", nil)
	c.refer(i, body)
	return created(c.gh.commentView(m))
}

func (c *call) tellComment(m *comment, action string, extra map[string]any) {
	all := map[string]any{"comment": c.gh.commentView(m)}
	for k, v := range extra {
		all[k] = v
	}
	c.happened = append(c.happened, happening{event: "issue_comment", action: action,
		repo: c.repo, org: c.repo.org, issue: m.issue, extra: all})
}

func getComment(c *call) *reply {
	m := c.commentOf()
	if m == nil {
		return notFound()
	}
	return ok(c.gh.commentView(m))
}

// ownComment finds a comment that the actor may change: their own, or any
// for those who can write.
func (c *call) ownComment() (*comment, *reply) {
	m := c.commentOf()
	if m == nil {
		return nil, notFound()
	}
	if m.author != c.who.account && c.role() < canWrite {
		return nil, fail(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	return m, nil
}

func updateComment(c *call) *reply {
	m, bad := c.ownComment()
	if bad != nil {
		return bad
	}
	body, bad := c.askedBody()
	if bad != nil {
		return bad
	}
	if was := m.body; was != body {
		m.body, m.updated = body, c.now
		c.wrote(&m.history, body)
		m.issue.updated = c.now
		c.tellComment(m, "edited", map[string]any{"changes": map[string]from{"body": {was}}})
		c.refer(m.issue, body)
	}
	return ok(c.gh.commentView(m))
}

func deleteComment(c *call) *reply {
	m, bad := c.ownComment()
	if bad != nil {
		return bad
	}
	is := func(x *comment) bool { return x == m }
	m.issue.comments = slices.DeleteFunc(m.issue.comments, is)
	c.repo.comments = slices.DeleteFunc(c.repo.comments, is)
	m.issue.timeline = slices.DeleteFunc(m.issue.timeline, func(e *entry) bool { return e.comment == m })
	m.issue.updated = c.now
	c.tellComment(m, "deleted", nil)
	return noContent()
}
