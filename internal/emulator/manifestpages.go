package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
)

const badManifest = "The configuration does not appear to be a valid GitHub App manifest."

// makerOf is who a new App will belong to: the organisation of the address, or
// else the visitor.
func (c *call) makerOf(login string) (*account, *reply) {
	if login == "" {
		return c.who.account, nil
	}
	o := c.gh.st.orgs[strings.ToLower(login)]
	if o == nil {
		return nil, c.notice(http.StatusNotFound, "There is no such organisation", nil, login)
	}
	return o.account, nil
}

// showManifestForm takes a manifest from somebody who has it at hand.
func showManifestForm(c *call) *reply {
	if _, bad := c.makerOf(c.r.PathValue("org")); bad != nil {
		return bad
	}
	return c.page(http.StatusOK, "manifest-form", "Register a new GitHub App", map[string]any{"Action": c.r.URL.RequestURI()})
}

// showManifest shows the App that a manifest would make, or what is wrong.
func showManifest(c *call) *reply {
	owner, bad := c.makerOf(c.r.PathValue("org"))
	if bad != nil {
		return bad
	}
	m, faults := c.gh.st.readManifest(c.r.PostForm.Get("manifest"))
	if len(faults) > 0 {
		return c.notice(http.StatusUnprocessableEntity, "Invalid GitHub App configuration", faults, badManifest)
	}
	hook := ""
	if m.Hook != nil {
		hook = m.Hook.URL
	}
	hidden := append(c.kept("manifest", "state"), pair{"org", c.r.PathValue("org")})
	return c.page(http.StatusOK, "manifest", "Create "+m.Name, map[string]any{
		"Hidden": hidden, "Name": m.Name, "URL": m.URL, "Owner": owner.login, "Hook": hook,
		"Permissions": pairs(m.Permissions), "Events": m.Events,
	}, m.RedirectURL)
}

// createApp is what the button of that page does. The key takes a while to
// make, so it is made before the world stands still.
func (g *GitHub) createApp(w http.ResponseWriter, r *http.Request) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		g.send(w, http.Header{}, fail(http.StatusInternalServerError, err.Error()))
		return
	}
	g.servePage(w, r, pageLine{guarded: true, do: func(c *call) *reply { return c.createApp(key) }})
}

func (c *call) createApp(key *rsa.PrivateKey) *reply {
	owner, bad := c.makerOf(c.r.Form.Get("org"))
	if bad != nil {
		return bad
	}
	m, faults := c.gh.st.readManifest(c.r.PostForm.Get("manifest"))
	if len(faults) > 0 {
		return c.notice(http.StatusUnprocessableEntity, "Invalid GitHub App configuration", faults, badManifest)
	}
	a, code := c.gh.newApp(m, owner, key)
	if m.RedirectURL == "" {
		return c.notice(http.StatusOK, a.name+" is registered", nil, "The manifest names no redirect_url.",
			"Its secrets are had with the code "+code+" within an hour.")
	}
	return c.goTo(m.RedirectURL, pair{"code", code}, pair{"state", c.r.Form.Get("state")})
}

// repoChoice is a repository to tick.
type repoChoice struct {
	ID     int64
	Name   string
	Chosen bool
}

func (c *call) repoChoices(o *org, in *installation) []repoChoice {
	var out []repoChoice
	for _, r := range c.gh.st.repoList {
		if r.org == o {
			out = append(out, repoChoice{r.id, r.name, in != nil && in.has(r)})
		}
	}
	return out
}

// chosen reads the ticked repositories; nil for all of them.
func (c *call) chosen(o *org) (all bool, rs []*repo) {
	if c.r.Form.Get("selection") != "selected" {
		return true, nil
	}
	for _, one := range c.repoChoices(o, nil) {
		for _, id := range c.r.Form["repository"] {
			if id == itoa(one.ID) {
				rs = append(rs, c.gh.st.repo(o.login, one.Name))
			}
		}
	}
	return false, rs
}

// afterInstall is where a person goes after installing an App.
func (c *call) afterInstall(in *installation, action string) *reply {
	a := in.app
	about := []pair{{"installation_id", itoa(in.id)}, {"setup_action", action}, {"state", c.r.Form.Get("state")}}
	switch {
	case action == "install" && a.asksLogin && len(a.callbacks) > 0:
		code := c.gh.newLoginCode(loginCode{app: a, who: c.who.account})
		return c.goTo(a.callbacks[0], append(about, pair{"code", code})...)
	case a.setupURL != "" && (action == "install" || a.setupAgain):
		return c.goTo(a.setupURL, about...)
	default:
		return c.goTo(cmp.Or(in.page(), "/"))
	}
}

// page is the path of the installation's settings.
func (in *installation) page() string {
	return "/organizations/" + in.org.login + "/settings/installations/" + itoa(in.id)
}
