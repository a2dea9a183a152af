package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	stateOpen    = "open"
	stateClosed  = "closed"
	maxTitle     = 256
	maxBody      = 262_144 // bytes; GitHub's message speaks of 65,536 characters
	saidMaxBody  = 65_536
	maxAssignees = 10
)

// issue is an issue, or a pull request's common part.
type issue struct {
	id          int64
	repo        *repo
	number      int
	title       string
	body        *string // nil: never given
	history     history
	author      *account
	via         *app // through which it was made, nil if none
	state       string
	stateReason string // empty shows as null
	labels      []*label
	assignees   []*account
	milestone   *milestone
	locked      bool
	lockReason  string
	comments    []*comment
	reactions   []*reaction
	timeline    []*entry
	created     time.Time
	updated     time.Time
	closed      time.Time // zero while open
	closedBy    *account
	pull        *pull // nil for an issue
	kin         family
	index       []*searchDoc // what search knew of it since, oldest first; empty without a delay
}

// association is how a person stands to the repository.
func (r *repo) association(a *account) string {
	switch {
	case r.org.members[a]:
		return "MEMBER"
	case r.people[a] != noRole:
		return "COLLABORATOR"
	default:
		return "NONE"
	}
}

// issueAsk is the body of creating and of changing an issue.
type issueAsk struct {
	Title       field[string]     `json:"title"`
	Body        field[string]     `json:"body"`
	State       *string           `json:"state"`
	StateReason field[string]     `json:"state_reason"`
	Milestone   field[int]        `json:"milestone"`
	Labels      field[labelNames] `json:"labels"`
	Assignees   field[[]string]   `json:"assignees"`
	Assignee    field[string]     `json:"assignee"`
}

// checkText finds what is wrong with title and body.
func checkText(resource, title string, body string) []fieldError {
	var errs []fieldError
	if strings.TrimSpace(title) == "" {
		errs = append(errs, missingField(resource, "title"))
	}
	if utf8.RuneCountInString(title) > maxTitle {
		errs = append(errs, tooLong(resource, "title", maxTitle))
	}
	if len(body) > maxBody {
		errs = append(errs, tooLong(resource, "body", saidMaxBody))
	}
	return errs
}

func createIssue(c *call) *reply {
	var ask issueAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if !ask.Title.set || ask.Title.null {
		return wasntSupplied("title")
	}
	if errs := checkText("Issue", ask.Title.val, ask.Body.val); errs != nil {
		return invalid(errs...)
	}
	set, bad := c.readExtras(ask, nil)
	if bad != nil {
		return bad
	}
	i := c.newIssue(ask.Title.val, ask.Body)
	c.tellIssue(i, "opened", c.bare(i))
	set.apply(c, i)
	c.refer(i, ask.Body.val)
	return created(c.gh.issueView(i))
}

// bare is what the webhook of a new issue shows of it if that is not the state
// at the end of the request: nothing of what it was made with is on it yet.
func (c *call) bare(i *issue) map[string]any {
	if o := c.gh.opts.Opened; o == OpenedWhole || o == OpenedEither && c.gh.dice.IntN(2) == 0 {
		return nil
	}
	return map[string]any{"issue": json.RawMessage(encode(c.gh.hookIssue(i)))}
}

// newIssue takes the next number. Pull requests take theirs here too.
func (c *call) newIssue(title string, body field[string]) *issue {
	i := &issue{id: c.gh.st.id(), repo: c.repo, number: c.repo.nextIssue(), title: title,
		author: c.who.account, via: c.who.app, state: stateOpen, created: c.now, updated: c.now}
	if body.set && !body.null {
		i.body = &body.val
	}
	c.wrote(&i.history, orEmpty(i.body))
	c.repo.issues = append(c.repo.issues, i)
	c.repo.openIssues++
	return i
}

// extras are the fields that need more than being the author. Without that,
// GitHub drops them without a word.
type extras struct {
	labels    []*label
	assignees []*account
	milestone *milestone

	setLabels, setAssignees, setMilestone bool
}

// formHeader is how the site says that it opens an issue by a repository's
// form: that sets its labels and assignees for everybody, and asks no rights.
const formHeader = "X-Emulator-Form"

// readExtras checks labels, assignees and milestone; i is nil for a new issue.
func (c *call) readExtras(ask issueAsk, i *issue) (extras, *reply) {
	var x extras
	if c.role() < canTriage && c.r.Header.Get(formHeader) == "" {
		return x, nil
	}
	if ask.Assignee.set && !ask.Assignees.set {
		ask.Assignees.set = true
		if ask.Assignee.val != "" {
			ask.Assignees.val = []string{ask.Assignee.val}
		}
	}
	for _, login := range ask.Assignees.val {
		a := c.gh.st.account(login)
		if !c.assignable(a, i) {
			return x, invalid(badValue("Issue", "assignees", login))
		}
		x.assignees = append(x.assignees, a)
	}
	if ask.Milestone.set && !ask.Milestone.null {
		if x.milestone = c.repo.milestone(ask.Milestone.val); x.milestone == nil {
			return x, invalid(badValue("Issue", "milestone", ask.Milestone.val))
		}
	}
	x.setAssignees, x.setMilestone = ask.Assignees.set, ask.Milestone.set
	if ask.Labels.set && (!ask.Labels.null || i == nil) {
		ls, bad := c.labelsFor(ask.Labels.val, 0)
		if bad != nil {
			return x, bad
		}
		x.labels, x.setLabels = ls, true
	}
	return x, nil
}

