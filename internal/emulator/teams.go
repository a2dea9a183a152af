package emulator

import (
	"fmt"
	"slices"
	"time"
)

// team is a group of an organisation's members.
type team struct {
	id      int64
	org     *org
	slug    string
	name    string
	about   string
	parent  *team // nil: none
	grants  map[*repo]role
	members []*account
	created time.Time
	updated time.Time
}

func (t *team) has(a *account) bool { return a != nil && slices.Contains(t.members, a) }

// orgView is an organisation in webhooks and lists.
type orgView struct {
	Login            string `json:"login"`
	ID               int64  `json:"id"`
	NodeID           string `json:"node_id"`
	URL              string `json:"url"`
	ReposURL         string `json:"repos_url"`
	EventsURL        string `json:"events_url"`
	HooksURL         string `json:"hooks_url"`
	IssuesURL        string `json:"issues_url"`
	MembersURL       string `json:"members_url"`
	PublicMembersURL string `json:"public_members_url"`
	AvatarURL        string `json:"avatar_url"`
	Description      string `json:"description"`
}

func (g *GitHub) orgView(o *org) orgView {
	api := g.api() + "/orgs/" + o.login
	return orgView{o.login, o.id, nodeID("O", o.id), api, api + "/repos", api + "/events",
		api + "/hooks", api + "/issues", api + "/members{/member}", api + "/public_members{/member}",
		g.user(o.account).AvatarURL, o.description}
}

// orgFull is an organisation by itself.
type orgFull struct {
	orgView
	Name           string  `json:"name"`
	HasOrgProjects bool    `json:"has_organization_projects"`
	HasProjects    bool    `json:"has_repository_projects"`
	PublicRepos    int     `json:"public_repos"`
	PublicGists    int     `json:"public_gists"`
	Followers      int     `json:"followers"`
	Following      int     `json:"following"`
	HTMLURL        string  `json:"html_url"`
	Type           string  `json:"type"`
	CreatedAt      string  `json:"created_at"`
	UpdatedAt      string  `json:"updated_at"`
	ArchivedAt     *string `json:"archived_at"`
}

func (g *GitHub) orgFull(o *org) orgFull {
	v := orgFull{orgView: g.orgView(o), Name: o.name, HTMLURL: g.root + "/" + o.login,
		Type: "Organization", CreatedAt: stamp(o.created), UpdatedAt: stamp(o.created)}
	for _, r := range g.st.repoList {
		if r.org == o && !r.private {
			v.PublicRepos++
		}
	}
	return v
}

func getOrg(c *call) *reply { return ok(c.gh.orgFull(c.org)) }

// teamCore is what every view of a team has.
type teamCore struct {
	ID              int64   `json:"id"`
	NodeID          string  `json:"node_id"`
	URL             string  `json:"url"`
	HTMLURL         string  `json:"html_url"`
	Name            string  `json:"name"`
	Slug            string  `json:"slug"`
	Description     *string `json:"description"`
	Privacy         string  `json:"privacy"`
	Permission      string  `json:"permission"`
	MembersURL      string  `json:"members_url"`
	RepositoriesURL string  `json:"repositories_url"`
}

// teamSimple is a team within something else.
type teamSimple struct {
	teamCore
	Notification   string `json:"notification_setting"`
	Type           string `json:"type"`
	OrganizationID int64  `json:"organization_id"`
}

// teamView is a team in lists and webhooks.
type teamView struct {
	teamSimple
	Parent *teamSimple `json:"parent"`
}

// hookTeam is a team in the webhooks of pull requests.
type hookTeam struct {
	teamCore
	Parent *teamSimple `json:"parent"`
}

// teamFull is a team by itself.
type teamFull struct {
	teamView
	MembersCount int     `json:"members_count"`
	ReposCount   int     `json:"repos_count"`
	CreatedAt    string  `json:"created_at"`
	UpdatedAt    string  `json:"updated_at"`
	Organization orgFull `json:"organization"`
}

func (g *GitHub) teamURL(t *team) string {
	return g.api() + "/organizations/" + itoa(t.org.id) + "/team/" + itoa(t.id)
}

