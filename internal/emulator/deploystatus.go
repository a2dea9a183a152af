package emulator

import (
	"slices"
	"unicode/utf8"
)

var deployStates = []string{"error", "failure", "inactive", "in_progress", "queued", "pending", "success"}

// deployStatus is what came of a deployment, at some time.
type deployStatus struct {
	made
	via    *app
	state  string
	note   string
	env    string
	envURL string
	logURL string
}

type deployStatusView struct {
	URL           string    `json:"url"`
	ID            int64     `json:"id"`
	NodeID        string    `json:"node_id"`
	State         string    `json:"state"`
	Creator       *userView `json:"creator"`
	Description   string    `json:"description"`
	Environment   string    `json:"environment"`
	TargetURL     string    `json:"target_url"`
	CreatedAt     string    `json:"created_at"`
	UpdatedAt     string    `json:"updated_at"`
	DeploymentURL string    `json:"deployment_url"`
	RepositoryURL string    `json:"repository_url"`
	EnvURL        string    `json:"environment_url"`
	LogURL        string    `json:"log_url"`
	Via           *appView  `json:"performed_via_github_app"`
}

func (g *GitHub) deployStatusView(r *repo, d *deployment, s *deployStatus) deployStatusView {
	api := g.api() + "/repos/" + r.fullName()
	of := api + "/deployments/" + itoa(d.id)
	return deployStatusView{URL: of + "/statuses/" + itoa(s.id), ID: s.id, NodeID: nodeID("DES", s.id), State: s.state,
		Creator: g.user(s.by), Description: s.note, Environment: s.env, TargetURL: s.logURL, CreatedAt: s.at,
		UpdatedAt: s.at, DeploymentURL: of, RepositoryURL: api, EnvURL: s.envURL, LogURL: s.logURL, Via: g.via(s.via)}
}

func createDeployStatus(c *call) *reply {
	d := c.deploymentOf()
	if d == nil {
		return notFound()
	}
	var ask struct {
		State        *string `json:"state"`
		TargetURL    string  `json:"target_url"`
		LogURL       string  `json:"log_url"`
		Description  string  `json:"description"`
		Environment  string  `json:"environment"`
		EnvURL       string  `json:"environment_url"`
		AutoInactive *bool   `json:"auto_inactive"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.State == nil {
		return wasntSupplied("state")
	}
	if !slices.Contains(deployStates, *ask.State) {
		return invalid(badValue("DeploymentStatus", "state", *ask.State))
	}
	if utf8.RuneCountInString(ask.Description) > maxStatusNote {
		return invalid(tooLong("DeploymentStatus", "description", maxStatusNote))
	}
	s := &deployStatus{state: *ask.State, note: ask.Description, env: ask.Environment, envURL: ask.EnvURL, logURL: ask.LogURL}
	if s.logURL == "" {
		s.logURL = ask.TargetURL
	}
	if s.env == "" {
		s.env = d.env
	}
	c.addDeployStatus(d, s)
	if s.state == "success" && (ask.AutoInactive == nil || *ask.AutoInactive) {
		c.retireOthers(d)
	}
	v := c.gh.deployStatusView(c.repo, d, s)
	c.out.Set("Location", v.URL)
	return created(v)
}

// addDeployStatus tells of every state but inactive, which GitHub is silent of.
func (c *call) addDeployStatus(d *deployment, s *deployStatus) {
	s.made, s.via = c.madeNow(), c.who.app
	d.statuses, d.env, d.updated = append(d.statuses, s), s.env, s.at
	if s.state == "inactive" {
		return
	}
	c.tell("deployment_status", "created", map[string]any{
		"deployment_status": c.gh.deployStatusView(c.repo, d, s), "deployment": c.gh.deploymentView(c.repo, d),
		"check_run": nil, "workflow": nil, "workflow_run": nil})
}

// retireOthers makes the earlier successful deployments of an environment
// inactive, those of transient and of production environments excepted.
func (c *call) retireOthers(d *deployment) {
	for _, old := range c.repo.deployments {
		if old != d && old.env == d.env && old.state() == "success" && !old.transient && !old.production {
			c.addDeployStatus(old, &deployStatus{state: "inactive", env: old.env})
		}
	}
}

// listDeployStatuses lists them newest first.
func listDeployStatuses(c *call) *reply {
	d := c.deploymentOf()
	if d == nil {
		return notFound()
	}
	all := slices.Clone(d.statuses)
	slices.Reverse(all)
	return ok(show(page(c, all), func(s *deployStatus) deployStatusView { return c.gh.deployStatusView(c.repo, d, s) }))
}

func getDeployStatus(c *call) *reply {
	d := c.deploymentOf()
	if d == nil {
		return notFound()
	}
	for _, s := range d.statuses {
		if s.id == c.num("#status_id") {
			return ok(c.gh.deployStatusView(c.repo, d, s))
		}
	}
	return notFound()
}
