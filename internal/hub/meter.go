package hub

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Meter is told of what goes to GitHub, to count it. Its methods are called by
// several goroutines at once, and must return at once.
type Meter interface {
	// Answered: a request that left came to an answer with that status, or to none,
	// which is 0. The route is one of GitHub's own templates, as in "PATCH
	// /repos/{owner}/{repo}/issues/{issue_number}", and never an address.
	Answered(route string, status int, took time.Duration)
	// Left: so much is left of what the installation may ask of a resource until
	// the limit begins anew.
	Left(installation int64, resource string, left, of int, anew time.Time)
	// Waited: a request waited so long for its turn, mostly not at all; or it is
	// put off for so long, so that others can go meanwhile.
	Waited(urgent bool, d time.Duration)
	// Held: a limit is met, and requests wait until about then; the zero time says
	// that it is over.
	Held(installation int64, until time.Time)
}

// unmetered is the Meter of those who have none.
type unmetered struct{}

func (unmetered) Answered(string, int, time.Duration)     {}
func (unmetered) Left(int64, string, int, int, time.Time) {}
func (unmetered) Waited(bool, time.Duration)              {}
func (unmetered) Held(int64, time.Time)                   {}

// otherRoute stands for all that routes lacks: what is counted is bounded.
const otherRoute = "other"

// routes are the templates of what is asked of GitHub, by their words; a part in
// braces stands for any one part, and {path} for all the rest. The first that
// fits counts, so fixed names come before any.
var routes = func() [][]string {
	const repo = "repos/{owner}/{repo}"
	var all [][]string
	for _, path := range []string{
		"app",
		"app/hook/config",
		"app/hook/deliveries",
		"app/hook/deliveries/{delivery_id}",
		"app/hook/deliveries/{delivery_id}/attempts",
		"app/installations",
		"app/installations/{installation_id}/access_tokens",
		"graphql",
		"installation/repositories",
		"orgs/{org}/teams/{team_slug}/memberships/{username}",
		"rate_limit",
		repo,
		repo + "/collaborators/{username}/permission",
		repo + "/contents/{path}",
		repo + "/installation",
		repo + "/issues",
		repo + "/issues/comments",
		repo + "/issues/comments/{comment_id}",
		repo + "/issues/comments/{comment_id}/reactions",
		repo + "/issues/events",
		repo + "/issues/{issue_number}",
		repo + "/issues/{issue_number}/assignees",
		repo + "/issues/{issue_number}/comments",
		repo + "/issues/{issue_number}/events",
		repo + "/issues/{issue_number}/labels",
		repo + "/issues/{issue_number}/labels/{name}",
		repo + "/issues/{issue_number}/timeline",
		repo + "/labels",
		repo + "/labels/{name}",
		repo + "/milestones",
		repo + "/milestones/{milestone_number}",
		repo + "/pulls",
		repo + "/pulls/{pull_number}",
	} {
		all = append(all, strings.Split(path, "/"))
	}
	return all
}()

// methods are those that are asked with.
var methods = []string{get, post, patch, del, http.MethodPut, http.MethodHead}

// route names what a request asks for. Below is the path of the API's root.
func route(r *http.Request, below string) string {
	path := strings.Trim(strings.TrimPrefix(r.URL.EscapedPath(), below), "/")
	if below != "/" && strings.HasPrefix(r.URL.Path, "/api/graphql") {
		path = "graphql" // beside the REST API's root, on servers of one's own
	}
	parts := strings.Split(path, "/")
	if len(parts) > 1 && parts[0] == "repositories" { // where a renamed one is now
		parts = append([]string{"repos", "", ""}, parts[2:]...)
	}
	for _, pattern := range routes {
		if fits(pattern, parts) && slices.Contains(methods, r.Method) {
			return r.Method + " /" + strings.Join(pattern, "/")
		}
	}
	return otherRoute
}

func fits(pattern, parts []string) bool {
	for i, p := range pattern {
		switch {
		case p == "{path}":
			return len(parts) > i
		case i >= len(parts), p[0] != '{' && p != parts[i]:
			return false
		}
	}
	return len(pattern) == len(parts)
}

// resources are those of which GitHub tells what is left.
var resources = []string{"core", "graphql", "search"}

// heedLeft tells the meter what an answer says about the primary limit.
func heedLeft(m Meter, r *http.Request, resp *http.Response) {
	f, ok := r.Context().Value(fareKey{}).(fare)
	left, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Remaining"))
	if !ok || err != nil || strings.HasSuffix(r.URL.Path, "/access_tokens") {
		return
	}
	of, _ := strconv.Atoi(resp.Header.Get("X-RateLimit-Limit"))
	anew, _ := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	resource := resp.Header.Get("X-RateLimit-Resource")
	switch {
	case resource == "":
		resource = "core"
	case !slices.Contains(resources, resource):
		resource = otherRoute
	}
	m.Left(f.budget.installation, resource, left, of, time.Unix(anew, 0))
}
