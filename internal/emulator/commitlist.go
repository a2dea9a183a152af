package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// listCommits lists the commits of a branch, newest first.
func listCommits(c *call) *reply {
	from := c.repo.commitAt(c.query.Get("sha"))
	if from == nil {
		return notFound()
	}
	var bounds [2]time.Time
	for n, key := range []string{"since", "until"} {
		t, bad := c.timeOf("Commit", key)
		if bad != nil {
			return bad
		}
		bounds[n] = t
	}
	path, author := strings.Trim(c.query.Get("path"), "/"), c.query.Get("author")
	found := slices.DeleteFunc(c.repo.history(from.sha), func(m *commit) bool {
		return m.at.Before(bounds[0]) || !bounds[1].IsZero() && m.at.After(bounds[1]) ||
			path != "" && !m.touches(path) ||
			author != "" && !strings.EqualFold(m.author.login, author) && m.author.email() != author
	})
	return ok(show(page(c, found), func(m *commit) repoCommit { return c.gh.repoCommit(c.repo, m) }))
}

// touches reports whether a commit changed a file, or one in a directory.
func (m *commit) touches(path string) bool {
	return slices.ContainsFunc(m.files, func(f fileChange) bool {
		return f.name == path || strings.HasPrefix(f.name, path+"/")
	})
}

// timeOf reads a time of the query; zero without one.
func (c *call) timeOf(resource, key string) (time.Time, *reply) {
	q := c.query.Get(key)
	if q == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, q)
	if err != nil {
		return t, invalid(badValue(resource, key, q))
	}
	return t, nil
}

// refOf is the commit that the path's {ref} names. The 422 for none is
// GitHub's: it takes what is no branch for an id.
func (c *call) refOf() (*commit, *reply) {
	ref := c.arg("ref")
	if m := c.repo.commitAt(ref); m != nil {
		return m, nil
	}
	return nil, noCommit(ref)
}

func noCommit(ref string) *reply {
	return fail(http.StatusUnprocessableEntity, "No commit found for SHA: "+ref)
}

func getCommit(c *call) *reply {
	m, bad := c.refOf()
	if bad != nil {
		return bad
	}
	if strings.Contains(c.r.Header.Get("Accept"), ".sha") {
		return &reply{status: http.StatusOK, raw: []byte(m.sha), media: "application/vnd.github.sha; charset=utf-8"}
	}
	return ok(c.gh.fullCommit(c.repo, m))
}

// listPullCommits lists what a pull request brings, oldest first.
func listPullCommits(c *call) *reply {
	if bad := c.pullOf(); bad != nil {
		return bad
	}
	return ok(show(page(c, c.repo.pullCommits(c.issue.pull)), func(m *commit) repoCommit { return c.gh.repoCommit(c.repo, m) }))
}

// pullCommits are the commits of a pull request's branch that its base did not
// have when it was opened, oldest first.
func (r *repo) pullCommits(p *pull) []*commit {
	all := r.beyond(p.baseSHA, r.branches[p.headRef].sha)
	slices.Reverse(all)
	return all
}
