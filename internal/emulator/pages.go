package emulator

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// pageLine is one page of GitHub's that Apps send people to, or a button on it.
// They are the emulator's own, and not the site's: what they do has no API.
type pageLine struct {
	pattern string
	guarded bool // changes something, so not for other sites' pages to press
	do      func(*call) *reply
}

// pageTable lists the pages. Addresses are GitHub's own where it has them, and
// below /-/ otherwise.
func pageTable() []pageLine {
	return []pageLine{
		{"GET /login/oauth/authorize", false, showAuthorize},
		{"POST /login/oauth/authorize", true, authorize},
		{"POST /login/oauth/access_token", false, giveToken},
		{"GET /settings/apps/new", false, showManifestForm},
		{"POST /settings/apps/new", false, showManifest},
		{"GET /organizations/{org}/settings/apps/new", false, showManifestForm},
		{"POST /organizations/{org}/settings/apps/new", false, showManifest},
		{"GET /apps/{slug}/installations/new", false, showInstallPage},
		{"POST /-/apps/{slug}/install", true, installApp},
		{"GET /organizations/{org}/settings/installations/{id}", false, showInstallation},
		{"POST /-/installations/{id}", true, changeInstallation},
	}
}

// newPages makes the pages' own router.
func (g *GitHub) newPages() *http.ServeMux {
	mux := http.NewServeMux()
	for _, l := range pageTable() {
		mux.HandleFunc(l.pattern, func(w http.ResponseWriter, r *http.Request) { g.servePage(w, r, l) })
	}
	mux.HandleFunc("POST /-/apps/create", g.createApp)
	return mux
}

// hasPage reports whether a request is for one of the pages.
func (g *GitHub) hasPage(r *http.Request) bool {
	_, pattern := g.pages.Handler(r)
	return pattern != ""
}

// servePage answers one page. Its form is read before the mutex is taken, and
// the page is sent when it is free again.
func (g *GitHub) servePage(w http.ResponseWriter, r *http.Request, l pageLine) {
	if why := stranger(r); l.guarded && why != "" {
		g.send(w, http.Header{}, fail(http.StatusForbidden, why))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if bad := r.ParseForm(); err != nil || bad != nil {
		g.send(w, http.Header{}, fail(http.StatusBadRequest, "The form could not be read."))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	head := http.Header{}
	head.Set("Cache-Control", "no-store")
	g.send(w, head, g.locked(func() *reply {
		c := &call{gh: g, r: r, body: body, now: g.clock.now().Truncate(time.Second), out: head, who: g.visitor(r)}
		rep := l.do(c)
		g.publish(c)
		return rep.encoded()
	}))
}

// visitorCookie is where the site keeps whom its visitor acts as.
const visitorCookie = "stationmaster-emulator-persona"

// visitor is who looks at a page: whom the site's visitor acts as, the
// maintainer otherwise.
func (g *GitHub) visitor(r *http.Request) actor {
	name := "maintainer"
	if c, err := r.Cookie(visitorCookie); err == nil && g.st.personas[c.Value] != "" {
		name = c.Value
	}
	t := g.st.tokens[g.st.personas[name]]
	if t == nil {
		return actor{kind: byPerson, account: g.st.account(g.st.home.keeper)}
	}
	return actor{kind: byPerson, account: t.account, key: t.key()}
}

// field of a form that nobody sees, or a permission in a list.
type pair struct{ Name, Value string }

func pairs(m map[string]string) []pair {
	return show(slices.Sorted(maps.Keys(m)), func(k string) pair { return pair{k, m[k]} })
}

// kept are a request's own values, to be sent along with the next.
func (c *call) kept(names ...string) []pair {
	var out []pair
	for _, n := range names {
		if v := c.r.Form.Get(n); v != "" {
			out = append(out, pair{n, v})
		}
	}
	return out
}

// page renders one of the templates. A form on it may lead to another site:
// browsers hold the redirect that follows against the policy.
func (c *call) page(status int, name, title string, data any, leads ...string) *reply {
	t, err := template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html")
	var out bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&out, "frame", map[string]any{"Title": title, "Page": data})
	}
	if err != nil {
		return fail(http.StatusInternalServerError, err.Error())
	}
	forms := "'self'"
	for _, to := range leads {
		if u, err := url.Parse(to); err == nil && u.Host != "" && !strings.ContainsAny(u.Host, " ;,") {
			forms += " " + u.Scheme + "://" + u.Host
		}
	}
	c.out.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action "+forms+
		"; frame-ancestors 'none'; base-uri 'none'")
	c.out.Set("X-Content-Type-Options", "nosniff")
	c.out.Set("Referrer-Policy", "same-origin")
	return &reply{status: status, raw: out.Bytes(), media: "text/html; charset=utf-8"}
}

// notice is a page that only says something.
func (c *call) notice(status int, title string, faults []string, lines ...string) *reply {
	return c.page(status, "notice", title, map[string]any{"Lines": lines, "Faults": faults})
}

// goTo sends a browser on, with values added to the address.
func (c *call) goTo(address string, values ...pair) *reply {
	u, err := url.Parse(address)
	if err != nil {
		return c.notice(http.StatusBadRequest, "That leads nowhere", nil, address)
	}
	q := u.Query()
	for _, v := range values {
		if v.Value != "" {
			q.Set(v.Name, v.Value)
		}
	}
	u.RawQuery = q.Encode()
	c.out.Set("Location", u.String())
	return &reply{status: http.StatusFound}
}
