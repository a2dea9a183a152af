package emulator

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"
)

const (
	maxStatuses   = 1000 // of one commit and context
	maxStatusNote = 140  // characters of a description
	defaultCheck  = "default"
)

var fullSHA = regexp.MustCompile(`^[0-9a-f]{40}$`)

// commitStatus is what somebody says of a commit. It is never changed: a later
// one of the same context takes its place.
type commitStatus struct {
	made
	sha     string
	state   string
	note    *string
	target  *string
	context string
}

// made is who made something, and when.
type made struct {
	id int64
	by *account
	at string // as it is shown
}

func (c *call) madeNow() made { return made{c.gh.st.id(), c.who.account, stamp(c.now)} }

// simpleStatus is a status within a combined one.
type simpleStatus struct {
	URL         string  `json:"url"`
	AvatarURL   string  `json:"avatar_url"`
	ID          int64   `json:"id"`
	NodeID      string  `json:"node_id"`
	State       string  `json:"state"`
	Description *string `json:"description"`
	TargetURL   *string `json:"target_url"`
	Context     string  `json:"context"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
}

type statusView struct {
	simpleStatus
	Creator *userView `json:"creator"`
}

func (g *GitHub) simpleStatus(r *repo, s *commitStatus) simpleStatus {
	return simpleStatus{URL: g.api() + "/repos/" + r.fullName() + "/statuses/" + s.sha,
		AvatarURL: g.user(s.by).AvatarURL, ID: s.id, NodeID: nodeID("SC", s.id), State: s.state,
		Description: s.note, TargetURL: s.target, Context: s.context, CreatedAt: s.at, UpdatedAt: s.at}
}

func (g *GitHub) statusView(r *repo, s *commitStatus) statusView {
	return statusView{g.simpleStatus(r, s), g.user(s.by)}
}

func createStatus(c *call) *reply {
	var ask struct {
		State       *string `json:"state"`
		TargetURL   *string `json:"target_url"`
		Description *string `json:"description"`
		Context     string  `json:"context"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	sha := c.arg("sha")
	if !fullSHA.MatchString(sha) {
		return invalid(fieldError{Resource: "Status", Code: "custom", Field: "sha", Message: "sha must be a 40 character SHA1"})
	}
	commit := c.repo.commitAt(sha)
	if commit == nil {
		return noCommit(sha)
	}
	if ask.State == nil {
		return wasntSupplied("state")
	}
	s := &commitStatus{sha: sha, state: *ask.State, note: ask.Description, target: ask.TargetURL, context: ask.Context}
	if s.context == "" {
		s.context = defaultCheck
	}
	if errs := s.check(c.repo); errs != nil {
		return invalid(errs...)
	}
	s.made = c.madeNow()
	c.repo.statuses = append(c.repo.statuses, s)
	c.tellStatus(commit, s)
	v := c.gh.statusView(c.repo, s)
	c.out.Set("Location", v.URL)
	return created(v)
}

// check finds what is wrong with a new status.
func (s *commitStatus) check(r *repo) []fieldError {
	var errs []fieldError
	if !slices.Contains([]string{"error", "failure", "pending", "success"}, s.state) {
		errs = append(errs, badValue("Status", "state", s.state))
	}
	if utf8.RuneCountInString(orEmpty(s.note)) > maxStatusNote {
		errs = append(errs, tooLong("Status", "description", maxStatusNote))
	}
	if u, err := url.Parse(orEmpty(s.target)); err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		errs = append(errs, fieldError{Resource: "Status", Code: "custom", Field: "target_url",
			Message: "target_url must use http(s) scheme"})
	}
	n := 0
	for _, old := range r.statuses {
		if old.sha == s.sha && old.context == s.context {
			n++
		}
	}
	if n >= maxStatuses {
		errs = append(errs, fieldError{Resource: "Status", Code: "custom",
			Message: "This SHA and context has reached the maximum number of statuses."})
	}
	return errs
}

// tellStatus sends the status with its commit and the branches that are there.
func (c *call) tellStatus(commit *commit, s *commitStatus) {
	var at []shortBranch
	for _, name := range slices.Sorted(maps.Keys(c.repo.branches)) {
		if c.repo.branches[name].sha == s.sha {
			at = append(at, c.gh.shortBranch(c.repo, name))
		}
	}
	c.tell("status", "", map[string]any{"id": s.id, "sha": s.sha, "name": c.repo.fullName(),
		"avatar_url": c.gh.user(s.by).AvatarURL, "target_url": s.target, "context": s.context,
		"description": s.note, "state": s.state, "commit": c.gh.repoCommit(c.repo, commit),
		"branches": append([]shortBranch{}, at...), "created_at": s.at, "updated_at": s.at})
}

// statusesOf are a commit's statuses, newest first.
func (r *repo) statusesOf(sha string) []*commitStatus {
	var found []*commitStatus
	for _, s := range slices.Backward(r.statuses) {
		if s.sha == sha {
			found = append(found, s)
		}
	}
	return found
}

func listStatuses(c *call) *reply {
	m := c.repo.commitAt(c.arg("ref"))
	if m == nil {
		return fail(http.StatusNotFound, "No commit found for SHA: "+c.arg("ref"))
	}
	return ok(show(page(c, c.repo.statusesOf(m.sha)), func(s *commitStatus) statusView { return c.gh.statusView(c.repo, s) }))
}

// combinedState is the worst of the latest statuses, one for each context.
func combinedState(latest []*commitStatus) string {
	state := "success"
	for _, s := range latest {
		switch s.state {
		case "error", "failure":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	if len(latest) == 0 {
		return "pending"
	}
	return state
}

// latestStatuses are the newest of each context, oldest context first.
func (r *repo) latestStatuses(sha string) []*commitStatus {
	var latest []*commitStatus
	for _, s := range r.statusesOf(sha) {
		if !slices.ContainsFunc(latest, func(have *commitStatus) bool { return have.context == s.context }) {
			latest = append(latest, s)
		}
	}
	slices.Reverse(latest)
	return latest
}

func getCombinedStatus(c *call) *reply {
	m := c.repo.commitAt(c.arg("ref"))
	if m == nil {
		return fail(http.StatusNotFound, "No commit found for SHA: "+c.arg("ref"))
	}
	latest := c.repo.latestStatuses(m.sha)
	api := c.gh.api() + "/repos/" + c.repo.fullName() + "/commits/" + m.sha
	return ok(map[string]any{
		"state": combinedState(latest), "sha": m.sha, "total_count": len(latest),
		"statuses":   show(page(c, latest), func(s *commitStatus) simpleStatus { return c.gh.simpleStatus(c.repo, s) }),
		"repository": c.gh.repoView(c.repo), "commit_url": api, "url": api + "/status"})
}
