package emulator

import (
	"net/http"
	"slices"
	"time"
)

// maxAnnotations is how many annotations one request may bring; more come with
// later updates.
const maxAnnotations = 50

// annotation is a remark of a check run on some lines of a file.
type annotation struct {
	Path        string  `json:"path"`
	StartLine   int     `json:"start_line"`
	EndLine     int     `json:"end_line"`
	StartColumn *int    `json:"start_column"`
	EndColumn   *int    `json:"end_column"`
	Level       string  `json:"annotation_level"`
	Title       *string `json:"title"`
	Message     string  `json:"message"`
	RawDetails  *string `json:"raw_details"`
	BlobHref    string  `json:"blob_href"`
}

// checkAsk is the body of creating and of changing a check run.
type checkAsk struct {
	Name        *string    `json:"name"`
	HeadSHA     *string    `json:"head_sha"`
	DetailsURL  *string    `json:"details_url"`
	ExternalID  *string    `json:"external_id"`
	Status      *string    `json:"status"`
	StartedAt   *time.Time `json:"started_at"`
	Conclusion  *string    `json:"conclusion"`
	CompletedAt *time.Time `json:"completed_at"`
	Output      *struct {
		Title       *string      `json:"title"`
		Summary     *string      `json:"summary"`
		Text        *string      `json:"text"`
		Annotations []annotation `json:"annotations"`
	} `json:"output"`
}

// check finds what is wrong with the request.
func (q checkAsk) check() *reply {
	switch {
	case q.Status != nil && !slices.Contains(checkStates, *q.Status):
		return invalid(badValue("CheckRun", "status", *q.Status))
	case q.Conclusion != nil && !slices.Contains(checkConclusions, *q.Conclusion):
		return invalid(badValue("CheckRun", "conclusion", *q.Conclusion))
	case q.Conclusion == nil && q.Status != nil && *q.Status == checkCompleted:
		return invalid(missingField("CheckRun", "conclusion"))
	case q.Output != nil && q.Output.Summary == nil:
		return wasntSupplied("summary")
	case q.Output != nil && len(q.Output.Annotations) > maxAnnotations:
		return invalid(fieldError{Resource: "CheckRun", Field: "annotations", Code: "custom",
			Message: "annotations exceeds a maximum quantity of 50"})
	}
	return nil
}

func createCheckRun(c *call) *reply {
	var ask checkAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Name == nil {
		return wasntSupplied("name")
	}
	if ask.HeadSHA == nil {
		return wasntSupplied("head_sha")
	}
	if bad := ask.check(); bad != nil {
		return bad
	}
	m := c.repo.commitAt(*ask.HeadSHA)
	if m == nil || m.sha != *ask.HeadSHA {
		return noCommit(*ask.HeadSHA)
	}
	suite, _ := c.suiteOf(m)
	x := &checkRun{id: c.gh.st.id(), suite: suite, name: *ask.Name, status: checkQueued,
		detailsURL: c.gh.appView(suite.app).ExternalURL}
	ask.apply(c, x)
	if x.started.IsZero() {
		x.started = c.now
	}
	suite.runs = append(suite.runs, x)
	c.tellRun(x, "created")
	c.tellRunDone(x, "")
	return created(c.gh.checkRunView(x))
}

// apply writes what the request says into the run.
func (q checkAsk) apply(c *call, x *checkRun) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&x.name, q.Name)
	set(&x.detailsURL, q.DetailsURL)
	set(&x.externalID, q.ExternalID)
	set(&x.status, q.Status)
	if q.StartedAt != nil {
		x.started = q.StartedAt.UTC()
	}
	if q.Conclusion != nil {
		x.status, x.conclusion, x.completed = checkCompleted, *q.Conclusion, c.now
		if q.CompletedAt != nil {
			x.completed = q.CompletedAt.UTC()
		}
	} else if x.status != checkCompleted {
		x.conclusion, x.completed = "", time.Time{}
	}
	if out := q.Output; out != nil {
		if out.Title != nil {
			x.output.Title = out.Title
		}
		x.output.Summary = out.Summary
		if out.Text != nil {
			x.output.Text = out.Text
		}
		for _, one := range out.Annotations {
			one.BlobHref = c.gh.root + "/" + c.repo.fullName() + "/blob/" + x.suite.sha + "/" + one.Path
			x.annotations = append(x.annotations, one)
		}
	}
	x.suite.updated = c.now
}

// runOf is the check run that the path names.
func (c *call) runOf() *checkRun { return c.repo.run(c.num("#check_run_id")) }

func getCheckRun(c *call) *reply {
	x := c.runOf()
	if x == nil {
		return notFound()
	}
	return ok(c.gh.checkRunView(x))
}

// updateCheckRun is for the App that made the run alone.
func updateCheckRun(c *call) *reply {
	x := c.runOf()
	if x == nil {
		return notFound()
	}
	if x.suite.app != c.who.app {
		return fail(http.StatusForbidden, "Invalid app_id `"+itoa(c.who.app.id)+"` - check run can only be modified by the GitHub App that created it.")
	}
	var ask checkAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if bad := ask.check(); bad != nil {
		return bad
	}
	was := x.conclusion
	ask.apply(c, x)
	c.tellRunDone(x, was)
	return ok(c.gh.checkRunView(x))
}

// listAnnotations lists what a check run remarks, in the order given.
func listAnnotations(c *call) *reply {
	x := c.runOf()
	if x == nil {
		return notFound()
	}
	return ok(append([]annotation{}, page(c, x.annotations)...))
}

// rerequestRun asks the App to run the check again.
func rerequestRun(c *call) *reply {
	x := c.runOf()
	if x == nil {
		return notFound()
	}
	if x.status != checkCompleted {
		return fail(http.StatusUnprocessableEntity, "This check run is not rerequestable")
	}
	c.tellRun(x, "rerequested")
	return created(struct{}{})
}

// tellRun shows the run with its suite.
func (c *call) tellRun(x *checkRun, action string) {
	v := c.gh.checkRunView(x)
	v.Suite = c.gh.suiteBase(x.suite)
	c.tell("check_run", action, map[string]any{"check_run": v})
}

// tellRunDone tells that a run was completed, and the suite if it was the last.
func (c *call) tellRunDone(x *checkRun, was string) {
	if x.conclusion != "" && x.conclusion != was {
		c.tellRun(x, "completed")
	}
	s := x.suite
	now := s.conclusion()
	if now != "" && now != s.told {
		c.tell("check_suite", "completed", map[string]any{"check_suite": c.gh.hookSuite(s)})
	}
	s.told = now
}
