package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// clientApp is the App that the path and the credentials name alike.
func (c *call) clientApp() *app {
	if c.who.app.clientID() != c.arg("client_id") {
		return nil
	}
	return c.who.app
}

// askedToken is the person's token that a request of the App's is about.
func (c *call) askedToken() (*token, *reply) {
	var ask struct {
		AccessToken *string `json:"access_token"`
	}
	if bad := c.decode(&ask); bad != nil {
		return nil, bad
	}
	if ask.AccessToken == nil {
		return nil, wasntSupplied("access_token")
	}
	t := c.gh.st.tokens[*ask.AccessToken]
	a := c.clientApp()
	if a == nil || t == nil || t.kind != byPerson || t.app != a || !c.gh.wire().Before(t.expires) {
		return nil, notFound()
	}
	return t, nil
}

// authorizationView is a person's token as its App sees it.
type authorizationView struct {
	ID             int64            `json:"id"`
	URL            string           `json:"url"`
	Scopes         []string         `json:"scopes"`
	Token          string           `json:"token"`
	TokenLastEight *string          `json:"token_last_eight"`
	HashedToken    *string          `json:"hashed_token"`
	App            authorizationApp `json:"app"`
	Note           *string          `json:"note"`
	NoteURL        *string          `json:"note_url"`
	UpdatedAt      string           `json:"updated_at"`
	CreatedAt      string           `json:"created_at"`
	Fingerprint    *string          `json:"fingerprint"`
	ExpiresAt      *string          `json:"expires_at"`
	User           *userView        `json:"user"`
}

type authorizationApp struct {
	ClientID string `json:"client_id"`
	Name     string `json:"name"`
	URL      string `json:"url"`
}

func (c *call) showAuthorization(t *token) *reply {
	sum := sha256.Sum256([]byte(t.text))
	hash, last, ends := base64.StdEncoding.EncodeToString(sum[:]), t.text[len(t.text)-8:], stamp(t.expires)
	return ok(authorizationView{ID: t.account.id, URL: c.gh.api() + "/authorizations/" + itoa(t.account.id), Token: t.text,
		TokenLastEight: &last, HashedToken: &hash, UpdatedAt: stamp(t.created), CreatedAt: stamp(t.created), ExpiresAt: &ends,
		App: authorizationApp{t.app.clientID(), t.app.name, c.gh.root + "/apps/" + t.app.slug}, User: c.gh.user(t.account)})
}

func checkUserToken(c *call) *reply {
	t, bad := c.askedToken()
	if bad != nil {
		return bad
	}
	return c.showAuthorization(t)
}

// resetUserToken gives a new token in place of one that may have leaked.
func resetUserToken(c *call) *reply {
	t, bad := c.askedToken()
	if bad != nil {
		return bad
	}
	c.gh.st.forget(t)
	fresh, _ := c.gh.newUserToken(t.app, t.account)
	return c.showAuthorization(fresh)
}

func deleteUserToken(c *call) *reply {
	t, bad := c.askedToken()
	if bad != nil {
		return bad
	}
	c.gh.st.forget(t)
	return noContent()
}

// deleteGrant takes the App off a person: all its tokens for them are void.
func deleteGrant(c *call) *reply {
	t, bad := c.askedToken()
	if bad != nil {
		return bad
	}
	for _, one := range c.gh.st.userTokens(t.app, t.account) {
		c.gh.st.forget(one)
	}
	c.happened = append(c.happened, happening{event: "github_app_authorization", action: "revoked", only: t.app,
		extra: map[string]any{"sender": c.gh.user(t.account)}})
	return noContent()
}

// userInstalls are the App's installations that a person sees anything of.
func (c *call) userInstalls() []*installation {
	var out []*installation
	for _, in := range c.gh.st.installsOf(c.who.app) {
		if !in.suspended() && (in.org.members[c.who.account] || len(c.userRepos(in)) > 0) {
			out = append(out, in)
		}
	}
	return out
}

// userRepos are those of an installation that a person was let into.
func (c *call) userRepos(in *installation) []*repo {
	var out []*repo
	for _, r := range c.gh.st.reposOf(in) {
		if r.people[c.who.account] != noRole {
			out = append(out, r)
		}
	}
	return out
}

// notThroughApp refuses a person's own token where one of an App is needed.
func notThroughApp() *reply {
	return fail(http.StatusForbidden,
		"You must authenticate with an access token authorized to a GitHub App in order to list installations")
}

func listUserInstallations(c *call) *reply {
	if c.who.app == nil {
		return notThroughApp()
	}
	ins := c.userInstalls()
	return ok(struct {
		Total    int           `json:"total_count"`
		Installs []installView `json:"installations"`
	}{len(ins), show(page(c, ins), c.gh.installView)})
}

func listUserInstallationRepos(c *call) *reply {
	if c.who.app == nil {
		return notThroughApp()
	}
	for _, in := range c.userInstalls() {
		if in.id != c.num("#installation_id") {
			continue
		}
		rs := c.userRepos(in)
		return ok(struct {
			Total        int               `json:"total_count"`
			Selection    string            `json:"repository_selection"`
			Repositories []json.RawMessage `json:"repositories"`
		}{len(rs), in.selection(), show(page(c, rs), func(r *repo) json.RawMessage {
			v := c.gh.repoFields(r)
			v["permissions"] = permissionsOf(r.roleOf(c.who.account))
			return encode(v)
		})})
	}
	return notFound()
}
