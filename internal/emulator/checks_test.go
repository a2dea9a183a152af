package emulator_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// ci are the options of an App that judges commits.
func ci(events ...string) emulator.Options {
	return emulator.Options{Events: events, Permissions: map[string]string{"metadata": "read", "issues": "write",
		"contents": "write", "pull_requests": "write", "checks": "write", "statuses": "write", "deployments": "write"}}
}

// tip is where a branch is.
func (w *world) tip(branch string) string {
	w.t.Helper()
	return must[*github.Reference](w.t)(w.bot.Git.GetRef(ctx, "acme", "upgrades", "heads/"+branch)).GetObject().GetSHA()
}

func TestACheckRunIsTold(t *testing.T) {
	w := newWorld(t, ci("check_run", "check_suite"))
	sha := w.tip("main")
	x := must[*github.CheckRun](t)(w.bot.Checks.CreateCheckRun(ctx, "acme", "upgrades", github.CreateCheckRunOptions{Name: "lint", HeadSHA: sha}))
	if x.GetStatus() != "queued" || x.Conclusion != nil || x.GetApp().GetSlug() != "stationmaster" || x.StartedAt == nil {
		t.Errorf("made %v", x)
	}
	y := must[*github.CheckRun](t)(w.bot.Checks.CreateCheckRun(ctx, "acme", "upgrades", github.CreateCheckRunOptions{
		Name: "test", HeadSHA: sha, Conclusion: github.String("success")}))
	if y.GetStatus() != "completed" || y.CompletedAt == nil || y.GetCheckSuite().GetID() != x.GetCheckSuite().GetID() {
		t.Errorf("made %v", y)
	}
	if got := w.heardKinds(); got != "check_run.created check_run.created check_run.completed" {
		t.Errorf("heard %s", got)
	}
	x = must[*github.CheckRun](t)(w.bot.Checks.UpdateCheckRun(ctx, "acme", "upgrades", x.GetID(), github.UpdateCheckRunOptions{
		Name: "lint", Conclusion: github.String("failure"), Output: &github.CheckRunOutput{Title: github.String("1 fault"),
			Summary: github.String("one"), Annotations: []*github.CheckRunAnnotation{{Path: github.String("README.md"),
				StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("failure"), Message: github.String("no")}}}}))
	if x.GetConclusion() != "failure" || x.GetOutput().GetAnnotationsCount() != 1 {
		t.Errorf("became %v", x)
	}
	if got := w.heardKinds(); got != "check_run.completed check_suite.completed" {
		t.Errorf("heard %s", got)
	}
	s := must[*github.CheckSuite](t)(w.bot.Checks.GetCheckSuite(ctx, "acme", "upgrades", x.GetCheckSuite().GetID()))
	if s.GetConclusion() != "failure" || s.GetHeadBranch() != "main" {
		t.Errorf("the suite is %v", s)
	}
	notes := must[[]*github.CheckRunAnnotation](t)(w.bot.Checks.ListCheckRunAnnotations(ctx, "acme", "upgrades", x.GetID(), nil))
	if len(notes) != 1 || notes[0].GetMessage() != "no" {
		t.Errorf("annotations %v", notes)
	}
}

