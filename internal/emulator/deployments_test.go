package emulator_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-github/v62/github"
)

func TestADeploymentGoesThroughItsStates(t *testing.T) {
	w := newWorld(t, ci("deployment", "deployment_status"))
	d := must[*github.Deployment](t)(w.bot.Repositories.CreateDeployment(ctx, "acme", "upgrades", &github.DeploymentRequest{
		Ref: github.String("main"), Environment: github.String("staging"), Payload: map[string]int{"n": 1}}))
	if d.GetSHA() != w.tip("main") || d.GetTask() != "deploy" || string(d.Payload) != `{"n":1}` {
		t.Errorf("made %v", d)
	}
	for _, state := range []string{"in_progress", "success"} {
		must[*github.DeploymentStatus](t)(w.bot.Repositories.CreateDeploymentStatus(ctx, "acme", "upgrades", d.GetID(),
			&github.DeploymentStatusRequest{State: &state, LogURL: github.String("https://ci.example.com/1")}))
	}
	if got := w.heardKinds(); got != "deployment.created deployment_status.created deployment_status.created" {
		t.Errorf("heard %s", got)
	}
	second := must[*github.Deployment](t)(w.bot.Repositories.CreateDeployment(ctx, "acme", "upgrades", &github.DeploymentRequest{
		Ref: github.String("main"), Environment: github.String("staging")}))
	must[*github.DeploymentStatus](t)(w.bot.Repositories.CreateDeploymentStatus(ctx, "acme", "upgrades", second.GetID(),
		&github.DeploymentStatusRequest{State: github.String("success")}))
	if got := w.heardKinds(); got != "deployment.created deployment_status.created" {
		t.Errorf("heard %s: an inactive deployment is not told of", got)
	}
	old := must[[]*github.DeploymentStatus](t)(w.bot.Repositories.ListDeploymentStatuses(ctx, "acme", "upgrades", d.GetID(), nil))
	if len(old) != 3 || old[0].GetState() != "inactive" || old[1].GetTargetURL() != "https://ci.example.com/1" {
		t.Errorf("the first one's states: %v", old)
	}
	one := must[*github.DeploymentStatus](t)(w.bot.Repositories.GetDeploymentStatus(ctx, "acme", "upgrades", d.GetID(), old[2].GetID()))
	if one.GetState() != "in_progress" {
		t.Errorf("got %v", one)
	}
	all := must[[]*github.Deployment](t)(w.bot.Repositories.ListDeployments(ctx, "acme", "upgrades", &github.DeploymentsListOptions{Environment: "staging"}))
	if len(all) != 2 || all[0].GetID() != second.GetID() {
		t.Errorf("listed %v", all)
	}
	if _, err := w.bot.Repositories.DeleteDeployment(ctx, "acme", "upgrades", second.GetID()); err == nil {
		t.Error("an active deployment was deleted")
	}
	if _, err := w.bot.Repositories.DeleteDeployment(ctx, "acme", "upgrades", d.GetID()); err != nil {
		t.Error(err)
	}
	_, _, err := w.bot.Repositories.GetDeployment(ctx, "acme", "upgrades", d.GetID())
	wantStatus(t, err, http.StatusNotFound, "Not Found")
}

func TestADeploymentAsksForGoodStatuses(t *testing.T) {
	w := newWorld(t, ci())
	sha := w.tip("main")
	say := func(state string) {
		must[*github.RepoStatus](t)(w.bot.Repositories.CreateStatus(ctx, "acme", "upgrades", sha, &github.RepoStatus{
			State: &state, Context: github.String("ci")}))
	}
	deploy := func(contexts *[]string) error {
		_, _, err := w.bot.Repositories.CreateDeployment(ctx, "acme", "upgrades",
			&github.DeploymentRequest{Ref: github.String("main"), RequiredContexts: contexts})
		return err
	}
	say("pending")
	wantStatus(t, deploy(nil), http.StatusConflict, "Commit status checks failed for main")
	wantStatus(t, deploy(&[]string{"lint"}), http.StatusConflict, "Commit status checks failed")
	if err := deploy(&[]string{}); err != nil {
		t.Error(err)
	}
	say("success")
	if err := deploy(nil); err != nil {
		t.Error(err)
	}
	_, _, err := w.bot.Repositories.CreateDeployment(ctx, "acme", "upgrades", &github.DeploymentRequest{Ref: github.String("none")})
	wantStatus(t, err, http.StatusUnprocessableEntity, "No ref found for: none")
}

func TestABranchThatIsBehindIsMergedInsteadOfDeployed(t *testing.T) {
	w := newWorld(t, ci())
	for _, name := range []string{"topic", "clash"} {
		must[*github.Reference](t)(w.bot.Git.CreateRef(ctx, "acme", "upgrades", &github.Reference{
			Ref: github.String("refs/heads/" + name), Object: &github.GitObject{SHA: github.String(w.tip("main"))}}))
	}
	w.write("new.txt", "main\n", "main")
	w.write("new.txt", "clash\n", "clash")
	deploy := func(ref string) error {
		_, _, err := w.bot.Repositories.CreateDeployment(ctx, "acme", "upgrades", &github.DeploymentRequest{Ref: &ref})
		return err
	}
	var merged *github.AcceptedError
	if err := deploy("topic"); !errors.As(err, &merged) {
		t.Errorf("got %v, want a merge", err)
	}
	if err := deploy("topic"); err != nil {
		t.Error(err)
	}
	if _, _, _, err := w.bot.Repositories.GetContents(ctx, "acme", "upgrades", "new.txt",
		&github.RepositoryContentGetOptions{Ref: "topic"}); err != nil {
		t.Error(err)
	}
	wantStatus(t, deploy("clash"), http.StatusConflict, "Conflict merging main into clash.")
}
