package emulator

import (
	"net/http"
	"slices"
	"strconv"
)

// runFilter is what the query asks of check runs.
func (c *call) runFilter() func(*checkRun) bool {
	name, status, appID := c.query.Get("check_name"), c.query.Get("status"), c.query.Get("app_id")
	return func(x *checkRun) bool {
		return (name == "" || x.name == name) && (status == "" || x.status == status) &&
			(appID == "" || strconv.FormatInt(x.suite.app.id, 10) == appID)
	}
}

// showRuns lists the runs of suites, newest first; only the latest of each name
// unless all are asked for.
func (c *call) showRuns(suites []*checkSuite) *reply {
	keep := c.runFilter()
	var found []*checkRun
	for _, s := range suites {
		runs := s.latest()
		if c.query.Get("filter") == "all" {
			runs = slices.Clone(s.runs)
			slices.Reverse(runs)
		}
		found = append(found, slices.DeleteFunc(runs, func(x *checkRun) bool { return !keep(x) })...)
	}
	return ok(map[string]any{"total_count": len(found), "check_runs": show(page(c, found), c.gh.checkRunView)})
}

func (r *repo) suitesAt(sha string) []*checkSuite {
	return slices.DeleteFunc(slices.Clone(r.suites), func(s *checkSuite) bool { return s.sha != sha })
}

func listRunsForRef(c *call) *reply {
	m, bad := c.refOf()
	if bad != nil {
		return bad
	}
	return c.showRuns(c.repo.suitesAt(m.sha))
}

func listSuitesForRef(c *call) *reply {
	m, bad := c.refOf()
	if bad != nil {
		return bad
	}
	keep := c.runFilter()
	found := slices.DeleteFunc(c.repo.suitesAt(m.sha), func(s *checkSuite) bool {
		asked := c.query.Get("check_name") + c.query.Get("app_id")
		return asked != "" && !slices.ContainsFunc(s.runs, keep)
	})
	return ok(map[string]any{"total_count": len(found), "check_suites": show(page(c, found), c.gh.suiteView)})
}

func (c *call) checkSuiteOf() *checkSuite { return c.repo.suite(c.num("#check_suite_id")) }

func listRunsForSuite(c *call) *reply {
	s := c.checkSuiteOf()
	if s == nil {
		return notFound()
	}
	return c.showRuns([]*checkSuite{s})
}

func getCheckSuite(c *call) *reply {
	s := c.checkSuiteOf()
	if s == nil {
		return notFound()
	}
	return ok(c.gh.suiteView(s))
}

// createCheckSuite answers 200 instead of 201 if the suite is there already.
func createCheckSuite(c *call) *reply {
	var ask struct {
		HeadSHA *string `json:"head_sha"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.HeadSHA == nil {
		return wasntSupplied("head_sha")
	}
	m := c.repo.commitAt(*ask.HeadSHA)
	if m == nil || m.sha != *ask.HeadSHA {
		return noCommit(*ask.HeadSHA)
	}
	s, isNew := c.suiteOf(m)
	if !isNew {
		return ok(c.gh.suiteView(s))
	}
	c.tell("check_suite", "requested", map[string]any{"check_suite": c.gh.hookSuite(s)})
	return created(c.gh.suiteView(s))
}

// rerequestSuite asks the App to run all its checks of the commit again.
func rerequestSuite(c *call) *reply {
	s := c.checkSuiteOf()
	if s == nil {
		return notFound()
	}
	if s.app != c.who.app {
		return fail(http.StatusForbidden, "Resource not accessible by integration")
	}
	c.tell("check_suite", "rerequested", map[string]any{"check_suite": c.gh.hookSuite(s)})
	return created(struct{}{})
}
