package emulator

import (
	"cmp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // due dates are cut in Pacific time, on machines without a zone file too
)

// milestone groups issues under a due date.
type milestone struct {
	id          int64
	repo        *repo
	number      int
	title       string
	description *string
	state       string
	creator     *account
	due         time.Time // zero: none
	created     time.Time
	updated     time.Time
	closed      time.Time // zero while open
	openCount   int       // issues, pull requests included
	closedCount int
}

func (r *repo) milestone(n int) *milestone {
	for _, m := range r.mstones {
		if m.number == n {
			return m
		}
	}
	return nil
}

type milestoneView struct {
	URL          string    `json:"url"`
	HTMLURL      string    `json:"html_url"`
	LabelsURL    string    `json:"labels_url"`
	ID           int64     `json:"id"`
	NodeID       string    `json:"node_id"`
	Number       int       `json:"number"`
	Title        string    `json:"title"`
	Description  *string   `json:"description"`
	Creator      *userView `json:"creator"`
	OpenIssues   int       `json:"open_issues"`
	ClosedIssues int       `json:"closed_issues"`
	State        string    `json:"state"`
	CreatedAt    string    `json:"created_at"`
	UpdatedAt    string    `json:"updated_at"`
	DueOn        *string   `json:"due_on"`
	ClosedAt     *string   `json:"closed_at"`
}

// count books an issue in (+1) or out (-1), under the state it has.
func (m *milestone) count(i *issue, by int) {
	switch {
	case m == nil:
	case i.state == stateOpen:
		m.openCount += by
	default:
		m.closedCount += by
	}
}

func (g *GitHub) milestoneView(m *milestone) milestoneView {
	api := g.api() + "/repos/" + m.repo.fullName() + "/milestones/" + itoa(int64(m.number))
	return milestoneView{
		URL: api, HTMLURL: g.root + "/" + m.repo.fullName() + "/milestone/" + itoa(int64(m.number)),
		LabelsURL: api + "/labels", ID: m.id, NodeID: nodeID("MI", m.id), Number: m.number,
		Title: m.title, Description: m.description, Creator: g.user(m.creator), OpenIssues: m.openCount,
		ClosedIssues: m.closedCount, State: m.state, CreatedAt: stamp(m.created), UpdatedAt: stamp(m.updated),
		DueOn: stampOrNull(m.due), ClosedAt: stampOrNull(m.closed),
	}
}

// listMilestones lists the open ones by due date unless asked otherwise.
func listMilestones(c *call) *reply {
	state := cmp.Or(c.query.Get("state"), stateOpen)
	var found []*milestone
	for _, m := range c.repo.mstones {
		if state == "all" || m.state == state {
			found = append(found, m)
		}
	}
	byDue := func(a, b *milestone) int {
		if a.due.IsZero() != b.due.IsZero() { // without a date comes last
			return map[bool]int{true: 1, false: -1}[a.due.IsZero()]
		}
		return a.due.Compare(b.due)
	}
	slices.SortStableFunc(found, byDue)
	if c.query.Get("direction") == "desc" {
		slices.Reverse(found)
	}
	return ok(show(page(c, found), c.gh.milestoneView))
}

func (c *call) milestoneOf() *milestone { return c.repo.milestone(int(c.num("#milestone_number"))) }

func getMilestone(c *call) *reply {
	m := c.milestoneOf()
	if m == nil {
		return notFound()
	}
	return ok(c.gh.milestoneView(m))
}

type milestoneAsk struct {
	Title       *string       `json:"title"`
	State       *string       `json:"state"`
	Description field[string] `json:"description"`
	DueOn       field[string] `json:"due_on"`
}