func (g *GitHub) teamSimple(t *team) teamSimple {
	api := g.teamURL(t)
	return teamSimple{Notification: "notifications_enabled", Type: "organization", OrganizationID: t.org.id,
		teamCore: teamCore{ID: t.id, NodeID: nodeID("T", t.id), URL: api,
			HTMLURL: g.root + "/orgs/" + t.org.login + "/teams/" + t.slug, Name: t.name, Slug: t.slug,
			Description: &t.about, Privacy: "closed", Permission: "pull",
			MembersURL: api + "/members{/member}", RepositoriesURL: api + "/repos"}}
}

func (g *GitHub) teamView(t *team) teamView {
	v := teamView{teamSimple: g.teamSimple(t)}
	if t.parent != nil {
		up := g.teamSimple(t.parent)
		v.Parent = &up
	}
	return v
}

func (g *GitHub) hookTeam(t *team) hookTeam {
	v := g.teamView(t)
	return hookTeam{v.teamCore, v.Parent}
}

// seesTeams reports whether the actor may know of the organisation's teams:
// its members may, and the App.
func (c *call) seesTeams() bool { return c.viaApp() || c.org.members[c.who.account] }

func listTeams(c *call) *reply {
	var seen []*team
	if c.seesTeams() {
		seen = c.org.teams
	}
	return ok(show(page(c, seen), c.gh.teamView))
}

// teamOf is the team that the path names, nil if there is none to be seen.
func (c *call) teamOf() *team {
	if !c.seesTeams() {
		return nil
	}
	return c.org.team(c.arg("team_slug"))
}

func (g *GitHub) teamFull(t *team) teamFull {
	return teamFull{g.teamView(t), len(t.everyone()), len(t.grants), stamp(t.created), stamp(t.updated), g.orgFull(t.org)}
}

func getTeam(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	return ok(c.gh.teamFull(t))
}

func listTeamMembers(c *call) *reply {
	t := c.teamOf()
	if t == nil {
		return notFound()
	}
	return ok(show(page(c, t.everyone()), c.gh.user))
}

func getTeamMembership(c *call) *reply {
	t := c.teamOf()
	a := c.gh.st.account(c.arg("username"))
	if t == nil || a == nil || !t.includes(a) {
		return notFound()
	}
	return ok(c.gh.teamMembership(t, a))
}

func listOrgMembers(c *call) *reply {
	var found []*account
	for _, a := range c.gh.st.accounts {
		if c.org.members[a] {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b *account) int { return int(a.id - b.id) })
	return ok(show(page(c, found), c.gh.user))
}

func isOrgMember(c *call) *reply {
	if !c.org.members[c.gh.st.account(c.arg("username"))] {
		return notFound()
	}
	return noContent()
}

// AddTeamMember puts a person into a team, making them a member of the
// organisation if need be. Someone who is in it already stays. It fails if
// there is no such team or person.
func (g *GitHub) AddTeamMember(slug, login string) error {
	return g.changeTeam(slug, login, "added")
}

// RemoveTeamMember takes a person out of a team. Someone who is not in it is
// no error. It fails if there is no such team or person.
func (g *GitHub) RemoveTeamMember(slug, login string) error {
	return g.changeTeam(slug, login, "removed")
}

func (g *GitHub) changeTeam(slug, login, action string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.st.home.org
	t, a := o.team(slug), g.st.account(login)
	if t == nil {
		return fmt.Errorf("emulator: no team %q", slug)
	}
	if a == nil || a.kind != "User" {
		return fmt.Errorf("emulator: no person %q", login)
	}
	if t.has(a) == (action == "added") {
		return nil
	}
	t.updated = g.clock.now()
	if action == "added" {
		t.members, o.members[a] = append(t.members, a), true
	} else {
		t.members = slices.DeleteFunc(slices.Clone(t.members), func(x *account) bool { return x == a })
	}
	c := &call{gh: g, who: actor{kind: byPerson, account: g.st.account(g.st.home.keeper)}, now: g.clock.now()}
	c.happened = []happening{{event: "membership", action: action, org: o, extra: map[string]any{
		"scope": "team", "member": g.user(a), "team": g.teamView(t)}}}
	g.publish(c)
	return nil
}
