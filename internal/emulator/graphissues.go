package emulator

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

// noAccess is what an App gets for what it lacks the permission for.
const noAccess = "Resource not accessible by integration"

// graphIssue shows an issue or a pull request to whoever may read it.
func (c *call) graphIssue(i *issue) (any, error) {
	if !c.graphMay(i, "read") {
		return nil, graphql.Forbidden(noAccess)
	}
	t := thing[*issue]{c: c, name: "Issue", it: i, fields: c.gh.graph.issue}
	if i.pull != nil {
		t.name = "PullRequest"
	}
	return t, nil
}

func issueNodeID(i *issue) string {
	if i.pull != nil {
		return nodeID("PR", i.id)
	}
	return nodeID("I", i.id)
}

// issueGraph are the fields of Issue and PullRequest.
func issueGraph() fieldsOf[*issue] {
	return fieldsOf[*issue]{
		"id":                  value(func(i *issue) any { return issueNodeID(i) }),
		"databaseId":          value(func(i *issue) any { return i.id }),
		"fullDatabaseId":      value(func(i *issue) any { return itoa(i.id) }),
		"number":              value(func(i *issue) any { return i.number }),
		"title":               value(func(i *issue) any { return i.title }),
		"body":                value(func(i *issue) any { return orEmpty(i.body) }),
		"state":               value(graphState),
		"closed":              value(func(i *issue) any { return i.state == stateClosed }),
		"locked":              value(func(i *issue) any { return i.locked }),
		"isPinned":            value(func(i *issue) any { return slices.Contains(i.repo.pinned, i) }),
		"createdAt":           value(func(i *issue) any { return stamp(i.created) }),
		"updatedAt":           value(func(i *issue) any { return stamp(i.updated) }),
		"author":              shown(func(c *call, i *issue) any { return c.graphActor(i.author) }),
		"viewerDidAuthor":     shown(func(c *call, i *issue) any { return c.who.account == i.author }),
		"repository":          shown(func(c *call, i *issue) any { return c.graphRepo(i.repo) }),
		"url":                 shown(func(c *call, i *issue) any { return c.gh.pageURL(i) }),
		"resourcePath":        shown(func(c *call, i *issue) any { return strings.TrimPrefix(c.gh.pageURL(i), c.gh.root) }),
		"editor":              shown(func(c *call, i *issue) any { return c.graphEditor(i.history) }),
		"lastEditedAt":        value(func(i *issue) any { return lastEdited(i.history) }),
		"includesCreatedEdit": value(func(i *issue) any { return i.history.edited() }),
		"userContentEdits": func(c *call, i *issue, args graphql.Args) (any, error) {
			return c.graphEdits(i.id, i.history, args)
		},
		"comments": func(c *call, i *issue, args graphql.Args) (any, error) {
			ms := show(i.comments, func(m *comment) any {
				return thing[*comment]{c: c, name: "IssueComment", it: m, fields: c.gh.graph.comment}
			})
			return c.connection("IssueComment", "comments", ms, args)
		},
	}
}

// graphState is an issue's state in GraphQL's words.
func graphState(i *issue) any {
	if i.pull != nil && i.pull.mergedBy != nil {
		return "MERGED"
	}
	return strings.ToUpper(i.state)
}

// graphComment shows a comment to whoever may read it.
func (c *call) graphComment(m *comment) (any, error) {
	if !c.graphMay(m.issue, "read") {
		return nil, graphql.Forbidden(noAccess)
	}
	return thing[*comment]{c: c, name: "IssueComment", it: m, fields: c.gh.graph.comment}, nil
}

func commentPath(c *call, m *comment) string {
	return c.gh.pageURL(m.issue) + "#issuecomment-" + itoa(m.id)
}

// commentGraph are the fields of IssueComment.
func commentGraph() fieldsOf[*comment] {
	return fieldsOf[*comment]{
		"id":                  value(func(m *comment) any { return nodeID("IC", m.id) }),
		"databaseId":          value(func(m *comment) any { return m.id }),
		"fullDatabaseId":      value(func(m *comment) any { return itoa(m.id) }),
		"body":                value(func(m *comment) any { return m.body }),
		"createdAt":           value(func(m *comment) any { return stamp(m.created) }),
		"updatedAt":           value(func(m *comment) any { return stamp(m.updated) }),
		"author":              shown(func(c *call, m *comment) any { return c.graphActor(m.author) }),
		"viewerDidAuthor":     shown(func(c *call, m *comment) any { return c.who.account == m.author }),
		"repository":          shown(func(c *call, m *comment) any { return c.graphRepo(m.issue.repo) }),
		"url":                 shown(func(c *call, m *comment) any { return commentPath(c, m) }),
		"resourcePath":        shown(func(c *call, m *comment) any { return strings.TrimPrefix(commentPath(c, m), c.gh.root) }),
		"isMinimized":         value(func(m *comment) any { return m.minimized != "" }),
		"viewerCanMinimize":   shown(func(c *call, m *comment) any { return c.mayMinimize(m) }),
		"editor":              shown(func(c *call, m *comment) any { return c.graphEditor(m.history) }),
		"lastEditedAt":        value(func(m *comment) any { return lastEdited(m.history) }),
		"includesCreatedEdit": value(func(m *comment) any { return m.history.edited() }),
		"issue":               func(c *call, m *comment, _ graphql.Args) (any, error) { return c.graphIssue(m.issue) },
		"minimizedReason": value(func(m *comment) any {
			if m.minimized == "" {
				return nil
			}
			return m.minimized
		}),
		"pullRequest": func(c *call, m *comment, _ graphql.Args) (any, error) {
			if m.issue.pull == nil {
				return nil, nil
			}
			return c.graphIssue(m.issue)
		},
		"userContentEdits": func(c *call, m *comment, args graphql.Args) (any, error) {
			return c.graphEdits(m.id, m.history, args)
		},
	}
}
