package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

// queryFields are what a query can begin with.
func queryFields() fieldsOf[graphql.Cost] {
	return fieldsOf[graphql.Cost]{
		"viewer": func(c *call, _ graphql.Cost, _ graphql.Args) (any, error) {
			return thing[*account]{c: c, name: "User", it: c.who.account, fields: c.gh.graph.viewer}, nil
		},
		"rateLimit": func(c *call, n graphql.Cost, _ graphql.Args) (any, error) {
			return thing[graphql.Cost]{c: c, name: "RateLimit", it: n, fields: c.gh.graph.rate}, nil
		},
		"repository": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			owner, name := args.Text("owner"), args.Text("name")
			r := c.gh.st.repo(owner, name)
			if r == nil || !c.sees(r) {
				return nil, graphql.NotFound("Could not resolve to a Repository with the name '%s/%s'.", owner, name)
			}
			return c.graphRepo(r), nil
		},
		"node": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) { return c.node(args.Text("id")) },
		"nodes": func(c *call, _ graphql.Cost, args graphql.Args) (any, error) {
			ids, _ := args["ids"].([]any)
			out := []any{}
			for _, id := range ids {
				text, _ := id.(string)
				one, err := c.node(text)
				if err != nil {
					one = err // one that is not there is null, beside the others
				}
				out = append(out, one)
			}
			return out, nil
		},
	}
}

// numberOf reads a global id back; the kind is what stands before the line.
func numberOf(id string) (kind string, number int64) {
	kind, text, _ := strings.Cut(id, "_")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 9 {
		return "", 0
	}
	return kind, int64(binary.BigEndian.Uint64(b[1:]))
}

func noNode(id string) error {
	return graphql.NotFound("Could not resolve to a node with the global id of '%s'", id)
}

// node finds anything that the actor may see by its global id.
func (c *call) node(id string) (any, error) {
	kind, n := numberOf(id)
	switch kind {
	case "I", "PR":
		if i := c.issueByID(n); i != nil && (i.pull != nil) == (kind == "PR") && c.sees(i.repo) {
			return c.graphIssue(i)
		}
	case "IC":
		if m := c.commentByID(n); m != nil && c.sees(m.issue.repo) {
			return c.graphComment(m)
		}
	case "UCE":
		return c.editByID(id, n)
	case "R":
		for _, r := range c.gh.st.repoList {
			if r.id == n && c.sees(r) {
				return c.graphRepo(r), nil
			}
		}
	case "U", "BOT", "O":
		for _, a := range c.gh.st.accounts {
			if a.id == n {
				return c.graphActor(a), nil
			}
		}
	}
	return nil, noNode(id)
}

func (c *call) issueByID(id int64) *issue {
	for _, r := range c.gh.st.repoList {
		for _, i := range r.issues {
			if i != nil && i.id == id {
				return i
			}
		}
	}
	return nil
}

func (c *call) commentByID(id int64) *comment {
	for _, r := range c.gh.st.repoList {
		for _, m := range r.comments {
			if m.id == id {
				return m
			}
		}
	}
	return nil
}

// graphMay reports whether the actor's App, if it has one, may read or change
// an issue. People's own rights are looked at where they matter.
func (c *call) graphMay(i *issue, level string) bool {
	if c.who.app == nil || level == "read" && !i.repo.private {
		return true
	}
	if !c.appCovers(i.repo) {
		return false
	}
	c.repo, c.issue = i.repo, i
	name := "issues"
	if i.pull != nil && !(&token{perms: c.appPerms()}).allows(name, level) {
		name = "pull_requests"
	}
	return c.appHas(c.appPerms(), name+"="+level)
}

// viewerFields are those of whoever asks: a person, or an App as a user of its
// bot's name, which is spelt in full here alone.
func viewerFields() fieldsOf[*account] {
	fields := actorFields()
	fields["login"] = value(func(a *account) any { return a.login })
	return fields
}

// actorFields are those of people, bots and organisations.
func actorFields() fieldsOf[*account] {
	return fieldsOf[*account]{
		"login":        value(func(a *account) any { return strings.TrimSuffix(a.login, "[bot]") }),
		"databaseId":   value(func(a *account) any { return a.id }),
		"id":           shown(func(c *call, a *account) any { return c.gh.user(a).NodeID }),
		"avatarUrl":    shown(func(c *call, a *account) any { return c.gh.user(a).AvatarURL }),
		"url":          shown(func(c *call, a *account) any { return c.gh.user(a).HTMLURL }),
		"resourcePath": shown(func(c *call, a *account) any { return strings.TrimPrefix(c.gh.user(a).HTMLURL, c.gh.root) }),
		"name": value(func(a *account) any {
			if a.name == "" {
				return nil
			}
			return a.name
		}),
	}
}

// graphActor shows an account; nil shows as null.
func (c *call) graphActor(a *account) any {
	if a == nil {
		return nil
	}
	return thing[*account]{c: c, name: a.kind, it: a, fields: c.gh.graph.actor}
}

// repoFields are those of Repository.
func repoGraph() fieldsOf[*repo] {
	return fieldsOf[*repo]{
		"id":            value(func(r *repo) any { return nodeID("R", r.id) }),
		"databaseId":    value(func(r *repo) any { return r.id }),
		"name":          value(func(r *repo) any { return r.name }),
		"nameWithOwner": value(func(r *repo) any { return r.fullName() }),
		"isPrivate":     value(func(r *repo) any { return r.private }),
		"resourcePath":  value(func(r *repo) any { return "/" + r.fullName() }),
		"url":           shown(func(c *call, r *repo) any { return c.gh.root + "/" + r.fullName() }),
		"owner":         shown(func(c *call, r *repo) any { return c.graphActor(r.org.account) }),
		"issue":         graphIssueOf("Could not resolve to an Issue with the number of %s.", true, false),
		"pullRequest":   graphIssueOf("Could not resolve to a PullRequest with the number of %s.", false, true),
		"issueOrPullRequest": graphIssueOf(
			"Could not resolve to an issue or pull request with the number of %s.", true, true),
		"pinnedIssues": graphPinned,
	}
}

func (c *call) graphRepo(r *repo) any {
	return thing[*repo]{c: c, name: "Repository", it: r, fields: c.gh.graph.repo}
}

// graphIssueOf makes the fields that find an issue by its number.
func graphIssueOf(missing string, issues, pulls bool) fieldFunc[*repo] {
	return func(c *call, r *repo, args graphql.Args) (any, error) {
		n, _ := args.Int("number")
		i := r.issue(n)
		if i == nil || i.pull == nil && !issues || i.pull != nil && !pulls {
			return nil, graphql.NotFound(missing, args.Text("number"))
		}
		return c.graphIssue(i)
	}
}
