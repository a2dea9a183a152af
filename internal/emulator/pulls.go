package emulator

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// pull is what a pull request has beyond an issue. There is no git behind it:
// a branch is a name, a commit id and the files changed on it.
type pull struct {
	draft    bool
	headRef  string
	baseRef  string
	baseSHA  string
	headOf   string // the owner named in owner:branch
	mergedAt time.Time
	mergedBy *account
	mergeSHA string

	reviews   []*review // oldest first
	reviewers []*account
	askedOf   []*team // whose review was asked for
}

// pullAsk is the body of creating and of changing a pull request.
type pullAsk struct {
	Title *string       `json:"title"`
	Body  field[string] `json:"body"`
	Head  *string       `json:"head"`
	Base  *string       `json:"base"`
	State *string       `json:"state"`
	Draft bool          `json:"draft"`
}

func createPull(c *call) *reply {
	var ask pullAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	for _, need := range []struct {
		key string
		val *string
	}{{"title", ask.Title}, {"head", ask.Head}, {"base", ask.Base}} {
		if need.val == nil {
			return wasntSupplied(need.key)
		}
	}
	if errs := checkText("PullRequest", *ask.Title, ask.Body.val); errs != nil {
		return invalid(errs...)
	}
	base := c.repo.branches[*ask.Base]
	if base == nil {
		return invalid(badValue("PullRequest", "base", nil))
	}
	headOf, headRef := c.repo.org.login, *ask.Head
	if owner, ref, has := strings.Cut(*ask.Head, ":"); has {
		headOf, headRef = owner, ref
	}
	if headRef == "" || headRef == *ask.Base && headOf == c.repo.org.login {
		return invalid(badValue("PullRequest", "head", nil))
	}
	if open := c.repo.openPull(headOf, headRef, *ask.Base); open != nil {
		return invalid(fieldError{Resource: "PullRequest", Code: "custom",
			Message: "A pull request already exists for " + headOf + ":" + headRef + "."})
	}
	if c.repo.branches[headRef] == nil {
		c.repo.fork(c.gh, headRef, base)
		c.noteCommit(c.repo.branches[headRef].sha, "Work on "+headRef, []string{base.sha})
	}
	i := c.newIssue(*ask.Title, ask.Body)
	i.pull = &pull{draft: ask.Draft, headOf: headOf, headRef: headRef, baseRef: *ask.Base, baseSHA: base.sha}
	c.tellIssue(i, "opened", nil)
	c.refer(i, ask.Body.val)
	return created(c.gh.pullView(i))
}

func (r *repo) openPull(headOf, headRef, baseRef string) *issue {
	for _, i := range r.issues {
		if p := i.pull; p != nil && i.state == stateOpen && strings.EqualFold(p.headOf, headOf) &&
			p.headRef == headRef && p.baseRef == baseRef {
			return i
		}
	}
	return nil
}

// pullOf is the pull request that the path names.
func (c *call) pullOf() *reply {
	if c.issue.pull == nil {
		return notFound()
	}
	return nil
}

func getPull(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	return ok(c.gh.pullView(c.issue))
}

func listPulls(c *call) *reply {
	state := cmp.Or(c.query.Get("state"), stateOpen)
	if !slices.Contains([]string{stateOpen, stateClosed, "all"}, state) {
		return invalid(badValue("PullRequest", "state", state))
	}
	head, base := c.query.Get("head"), c.query.Get("base")
	old := c.query.Get("sort") == "long-running"
	var found []*issue
	for _, i := range c.repo.issues {
		p := i.pull
		if p == nil || state != "all" && i.state != state ||
			base != "" && p.baseRef != base || head != "" && p.headOf+":"+p.headRef != head {
			continue
		}
		if old && !c.longRunning(i) {
			continue
		}
		found = append(found, i)
	}
	c.sortPulls(found)
	return ok(show(page(c, found), c.gh.pullSimple))
}

// longRunning reports whether a pull request is older than a month and was
// touched within the last one.
func (c *call) longRunning(i *issue) bool {
	month := c.now.AddDate(0, -1, 0)
	return i.created.Before(month) && i.updated.After(month)
}

// sortPulls is sortIssues but for the default direction, which depends on
// what is sorted by.
func (c *call) sortPulls(is []*issue) {
	if by := c.query.Get("sort"); by != "" && by != "created" && c.query.Get("direction") == "" {
		c.query.Set("direction", "asc")
		defer c.query.Del("direction")
	}
	c.sortIssues(is)
}

