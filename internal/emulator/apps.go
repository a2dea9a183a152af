package emulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// tokenLife is how long an installation token is good for.
const tokenLife = time.Hour

// maxJWTLife is how far ahead a JWT's exp may lie.
const maxJWTLife = 10 * time.Minute

// app is the one GitHub App of the world.
type app struct {
	id      int64
	slug    string
	name    string
	owner   *account
	bot     *account
	created time.Time
	perms   map[string]string
	events  []string
}

// hears reports whether the App subscribed to an event.
func (a *app) hears(event string) bool { return slices.Contains(a.events, event) }

// installation is the App on an organisation, for some of its repositories.
type installation struct {
	id      int64
	org     *org
	repos   []*repo
	created time.Time
}

func (in *installation) has(r *repo) bool { return slices.Contains(in.repos, r) }

func (s *state) installOf(o *org) *installation {
	for _, in := range s.installs {
		if in.org == o {
			return in
		}
	}
	return nil
}

func (s *state) install(id int64) *installation {
	for _, in := range s.installs {
		if in.id == id {
			return in
		}
	}
	return nil
}

// processKey is the App's key, one for each process: making it is slow.
var processKey = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("emulator: make the App's key: %w", err)
	}
	return key, nil
})

// PrivateKey is the App's private key as PEM.
func (g *GitHub) PrivateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(g.key)})
}

// checkJWT authenticates the App. The messages are GitHub's: clients match
// them to correct a clock that is wrong.
func (g *GitHub) checkJWT(text string) (actor, *reply) {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithJSONNumber(), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return &g.key.PublicKey, nil })
	if err != nil {
		return actor{}, unauthorized("A JSON web token could not be decoded")
	}
	iss := fmt.Sprint(claims["iss"])
	if iss != itoa(g.st.app.id) && iss != g.st.app.clientID() {
		return actor{}, fail(http.StatusNotFound, "Integration not found")
	}
	now := g.wire()
	exp, isNum := claimTime(claims["exp"])
	switch {
	case !isNum || !exp.After(now):
		return actor{}, unauthorized("'Expiration time' claim ('exp') must be a numeric value " +
			"representing the future time at which the assertion expires")
	case exp.After(now.Add(maxJWTLife)):
		return actor{}, unauthorized("'Expiration time' claim ('exp') is too far in the future")
	}
	if iat, isNum := claimTime(claims["iat"]); !isNum || iat.After(now) {
		return actor{}, unauthorized("'Issued at' claim ('iat') must be an Integer representing " +
			"the time that the assertion was issued")
	}
	return actor{kind: byApp, account: g.st.app.bot, key: "app"}, nil
}

func unauthorized(message string) *reply { return fail(http.StatusUnauthorized, message) }

// claimTime reads a whole number of seconds.
func claimTime(v any) (time.Time, bool) {
	num, isNum := v.(json.Number)
	if !isNum {
		return time.Time{}, false
	}
	sec, err := strconv.ParseInt(num.String(), 10, 64)
	return time.Unix(sec, 0), err == nil
}

func (a *app) clientID() string { return fmt.Sprintf("Iv23li%014x", a.id) }

// appView is GitHub's "integration".
type appView struct {
	ID          int64             `json:"id"`
	ClientID    string            `json:"client_id,omitempty"`
	Slug        string            `json:"slug"`
	NodeID      string            `json:"node_id"`
	Owner       *userView         `json:"owner"`
	Name        string            `json:"name"`
	Description *string           `json:"description"`
	ExternalURL string            `json:"external_url"`
	HTMLURL     string            `json:"html_url"`
	CreatedAt   string            `json:"created_at"`
	UpdatedAt   string            `json:"updated_at"`
	Permissions map[string]string `json:"permissions"`
	Events      []string          `json:"events"`
	Installs    *int              `json:"installations_count,omitempty"`
}

func (g *GitHub) appView() *appView {
	a := g.st.app
	about := "Runs the release train."
	return &appView{
		ID: a.id, Slug: a.slug, NodeID: nodeID("A", a.id), Owner: g.user(a.owner), Name: a.name,
		Description: &about, ExternalURL: g.root, HTMLURL: g.root + "/apps/" + a.slug,
		CreatedAt: stamp(a.created), UpdatedAt: stamp(a.created), Permissions: a.perms, Events: a.events,
	}
}

// via is the App if it acted, for performed_via_github_app; null otherwise.
func (g *GitHub) via(is bool) *appView {
	if !is {
		return nil
	}
	return g.appView()
}