// read checks the request and gives what m (a copy) becomes.
func (q milestoneAsk) read(c *call, m milestone, self *milestone) (milestone, *reply) {
	if q.Title != nil {
		m.title = *q.Title
	}
	if strings.TrimSpace(m.title) == "" {
		return m, invalid(missingField("Milestone", "title"))
	}
	for _, other := range c.repo.mstones {
		if other != self && strings.EqualFold(other.title, m.title) {
			return m, invalid(alreadyExists("Milestone", "title"))
		}
	}
	if q.State != nil {
		if *q.State != stateOpen && *q.State != stateClosed {
			return m, invalid(badValue("Milestone", "state", *q.State))
		}
		m.state = *q.State
	}
	if q.Description.set {
		m.description = nil
		if !q.Description.null {
			m.description = &q.Description.val
		}
	}
	if q.DueOn.set {
		due, err := pacificDay(q.DueOn.val)
		if err != nil {
			return m, invalid(badValue("Milestone", "due_on", q.DueOn.val))
		}
		m.due = due
	}
	return m, nil
}

// pacificDay cuts a time to the beginning of its day on GitHub's own calendar:
// it comes back as 07:00Z or 08:00Z, and a time before that hour falls on the
// day before. The empty string is no date.
func pacificDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, err
	}
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return t, err
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).UTC(), nil
}

func createMilestone(c *call) *reply {
	var ask milestoneAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Title == nil {
		return wasntSupplied("title")
	}
	m, bad := ask.read(c, milestone{repo: c.repo, state: stateOpen, creator: c.who.account,
		created: c.now, updated: c.now}, nil)
	if bad != nil {
		return bad
	}
	c.repo.lastMile++
	m.id, m.number = c.gh.st.id(), c.repo.lastMile
	if m.state == stateClosed {
		m.closed = c.now
	}
	c.repo.mstones = append(c.repo.mstones, &m)
	c.tellMilestone(&m, "created", nil)
	return created(c.gh.milestoneView(&m))
}

func (c *call) tellMilestone(m *milestone, action string, changes map[string]from) {
	extra := map[string]any{"milestone": c.gh.milestoneView(m)}
	if changes != nil {
		extra["changes"] = changes
	}
	c.tell("milestone", action, extra)
}

func updateMilestone(c *call) *reply {
	m := c.milestoneOf()
	if m == nil {
		return notFound()
	}
	var ask milestoneAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	is, bad := ask.read(c, *m, m)
	if bad != nil {
		return bad
	}
	was := *m
	*m = is
	changes := milestoneChanges(was, is)
	if len(changes) > 0 {
		m.updated = c.now
		c.tellMilestone(m, "edited", changes)
	}
	if was.state != is.state {
		m.updated, m.closed = c.now, time.Time{}
		action := "opened"
		if m.state == stateClosed {
			m.closed, action = c.now, "closed"
		}
		c.tellMilestone(m, action, nil)
	}
	return ok(c.gh.milestoneView(m))
}

func milestoneChanges(was, is milestone) map[string]from {
	changes := map[string]from{}
	if was.title != is.title {
		changes["title"] = from{was.title}
	}
	if a, b := orEmpty(was.description), orEmpty(is.description); a != b {
		changes["description"] = from{a}
	}
	if !was.due.Equal(is.due) {
		changes["due_on"] = from{orEmpty(stampOrNull(was.due))}
	}
	return changes
}

// deleteMilestone takes it off its issues. Like that of a deleted label, the
// webhook of each no longer says what it was.
func deleteMilestone(c *call) *reply {
	m := c.milestoneOf()
	if m == nil {
		return notFound()
	}
	for _, i := range c.repo.issues {
		if i.milestone == m {
			i.milestone = nil
			c.record(i, entry{kind: "demilestoned", title: m.title})
			c.tellIssue(i, "demilestoned", nil)
		}
	}
	c.repo.mstones = slices.DeleteFunc(c.repo.mstones, func(x *milestone) bool { return x == m })
	c.tellMilestone(m, "deleted", nil)
	return noContent()
}

// listMilestoneLabels lists the labels of a milestone's issues.
func listMilestoneLabels(c *call) *reply {
	m := c.milestoneOf()
	if m == nil {
		return notFound()
	}
	var found []*label
	for _, l := range c.repo.labels {
		if slices.ContainsFunc(c.repo.issues, func(i *issue) bool {
			return i.milestone == m && slices.Contains(i.labels, l)
		}) {
			found = append(found, l)
		}
	}
	return ok(c.gh.labelViews(c.repo, page(c, found)))
}
