package emulator

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// repoKey is what a repository's view depends on.
type repoKey struct {
	root            string
	issues          int
	updated, pushed time.Time
}

// repoURLs are the addresses in a repository's view, below its own.
var repoURLs = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}",
	"blobs_url": "/git/blobs{/sha}", "branches_url": "/branches{/branch}",
	"collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}",
	"commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
	"contents_url": "/contents/{+path}", "contributors_url": "/contributors",
	"deployments_url": "/deployments", "downloads_url": "/downloads", "events_url": "/events",
	"forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}",
	"git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
	"issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
	"languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags",
	"teams_url": "/teams", "trees_url": "/git/trees{/sha}",
}

// repoView is a repository as lists and webhooks show it. It is large and
// shown with every webhook, so the encoded form is kept while nothing changes.
func (g *GitHub) repoView(r *repo) json.RawMessage {
	key := repoKey{g.root, r.openIssues, r.updated, r.pushed}
	if r.cached == nil || r.cachedKey != key {
		r.cached, r.cachedKey = encode(g.repoFields(r)), key
	}
	return r.cached
}

func (g *GitHub) repoFields(r *repo) map[string]any {
	api, html := g.api()+"/repos/"+r.fullName(), g.root+"/"+r.fullName()
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	v := map[string]any{
		"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(),
		"private": r.private, "visibility": visibility, "owner": g.user(r.org.account),
		"html_url": html, "description": r.description, "fork": false, "url": api,
		"created_at": stamp(r.created), "updated_at": stamp(r.updated), "pushed_at": stamp(r.pushed),
		"git_url":   "git://" + strings.TrimPrefix(html, "http://") + ".git",
		"ssh_url":   "git@localhost:" + r.fullName() + ".git",
		"clone_url": html + ".git", "svn_url": html, "homepage": orNull(r.homepage), "language": "Go",
		"size": 64, "stargazers_count": 0, "watchers_count": 0, "watchers": 0,
		"forks_count": 0, "forks": 0, "open_issues_count": r.openIssues, "open_issues": r.openIssues,
		"default_branch": r.defaultBranch, "is_template": false, "topics": []string{},
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false,
		"has_downloads": true, "has_discussions": false, "mirror_url": nil, "archived": r.archived,
		"disabled": false, "license": nil, "allow_forking": true, "web_commit_signoff_required": false,
	}
	for name, tail := range repoURLs {
		v[name] = api + tail
	}
	return v
}

// getRepo shows what one repository's page shows beyond the list's fields.
func getRepo(c *call) *reply {
	v := c.gh.repoFields(c.repo)
	v["organization"] = c.gh.user(c.repo.org.account)
	v["subscribers_count"], v["network_count"] = 0, 0
	if c.who.account != nil && !c.viaApp() {
		v["permissions"] = permissionsOf(c.role())
	}
	return ok(v)
}

type permissionsView struct {
	Admin    bool `json:"admin"`
	Maintain bool `json:"maintain"`
	Push     bool `json:"push"`
	Triage   bool `json:"triage"`
	Pull     bool `json:"pull"`
}

func permissionsOf(r role) permissionsView {
	return permissionsView{r >= canAdmin, r >= canMaintain, r >= canWrite, r >= canTriage, r >= canRead}
}

// collaboratorView is a person with what they may do.
type collaboratorView struct {
	*userView
	Permissions permissionsView `json:"permissions"`
	RoleName    string          `json:"role_name"`
}

func (c *call) collaborator(a *account) collaboratorView {
	r := c.repo.roleOf(a)
	return collaboratorView{c.gh.user(a), permissionsOf(r), r.String()}
}

func listCollaborators(c *call) *reply {
	return ok(show(page(c, c.repo.order), c.collaborator))
}

func isCollaborator(c *call) *reply {
	if c.repo.people[c.gh.st.account(c.arg("username"))] == noRole {
		return notFound()
	}
	return noContent()
}

func getPermission(c *call) *reply {
	a := c.gh.st.account(c.arg("username"))
	if a == nil {
		return notFound()
	}
	r := c.repo.roleOf(a)
	name := r.String()
	if r == noRole {
		name = ""
	}
	return ok(struct {
		Permission string           `json:"permission"`
		RoleName   string           `json:"role_name"`
		User       collaboratorView `json:"user"`
	}{r.legacy(), name, c.collaborator(a)})
}

// assignable reports whether issues of the repository may be given to a
// person: to writers, and to members of the organisation who may read.
func (r *repo) assignable(a *account) bool {
	if a == nil || a.kind != "User" {
		return false
	}
	have := r.roleOf(a)
	return have >= canTriage || have >= canRead && r.org.members[a]
}

func listAssignees(c *call) *reply {
	who := slices.DeleteFunc(slices.Clone(c.repo.order), func(a *account) bool { return !c.repo.assignable(a) })
	return ok(show(page(c, who), c.gh.user))
}

func checkAssignee(c *call) *reply {
	if !c.repo.assignable(c.gh.st.account(c.arg("assignee"))) {
		return notFound()
	}
	return noContent()
}

// getMeta tells where GitHub's own requests come from: this machine.
func getMeta(*call) *reply {
	return ok(map[string]any{
		"verifiable_password_authentication": false,
		"hooks":                              []string{"127.0.0.1/32", "::1/128"},
		"web":                                []string{"127.0.0.1/32"}, "api": []string{"127.0.0.1/32"},
		"git": []string{"127.0.0.1/32"},
	})
}
