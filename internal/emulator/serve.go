package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// apiVersion is the REST API version that is spoken. A client that asks for
// another is refused rather than given the wrong shapes.
const apiVersion = "2022-11-28"

// maxRequest bounds a request's body, far above what any route accepts.
const maxRequest = 8 << 20

const noAgent = "Request forbidden by administrative rules. Please make sure your request has a " +
	"User-Agent header (https://docs.github.com/rest/using-the-rest-api/" +
	"getting-started-with-the-rest-api#user-agent).\n"

// serveAPI answers one REST request. The whole of it is under the mutex but
// for reading the body, which may be slow. With a latency it is handled at once
// and the answer kept until it is due, so that the emulator is as fast as the
// latency says on a slow machine too; webhooks may overtake the answer, as
// GitHub's do.
func (g *GitHub) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	arrived := time.Now()
	if r.Header.Get("User-Agent") == "" {
		http.Error(w, noAgent, http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		g.send(w, http.Header{}, fail(http.StatusRequestEntityTooLarge, "Payload too large"))
		return
	}
	fate := g.judge(r, path)
	if !pause(r.Context(), fate.before) {
		return
	}
	head := http.Header{}
	rep := g.meet(fate, r, path, body, head)
	if !pause(r.Context(), fate.rest(time.Since(arrived))) {
		return
	}
	if fate.cuts() {
		g.sendCut(w, head, rep)
	}
	g.send(w, head, rep)
}

// locked runs f under the mutex and lets go of it even if f panics: the world
// must not stop because one handler has a fault.
func (g *GitHub) locked(f func() *reply) *reply {
	g.mu.Lock()
	defer g.mu.Unlock()
	return f()
}

// handle finds the route, lets the request through every check and runs it.
// The reply's body is encoded when it returns.
func (g *GitHub) handle(r *http.Request, path string, body []byte, head http.Header) *reply {
	path = g.st.pathByName(path)
	rt, args := findRoute(r.Method, path)
	if rt == nil {
		return g.noRoute(r.Method, "/api/v3"+path).encoded()
	}
	g.count.add(rt)
	c := &call{gh: g, r: r, route: rt, path: path, args: args, query: r.URL.Query(), body: body,
		now: g.clock.now().Truncate(time.Second), out: head}
	g.dress(head)
	if v := r.Header.Get("X-GitHub-Api-Version"); v != "" && v != apiVersion {
		return fail(http.StatusBadRequest, "The API version "+v+" is not supported here; use "+apiVersion+".").encoded()
	}
	who, bad := g.authenticate(r)
	if bad != nil {
		return bad.encoded()
	}
	c.who = who
	m := g.meterFor(who, rt.flag)
	if r.Header.Get(uncounted) == "off" {
		m = &meter{limit: unlimitedHourly, since: g.wire()}
	}
	if over := m.check(g, who, rt, head); over != nil {
		return over.encoded()
	}
	rep := c.run().encoded()
	rep = c.condition(rep)
	if rep.status == http.StatusNotModified {
		g.count.NotModified++
	} else if rt.flag != gratis {
		m.used++
	}
	m.tell(head)
	return rep
}

// run resolves, permits, handles, and sends out what happened.
func (c *call) run() *reply {
	if rep := c.resolve(); rep != nil {
		return rep
	}
	if c.route.perm != "" && c.who.kind == byInstallation {
		c.out.Set("X-Accepted-GitHub-Permissions", c.route.perm)
	}
	if rep := c.permit(); rep != nil {
		return rep
	}
	rep := c.route.do(c)
	c.gh.publish(c)
	return rep
}

// dress sets what every answer carries.
func (g *GitHub) dress(head http.Header) {
	head.Set("Server", "github.com")
	head.Set("X-GitHub-Media-Type", "github.v3; format=json")
	head.Set("X-GitHub-Api-Version-Selected", apiVersion)
	head.Set("X-GitHub-Request-Id", g.requestID())
	head.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With")
}

// condition answers 304 to a reader who has the same already. The tag holds
// the token, so a new token voids what was cached under the old one.
func (c *call) condition(rep *reply) *reply {
	if c.route.method != http.MethodGet || rep.status != http.StatusOK {
		return rep
	}
	sum := sha256.New()
	_, secret, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	_, _ = io.WriteString(sum, secret+"\n"+c.out.Get("Link")+"\n")
	_, _ = sum.Write(rep.raw)
	tag := `W/"` + hex.EncodeToString(sum.Sum(nil)) + `"`
	c.out.Set("ETag", tag)
	c.out.Set("Cache-Control", "private, max-age=60, s-maxage=60")
	if c.notSince() {
		return &reply{status: http.StatusNotModified}
	}
	known := strings.Split(c.r.Header.Get("If-None-Match"), ",")
	for i := range known {
		known[i] = strings.TrimPrefix(strings.TrimSpace(known[i]), "W/")
	}
	if slices.Contains(known, strings.TrimPrefix(tag, "W/")) {
		return &reply{status: http.StatusNotModified}
	}
	return rep
}

// encoded turns the body into bytes, while the state it shows still stands.
func (r *reply) encoded() *reply {
	if r.body != nil {
		r.raw, r.media, r.body = encode(r.body), "application/json; charset=utf-8", nil
	}
	return r
}

func (g *GitHub) send(w http.ResponseWriter, head http.Header, rep *reply) {
	rep.encoded()
	for k, v := range head {
		w.Header()[k] = v
	}
	if rep.media != "" {
		w.Header().Set("Content-Type", rep.media)
	}
	w.WriteHeader(rep.status)
	_, _ = w.Write(rep.raw) //nolint:gosec // GitHub serves files raw as well; the type says what they are
}

// noRoute answers what the table does not have, and remembers it. A slash too
// many at the end of an address that is there is GitHub's matter: not found.
func (g *GitHub) noRoute(method, path string) *reply {
	if rt, _ := findRoute(method, strings.TrimPrefix(strings.TrimSuffix(path, "/"), "/api/v3")); rt != nil {
		return notFound()
	}
	g.count.Unknown++
	g.unknown = append(g.unknown, method+" "+path)
	return fail(http.StatusNotImplemented, "The emulator has no route for "+method+" "+path)
}

func (g *GitHub) serveUnknown(w http.ResponseWriter, r *http.Request) {
	g.send(w, http.Header{}, g.locked(func() *reply { return g.noRoute(r.Method, r.URL.EscapedPath()) }))
}

// Requests counts what clients asked of the REST API.
type Requests struct {
	Total       int            `json:"total"`
	Writes      int            `json:"writes"`       // all but GET and token requests
	NotModified int            `json:"not_modified"` // answered 304
	Unknown     int            `json:"unknown"`      // no such route
	ByRoute     map[string]int `json:"by_route"`     // "GET /repos/{owner}/{repo}" → n
	// Permissions of the App by which its requests were let in, "issues=write" → n.
	Permissions map[string]int `json:"permissions"`
}

func newRequests() Requests {
	return Requests{ByRoute: map[string]int{}, Permissions: map[string]int{}}
}

func (q *Requests) add(rt *route) {
	q.Total++
	q.ByRoute[rt.name()]++
	if rt.method != http.MethodGet && rt.tokens != byApp && rt.flag != graph {
		q.Writes++
	}
}

// Requests is a copy of the counters so far.
func (g *GitHub) Requests() Requests {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.count
	out.ByRoute, out.Permissions = maps.Clone(g.count.ByRoute), maps.Clone(g.count.Permissions)
	return out
}

// Unknown lists the requests that no route answered, in order, repeats included.
func (g *GitHub) Unknown() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.unknown)
}
