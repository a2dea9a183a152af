package emulator

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

// mutationFields are what a mutation can do.
func mutationFields() fieldsOf[graphql.Cost] {
	return fieldsOf[graphql.Cost]{
		"minimizeComment": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			reason := strings.ToLower(strings.ReplaceAll(args.Input().Text("classifier"), "_", "-"))
			return c.minimize(args.Input(), reason, "MinimizeCommentPayload", "minimizedComment")
		},
		"unminimizeComment": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			return c.minimize(args.Input(), "", "UnminimizeCommentPayload", "unminimizedComment")
		},
		"pinIssue": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			i, err := c.pinnable(args.Input())
			if err != nil {
				return nil, err
			}
			if len(i.repo.pinned) >= maxPinned && !slices.Contains(i.repo.pinned, i) {
				return nil, graphql.Unprocessable("Maximum 3 pinned issues per repository")
			}
			c.pinIssue(i)
			return c.payload("PinIssuePayload", args.Input(), "issue", i)
		},
		"unpinIssue": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			i, err := c.pinnable(args.Input())
			if err != nil {
				return nil, err
			}
			c.unpinIssue(i)
			return c.payload("UnpinIssuePayload", args.Input(), "issue", i)
		},
	}
}

// payload answers a mutation: what it was about, and the client's own id.
func (c *call) payload(name string, input graphql.Args, key string, about any) (any, error) {
	var shown any
	var err error
	switch about := about.(type) {
	case *issue:
		shown, err = c.graphIssue(about)
	case *comment:
		shown, err = c.graphComment(about)
	}
	if err != nil {
		return nil, err
	}
	fields := fieldsOf[graphql.Args]{
		key: value(func(graphql.Args) any { return shown }),
		"id": value(func(in graphql.Args) any {
			if id := in.Text("issueId"); id != "" {
				return id
			}
			return nil
		}),
		"clientMutationId": value(func(in graphql.Args) any { return in["clientMutationId"] }),
	}
	return thing[graphql.Args]{c: c, name: name, it: input, fields: fields}, nil
}

// mayMinimize reports whether the actor may hide a comment: its author may,
// and whoever may triage.
func (c *call) mayMinimize(m *comment) bool {
	c.repo = m.issue.repo
	return c.graphMay(m.issue, "write") && (m.author == c.who.account || c.role() >= canTriage)
}

func (c *call) minimize(input graphql.Args, reason, payload, key string) (any, error) {
	id := input.Text("subjectId")
	kind, n := numberOf(id)
	m := c.commentByID(n)
	if kind != "IC" || m == nil || !c.sees(m.issue.repo) {
		return nil, noNode(id)
	}
	if !c.mayMinimize(m) {
		return nil, c.refusal("minimize comments")
	}
	m.minimized = reason
	return c.payload(payload, input, key, m)
}

// refusal is what the actor gets for an act that is not allowed: Apps hear of
// their permissions, people of theirs.
func (c *call) refusal(act string) error {
	if c.who.app != nil && !c.graphMay(c.issue, "write") {
		return graphql.Forbidden(noAccess)
	}
	return graphql.Forbidden(c.who.account.login + " does not have the correct permissions to execute `" + act + "`")
}

// pinnable is the issue that a mutation names, if the actor may pin it.
func (c *call) pinnable(input graphql.Args) (*issue, error) {
	id := input.Text("issueId")
	kind, n := numberOf(id)
	i := c.issueByID(n)
	if kind != "I" || i == nil || i.pull != nil || !c.sees(i.repo) {
		return nil, noNode(id)
	}
	c.repo, c.issue = i.repo, i
	if !c.graphMay(i, "write") || c.role() < canWrite {
		return nil, c.refusal("PinIssue")
	}
	return i, nil
}

// graphPinned lists a repository's pinned issues.
func graphPinned(c *call, r *repo, args graphql.Args) (any, error) {
	ps := show(r.pinned, func(i *issue) any { return thing[*issue]{c: c, name: "PinnedIssue", it: i, fields: c.gh.graph.pinned} })
	return c.connection("PinnedIssue", "pinnedIssues", ps, args)
}

// pinnedFields are those of PinnedIssue.
func pinnedFields() fieldsOf[*issue] {
	return fieldsOf[*issue]{
		"id":         value(func(i *issue) any { return nodeID("PI", i.id) }),
		"databaseId": value(func(i *issue) any { return i.id }),
		"issue":      func(c *call, i *issue, _ graphql.Args) (any, error) { return c.graphIssue(i) },
		"repository": shown(func(c *call, i *issue) any { return c.graphRepo(i.repo) }),
		"pinnedBy": shown(func(c *call, i *issue) any {
			for _, e := range slices.Backward(i.timeline) {
				if e.kind == "pinned" {
					return c.graphActor(e.actor)
				}
			}
			return c.graphActor(i.author)
		}),
	}
}