func updatePull(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	var ask pullAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	i := c.issue
	if c.role() < canWrite && i.author != c.who.account {
		return fail(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	q := issueAsk{Body: ask.Body, State: ask.State}
	if ask.Title != nil {
		q.Title = field[string]{set: true, val: *ask.Title}
	}
	title, body, bad := q.text(i)
	if bad != nil {
		return bad
	}
	if bad := q.checkState(i); bad != nil {
		return bad
	}
	if bad := c.rebase(i, ask.Base); bad != nil {
		return bad
	}
	c.edit(i, title, body)
	if ask.State != nil && *ask.State == stateClosed {
		c.closeIssue(i, "", "")
	} else if ask.State != nil {
		c.reopenIssue(i)
	}
	return ok(c.gh.pullView(i))
}

// rebase points a pull request at another branch.
func (c *call) rebase(i *issue, to *string) *reply {
	if to == nil || *to == i.pull.baseRef {
		return nil
	}
	b := c.repo.branches[*to]
	if b == nil {
		return invalid(badValue("PullRequest", "base", nil))
	}
	was := i.pull
	change := map[string]any{"base": map[string]any{"ref": from{was.baseRef}, "sha": from{was.baseSHA}}}
	i.pull.baseRef, i.pull.baseSHA, i.updated = *to, b.sha, c.now
	c.tellIssue(i, "edited", map[string]any{"changes": change})
	return nil
}

func isMerged(c *call) *reply {
	if c.issue.pull == nil || c.issue.pull.mergedBy == nil {
		return notFound()
	}
	return noContent()
}

// mergePull merges, and closes what the body says it closes.
func mergePull(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	var ask struct {
		SHA    string `json:"sha"`
		Method string `json:"merge_method"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	i, p := c.issue, c.issue.pull
	head, base := c.repo.branches[p.headRef], c.repo.branches[p.baseRef]
	switch {
	case i.state == stateClosed || p.draft:
		return fail(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	case !slices.Contains([]string{"", "merge", "squash", "rebase"}, ask.Method):
		return invalid(badValue("PullRequest", "merge_method", ask.Method))
	case ask.SHA != "" && ask.SHA != head.sha:
		return fail(http.StatusConflict, "Head branch was modified. Review and try the merge again.")
	}
	p.mergedAt, p.mergedBy, p.mergeSHA = c.now, c.who.account, c.gh.sha()
	before := base.sha
	base.take(head, p.mergeSHA)
	c.repo.pushed = c.now
	c.noteCommit(p.mergeSHA, "Merge pull request #"+itoa(int64(i.number)), []string{before, head.sha})
	c.record(i, entry{kind: "merged", commit: p.mergeSHA})
	c.closeIssue(i, "", "")
	c.tellPush(p.baseRef, before, base.sha, "Merge pull request #"+itoa(int64(i.number)))
	if p.baseRef == c.repo.defaultBranch {
		c.closeReferred(orEmpty(i.body), p.mergeSHA)
	}
	return ok(map[string]any{"sha": p.mergeSHA, "merged": true, "message": "Pull Request successfully merged"})
}

// closeReferred closes the issues that a text names with a closing keyword, in
// other repositories too where the actor may: a merged pull request's body, or
// the message of a commit on the default branch.
func (c *call) closeReferred(text, commit string) {
	for _, target := range c.gh.closes(c.repo, text) {
		may := target.repo == c.repo && c.role() >= canTriage
		if !c.viaApp() && c.who.account != nil {
			may = target.repo.roleOf(c.who.account) >= canTriage
		}
		if may {
			c.closeIssue(target, "completed", commit)
		}
	}
}

// listPullFiles lists the files changed on the head branch.
func listPullFiles(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	head := c.repo.branches[c.issue.pull.headRef]
	names := head.changed()
	return ok(show(page(c, names), func(name string) any {
		n := strings.Count(string(head.files[name]), "\n")
		api := c.gh.api() + "/repos/" + c.repo.fullName()
		html := c.gh.root + "/" + c.repo.fullName()
		return map[string]any{
			"sha": blobSHA(head.files[name]), "filename": name, "status": "modified",
			"additions": n, "deletions": 0, "changes": n,
			"blob_url": html + "/blob/" + head.sha + "/" + name, "raw_url": html + "/raw/" + head.sha + "/" + name,
			"contents_url": api + "/contents/" + name + "?ref=" + head.sha,
		}
	}))
}

// headMoved tells the open pull requests of a branch that it moved.
func (c *call) headMoved(ref, before, after string) {
	for _, i := range c.repo.issues {
		if i.pull != nil && i.pull.headRef == ref && i.state == stateOpen {
			i.updated = c.now
			c.tellIssue(i, "synchronize", map[string]any{"before": before, "after": after})
		}
	}
}
