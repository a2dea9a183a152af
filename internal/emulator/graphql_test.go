package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"
	"github.com/shurcooL/githubv4"
	"golang.org/x/oauth2"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// v4 is GitHub's GraphQL client in Go with a persona's token, the App's
// installation token for "bot".
func (w *world) v4(who string) *githubv4.Client {
	w.t.Helper()
	url := strings.TrimSuffix(w.cred.BaseURL, "/v3") + "/graphql"
	if who == "bot" {
		return githubv4.NewEnterpriseClient(url, &http.Client{Transport: w.transport()})
	}
	src := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: w.Token(who)})
	return githubv4.NewEnterpriseClient(url, oauth2.NewClient(ctx, src))
}

// post is a GraphQL request as scripts make it; the answer's raw JSON, compact.
func (w *world) post(token, query string, variables map[string]any) string {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(w.cred.BaseURL, "/v3")+"/graphql", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		w.t.Errorf("status %d: %s", res.StatusCode, text)
	}
	return string(text)
}

type editsOf struct {
	IncludesCreatedEdit bool
	LastEditedAt        *githubv4.DateTime
	Editor              *struct{ Login string }
	UserContentEdits    struct {
		TotalCount int
		PageInfo   struct {
			HasNextPage bool
			EndCursor   string
		}
		Nodes []struct {
			ID     string
			Diff   string
			Editor struct{ Login string }
		}
	} `graphql:"userContentEdits(first: $first, after: $after)"`
}

func TestTheHistoryOfABodyIsToldNewestFirst(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "upgrades",
		&github.IssueRequest{Title: github.String("t"), Body: github.String("- [ ] a")}))
	var q struct {
		Repository struct {
			Issue struct {
				ID      string
				Number  int
				Body    string
				editsOf `graphql:"... on Issue"`
			} `graphql:"issue(number: 1)"`
		} `graphql:"repository(owner: \"acme\", name: \"upgrades\")"`
	}
	vars := map[string]any{"first": githubv4.Int(2), "after": (*githubv4.String)(nil)}
	if err := w.v4("bot").Query(ctx, &q, vars); err != nil {
		t.Fatal(err)
	}
	if i := q.Repository.Issue; i.IncludesCreatedEdit || i.LastEditedAt != nil || i.Editor != nil || i.UserContentEdits.TotalCount != 0 {
		t.Errorf("an issue that nobody edited: %+v", i)
	}
	for _, who := range []string{"reviewer", "maintainer"} {
		must[*github.Issue](t)(w.as(who).Issues.Edit(ctx, "acme", "upgrades", 1,
			&github.IssueRequest{Body: github.String("- [x] a by " + who)}))
	}
	if err := w.v4("bot").Query(ctx, &q, vars); err != nil {
		t.Fatal(err)
	}
	i := q.Repository.Issue
	if !i.IncludesCreatedEdit || i.LastEditedAt == nil || i.Editor == nil || i.Editor.Login != "mara" {
		t.Errorf("an edited issue: %+v", i)
	}
	e := i.UserContentEdits
	if e.TotalCount != 3 || len(e.Nodes) != 2 || !e.PageInfo.HasNextPage || e.Nodes[0].Editor.Login != "mara" ||
		e.Nodes[0].Diff != "- [x] a by maintainer" || e.Nodes[1].Editor.Login != "rui" {
		t.Errorf("first page: %+v", e)
	}
	vars["after"] = githubv4.NewString(githubv4.String(e.PageInfo.EndCursor))
	if err := w.v4("bot").Query(ctx, &q, vars); err != nil {
		t.Fatal(err)
	}
	if e := q.Repository.Issue.UserContentEdits; len(e.Nodes) != 1 || e.PageInfo.HasNextPage || e.Nodes[0].Diff != "- [ ] a" ||
		e.Nodes[0].Editor.Login != "ada" {
		t.Errorf("second page: %+v", e)
	}
}

