package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// showInstallPage asks where to install an App, and on which repositories.
func showInstallPage(c *call) *reply {
	a := c.gh.st.appBySlug(c.r.PathValue("slug"))
	if a == nil {
		return c.notice(http.StatusNotFound, "There is no such App", nil, c.r.PathValue("slug"))
	}
	type place struct {
		Login string
		Repos []repoChoice
	}
	var free []place
	for _, login := range slices.Sorted(maps.Keys(c.gh.st.orgs)) {
		o := c.gh.st.orgs[login]
		if in := c.gh.st.installOf(a, o); in != nil {
			if len(c.gh.st.orgs) == 1 {
				return c.goTo(in.page())
			}
			continue
		}
		free = append(free, place{o.login, c.repoChoices(o, nil)})
	}
	lead := a.setupURL
	if a.asksLogin && len(a.callbacks) > 0 {
		lead = a.callbacks[0]
	}
	return c.page(http.StatusOK, "install", "Install "+a.name, map[string]any{"Slug": a.slug, "Who": c.who.account.login,
		"Permissions": pairs(a.perms), "Orgs": free, "Hidden": c.kept("state")}, lead)
}

// installApp is what the button of that page does.
func installApp(c *call) *reply {
	st := c.gh.st
	a, o := st.appBySlug(c.r.PathValue("slug")), st.orgs[strings.ToLower(c.r.Form.Get("org"))]
	if a == nil || o == nil {
		return c.notice(http.StatusNotFound, "There is no such App or organisation", nil)
	}
	if in := st.installOf(a, o); in != nil {
		return c.goTo(in.page())
	}
	in := &installation{id: c.gh.newInstallID(), app: a, org: o, perms: a.perms, events: a.events, created: c.now, updated: c.now}
	in.all, in.repos = c.chosen(o)
	if !in.all && len(in.repos) == 0 {
		return c.notice(http.StatusUnprocessableEntity, "No repository is chosen", nil, "Choose one at least, or all of them.")
	}
	st.installs = append(st.installs, in)
	c.tellInstall(in, "created")
	return c.afterInstall(in, "install")
}

func (g *GitHub) newInstallID() int64 {
	for {
		id := 10_000_000 + g.rng.Int64N(90_000_000)
		if !slices.ContainsFunc(g.st.installs, func(in *installation) bool { return in.id == id }) {
			return id
		}
	}
}

// installOnPage is the installation that a page or its button is about.
func (c *call) installOnPage() (*installation, *reply) {
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	for _, in := range c.gh.st.installs {
		org := c.r.PathValue("org")
		if in.id == id && (org == "" || strings.EqualFold(org, in.org.login)) {
			return in, nil
		}
	}
	return nil, c.notice(http.StatusNotFound, "There is no such installation", nil)
}

// showInstallation is the settings page that an installation's html_url names.
func showInstallation(c *call) *reply {
	in, bad := c.installOnPage()
	if bad != nil {
		return bad
	}
	var asks []pair
	if in.outdated() {
		asks = pairs(in.app.perms)
	}
	by := ""
	if in.suspended() {
		by = in.suspendedBy.login
	}
	return c.page(http.StatusOK, "installation", in.app.name+" on "+in.org.login, map[string]any{
		"ID": in.id, "All": in.all, "Repos": c.repoChoices(in.org, in), "Permissions": pairs(in.perms),
		"Asks": asks, "Suspended": by}, in.app.setupURL)
}

// outdated reports whether the App asks for other permissions or events than
// were accepted here.
func (in *installation) outdated() bool {
	return !maps.Equal(in.perms, in.app.perms) || !slices.Equal(in.events, in.app.events)
}

// changeInstallation is what the buttons of the settings page do.
func changeInstallation(c *call) *reply {
	in, bad := c.installOnPage()
	if bad != nil {
		return bad
	}
	switch c.r.Form.Get("do") {
	case "save":
		return c.choose(in)
	case "suspend":
		c.suspend(in)
	case "unsuspend":
		c.unsuspend(in)
	case "accept":
		c.acceptPermissions(in)
	case "uninstall":
		c.uninstall(in)
		return c.goTo("/apps/" + in.app.slug)
	}
	return c.goTo(in.page())
}

func (c *call) suspend(in *installation) {
	if !in.suspended() {
		in.suspendedBy, in.suspendedAt, in.updated = c.who.account, c.now, c.now
		c.tellInstall(in, "suspend")
	}
}

func (c *call) unsuspend(in *installation) {
	if in.suspended() {
		in.suspendedBy, in.suspendedAt, in.updated = nil, time.Time{}, c.now
		c.tellInstall(in, "unsuspend")
	}
}

// acceptPermissions grants what the App asks for by now.
func (c *call) acceptPermissions(in *installation) {
	if in.outdated() {
		in.perms, in.events, in.updated = in.app.perms, in.app.events, c.now
		c.tellInstall(in, "new_permissions_accepted")
	}
}

// choose changes which repositories the installation is for.
func (c *call) choose(in *installation) *reply {
	had := c.gh.st.reposOf(in)
	all, rs := c.chosen(in.org)
	if !all && len(rs) == 0 {
		return c.notice(http.StatusUnprocessableEntity, "No repository is chosen", nil, "Choose one at least, or uninstall the App.")
	}
	in.all, in.repos, in.updated = all, rs, c.now
	has := c.gh.st.reposOf(in)
	without := func(list, other []*repo) []*repo {
		return slices.DeleteFunc(slices.Clone(list), func(r *repo) bool { return slices.Contains(other, r) })
	}
	c.tellInstallRepos(in, without(has, had), without(had, has))
	return c.afterInstall(in, "update")
}
