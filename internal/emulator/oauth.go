package emulator

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// allows reports whether people may be sent back to an address: to one that
// the App registered, on any port if it is on the person's own machine. The
// seeded App, if none was registered for it, may name any address on this
// machine.
func (a *app) allows(address string) bool {
	if slices.Contains(a.callbacks, address) {
		return true
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !loopback(u) {
		return false
	}
	if a.anywhere && len(a.callbacks) == 0 {
		return true
	}
	return slices.ContainsFunc(a.callbacks, func(have string) bool {
		h, err := url.Parse(have)
		return err == nil && loopback(h) && h.Scheme == u.Scheme && h.Hostname() == u.Hostname() && h.Path == u.Path && u.RawQuery == h.RawQuery
	})
}

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// askedLogin reads what an App wants of a person, or says why it may not.
func (c *call) askedLogin() (loginCode, *reply) {
	form := c.r.Form
	a := c.gh.st.appByClient(form.Get("client_id"))
	if a == nil {
		return loginCode{}, c.notice(http.StatusNotFound, "There is no such App", nil,
			"No App here has the client id "+form.Get("client_id")+".")
	}
	l := loginCode{app: a, redirect: form.Get("redirect_uri"), challenge: form.Get("code_challenge")}
	switch back := c.backOf(l); {
	case back == "":
		return l, c.notice(http.StatusBadRequest, "Where to?", nil,
			a.name+" registered no callback URL, and the request names none either.")
	case l.redirect != "" && !a.allows(l.redirect):
		return l, c.notice(http.StatusBadRequest, "The redirect_uri is not the App's", nil,
			l.redirect+" is none of the callback URLs that "+a.name+" registered:", strings.Join(a.callbacks, ", "))
	case l.challenge != "" && form.Get("code_challenge_method") != "S256":
		return l, c.notice(http.StatusBadRequest, "That challenge is not supported", nil,
			"The code_challenge_method must be S256.")
	}
	return l, nil
}

// backOf is where a person is sent after logging in.
func (c *call) backOf(l loginCode) string {
	if l.redirect == "" && len(l.app.callbacks) > 0 {
		return l.app.callbacks[0]
	}
	return l.redirect
}

// loginPerson is somebody to log in as.
type loginPerson struct {
	Persona, Login string
	Chosen         bool
}

// loginPeople are the personas, the one that the App has in mind first.
func (c *call) loginPeople(wish string) []loginPerson {
	var out []loginPerson
	for persona, text := range c.gh.st.personas {
		login := c.gh.st.tokens[text].account.login
		out = append(out, loginPerson{persona, login, wish != "" && (strings.EqualFold(wish, login) || wish == persona)})
	}
	rank := func(p loginPerson) int {
		at := slices.IndexFunc(people, func(k seedPerson) bool { return k.persona == p.Persona })
		switch {
		case p.Chosen:
			return -1
		case at < 0:
			return len(people)
		default:
			return at
		}
	}
	slices.SortFunc(out, func(a, b loginPerson) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Persona, b.Persona))
	})
	return out
}

// showAuthorize is the page on which a person logs in to an App.
func showAuthorize(c *call) *reply {
	l, bad := c.askedLogin()
	if bad != nil {
		return bad
	}
	return c.page(http.StatusOK, "authorize", "Log in to "+l.app.name, map[string]any{
		"App": l.app.name, "Owner": l.app.owner.login, "Permissions": pairs(l.app.perms), "Back": c.backOf(l),
		"People": c.loginPeople(c.r.Form.Get("login")),
		"Hidden": c.kept("client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method"),
	}, c.backOf(l))
}

// authorize is what the buttons of that page do.
func authorize(c *call) *reply {
	l, bad := c.askedLogin()
	if bad != nil {
		return bad
	}
	state := pair{"state", c.r.Form.Get("state")}
	persona := c.r.Form.Get("as")
	if persona == "" {
		return c.goTo(c.backOf(l), pair{"error", "access_denied"},
			pair{"error_description", "The user has denied your application access."},
			pair{"error_uri", "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/" +
				"troubleshooting-authorization-request-errors/#access-denied"}, state)
	}
	t := c.gh.st.tokens[c.gh.st.personas[persona]]
	if t == nil {
		return c.notice(http.StatusBadRequest, "Nobody is called that", nil, "There is no "+persona+" here.")
	}
	l.who = t.account
	return c.goTo(c.backOf(l), pair{"code", c.gh.newLoginCode(l)}, state)
}
