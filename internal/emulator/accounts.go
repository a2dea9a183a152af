package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// account is a person, a bot or an organisation.
type account struct {
	id      int64
	login   string
	name    string
	kind    string // User, Bot, Organization
	created time.Time

	shown     *userView `snapshot:"-"` // the last view, valid for shownRoot
	shownRoot string    `snapshot:"-"`
}

func (a *account) email() string { return a.login + "@example.com" }

// userView is GitHub's "simple user".
type userView struct {
	Login             string `json:"login"`
	ID                int64  `json:"id"`
	NodeID            string `json:"node_id"`
	AvatarURL         string `json:"avatar_url"`
	GravatarID        string `json:"gravatar_id"`
	URL               string `json:"url"`
	HTMLURL           string `json:"html_url"`
	FollowersURL      string `json:"followers_url"`
	FollowingURL      string `json:"following_url"`
	GistsURL          string `json:"gists_url"`
	StarredURL        string `json:"starred_url"`
	SubscriptionsURL  string `json:"subscriptions_url"`
	OrganizationsURL  string `json:"organizations_url"`
	ReposURL          string `json:"repos_url"`
	EventsURL         string `json:"events_url"`
	ReceivedEventsURL string `json:"received_events_url"`
	Type              string `json:"type"`
	SiteAdmin         bool   `json:"site_admin"`
}

// user shows an account; nil shows as null. Views are shared: never change one.
func (g *GitHub) user(a *account) *userView {
	if a == nil {
		return nil
	}
	if a.shown == nil || a.shownRoot != g.root {
		a.shown, a.shownRoot = g.newUserView(a), g.root
	}
	return a.shown
}

func (g *GitHub) newUserView(a *account) *userView {
	u := g.api() + "/users/" + strings.NewReplacer("[", "%5B", "]", "%5D").Replace(a.login)
	html, kind := g.root+"/"+a.login, "U"
	switch a.kind {
	case "Bot":
		html, kind = g.root+"/apps/"+strings.TrimSuffix(a.login, "[bot]"), "BOT"
	case "Organization":
		kind = "O"
	}
	return &userView{
		Login: a.login, ID: a.id, NodeID: nodeID(kind, a.id),
		AvatarURL: g.root + "/avatars/" + itoa(a.id), URL: u, HTMLURL: html,
		FollowersURL: u + "/followers", FollowingURL: u + "/following{/other_user}",
		GistsURL: u + "/gists{/gist_id}", StarredURL: u + "/starred{/owner}{/repo}",
		SubscriptionsURL: u + "/subscriptions", OrganizationsURL: u + "/orgs",
		ReposURL: u + "/repos", EventsURL: u + "/events{/privacy}",
		ReceivedEventsURL: u + "/received_events", Type: a.kind,
	}
}

func (g *GitHub) users(as []*account) []*userView {
	out := make([]*userView, len(as))
	for i, a := range as {
		out[i] = g.user(a)
	}
	return out
}

