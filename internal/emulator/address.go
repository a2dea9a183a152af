package emulator

import (
	"net/http"
	"strconv"
	"strings"
)

// pathByName puts names in the place of ids: GitHub's own links go to
// /repositories/{id}/… and /organizations/{id}/team/{id}/…, which outlive a
// change of name. An unknown id leaves the path as it is.
func (s *state) pathByName(path string) string {
	parts := strings.SplitN(path, "/", 4) // "", kind, id, the rest
	if len(parts) < 3 {
		return path
	}
	id, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return path
	}
	rest := ""
	if len(parts) == 4 {
		rest = "/" + parts[3]
	}
	switch parts[1] {
	case "repositories":
		for _, r := range s.repoList {
			if r.id == id {
				return "/repos/" + r.fullName() + rest
			}
		}
	case "organizations":
		for _, o := range s.orgs {
			if o.id == id {
				return "/orgs/" + o.login + o.teamByName(rest)
			}
		}
	}
	return path
}

// teamByName turns /team/{id}/… into /teams/{slug}/….
func (o *org) teamByName(rest string) string {
	tail, is := strings.CutPrefix(rest, "/team/")
	if !is {
		return rest
	}
	id, after, more := strings.Cut(tail, "/")
	for _, t := range o.teams {
		if itoa(t.id) != id {
			continue
		}
		if more {
			after = "/" + after
		}
		return "/teams/" + t.slug + after
	}
	return rest
}

// pathByID is the request's own path as GitHub writes it into links: with ids in
// the place of names.
func (c *call) pathByID() string {
	parts := strings.Split(c.path, "/")
	switch {
	case c.repo != nil && len(parts) > 3:
		return strings.Join(append([]string{"", "repositories", itoa(c.repo.id)}, parts[4:]...), "/")
	case c.org != nil && len(parts) > 4 && parts[3] == "teams":
		if t := c.org.team(parts[4]); t != nil {
			return strings.Join(append([]string{"", "organizations", itoa(c.org.id), "team", itoa(t.id)}, parts[5:]...), "/")
		}
	case c.org != nil && len(parts) > 2:
		return strings.Join(append([]string{"", "organizations", itoa(c.org.id)}, parts[3:]...), "/")
	}
	return c.path
}

// renamed answers for a repository that is not there: it may have had that
// name before. Reading is sent on for good, writing for this once.
func (c *call) renamed() *reply {
	r := c.gh.st.renamed[strings.ToLower(c.arg("owner")+"/"+c.arg("repo"))]
	if r == nil || !c.sees(r) || c.repo != nil {
		return notFound()
	}
	status := http.StatusTemporaryRedirect
	if c.route.method == http.MethodGet {
		status = http.StatusMovedPermanently
	}
	rest := strings.SplitN(c.path, "/", 5) // "", repos, owner, name, the rest
	at := "/repositories/" + itoa(r.id)
	if len(rest) == 5 {
		at += "/" + rest[4]
	}
	return c.redirect(status, at)
}

// departed answers for an issue that is not there: 301 for one that was
// transferred to where the actor may look, 410 for one that was deleted.
func (c *call) departed(n int) *reply {
	to, was := c.repo.departed[n]
	switch {
	case !was, to != nil && !c.sees(to.repo):
		return notFound()
	case to == nil || to.repo.issue(to.number) != to: // deleted, here or there
		return fail(http.StatusGone, "This issue was deleted")
	}
	at := "/repositories/" + itoa(to.repo.id) + "/issues/" + itoa(int64(to.number))
	if rest := strings.SplitN(c.path, "/", 7); len(rest) == 7 { // "", repos, owner, name, issues, n, the rest
		at += "/" + rest[6]
	}
	return c.redirect(http.StatusMovedPermanently, at)
}

// redirect sends the client to another address below the API.
func (c *call) redirect(status int, path string) *reply {
	at := c.gh.api() + path
	if q := c.r.URL.RawQuery; q != "" {
		at += "?" + q
	}
	c.out.Set("Location", at)
	message := "Moved Permanently"
	if status == http.StatusTemporaryRedirect {
		message = "Temporary Redirect"
	}
	return &reply{status: status, body: struct {
		Message string `json:"message"`
		URL     string `json:"url"`
		Docs    string `json:"documentation_url"`
	}{message, at, docsURL}}
}
