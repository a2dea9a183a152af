package emulator

import (
	"strings"
)

// teamRoles are the permissions that a team can have on a repository.
var teamRoles = map[string]role{"pull": canRead, "triage": canTriage, "push": canWrite, "maintain": canMaintain, "admin": canAdmin}

// grant is what a team may do in a repository: its own right, or that of a
// team above it.
func (t *team) grant(r *repo) role {
	have := noRole
	for ; t != nil; t = t.parent {
		have = max(have, t.grants[r])
	}
	return have
}

// byTeam is what a person may do in the repository because of their teams.
func (r *repo) byTeam(a *account) role {
	have := noRole
	for _, t := range r.org.teams {
		if t.has(a) {
			have = max(have, t.grant(r))
		}
	}
	return have
}

// teamRepo shows a repository with what a team may do in it.
func (g *GitHub) teamRepo(t *team, r *repo) map[string]any {
	v := g.repoFields(r)
	v["permissions"], v["role_name"] = permissionsOf(t.grant(r)), t.grant(r).String()
	return v
}

func listTeamRepos(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	var found []*repo
	for _, r := range c.gh.st.repoList {
		if t.grant(r) != noRole && c.sees(r) {
			found = append(found, r)
		}
	}
	return ok(show(page(c, found), func(r *repo) map[string]any { return c.gh.teamRepo(t, r) }))
}

// getTeamRepo says whether a team has a right in a repository; which one, if
// the client asks for the repository's media type.
func getTeamRepo(c *call) *reply {
	t := c.teamOf()
	if t == nil || t.grant(c.repo) == noRole {
		return notFound()
	}
	if !strings.Contains(c.r.Header.Get("Accept"), ".repository") {
		return noContent()
	}
	v := c.gh.teamRepo(t, c.repo)
	delete(v, "has_discussions") // this shape alone is without
	return ok(v)
}

func putTeamRepo(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	var ask struct {
		Permission string `json:"permission"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Permission == "" {
		ask.Permission = "push"
	}
	may, known := teamRoles[ask.Permission]
	if !known {
		return invalid(badValue("Team", "permission", ask.Permission))
	}
	_, had := t.grants[c.repo]
	if t.grants == nil {
		t.grants = map[*repo]role{}
	}
	t.grants[c.repo] = may
	if !had {
		c.tellTeam(t, "added_to_repository")
		c.tell("team_add", "", map[string]any{"team": c.gh.teamView(t)})
	}
	return noContent()
}

func deleteTeamRepo(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	if _, had := t.grants[c.repo]; had {
		delete(t.grants, c.repo)
		c.tellTeam(t, "removed_from_repository")
	}
	return noContent()
}

// tellTeam tells of a team and a repository, which this event alone shows in an
// older make.
func (c *call) tellTeam(t *team, action string) {
	shown := c.gh.repoFields(c.repo)
	delete(shown, "has_discussions")
	delete(shown, "web_commit_signoff_required")
	c.happened = append(c.happened, happening{event: "team", action: action, org: t.org,
		extra: map[string]any{"team": c.gh.teamView(t), "repository": shown}})
}

// listRepoTeams lists the teams that have a right in a repository.
func listRepoTeams(c *call) *reply {
	var found []*team
	for _, t := range c.repo.org.teams {
		if t.grant(c.repo) != noRole {
			found = append(found, t)
		}
	}
	return ok(show(page(c, found), func(t *team) any {
		v := struct {
			teamView
			Permissions permissionsView `json:"permissions"`
		}{c.gh.teamView(t), permissionsOf(t.grant(c.repo))}
		for name, may := range teamRoles {
			if may == t.grant(c.repo) {
				v.Permission = name
			}
		}
		return v
	}))
}