// publicUserView is what GET /users/{username} shows.
type publicUserView struct {
	*userView
	ViewType    string  `json:"user_view_type"`
	Name        *string `json:"name"`
	Company     *string `json:"company"`
	Blog        *string `json:"blog"`
	Location    *string `json:"location"`
	Email       *string `json:"email"`
	Hireable    *bool   `json:"hireable"`
	Bio         *string `json:"bio"`
	PublicRepos int     `json:"public_repos"`
	PublicGists int     `json:"public_gists"`
	Followers   int     `json:"followers"`
	Following   int     `json:"following"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
}

func (g *GitHub) publicUser(a *account) publicUserView {
	empty := ""
	v := publicUserView{userView: g.user(a), ViewType: "public", Blog: &empty,
		CreatedAt: stamp(a.created), UpdatedAt: stamp(a.created)}
	if a.name != "" {
		v.Name = &a.name
	}
	return v
}

func getUser(c *call) *reply {
	a := c.gh.st.account(c.arg("username"))
	if a == nil {
		return notFound()
	}
	return ok(c.gh.publicUser(a))
}

// getMe is GET /user, for people's own tokens.
func getMe(c *call) *reply {
	me := c.gh.publicUser(c.who.account)
	me.ViewType = "private"
	return ok(struct {
		publicUserView
		PrivateGists      int  `json:"private_gists"`
		TotalPrivateRepos int  `json:"total_private_repos"`
		OwnedPrivateRepos int  `json:"owned_private_repos"`
		DiskUsage         int  `json:"disk_usage"`
		Collaborators     int  `json:"collaborators"`
		TwoFactor         bool `json:"two_factor_authentication"`
	}{publicUserView: me, TwoFactor: true})
}

// tokenKind says whose token a request carries; routes accept a set of them.
type tokenKind uint8

const (
	byNobody tokenKind = 1 << iota
	byApp              // the App's JWT
	byInstallation
	byPerson
	byClient // an App by its client id and secret

	byMember = byInstallation | byPerson
	byAnyone = byNobody | byMember
)

// token is a secret that GitHub gave out.
type token struct {
	text    string
	kind    tokenKind
	account *account
	app     *app // through which it acts, nil for a person's own
	install *installation
	repos   []*repo           // installation: those it was narrowed to; nil for all
	perms   map[string]string // installation: what it may do
	created time.Time         // the world's; zero for those of the beginning
	expires time.Time         // on the wire's clock; zero never
}

// covers reports whether an installation token may touch a repository.
func (t *token) covers(r *repo) bool {
	return t.install.has(r) && (t.repos == nil || slices.Contains(t.repos, r))
}

// allows reports whether an installation token has a permission at least at
// the level.
func (t *token) allows(name, level string) bool {
	rank := map[string]int{"read": 1, "write": 2, "admin": 3}
	return rank[t.perms[name]] >= rank[level]
}

// actor is who makes a request.
type actor struct {
	kind    tokenKind
	account *account // the person or the App's bot; nil for nobody
	app     *app     // the App that acts, or through which the person does
	token   *token   // nil for nobody and for the App's JWT
	key     string   // whose budget the request spends
}

// authenticate finds the actor, or the answer to a bad credential.
func (g *GitHub) authenticate(r *http.Request) (actor, *reply) {
	head := r.Header.Get("Authorization")
	if head == "" {
		return actor{kind: byNobody, key: "anonymous"}, nil
	}
	scheme, secret, _ := strings.Cut(head, " ")
	if strings.EqualFold(scheme, "basic") {
		return g.basic(r)
	}
	if !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") {
		return actor{}, badCredentials()
	}
	secret = strings.TrimSpace(secret)
	if t := g.st.tokens[secret]; t != nil {
		return g.byToken(t)
	}
	if strings.HasPrefix(secret, "ghs_") || strings.Count(secret, ".") != 2 {
		return actor{}, badCredentials()
	}
	return g.checkJWT(secret)
}

// byToken is who acts by a token, if it is still good.
func (g *GitHub) byToken(t *token) (actor, *reply) {
	if !t.expires.IsZero() && !g.wire().Before(t.expires) {
		return actor{}, badCredentials()
	}
	if t.install != nil && t.install.suspended() {
		return actor{}, suspended()
	}
	return actor{kind: t.kind, account: t.account, app: t.app, token: t, key: t.key()}, nil
}

func (t *token) key() string {
	if t.kind == byInstallation {
		return "installation " + itoa(t.install.id)
	}
	return "user " + itoa(t.account.id)
}

func badCredentials() *reply { return fail(http.StatusUnauthorized, "Bad credentials") }

// Token is the token of a persona (engineer, reviewer, security, maintainer,
// outsider), empty if there is no such persona.
func (g *GitHub) Token(persona string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.st.personas[persona]
}
