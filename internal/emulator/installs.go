package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// installation is an App on an organisation, for all or some of its
// repositories.
type installation struct {
	id      int64
	app     *app
	org     *org
	all     bool    // all repositories, those to come too
	repos   []*repo // otherwise these
	perms   map[string]string
	events  []string
	created time.Time
	updated time.Time

	suspendedBy *account
	suspendedAt time.Time // zero while it works
}

func (in *installation) has(r *repo) bool {
	if in.all {
		return r.org == in.org
	}
	return slices.Contains(in.repos, r)
}

// hears reports whether the App subscribed to an event, as its owner accepted.
func (in *installation) hears(event string) bool { return slices.Contains(in.events, event) }

// number is the installation's id; 0 for none.
func (in *installation) number() int64 {
	if in == nil {
		return 0
	}
	return in.id
}

func (in *installation) suspended() bool { return !in.suspendedAt.IsZero() }

// suspended refuses all that an installation asks which somebody suspended.
func suspended() *reply {
	return fail(http.StatusForbidden, "This installation has been suspended")
}

func (in *installation) selection() string {
	if in.all {
		return "all"
	}
	return "selected"
}

// reposOf lists what an installation may touch.
func (s *state) reposOf(in *installation) []*repo {
	return slices.DeleteFunc(slices.Clone(s.repoList), func(r *repo) bool { return !in.has(r) })
}

// installsOf lists an App's installations, oldest first.
func (s *state) installsOf(a *app) []*installation {
	return slices.DeleteFunc(slices.Clone(s.installs), func(in *installation) bool { return in.app != a })
}

// installOf is an App's installation on an organisation, nil if there is none.
func (s *state) installOf(a *app, o *org) *installation {
	for _, in := range s.installs {
		if in.app == a && in.org == o {
			return in
		}
	}
	return nil
}

// install finds an App's installation by its id.
func (s *state) install(a *app, id int64) *installation {
	for _, in := range s.installs {
		if in.id == id && in.app == a {
			return in
		}
	}
	return nil
}

// installView is an App's installation on an organisation.
type installView struct {
	ID              int64             `json:"id"`
	ClientID        string            `json:"client_id"`
	Account         *userView         `json:"account"`
	Selection       string            `json:"repository_selection"`
	TokensURL       string            `json:"access_tokens_url"`
	RepositoriesURL string            `json:"repositories_url"`
	HTMLURL         string            `json:"html_url"`
	AppID           int64             `json:"app_id"`
	AppSlug         string            `json:"app_slug"`
	TargetID        int64             `json:"target_id"`
	TargetType      string            `json:"target_type"`
	Permissions     map[string]string `json:"permissions"`
	Events          []string          `json:"events"`
	CreatedAt       string            `json:"created_at"`
	UpdatedAt       string            `json:"updated_at"`
	SingleFileName  *string           `json:"single_file_name"`
	SuspendedBy     *userView         `json:"suspended_by"`
	SuspendedAt     *string           `json:"suspended_at"`
}

func (g *GitHub) installView(in *installation) installView {
	a := in.app
	return installView{
		ID: in.id, ClientID: a.clientID(), Account: g.user(in.org.account), Selection: in.selection(),
		TokensURL:       g.api() + "/app/installations/" + itoa(in.id) + "/access_tokens",
		RepositoriesURL: g.api() + "/installation/repositories",
		HTMLURL:         g.root + "/organizations/" + in.org.login + "/settings/installations/" + itoa(in.id),
		AppID:           a.id, AppSlug: a.slug, TargetID: in.org.id, TargetType: "Organization",
		Permissions: in.perms, Events: in.events,
		CreatedAt: stamp(in.created), UpdatedAt: stamp(in.updated),
		SuspendedBy: g.user(in.suspendedBy), SuspendedAt: stampOrNull(in.suspendedAt),
	}
}

func listInstallations(c *call) *reply {
	return ok(show(page(c, c.gh.st.installsOf(c.who.app)), c.gh.installView))
}

// installArg is the installation that the path names, nil if it is not the
// asking App's.
func (c *call) installArg() *installation {
	return c.gh.st.install(c.who.app, c.num("#installation_id"))
}

func getInstallation(c *call) *reply { return c.showInstall(c.installArg()) }

func getOrgInstallation(c *call) *reply {
	return c.showInstall(c.gh.st.installOf(c.who.app, c.org))
}

func getRepoInstallation(c *call) *reply {
	in := c.gh.st.installOf(c.who.app, c.repo.org)
	if in != nil && !in.has(c.repo) {
		in = nil
	}
	return c.showInstall(in)
}

func (c *call) showInstall(in *installation) *reply {
	if in == nil {
		return notFound()
	}
	return ok(c.gh.installView(in))
}

// suspendInstallation stops the App on one organisation: its tokens are
// refused and it hears of nothing there, until it is taken back.
func suspendInstallation(c *call) *reply {
	in := c.installArg()
	if in == nil {
		return notFound()
	}
	c.suspend(in)
	return noContent()
}

func unsuspendInstallation(c *call) *reply {
	in := c.installArg()
	if in == nil {
		return notFound()
	}
	c.unsuspend(in)
	return noContent()
}

func deleteInstallation(c *call) *reply {
	in := c.installArg()
	if in == nil {
		return notFound()
	}
	c.uninstall(in)
	return noContent()
}

// uninstall takes an App off an organisation; its tokens are void at once.
func (c *call) uninstall(in *installation) {
	c.tellInstall(in, "deleted")
	st := c.gh.st
	st.installs = slices.DeleteFunc(st.installs, func(x *installation) bool { return x == in })
	for text, t := range st.tokens {
		if t.install == in {
			delete(st.tokens, text)
		}
	}
}

// shortRepo is a repository in the events of installations.
type shortRepo struct {
	ID       int64  `json:"id"`
	NodeID   string `json:"node_id"`
	Name     string `json:"name"`
	FullName string `json:"full_name"`
	Private  bool   `json:"private"`
}

func shortRepos(rs []*repo) []shortRepo {
	return show(rs, func(r *repo) shortRepo {
		return shortRepo{r.id, nodeID("R", r.id), r.name, r.fullName(), r.private}
	})
}

// tellInstall notes what became of an installation. Its App hears of it
// whatever it subscribed to.
func (c *call) tellInstall(in *installation, action string) {
	extra := map[string]any{"installation": json.RawMessage(encode(c.gh.installView(in)))}
	if action != "new_permissions_accepted" {
		extra["repositories"] = shortRepos(c.gh.st.reposOf(in))
	}
	c.happened = append(c.happened, happening{
		event: "installation", action: action, only: in.app, install: in, extra: extra})
}

// tellInstallRepos notes that an installation gained or lost repositories.
func (c *call) tellInstallRepos(in *installation, added, removed []*repo) {
	tell := func(action string, rs []*repo) {
		if len(rs) == 0 {
			return
		}
		extra := map[string]any{"installation": c.gh.installView(in), "repository_selection": in.selection(),
			"repositories_added": []shortRepo{}, "repositories_removed": []shortRepo{}, "requester": nil}
		extra["repositories_"+action] = shortRepos(rs)
		c.happened = append(c.happened, happening{
			event: "installation_repositories", action: action, only: in.app, install: in, extra: extra})
	}
	tell("added", added)
	tell("removed", removed)
}
