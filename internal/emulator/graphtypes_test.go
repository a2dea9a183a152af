package emulator

import (
	"maps"
	"slices"
	"testing"
)

// typeFields are the resolvers by the schema's types. Payloads of mutations
// are left out: they are made where the mutation is.
func typeFields(g graphTables) map[string][]string {
	edge, connection := names(g.edge), names(g.connection)
	return map[string][]string{
		"Query": names(g.query), "Mutation": names(g.mutation), "RateLimit": names(g.rate),
		"User": names(g.actor), "Bot": names(g.actor), "Organization": names(g.actor),
		"Repository": names(g.repo), "Issue": names(g.issue), "PullRequest": names(g.issue), "PinnedIssue": names(g.pinned),
		"IssueComment": names(g.comment), "UserContentEdit": names(g.edit), "PageInfo": names(g.pageInfo),
		"UserContentEditConnection": connection, "IssueCommentConnection": connection, "PinnedIssueConnection": connection,
		"UserContentEditEdge": edge, "IssueCommentEdge": edge, "PinnedIssueEdge": edge,
	}
}

func names[T any](fs fieldsOf[T]) []string { return slices.Collect(maps.Keys(fs)) }

func TestEveryFieldOfTheSchemaIsResolved(t *testing.T) {
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	have := typeFields(newGraphTables())
	for _, name := range s.Objects() {
		fields, known := have[name]
		if !known {
			continue // a payload; TestGraphQL… runs them all
		}
		for _, f := range s.Fields(name) {
			if !slices.Contains(fields, f) {
				t.Errorf("%s.%s has no resolver", name, f)
			}
		}
	}
}
