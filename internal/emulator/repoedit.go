package emulator

import (
	"net/http"
	"strings"
)

// repoAsk is the body of changing a repository, as far as the emulator knows
// what to do about it.
type repoAsk struct {
	Name          *string `json:"name"`
	Description   *string `json:"description"`
	Homepage      *string `json:"homepage"`
	Private       *bool   `json:"private"`
	Visibility    *string `json:"visibility"`
	DefaultBranch *string `json:"default_branch"`
	Archived      *bool   `json:"archived"`
}

// check finds what is wrong with the request.
func (q repoAsk) check(c *call) *reply {
	switch {
	case q.Visibility != nil && *q.Visibility != "public" && *q.Visibility != "private":
		return invalid(badValue("Repository", "visibility", *q.Visibility))
	case q.DefaultBranch != nil && c.repo.branches[*q.DefaultBranch] == nil:
		return invalid(fieldError{Resource: "Repository", Field: "default_branch", Code: "invalid",
			Message: "The branch " + *q.DefaultBranch + " was not found. Please push that ref first or create it via the Git Data API."})
	case c.repo.archived && (q.Archived == nil || *q.Archived):
		return archived()
	}
	return nil
}

// archived is the answer to who would change what is only there to be read.
func archived() *reply {
	return fail(http.StatusForbidden, "Repository was archived so is read-only.")
}

func updateRepo(c *call) *reply {
	var ask repoAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if bad := ask.check(c); bad != nil {
		return bad
	}
	if ask.Name != nil {
		if err := c.rename(c.repo, *ask.Name); err != nil {
			return invalid(fieldError{Resource: "Repository", Field: "name", Code: "custom",
				Message: "name already exists on this account"})
		}
	}
	changes := ask.apply(c.repo)
	c.repo.updated, c.repo.cached = c.now, nil
	if len(changes) > 0 {
		c.tell("repository", "edited", map[string]any{"changes": changes})
	}
	c.setVisibility(ask)
	c.archive(ask.Archived)
	return getRepo(c)
}

// apply writes what is told as one edit.
func (q repoAsk) apply(r *repo) map[string]any {
	changes := map[string]any{}
	set := func(name string, to *string, from *string) {
		if from != nil && *from != *to {
			changes[name] = map[string]any{"from": orNull(*to)}
			*to = *from
		}
	}
	set("description", &r.description, q.Description)
	set("homepage", &r.homepage, q.Homepage)
	set("default_branch", &r.defaultBranch, q.DefaultBranch)
	return changes
}

// setVisibility changes who can see the repository.
func (c *call) setVisibility(q repoAsk) {
	private := c.repo.private
	if q.Private != nil {
		private = *q.Private
	}
	if q.Visibility != nil {
		private = strings.EqualFold(*q.Visibility, "private")
	}
	if private == c.repo.private {
		return
	}
	c.repo.private = private
	if private {
		c.tell("repository", "privatized", nil)
	} else {
		c.tell("repository", "publicized", nil)
	}
}

func (c *call) archive(is *bool) {
	if is == nil || *is == c.repo.archived {
		return
	}
	c.repo.archived = *is
	if *is {
		c.tell("repository", "archived", nil)
	} else {
		c.tell("repository", "unarchived", nil)
	}
}
