package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Lifetimes of what a login hands out, on the wire's clock.
const (
	loginCodeLife  = 10 * time.Minute
	userTokenLife  = 8 * time.Hour
	refreshLife    = 184 * 24 * time.Hour // about six months
	conversionLife = time.Hour
)

// loginCode is what an App exchanges for a person's token, once.
type loginCode struct {
	app       *app
	who       *account
	redirect  string // as it was asked for; empty if it was not
	challenge string // PKCE's, empty without
	expires   time.Time
}

// refreshToken renews a person's token, once.
type refreshToken struct {
	app     *app
	who     *account
	access  string // the token that it was given with
	expires time.Time
}

// meets checks PKCE's verifier against the challenge.
func (l *loginCode) meets(verifier string) bool {
	if l.challenge == "" {
		return true
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == l.challenge
}

// setIn adds to a map, which a world saved by an older emulator may lack.
func setIn[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// newLoginCode lets an App exchange a code for a person's token.
func (g *GitHub) newLoginCode(l loginCode) string {
	l.expires = g.wire().Add(loginCodeLife)
	code := g.hex(10)
	setIn(&g.st.codes, code, &l)
	return code
}

// newUserToken makes a token with which an App acts for a person, and the one
// that renews it.
func (g *GitHub) newUserToken(a *app, who *account) (*token, string) {
	t := &token{text: "ghu_" + g.letters(36), kind: byPerson, account: who, app: a, created: g.clock.now(),
		expires: g.wire().Add(userTokenLife)}
	g.st.tokens[t.text] = t
	renew := "ghr_" + g.letters(76)
	setIn(&g.st.renewals, renew, &refreshToken{app: a, who: who, access: t.text, expires: g.wire().Add(refreshLife)})
	return t, renew
}

// forget makes one of an App's tokens for people void, and what renews it.
func (s *state) forget(t *token) {
	delete(s.tokens, t.text)
	for text, r := range s.renewals {
		if r.access == t.text {
			delete(s.renewals, text)
		}
	}
}

// userTokens lists the tokens with which an App acts for a person.
func (s *state) userTokens(a *app, who *account) []*token {
	var out []*token
	for _, t := range s.tokens {
		if t.kind == byPerson && t.app == a && t.account == who {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *token) int { return strings.Compare(a.text, b.text) })
	return out
}

// basic finds who shows credentials by HTTP's basic scheme: an App its client
// id and secret, anybody else a token in place of the password.
func (g *GitHub) basic(r *http.Request) (actor, *reply) {
	name, secret, _ := r.BasicAuth()
	if a := g.st.appByClient(name); a != nil {
		if secret != a.clientSecret {
			return actor{}, badCredentials()
		}
		return actor{kind: byClient, account: a.bot, app: a, key: "client " + itoa(a.id)}, nil
	}
	for _, text := range []string{secret, name} {
		if t := g.st.tokens[text]; t != nil {
			return g.byToken(t)
		}
	}
	return actor{}, badCredentials()
}
