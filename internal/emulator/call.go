package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// call is one REST request while it is handled, under GitHub.mu.
type call struct {
	gh    *GitHub
	r     *http.Request
	route *route
	path  string            // below /api/v3, escaped, with names in place of ids
	args  map[string]string // the pattern's parts
	query url.Values
	body  []byte
	who   actor
	now   time.Time // the world's, in whole seconds
	out   http.Header

	repo  *repo  // of a route with {owner} and {repo}
	issue *issue // of a route with {number}
	org   *org   // of a route with {org}

	happened []happening
}

func (c *call) arg(name string) string { return c.args[name] }

// num is a numeric part of the path; the pattern made sure that it is one.
func (c *call) num(name string) int64 {
	n, err := strconv.ParseInt(c.args[name], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// viaApp reports whether the App acts, and not a person.
func (c *call) viaApp() bool { return c.who.kind == byInstallation }

// role is what the actor may do in the repository. The App may do what its
// permissions say, which the route table has checked, so it ranks as a writer.
func (c *call) role() role {
	if c.viaApp() {
		return canWrite
	}
	if c.who.account == nil {
		return canRead
	}
	return c.repo.roleOf(c.who.account)
}

// decode reads the JSON body into v. A nil reply means that it could.
func (c *call) decode(v any) *reply {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if !utf8.Valid(c.body) || !json.Valid(c.body) {
		return fail(http.StatusBadRequest, "Problems parsing JSON")
	}
	err := json.Unmarshal(c.body, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong) && wrong.Field == "":
		return fail(http.StatusBadRequest, "Body should be a JSON object")
	case errors.As(err, &wrong):
		return fail(http.StatusUnprocessableEntity, "Invalid request.\n\nFor 'properties/"+
			wrong.Field+"', "+wrong.Value+" is not of type "+wrong.Type.String()+".")
	default:
		return fail(http.StatusUnprocessableEntity, "Invalid request.\n\n"+err.Error())
	}
}

// field is a JSON field that may be absent, null or given.
type field[T any] struct {
	set  bool // present, perhaps null
	null bool
	val  T
}

// UnmarshalJSON is only called for keys that are present.
func (f *field[T]) UnmarshalJSON(b []byte) error {
	f.set = true
	if string(b) == "null" {
		f.null = true
		return nil
	}
	return json.Unmarshal(b, &f.val)
}

// resolve finds what the path names and sees to it that the actor may know.
func (c *call) resolve() *reply {
	if login, has := c.args["org"]; has {
		if c.org = c.gh.st.orgs[strings.ToLower(login)]; c.org == nil {
			return notFound()
		}
	}
	if _, has := c.args["repo"]; has {
		c.repo = c.gh.st.repo(c.arg("owner"), c.arg("repo"))
		if c.repo == nil || !c.sees(c.repo) {
			return c.renamed()
		}
	}
	if _, has := c.args["#number"]; has {
		if c.issue = c.repo.issue(int(c.num("#number"))); c.issue == nil {
			return c.departed(int(c.num("#number")))
		}
	}
	return nil
}

// sees reports whether the actor may know that a repository exists.
func (c *call) sees(r *repo) bool {
	switch c.who.kind {
	case byApp:
		return true
	case byInstallation:
		return !r.private || c.who.token.covers(r)
	case byPerson:
		return r.roleOf(c.who.account) >= canRead && (!r.private || c.appCovers(r))
	default:
		return !r.private
	}
}

// permit checks the kind of token, the App's permission and the person's role.
func (c *call) permit() *reply {
	rt := c.route
	if rt.tokens&c.who.kind == 0 {
		return c.wrongToken()
	}
	switch c.who.kind {
	case byInstallation:
		if !c.appMay() {
			return fail(http.StatusForbidden, "Resource not accessible by integration")
		}
	case byPerson:
		if c.who.app != nil && !c.appMay() {
			return fail(http.StatusForbidden, "Resource not accessible by integration")
		}
		if c.repo != nil && c.repo.roleOf(c.who.account) < rt.role {
			return fail(http.StatusForbidden, "Must have admin rights to Repository.")
		}
	case byNobody:
		if c.route.method != http.MethodGet && rt.flag != open {
			return fail(http.StatusUnauthorized, "Requires authentication")
		}
	}
	if c.repo != nil && c.repo.archived && rt.method != http.MethodGet && rt.pattern != oneRepo {
		return archived()
	}
	return nil
}

func (c *call) wrongToken() *reply {
	switch {
	case c.route.tokens == byApp:
		return fail(http.StatusUnauthorized, "A JSON web token could not be decoded")
	case c.who.kind == byNobody:
		return fail(http.StatusUnauthorized, "Requires authentication")
	case c.route.tokens == byClient:
		return notFound()
	case c.who.kind == byApp || c.who.kind == byClient:
		return badCredentials()
	case c.who.kind == byInstallation:
		return fail(http.StatusForbidden, "Resource not accessible by integration")
	default:
		return fail(http.StatusForbidden,
			"You must authenticate with an installation access token for this endpoint.")
	}
}

// appCovers reports whether the App by which the actor acts, if any, may touch
// a repository.
func (c *call) appCovers(r *repo) bool {
	switch {
	case c.who.app == nil:
		return true
	case c.viaApp():
		return c.who.token.covers(r)
	default:
		in := c.gh.st.installOf(c.who.app, r.org)
		return in != nil && in.has(r) && !in.suspended()
	}
}

// appPerms are what the App may do where the path leads: the token's own, or
// for a person acting through the App those of its installation there.
func (c *call) appPerms() map[string]string {
	o := c.org
	switch {
	case c.viaApp():
		return c.who.token.perms
	case c.repo != nil:
		o = c.repo.org
	}
	if in := c.gh.st.installOf(c.who.app, o); in != nil && !in.suspended() {
		return in.perms
	}
	return nil
}

// appMay checks the App's token, its own or a person's through it, against the
// route's permissions. What is public may be read by anyone, so by the App too.
func (c *call) appMay() bool {
	rt, perms := c.route, c.appPerms()
	if c.repo != nil {
		if !c.repo.private && c.route.method == http.MethodGet {
			return true
		}
		if !c.appCovers(c.repo) {
			return false
		}
	}
	if rt.perm == "" {
		return true
	}
	for set := range strings.SplitSeq(rt.perm, ";") {
		if set = strings.TrimSpace(set); c.appHas(perms, set) {
			c.gh.count.Permissions[set]++
			return true
		}
	}
	return false
}

// appHas checks one alternative, such as "issues=write". That of pull requests
// counts for an issue's route only if the issue is a pull request.
func (c *call) appHas(perms map[string]string, set string) bool {
	t := &token{perms: perms}
	for one := range strings.SplitSeq(set, ",") {
		name, level, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !t.allows(name, level) {
			return false
		}
		if name == "pull_requests" && c.issue != nil && c.issue.pull == nil && strings.HasPrefix(c.route.pattern, oneIssue) {
			return false
		}
	}
	return true
}