func getApp(c *call) *reply {
	v, n := c.gh.appView(), len(c.gh.st.installs)
	v.ClientID, v.Installs = c.gh.st.app.clientID(), &n
	return ok(v)
}

// installView is the App's installation on an organisation.
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
	a := g.st.app
	return installView{
		ID: in.id, ClientID: a.clientID(), Account: g.user(in.org.account), Selection: "selected",
		TokensURL:       g.api() + "/app/installations/" + itoa(in.id) + "/access_tokens",
		RepositoriesURL: g.api() + "/installation/repositories",
		HTMLURL:         g.root + "/organizations/" + in.org.login + "/settings/installations/" + itoa(in.id),
		AppID:           a.id, AppSlug: a.slug, TargetID: in.org.id, TargetType: "Organization",
		Permissions: a.perms, Events: a.events,
		CreatedAt: stamp(in.created), UpdatedAt: stamp(in.created),
	}
}

func listInstallations(c *call) *reply {
	return ok(show(page(c, c.gh.st.installs), c.gh.installView))
}

func getInstallation(c *call) *reply {
	return c.showInstall(c.gh.st.install(c.num("#installation_id")))
}

func getOrgInstallation(c *call) *reply { return c.showInstall(c.gh.st.installOf(c.org)) }

func getRepoInstallation(c *call) *reply {
	in := c.gh.st.installOf(c.repo.org)
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

// createToken mints an installation token, narrowed if asked.
func createToken(c *call) *reply {
	in := c.gh.st.install(c.num("#installation_id"))
	if in == nil {
		return notFound()
	}
	var ask struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	t := &token{kind: byInstallation, account: c.gh.st.app.bot, install: in,
		expires: c.gh.wire().Add(tokenLife).Truncate(time.Second)}
	var bad *reply
	if t.repos, bad = in.narrow(ask.Repositories, ask.RepositoryIDs); bad != nil {
		return bad
	}
	if t.perms, bad = c.gh.st.app.grant(ask.Permissions); bad != nil {
		return bad
	}
	t.text = c.gh.newToken(c.r.Header.Get("X-GitHub-Stateless-S2S-Token") != "disabled")
	c.gh.st.tokens[t.text] = t
	v := struct {
		Token        string            `json:"token"`
		ExpiresAt    string            `json:"expires_at"`
		Permissions  map[string]string `json:"permissions"`
		Selection    string            `json:"repository_selection"`
		Repositories []json.RawMessage `json:"repositories,omitempty"`
	}{Token: t.text, ExpiresAt: stamp(t.expires), Permissions: t.perms, Selection: "selected"}
	if len(ask.Repositories)+len(ask.RepositoryIDs) > 0 {
		v.Repositories = show(t.repos, c.gh.repoView)
	}
	return created(v)
}

// narrow picks the repositories asked for; all of them if none is.
func (in *installation) narrow(names []string, ids []int64) ([]*repo, *reply) {
	if len(names)+len(ids) == 0 {
		return in.repos, nil
	}
	var out []*repo
	for _, r := range in.repos {
		named := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, r.name) })
		if named || slices.Contains(ids, r.id) {
			out = append(out, r)
		}
	}
	if len(out) < len(names)+len(ids) {
		return nil, fail(http.StatusUnprocessableEntity, "There is at least one repository that does not "+
			"exist or is not accessible to the parent installation.")
	}
	return out, nil
}

// grant checks the permissions asked for against the App's own.
func (a *app) grant(ask map[string]string) (map[string]string, *reply) {
	if len(ask) == 0 {
		return a.perms, nil
	}
	all := &token{perms: a.perms}
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
func (g *GitHub) newToken(long bool) string {
	if !long {
		return "ghs_" + g.letters(36)
	}
	part := func(n int) string { return base64.RawURLEncoding.EncodeToString([]byte(g.letters(n))) }
	return "ghs_" + itoa(g.st.app.id) + "_" + part(20) + "." + part(160) + "." + part(200)
}

func revokeToken(c *call) *reply {
	delete(c.gh.st.tokens, c.who.token.text)
	return noContent()
}

func listInstallationRepos(c *call) *reply {
	rs := c.who.token.repos
	return ok(struct {
		Total        int               `json:"total_count"`
		Selection    string            `json:"repository_selection"`
		Repositories []json.RawMessage `json:"repositories"`
	}{len(rs), "selected", show(page(c, rs), c.gh.repoView)})
}
