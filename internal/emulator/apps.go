package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// maxJWTLife is how far ahead a JWT's exp may lie.
const maxJWTLife = 10 * time.Minute

// app is a GitHub App. One is there from the beginning; others are made from
// manifests.
type app struct {
	id      int64
	slug    string
	name    string
	about   string
	home    string // its own site; empty shows the emulator's
	owner   *account
	bot     *account
	created time.Time
	perms   map[string]string
	events  []string
	hook    hookConfig
	key     *rsa.PrivateKey

	clientSecret string
	callbacks    []string // where people may be sent back to
	anywhere     bool     // if there is none, to anywhere on their own machine
	setupURL     string   // where people go after installing it
	setupAgain   bool     // and after changing the installation
	asksLogin    bool     // installing it asks people to log in as well
	private      bool     // only its owner may install it
}

func (s *state) appBySlug(slug string) *app {
	return s.appWhere(func(a *app) bool { return strings.EqualFold(a.slug, slug) })
}

func (s *state) appByID(id int64) *app {
	return s.appWhere(func(a *app) bool { return a.id == id })
}

func (s *state) appByClient(id string) *app {
	return s.appWhere(func(a *app) bool { return a.clientID() == id })
}

func (s *state) appWhere(is func(*app) bool) *app {
	if at := slices.IndexFunc(s.apps, is); at >= 0 {
		return s.apps[at]
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

// PrivateKey is the seeded App's private key as PEM.
func (g *GitHub) PrivateKey() []byte { return pemOf(g.key) }

func pemOf(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// issuer is the App that a JWT's iss names, by its id or its client id.
func (g *GitHub) issuer(claims jwt.MapClaims) *app {
	iss := fmt.Sprint(claims["iss"])
	return g.st.appWhere(func(a *app) bool { return iss == itoa(a.id) || iss == a.clientID() })
}

// checkJWT authenticates an App. The messages are GitHub's: clients match them
// to correct a clock that is wrong.
func (g *GitHub) checkJWT(text string) (actor, *reply) {
	claims := jwt.MapClaims{}
	var by *app
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithJSONNumber(), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) {
		if by = g.issuer(claims); by == nil {
			return nil, errors.New("no such App")
		}
		return &by.key.PublicKey, nil
	})
	switch {
	case err != nil && by == nil && len(claims) > 0:
		return actor{}, fail(http.StatusNotFound, "Integration not found")
	case err != nil:
		return actor{}, unauthorized("A JSON web token could not be decoded")
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
	return actor{kind: byApp, account: by.bot, app: by, key: "app " + itoa(by.id)}, nil
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

func (g *GitHub) appView(a *app) *appView {
	return &appView{
		ID: a.id, Slug: a.slug, NodeID: nodeID("A", a.id), Owner: g.user(a.owner), Name: a.name,
		Description: &a.about, ExternalURL: cmp.Or(a.home, g.root), HTMLURL: g.root + "/apps/" + a.slug,
		CreatedAt: stamp(a.created), UpdatedAt: stamp(a.created), Permissions: a.perms, Events: a.events,
	}
}

// via is the App that acted, for performed_via_github_app; null if none did.
func (g *GitHub) via(a *app) *appView {
	if a == nil {
		return nil
	}
	return g.appView(a)
}

func getApp(c *call) *reply {
	a := c.who.app
	v, n := c.gh.appView(a), len(c.gh.st.installsOf(a))
	v.ClientID, v.Installs = a.clientID(), &n
	return ok(v)
}

// getAppBySlug shows an App to anybody.
func getAppBySlug(c *call) *reply {
	a := c.gh.st.appBySlug(c.arg("app_slug"))
	if a == nil {
		return notFound()
	}
	v := c.gh.appView(a)
	v.ClientID = a.clientID()
	return ok(v)
}
