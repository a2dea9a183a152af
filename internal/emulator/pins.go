package emulator

import (
	"net/http"
	"slices"
	"time"
)

// maxPinned is how many issues a repository can have pinned.
const maxPinned = 3

// pinIssue puts an issue on top of its repository's list. One that is there
// stays; nil is the answer to success.
func (c *call) pinIssue(i *issue) *reply {
	if slices.Contains(i.repo.pinned, i) {
		return nil
	}
	if len(i.repo.pinned) >= maxPinned {
		return fail(http.StatusUnprocessableEntity, "Maximum 3 pinned issues per repository")
	}
	i.repo.pinned = append(i.repo.pinned, i)
	c.record(i, entry{kind: "pinned"})
	c.tellIssue(i, "pinned", nil)
	return nil
}

func (c *call) unpinIssue(i *issue) {
	at := slices.Index(i.repo.pinned, i)
	if at < 0 {
		return
	}
	i.repo.pinned = slices.Delete(slices.Clone(i.repo.pinned), at, at+1)
	c.record(i, entry{kind: "unpinned"})
	c.tellIssue(i, "unpinned", nil)
}

// pin is who pinned a comment to its issue, and when.
type pin struct {
	by *account
	at time.Time
}

type pinView struct {
	PinnedAt string    `json:"pinned_at"`
	PinnedBy *userView `json:"pinned_by"`
}

func (g *GitHub) pinView(p *pin) *pinView {
	if p == nil {
		return nil
	}
	return &pinView{stamp(p.at), g.user(p.by)}
}

// minimizedView is why a comment was hidden.
type minimizedView struct {
	Reason string `json:"reason"`
}

func minimized(reason string) *minimizedView {
	if reason == "" {
		return nil
	}
	return &minimizedView{reason}
}

// pinnedComment is the comment pinned to an issue, nil if there is none.
func (i *issue) pinnedComment() *comment {
	if at := slices.IndexFunc(i.comments, func(m *comment) bool { return m.pin != nil }); at >= 0 {
		return i.comments[at]
	}
	return nil
}

// pinComment pins a comment to its issue, in place of the one before.
func pinComment(c *call) *reply {
	m := c.commentOf()
	if m == nil {
		return notFound()
	}
	if m.pin == nil {
		if old := m.issue.pinnedComment(); old != nil {
			c.unpin(old)
		}
		m.pin = &pin{c.who.account, c.now}
		c.tellComment(m, "pinned", nil)
	}
	return ok(c.gh.commentView(m))
}

func unpinComment(c *call) *reply {
	m := c.commentOf()
	if m == nil {
		return notFound()
	}
	c.unpin(m)
	return noContent()
}

func (c *call) unpin(m *comment) {
	if m.pin != nil {
		m.pin = nil
		c.tellComment(m, "unpinned", nil)
	}
}