func TestAnEditOfACommentIsFoundByItsID(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	m := must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("one")}))
	must[*github.IssueComment](t)(w.as("maintainer").Issues.EditComment(ctx, "acme", "upgrades", m.GetID(), &github.IssueComment{Body: github.String("two")}))
	var q struct {
		Node struct {
			Comment struct {
				Author struct {
					Typename string `graphql:"__typename"`
					Login    string
				}
				editsOf `graphql:"... on IssueComment"`
			} `graphql:"... on IssueComment"`
		} `graphql:"node(id: $id)"`
	}
	if err := w.v4("engineer").Query(ctx, &q, map[string]any{"id": githubv4.ID(m.GetNodeID()), "first": githubv4.Int(9),
		"after": (*githubv4.String)(nil)}); err != nil {
		t.Fatal(err)
	}
	c := q.Node.Comment
	if c.Author.Login != "stationmaster" || c.Author.Typename != "Bot" {
		t.Errorf("the author is %+v", c.Author)
	}
	if e := c.UserContentEdits; len(e.Nodes) != 2 || e.Nodes[0].Diff != "two" || e.Nodes[1].Diff != "one" || e.Nodes[1].Editor.Login != "stationmaster" {
		t.Fatalf("edits %+v", e)
	}
	got := w.post(w.Token("engineer"), `query($id: ID!) { node(id: $id) { __typename ... on UserContentEdit { diff deletedAt } } }`,
		map[string]any{"id": c.UserContentEdits.Nodes[1].ID})
	if want := `{"data":{"node":{"__typename":"UserContentEdit","diff":"one","deletedAt":null}}}`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestACommentIsHiddenAndShownAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	m := must[*github.IssueComment](t)(w.as("engineer").Issues.CreateComment(ctx, "acme", "upgrades", 1, &github.IssueComment{Body: github.String("c")}))
	var hide struct {
		MinimizeComment struct {
			ClientMutationID string
			MinimizedComment struct {
				IsMinimized     bool
				MinimizedReason string
			}
		} `graphql:"minimizeComment(input: $input)"`
	}
	in := githubv4.MinimizeCommentInput{SubjectID: m.GetNodeID(), Classifier: githubv4.ReportedContentClassifiersOffTopic,
		ClientMutationID: githubv4.NewString("mine")}
	if err := w.v4("bot").Mutate(ctx, &hide, in, nil); err != nil {
		t.Fatal(err)
	}
	if got := hide.MinimizeComment; !got.MinimizedComment.IsMinimized || got.MinimizedComment.MinimizedReason != "off-topic" || got.ClientMutationID != "mine" {
		t.Errorf("got %+v", got)
	}
	if rest := w.raw("engineer", "/repos/acme/upgrades/issues/comments/"+fmt.Sprint(m.GetID())); !strings.Contains(rest, `"minimized":{"reason":"off-topic"}`) {
		t.Errorf("REST shows %s", rest)
	}
	got := w.post(w.Token("outsider"), `mutation($input: UnminimizeCommentInput!) { unminimizeComment(input: $input) { unminimizedComment { isMinimized } } }`,
		map[string]any{"input": map[string]any{"subjectId": m.GetNodeID()}})
	if !strings.Contains(got, `"type":"FORBIDDEN"`) || !strings.Contains(got, `"data":{"unminimizeComment":null}`) {
		t.Errorf("an outsider got %s", got)
	}
	got = w.post(w.Token("engineer"), `mutation { unminimizeComment(input: {subjectId: "`+m.GetNodeID()+`"}) { unminimizedComment { isMinimized minimizedReason } } }`, nil)
	if want := `{"data":{"unminimizeComment":{"unminimizedComment":{"isMinimized":false,"minimizedReason":null}}}}`; got != want {
		t.Errorf("got %s", got)
	}
}

// raw is a GET as a persona, the answer's text.
func (w *world) raw(persona, path string) string {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.cred.BaseURL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+w.Token(persona))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

func TestAtMostThreeIssuesArePinned(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	pin := func(act string, i *github.Issue) string {
		return w.post(w.Token("maintainer"), `mutation { `+act+`(input: {issueId: "`+i.GetNodeID()+`"}) { issue { number isPinned } } }`, nil)
	}
	var all []*github.Issue
	for n := range 4 {
		all = append(all, w.open("engineer", fmt.Sprint(n)))
	}
	for n, i := range all[:3] {
		if got, want := pin("pinIssue", i), fmt.Sprintf(`{"data":{"pinIssue":{"issue":{"number":%d,"isPinned":true}}}}`, n+1); got != want {
			t.Errorf("got %s", got)
		}
	}
	if got := pin("pinIssue", all[3]); !strings.Contains(got, "Maximum 3 pinned issues") || !strings.Contains(got, `"path":["pinIssue"]`) {
		t.Errorf("the fourth: %s", got)
	}
	pin("unpinIssue", all[0])
	if got := w.heardKinds(); got != "issues.pinned issues.pinned issues.pinned issues.unpinned" {
		t.Errorf("heard %s", got)
	}
	got := w.post(w.Token("outsider"), `{ repository(owner: "acme", name: "upgrades") { pinnedIssues(first: 3) { totalCount nodes { issue { number } pinnedBy { login } } } } }`, nil)
	want := `{"data":{"repository":{"pinnedIssues":{"totalCount":2,"nodes":[{"issue":{"number":2},"pinnedBy":{"login":"mara"}},{"issue":{"number":3},"pinnedBy":{"login":"mara"}}]}}}}`
	if got != want {
		t.Errorf("got %s", got)
	}
}