func TestCheckRunsAreListedLatestOfEachName(t *testing.T) {
	w := newWorld(t, ci())
	sha := w.tip("main")
	for _, name := range []string{"a", "b", "a"} {
		must[*github.CheckRun](t)(w.bot.Checks.CreateCheckRun(ctx, "acme", "upgrades", github.CreateCheckRunOptions{
			Name: name, HeadSHA: sha, Status: github.String("in_progress")}))
	}
	list := func(o *github.ListCheckRunsOptions) string {
		all := must[*github.ListCheckRunsResults](t)(w.bot.Checks.ListCheckRunsForRef(ctx, "acme", "upgrades", "main", o))
		out := fmt.Sprint(all.GetTotal())
		for _, x := range all.CheckRuns {
			out += " " + x.GetName()
		}
		return out
	}
	for name, tc := range map[string]struct {
		opt  github.ListCheckRunsOptions
		want string
	}{
		"latest":         {github.ListCheckRunsOptions{}, "2 a b"},
		"all":            {github.ListCheckRunsOptions{Filter: github.String("all")}, "3 a b a"},
		"by name":        {github.ListCheckRunsOptions{CheckName: github.String("b")}, "1 b"},
		"by status":      {github.ListCheckRunsOptions{Status: github.String("completed")}, "0"},
		"of another App": {github.ListCheckRunsOptions{AppID: github.Int64(1)}, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := list(&tc.opt); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	suites := must[*github.ListCheckSuiteResults](t)(w.bot.Checks.ListCheckSuitesForRef(ctx, "acme", "upgrades", sha, nil))
	if suites.GetTotal() != 1 || suites.CheckSuites[0].GetStatus() != "in_progress" {
		t.Errorf("suites %v", suites)
	}
	again, res, err := w.bot.Checks.CreateCheckSuite(ctx, "acme", "upgrades", github.CreateCheckSuiteOptions{HeadSHA: sha})
	if err != nil || res.StatusCode != http.StatusOK || again.GetID() != suites.CheckSuites[0].GetID() {
		t.Errorf("a suite made twice: %v %v", again, err)
	}
}

func TestChecksAreTheAppsOwn(t *testing.T) {
	w := newWorld(t, ci())
	opt := github.CreateCheckRunOptions{Name: "x", HeadSHA: w.tip("main")}
	_, _, err := w.as("maintainer").Checks.CreateCheckRun(ctx, "acme", "upgrades", opt)
	wantStatus(t, err, http.StatusForbidden, "installation access token")
	opt.Status = github.String("completed")
	_, _, err = w.bot.Checks.CreateCheckRun(ctx, "acme", "upgrades", opt)
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
	opt.HeadSHA, opt.Status = "0123456789012345678901234567890123456789", nil
	_, _, err = w.bot.Checks.CreateCheckRun(ctx, "acme", "upgrades", opt)
	wantStatus(t, err, http.StatusUnprocessableEntity, "No commit found for SHA")
	_, _, err = newWorld(t, emulator.Options{}).bot.Checks.ListCheckRunsForRef(ctx, "acme", "upgrades", "main", nil)
	wantStatus(t, err, http.StatusForbidden, "Resource not accessible by integration")
}

func TestCommitStatusesCombine(t *testing.T) {
	w := newWorld(t, ci("status"))
	sha := w.tip("main")
	say := func(state, name string) {
		must[*github.RepoStatus](t)(w.bot.Repositories.CreateStatus(ctx, "acme", "upgrades", sha, &github.RepoStatus{
			State: &state, Context: &name, TargetURL: github.String("https://ci.example.com/1")}))
	}
	combined := func() string {
		s := must[*github.CombinedStatus](t)(w.bot.Repositories.GetCombinedStatus(ctx, "acme", "upgrades", "main", nil))
		return fmt.Sprint(s.GetState(), " ", s.GetTotalCount())
	}
	for _, step := range []struct{ state, name, want string }{
		{"", "", "pending 0"},
		{"pending", "ci", "pending 1"},
		{"success", "ci", "success 1"},
		{"error", "lint", "failure 2"},
		{"success", "lint", "success 2"},
	} {
		if step.state != "" {
			say(step.state, step.name)
		}
		if got := combined(); got != step.want {
			t.Errorf("after %s of %s: %s, want %s", step.state, step.name, got, step.want)
		}
	}
	if all := must[[]*github.RepoStatus](t)(w.bot.Repositories.ListStatuses(ctx, "acme", "upgrades", sha, nil)); len(all) != 4 ||
		all[0].GetContext() != "lint" || all[0].GetState() != "success" {
		t.Errorf("statuses %v", all)
	}
	if got := w.heardKinds(); got != "status status status status" {
		t.Errorf("heard %s", got)
	}
	bad := &github.RepoStatus{State: github.String("fine")}
	_, _, err := w.bot.Repositories.CreateStatus(ctx, "acme", "upgrades", sha, bad)
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
	_, _, err = w.bot.Repositories.CreateStatus(ctx, "acme", "upgrades", "main", bad)
	wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
	_, _, err = w.as("outsider").Repositories.CreateStatus(ctx, "acme", "upgrades", sha, bad)
	wantStatus(t, err, http.StatusForbidden, "")
}
