package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// includes reports whether a person is in a team, or in one below it.
func (t *team) includes(a *account) bool {
	return t.has(a) || slices.ContainsFunc(t.children(), func(child *team) bool { return child.includes(a) })
}

func (t *team) children() []*team {
	return slices.DeleteFunc(slices.Clone(t.org.teams), func(x *team) bool { return x.parent != t })
}

// everyone is all that a team includes, its own members first.
func (t *team) everyone() []*account {
	all := slices.Clone(t.members)
	for _, child := range t.children() {
		for _, a := range child.everyone() {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

func (o *org) teamByID(id int64) *team {
	for _, t := range o.teams {
		if t.id == id {
			return t
		}
	}
	return nil
}

func listChildTeams(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	return ok(show(page(c, t.children()), c.gh.teamView))
}

// createTeam makes a team, below another if asked.
func createTeam(c *call) *reply {
	var ask struct {
		Name        *string `json:"name"`
		Description string  `json:"description"`
		ParentID    *int64  `json:"parent_team_id"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if !c.seesTeams() {
		return fail(http.StatusForbidden, "You must be a member of the organization to create a team.")
	}
	if ask.Name == nil {
		return wasntSupplied("name")
	}
	t := &team{org: c.org, name: strings.TrimSpace(*ask.Name), about: ask.Description, slug: slugOf(*ask.Name),
		created: c.now, updated: c.now}
	if t.slug == "" {
		return invalid(missingField("Team", "name"))
	}
	if c.org.team(t.slug) != nil {
		return invalid(fieldError{Resource: "Team", Field: "name", Code: "unprocessable",
			Message: "Name must be unique for this org"})
	}
	if ask.ParentID != nil {
		if t.parent = c.org.teamByID(*ask.ParentID); t.parent == nil {
			return invalid(badValue("Team", "parent_team_id", *ask.ParentID))
		}
	}
	t.id = c.gh.st.id()
	c.org.teams = append(c.org.teams, t)
	c.happened = append(c.happened, happening{event: "team", action: "created", org: c.org,
		extra: map[string]any{"team": c.gh.teamView(t)}})
	return created(c.gh.teamFull(t))
}

// putTeamMember puts a person into a team. Who is no member of the
// organisation would be invited to it, and is one at once here.
func putTeamMember(c *call) *reply {
	t, a := c.teamOf(), c.gh.st.account(c.arg("username"))
	if t == nil || a == nil {
		return notFound()
	}
	if a.kind != "User" {
		return fail(http.StatusUnprocessableEntity, "Cannot add an organization as a member.")
	}
	if !t.has(a) {
		t.members, c.org.members[a], t.updated = append(t.members, a), true, c.now
		c.tellMembership(t, a, "added")
	}
	return ok(c.gh.teamMembership(t, a))
}

func deleteTeamMember(c *call) *reply {
	t, a := c.teamOf(), c.gh.st.account(c.arg("username"))
	if t == nil || !t.has(a) {
		return notFound()
	}
	t.members, t.updated = without(t.members, a), c.now
	c.tellMembership(t, a, "removed")
	return noContent()
}

func (c *call) tellMembership(t *team, a *account, action string) {
	c.happened = append(c.happened, happening{event: "membership", action: action, org: t.org, extra: map[string]any{
		"scope": "team", "member": c.gh.user(a), "team": c.gh.teamView(t)}})
}

func (g *GitHub) teamMembership(t *team, a *account) map[string]any {
	return map[string]any{"state": "active", "role": "member", "url": g.teamURL(t) + "/memberships/" + a.login}
}