func TestGraphQLRefusesInGitHubsWords(t *testing.T) {
	w := newWorld(t, emulator.Options{Permissions: map[string]string{"metadata": "read"}})
	i := w.open("engineer", "t")
	bot, err := w.transport().Token(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ada := w.Token("engineer")
	tests := map[string]struct{ token, query, want string }{
		"no such repository": {ada, `{ repository(owner: "acme", name: "none") { id } }`,
			`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"locations":[{"line":1,"column":3}],"message":"Could not resolve to a Repository with the name 'acme/none'."}]}`},
		"no such issue": {ada, `{ repository(owner: "acme", name: "upgrades") { issue(number: 99) { id } } }`,
			`{"data":{"repository":{"issue":null}},"errors":[{"type":"NOT_FOUND","path":["repository","issue"],"locations":[{"line":1,"column":49}],"message":"Could not resolve to an Issue with the number of 99."}]}`},
		"no such node": {ada, `{ node(id: "I_nonsense") { id } }`,
			`{"data":{"node":null},"errors":[{"type":"NOT_FOUND","path":["node"],"locations":[{"line":1,"column":3}],"message":"Could not resolve to a node with the global id of 'I_nonsense'"}]}`},
		"one of several nodes": {ada, `{ nodes(ids: ["I_nonsense", "` + i.GetNodeID() + `"]) { id } }`,
			`{"data":{"nodes":[null,{"id":"` + i.GetNodeID() + `"}]},"errors":[{"type":"NOT_FOUND","path":["nodes",0],"locations":[{"line":1,"column":3}],"message":"Could not resolve to a node with the global id of 'I_nonsense'"}]}`},
		"no permission": {bot, `{ node(id: "` + i.GetNodeID() + `") { id } }`,
			`{"data":{"node":null},"errors":[{"type":"FORBIDDEN","path":["node"],"extensions":{"saml_failure":false},"locations":[{"line":1,"column":3}],"message":"Resource not accessible by integration"}]}`},
		"no such field": {ada, `query Mine { repository(owner: "acme", name: "upgrades") { stars } }`,
			`{"errors":[{"path":["query Mine","repository","stars"],"extensions":{"code":"undefinedField","fieldName":"stars","typeName":"Repository"},"locations":[{"line":1,"column":60}],"message":"Field 'stars' doesn't exist on type 'Repository'"}]}`},
		"no fields": {ada, `{ viewer }`,
			`{"errors":[{"path":["query","viewer"],"extensions":{"code":"selectionMismatch","nodeName":"field 'viewer'","typeName":"User!"},"locations":[{"line":1,"column":3}],"message":"Field must have selections (field 'viewer' returns User but has no selections. Did you mean 'viewer { ... }'?)"}]}`},
		"an argument too few": {ada, `{ repository(name: "upgrades") { id } }`,
			`{"errors":[{"path":["query","repository"],"extensions":{"arguments":"owner","className":"Field","code":"missingRequiredArguments","name":"repository"},"locations":[{"line":1,"column":3}],"message":"Field 'repository' is missing required arguments: owner"}]}`},
		"no page size": {ada, `{ repository(owner: "acme", name: "upgrades") { issue(number: 1) { userContentEdits { totalCount } } } }`,
			"You must provide a `first` or `last` value to properly paginate the `userContentEdits` connection."},
		"too large a page": {ada, `{ repository(owner: "acme", name: "upgrades") { issue(number: 1) { userContentEdits(last: 101) { totalCount } } } }`,
			"Requesting 101 records on the `userContentEdits` connection exceeds the `last` limit of 100 records."},
		"nothing readable": {ada, `{ viewer { login }`, `"message":"Parse error: `},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := w.post(tc.token, tc.query, nil); got != tc.want && (strings.HasPrefix(tc.want, "{") || !strings.Contains(got, tc.want)) {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestGraphQLTellsWhoAsksAndWhatItCost(t *testing.T) {
	w := newWorld(t, emulator.Options{Limits: true})
	bot, err := w.transport().Token(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{
		bot:                 `{"data":{"viewer":{"login":"stationmaster[bot]"},"rateLimit":{"limit":5000,"cost":1,"used":1,"remaining":4999,"nodeCount":0}}}`,
		w.Token("engineer"): `{"data":{"viewer":{"login":"ada"},"rateLimit":{"limit":5000,"cost":1,"used":1,"remaining":4999,"nodeCount":0}}}`,
	} {
		if got := w.post(token, `{ viewer { login } rateLimit { limit cost used remaining nodeCount } }`, nil); got != want {
			t.Errorf("got %s", got)
		}
	}
	if rest := w.raw("engineer", "/rate_limit"); !strings.Contains(rest, `"graphql":{"limit":5000,"remaining":4999,`) ||
		!strings.Contains(rest, `"core":{"limit":5000,"remaining":5000,`) {
		t.Errorf("REST tells %s", rest)
	}
}
