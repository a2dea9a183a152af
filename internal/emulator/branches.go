package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// shortBranch is a branch in a list. None of the emulator's is protected.
type shortBranch struct {
	Name      string `json:"name"`
	Commit    shaURL `json:"commit"`
	Protected bool   `json:"protected"`
}

// branchView is a branch by itself.
type branchView struct {
	Name          string            `json:"name"`
	Commit        repoCommit        `json:"commit"`
	Links         map[string]string `json:"_links"`
	Protected     bool              `json:"protected"`
	Protection    protection        `json:"protection"`
	ProtectionURL string            `json:"protection_url"`
}

type protection struct {
	Enabled bool         `json:"enabled"`
	Checks  neededChecks `json:"required_status_checks"`
}

type neededChecks struct {
	Level    string   `json:"enforcement_level"`
	Contexts []string `json:"contexts"`
	Checks   []string `json:"checks"`
}

func (g *GitHub) shortBranch(r *repo, name string) shortBranch {
	sha := r.branches[name].sha
	return shortBranch{Name: name, Commit: shaURL{SHA: sha, URL: g.api() + "/repos/" + r.fullName() + "/commits/" + sha}}
}

// listBranches lists them by name.
func listBranches(c *call) *reply {
	names := slices.Sorted(maps.Keys(c.repo.branches))
	if c.query.Get("protected") == "true" {
		names = nil
	}
	return ok(show(page(c, names), func(name string) shortBranch { return c.gh.shortBranch(c.repo, name) }))
}

func getBranch(c *call) *reply {
	name := c.arg("branch")
	b := c.repo.branches[name]
	if b == nil {
		return fail(http.StatusNotFound, "Branch not found")
	}
	self := c.gh.api() + "/repos/" + c.repo.fullName() + "/branches/" + name
	return ok(branchView{Name: name, Commit: c.gh.repoCommit(c.repo, c.repo.commitOf(b.sha)),
		Links:      map[string]string{"self": self, "html": c.gh.root + "/" + c.repo.fullName() + "/tree/" + name},
		Protection: protection{Checks: neededChecks{Level: "off", Contexts: []string{}, Checks: []string{}}}, ProtectionURL: self + "/protection"})
}

// refView is a git reference.
type refView struct {
	Ref    string    `json:"ref"`
	NodeID string    `json:"node_id"`
	URL    string    `json:"url"`
	Object refObject `json:"object"`
}

type refObject struct {
	SHA  string `json:"sha"`
	Type string `json:"type"`
	URL  string `json:"url"`
}

func (g *GitHub) refView(r *repo, name string) refView {
	api, sha := g.api()+"/repos/"+r.fullName()+"/git/", r.branches[name].sha
	return refView{"refs/heads/" + name, "REF_" + r.commitOf(sha).nodeID(), api + "refs/heads/" + name,
		refObject{sha, "commit", api + "commits/" + sha}}
}

// getRef shows heads/{branch}; there are no tags here.
func getRef(c *call) *reply {
	name, isHead := strings.CutPrefix(c.arg("ref"), "heads/")
	if !isHead || c.repo.branches[name] == nil {
		return notFound()
	}
	return ok(c.gh.refView(c.repo, name))
}

// listMatchingRefs lists the references that begin as asked.
func listMatchingRefs(c *call) *reply {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.repo.branches)) {
		if strings.HasPrefix("heads/"+name, c.arg("ref")) {
			names = append(names, name)
		}
	}
	return ok(show(page(c, names), func(name string) refView { return c.gh.refView(c.repo, name) }))
}

// createRef makes a branch that begins where another commit is.
func createRef(c *call) *reply {
	var ask struct {
		Ref *string `json:"ref"`
		SHA *string `json:"sha"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Ref == nil {
		return wasntSupplied("ref")
	}
	if ask.SHA == nil {
		return wasntSupplied("sha")
	}
	name, isHead := strings.CutPrefix(*ask.Ref, "refs/heads/")
	base := c.repo.branchOf(*ask.SHA)
	switch {
	case !isHead || name == "":
		return fail(http.StatusUnprocessableEntity, "Reference name must start with 'refs/heads/' here.")
	case c.repo.branches[name] != nil:
		return fail(http.StatusUnprocessableEntity, "Reference already exists")
	case base == nil || base.sha != *ask.SHA:
		return fail(http.StatusUnprocessableEntity, "Object does not exist")
	}
	c.repo.branches[name] = &branch{sha: base.sha, files: maps.Clone(base.files), since: maps.Clone(base.files)}
	c.tell("create", "", map[string]any{"ref": name, "ref_type": "branch", "master_branch": c.repo.defaultBranch,
		"description": c.repo.description, "pusher_type": "user"})
	v := c.gh.refView(c.repo, name)
	c.out.Set("Location", v.URL)
	return created(v)
}
