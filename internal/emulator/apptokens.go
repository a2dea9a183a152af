package emulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenLife is how long an installation token is good for.
const tokenLife = time.Hour

// maxNarrow is how many repositories a token can be narrowed to by name.
const maxNarrow = 500

// createToken mints an installation token, narrowed if asked.
func createToken(c *call) *reply {
	in := c.installArg()
	if in == nil {
		return notFound()
	}
	if in.suspended() {
		return suspended()
	}
	var ask struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	t := &token{kind: byInstallation, account: in.app.bot, app: in.app, install: in,
		expires: c.gh.wire().Add(tokenLife).Truncate(time.Second)}
	var bad *reply
	if t.repos, bad = c.narrow(in, ask.Repositories, ask.RepositoryIDs); bad != nil {
		return bad
	}
	if t.perms, bad = in.grant(ask.Permissions); bad != nil {
		return bad
	}
	t.text = c.gh.newToken(in.app, c.r.Header.Get("X-GitHub-Stateless-S2S-Token") != "disabled")
	c.gh.st.tokens[t.text] = t
	v := struct {
		Token        string            `json:"token"`
		ExpiresAt    string            `json:"expires_at"`
		Permissions  map[string]string `json:"permissions"`
		Selection    string            `json:"repository_selection"`
		Repositories []json.RawMessage `json:"repositories,omitempty"`
	}{Token: t.text, ExpiresAt: stamp(t.expires), Permissions: t.perms, Selection: in.selection()}
	if t.repos != nil {
		v.Selection, v.Repositories = "selected", show(t.repos, c.gh.repoView)
	}
	return created(v)
}

// narrow picks the repositories asked for; nil, which stands for all, if none
// is.
func (c *call) narrow(in *installation, names []string, ids []int64) ([]*repo, *reply) {
	if len(names)+len(ids) == 0 {
		return nil, nil
	}
	if len(names) > maxNarrow || len(ids) > maxNarrow {
		return nil, fail(http.StatusUnprocessableEntity, "Too many repositories. The maximum is 500.")
	}
	wanted := map[*repo]bool{}
	found := func(is func(*repo) bool) bool {
		all := c.gh.st.reposOf(in)
		at := slices.IndexFunc(all, is)
		if at >= 0 {
			wanted[all[at]] = true
		}
		return at >= 0
	}
	good := true
	for _, n := range names {
		good = good && found(func(r *repo) bool { return strings.EqualFold(r.name, n) })
	}
	for _, id := range ids {
		good = good && found(func(r *repo) bool { return r.id == id })
	}
	if !good {
		return nil, fail(http.StatusUnprocessableEntity, "There is at least one repository that does not "+
			"exist or is not accessible to the parent installation.")
	}
	return slices.DeleteFunc(c.gh.st.reposOf(in), func(r *repo) bool { return !wanted[r] }), nil
}

// grant checks the permissions asked for against those of the installation.
func (in *installation) grant(ask map[string]string) (map[string]string, *reply) {
	if len(ask) == 0 {
		return in.perms, nil
	}
	all := &token{perms: in.perms}
	out := map[string]string{"metadata": "read"}
	for name, level := range ask {
		if !slices.Contains([]string{"read", "write", "admin"}, level) || !all.allows(name, level) {
			return nil, fail(http.StatusUnprocessableEntity,
				"The permissions requested are not granted to this installation.")
		}
		out[name] = level
	}
	return out, nil
}

// newToken makes an installation token: the long form that GitHub gives since
// 2026, or the short one on request.
func (g *GitHub) newToken(a *app, long bool) string {
	if !long {
		return "ghs_" + g.letters(36)
	}
	part := func(n int) string { return base64.RawURLEncoding.EncodeToString([]byte(g.letters(n))) }
	return "ghs_" + itoa(a.id) + "_" + part(20) + "." + part(160) + "." + part(200)
}

func revokeToken(c *call) *reply {
	delete(c.gh.st.tokens, c.who.token.text)
	return noContent()
}

// listInstallationRepos lists what the token may touch.
func listInstallationRepos(c *call) *reply {
	t := c.who.token
	rs, chosen := c.gh.st.reposOf(t.install), t.install.selection()
	if t.repos != nil {
		rs, chosen = slices.DeleteFunc(rs, func(r *repo) bool { return !t.covers(r) }), "selected"
	}
	return ok(struct {
		Total        int               `json:"total_count"`
		Selection    string            `json:"repository_selection"`
		Repositories []json.RawMessage `json:"repositories"`
	}{len(rs), chosen, show(page(c, rs), c.gh.repoView)})
}
