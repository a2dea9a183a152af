package emulator

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// searchDoc is what the index knows of an issue, at some time.
type searchDoc struct {
	at    time.Time // when it was written
	issue *issue
	issueFacts
	title, body, comments string // words between spaces
}

// issueFacts are what the qualifiers ask for.
type issueFacts struct {
	state, reason        string
	pull, draft, merged  bool
	locked               bool
	author, milestone    string
	labels, assignees    []string
	mentioned, commented []string
	head, base           string
	created, updated     time.Time
	closed, mergedAt     time.Time
	commentCount         int
}

// indexed is an issue as search knows it: as it was when the delay began. Nil
// means that it was not there yet.
func (g *GitHub) indexed(i *issue) *searchDoc {
	if g.opts.SearchDelay <= 0 {
		return newSearchDoc(i, i.updated)
	}
	until := g.clock.now().Add(-g.opts.SearchDelay)
	i.forget(until)
	if !i.updated.After(until) { // what is written is known, since before the delay was set too
		return newSearchDoc(i, i.updated)
	}
	if len(i.index) == 0 || i.index[0].at.After(until) {
		return nil
	}
	return i.index[0]
}

// forget drops what the index need not know any more: all that was replaced
// before a time.
func (i *issue) forget(until time.Time) {
	for len(i.index) > 1 && !i.index[1].at.After(until) {
		i.index = i.index[1:]
	}
}

// reindex notes what a request changed, for the time when the delay is over.
func (c *call) reindex() {
	if c.gh.opts.SearchDelay <= 0 {
		return
	}
	now := c.gh.clock.now()
	for _, r := range c.gh.st.repoList {
		for _, i := range r.issues {
			if !i.updated.Before(c.now) {
				i.forget(now.Add(-c.gh.opts.SearchDelay))
				i.index = append(i.index, newSearchDoc(i, now))
			}
		}
	}
}

func newSearchDoc(i *issue, at time.Time) *searchDoc {
	logins := func(as []*account) []string {
		return show(as, func(a *account) string { return strings.ToLower(a.login) })
	}
	d := &searchDoc{at: at, issue: i, title: spaced(i.title), body: spaced(orEmpty(i.body))}
	d.state, d.reason, d.locked, d.author = i.state, strings.ReplaceAll(i.stateReason, "_", " "), i.locked, strings.ToLower(i.author.login)
	d.assignees, d.created, d.updated, d.closed = logins(i.assignees), i.created, i.updated, i.closed
	d.labels = show(i.labels, func(l *label) string { return strings.ToLower(l.name) })
	if i.milestone != nil {
		d.milestone = strings.ToLower(i.milestone.title)
	}
	if p := i.pull; p != nil {
		d.pull, d.draft, d.merged, d.mergedAt = true, p.draft, p.mergedBy != nil, p.mergedAt
		d.head, d.base = strings.ToLower(p.headRef), strings.ToLower(p.baseRef)
	}
	var said []string
	for _, m := range i.comments {
		said = append(said, m.body)
		d.commented = append(d.commented, strings.ToLower(m.author.login))
	}
	d.comments, d.commentCount = spaced(strings.Join(said, "\n")), len(i.comments)
	for _, e := range i.timeline {
		if e.kind == "mentioned" {
			d.mentioned = append(d.mentioned, strings.ToLower(e.actor.login))
		}
	}
	return d
}

// spaced is a text's words in lower case, each between spaces, so that a phrase
// is found by looking for a piece of the string.
func spaced(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_'
	})
	if len(words) == 0 {
		return " "
	}
	return " " + strings.Join(words, " ") + " "
}

// involves reports whether a person has to do with the issue.
func (d *searchDoc) involves(login string) bool {
	return d.author == login || slices.Contains(d.assignees, login) || slices.Contains(d.mentioned, login) ||
		slices.Contains(d.commented, login)
}