// assignable adds to the repository's rule those who took part in the issue.
func (c *call) assignable(a *account, i *issue) bool {
	if c.repo.assignable(a) {
		return true
	}
	if a == nil || a.kind != "User" || i == nil || c.repo.roleOf(a) == noRole {
		return false
	}
	return i.author == a || slices.ContainsFunc(i.comments, func(m *comment) bool { return m.author == a })
}

func (x extras) apply(c *call, i *issue) {
	if x.setLabels {
		c.replaceLabels(i, x.labels)
	}
	if x.setAssignees {
		c.replaceAssignees(i, x.assignees)
	}
	if x.setMilestone {
		c.setMilestone(i, x.milestone)
	}
}

func getIssue(c *call) *reply { return ok(c.gh.issueView(c.issue)) }

func updateIssue(c *call) *reply {
	var ask issueAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	i := c.issue
	if c.role() < canTriage && i.author != c.who.account {
		return fail(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	title, body, bad := ask.text(i)
	if bad != nil {
		return bad
	}
	if bad := ask.checkState(i); bad != nil {
		return bad
	}
	set, bad := c.readExtras(ask, i)
	if bad != nil {
		return bad
	}
	c.edit(i, title, body)
	set.apply(c, i)
	if ask.State != nil && *ask.State == stateClosed {
		c.closeIssue(i, ask.StateReason.val, "")
	} else if ask.State != nil {
		c.reopenIssue(i)
	}
	return ok(c.gh.issueView(i))
}

// text is what title and body become. A body that is too long is dropped in
// silence, as GitHub does on this route alone.
func (q issueAsk) text(i *issue) (string, *string, *reply) {
	title, body := i.title, i.body
	if q.Title.set && !q.Title.null {
		title = q.Title.val
		if errs := checkText("Issue", title, ""); errs != nil {
			return "", nil, invalid(errs...)
		}
	}
	switch {
	case q.Body.null:
		body = nil
	case q.Body.set && len(q.Body.val) <= maxBody:
		body = &q.Body.val
	}
	return title, body, nil
}

// checkState refuses unknown states, and opening what was merged.
func (q issueAsk) checkState(i *issue) *reply {
	if q.State != nil && *q.State != stateOpen && *q.State != stateClosed {
		return invalid(badValue("Issue", "state", *q.State))
	}
	if q.State != nil && *q.State == stateOpen && i.pull != nil && i.pull.mergedBy != nil {
		return invalid(fieldError{Resource: "PullRequest", Code: "invalid", Field: "state",
			Message: "state cannot be changed. The pull request has been merged."})
	}
	reasons := []string{"", "completed", "not_planned", "duplicate", "reopened"}
	if !slices.Contains(reasons, q.StateReason.val) {
		return invalid(badValue("Issue", "state_reason", q.StateReason.val))
	}
	return nil
}

var lockReasons = []string{"", "off-topic", "too heated", "resolved", "spam"}

func lockIssue(c *call) *reply {
	var ask struct {
		Reason string `json:"lock_reason"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if !slices.Contains(lockReasons, ask.Reason) {
		return invalid(badValue("Issue", "lock_reason", ask.Reason))
	}
	i := c.issue
	if !i.locked {
		i.locked, i.lockReason = true, ask.Reason
		c.record(i, entry{kind: "locked", reason: ask.Reason})
		c.tellIssue(i, "locked", nil)
	}
	return noContent()
}

func unlockIssue(c *call) *reply {
	i := c.issue
	if i.locked {
		i.locked, i.lockReason = false, ""
		c.record(i, entry{kind: "unlocked"})
		c.tellIssue(i, "unlocked", nil)
	}
	return noContent()
}

// askedAssignees reads the accounts of {"assignees": […]}.
func (c *call) askedAssignees() ([]*account, *reply) {
	var ask struct {
		Assignees []string `json:"assignees"`
	}
	if bad := c.decode(&ask); bad != nil {
		return nil, bad
	}
	var out []*account
	for _, login := range ask.Assignees {
		if a := c.gh.st.account(login); a != nil {
			out = append(out, a)
		}
	}
	return out, nil
}

// addAssignees leaves out those who may not be assigned, without a word.
func addAssignees(c *call) *reply {
	as, bad := c.askedAssignees()
	if bad != nil {
		return bad
	}
	for _, a := range as {
		if c.assignable(a, c.issue) {
			c.assign(c.issue, a)
		}
	}
	return created(c.gh.issueView(c.issue))
}

func removeAssignees(c *call) *reply {
	as, bad := c.askedAssignees()
	if bad != nil {
		return bad
	}
	for _, a := range as {
		c.unassign(c.issue, a)
	}
	return ok(c.gh.issueView(c.issue))
}
