package emulator

import (
	"slices"
	"strconv"
	"time"
)

const (
	checkQueued    = "queued"
	checkRunning   = "in_progress"
	checkCompleted = "completed"
)

var (
	checkStates      = []string{checkQueued, checkRunning, checkCompleted, "waiting", "requested", "pending"}
	checkConclusions = []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
)

// checkSuite holds the check runs of one App for one commit.
type checkSuite struct {
	id      int64
	repo    *repo
	app     *app
	sha     string
	branch  string // at whose tip the commit was; empty if at none
	before  string // the commit before it there
	runs    []*checkRun
	created time.Time
	updated time.Time
	told    string // the conclusion that was told last
}

// checkRun is one check of a commit.
type checkRun struct {
	id          int64
	suite       *checkSuite
	name        string
	externalID  string
	detailsURL  string
	status      string
	conclusion  string
	started     time.Time
	completed   time.Time
	output      checkOutput
	annotations []annotation
}

// checkOutput is what a check run has to say.
type checkOutput struct {
	Title   *string `json:"title"`
	Summary *string `json:"summary"`
	Text    *string `json:"text"`
	Count   int     `json:"annotations_count"`
	URL     string  `json:"annotations_url"`
}

// suiteOf is the App's suite for a commit, made if need be.
func (c *call) suiteOf(m *commit) (suite *checkSuite, isNew bool) {
	for _, s := range c.repo.suites {
		if s.app == c.who.app && s.sha == m.sha {
			return s, false
		}
	}
	s := &checkSuite{id: c.gh.st.id(), repo: c.repo, app: c.who.app, sha: m.sha, created: c.now, updated: c.now}
	for name, b := range c.repo.branches {
		if b.sha == m.sha && (s.branch == "" || name < s.branch) {
			s.branch = name
		}
	}
	if len(m.parents) > 0 {
		s.before = m.parents[0]
	}
	c.repo.suites = append(c.repo.suites, s)
	return s, true
}

// latest are the suite's runs, the newest of each name.
func (s *checkSuite) latest() []*checkRun {
	var found []*checkRun
	for _, x := range slices.Backward(s.runs) {
		if !slices.ContainsFunc(found, func(y *checkRun) bool { return y.name == x.name }) {
			found = append(found, x)
		}
	}
	return found
}

// status sums up the runs.
func (s *checkSuite) status() string {
	status := checkCompleted
	for _, x := range s.latest() {
		switch x.status {
		case checkCompleted:
		case checkRunning:
			return checkRunning
		default:
			status = checkQueued
		}
	}
	if len(s.runs) == 0 {
		return checkQueued
	}
	return status
}

// worst orders conclusions: the first that a run has is the suite's.
var worst = []string{"failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral", "skipped"}

// conclusion is the suite's when all its runs are completed, empty before.
func (s *checkSuite) conclusion() string {
	if s.status() != checkCompleted {
		return ""
	}
	for _, one := range worst {
		if slices.ContainsFunc(s.latest(), func(x *checkRun) bool { return x.conclusion == one }) {
			return one
		}
	}
	return ""
}

// pullMinimal is a pull request as checks show it.
type pullMinimal struct {
	URL    string     `json:"url"`
	ID     int64      `json:"id"`
	Number int        `json:"number"`
	Head   endMinimal `json:"head"`
	Base   endMinimal `json:"base"`
}

type endMinimal struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo repoMinimal `json:"repo"`
}

type repoMinimal struct {
	ID   int64  `json:"id"`
	URL  string `json:"url"`
	Name string `json:"name"`
}

// pullsAt are the open pull requests whose head is a commit.
func (g *GitHub) pullsAt(r *repo, sha string) []pullMinimal {
	found := []pullMinimal{}
	for _, i := range r.issues {
		if i == nil || i.pull == nil || i.state != stateOpen || r.branches[i.pull.headRef].sha != sha {
			continue
		}
		api := g.api() + "/repos/" + r.fullName()
		home := repoMinimal{r.id, api, r.name}
		found = append(found, pullMinimal{URL: api + "/pulls/" + strconv.Itoa(i.number), ID: i.id, Number: i.number,
			Head: endMinimal{i.pull.headRef, sha, home}, Base: endMinimal{i.pull.baseRef, i.pull.baseSHA, home}})
	}
	return found
}

// run finds a check run by its id.
func (r *repo) run(id int64) *checkRun {
	for _, s := range r.suites {
		for _, x := range s.runs {
			if x.id == id {
				return x
			}
		}
	}
	return nil
}

func (r *repo) suite(id int64) *checkSuite {
	for _, s := range r.suites {
		if s.id == id {
			return s
		}
	}
	return nil
}
