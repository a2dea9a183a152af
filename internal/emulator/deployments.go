package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	defaultTask = "deploy"
	defaultEnv  = "production"
)

// deployment is a request to bring a commit somewhere, and what came of it.
type deployment struct {
	made
	via        *app
	sha, ref   string
	task       string
	payload    json.RawMessage
	firstEnv   string
	env        string
	note       *string
	transient  bool
	production bool
	updated    string
	statuses   []*deployStatus
}

func (d *deployment) state() string {
	if len(d.statuses) == 0 {
		return "pending"
	}
	return d.statuses[len(d.statuses)-1].state
}

type deploymentView struct {
	URL           string          `json:"url"`
	ID            int64           `json:"id"`
	NodeID        string          `json:"node_id"`
	Task          string          `json:"task"`
	OriginalEnv   string          `json:"original_environment"`
	Environment   string          `json:"environment"`
	Description   *string         `json:"description"`
	CreatedAt     string          `json:"created_at"`
	UpdatedAt     string          `json:"updated_at"`
	StatusesURL   string          `json:"statuses_url"`
	RepositoryURL string          `json:"repository_url"`
	Creator       *userView       `json:"creator"`
	SHA           string          `json:"sha"`
	Ref           string          `json:"ref"`
	Payload       json.RawMessage `json:"payload"`
	Transient     bool            `json:"transient_environment"`
	Production    bool            `json:"production_environment"`
	Via           *appView        `json:"performed_via_github_app"`
}

func (g *GitHub) deploymentView(r *repo, d *deployment) deploymentView {
	api := g.api() + "/repos/" + r.fullName()
	url := api + "/deployments/" + itoa(d.id)
	return deploymentView{URL: url, ID: d.id, NodeID: nodeID("DE", d.id), Task: d.task, OriginalEnv: d.firstEnv,
		Environment: d.env, Description: d.note, CreatedAt: d.at, UpdatedAt: d.updated,
		StatusesURL: url + "/statuses", RepositoryURL: api, Creator: g.user(d.by), SHA: d.sha, Ref: d.ref,
		Payload: d.payload, Transient: d.transient, Production: d.production, Via: g.via(d.via)}
}

// deploymentAsk is the body of creating a deployment.
type deploymentAsk struct {
	Ref         *string         `json:"ref"`
	Task        string          `json:"task"`
	AutoMerge   *bool           `json:"auto_merge"`
	Contexts    *[]string       `json:"required_contexts"`
	Payload     json.RawMessage `json:"payload"`
	Environment string          `json:"environment"`
	Description *string         `json:"description"`
	Transient   bool            `json:"transient_environment"`
	Production  *bool           `json:"production_environment"`
}

func createDeployment(c *call) *reply {
	var ask deploymentAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Ref == nil {
		return wasntSupplied("ref")
	}
	at := c.repo.commitAt(*ask.Ref)
	if at == nil {
		return fail(http.StatusUnprocessableEntity, "No ref found for: "+*ask.Ref)
	}
	if bad := ask.checkContexts(c.repo, at.sha); bad != nil {
		return bad
	}
	if ask.AutoMerge == nil || *ask.AutoMerge {
		if rep := c.catchUp(*ask.Ref); rep != nil {
			return rep
		}
	}
	d := ask.deployment(c, at)
	c.repo.deployments = append(c.repo.deployments, d)
	c.tell("deployment", "created", map[string]any{"deployment": c.gh.deploymentView(c.repo, d),
		"workflow": nil, "workflow_run": nil})
	return created(c.gh.deploymentView(c.repo, d))
}

// deployment fills in what was not said.
func (q deploymentAsk) deployment(c *call, at *commit) *deployment {
	d := &deployment{made: c.madeNow(), via: c.who.app, sha: at.sha, ref: *q.Ref, task: q.Task, payload: q.Payload,
		env: q.Environment, note: q.Description, transient: q.Transient, updated: stamp(c.now)}
	if d.task == "" {
		d.task = defaultTask
	}
	if d.env == "" {
		d.env = defaultEnv
	}
	if len(bytes.TrimSpace(d.payload)) == 0 || string(d.payload) == "null" {
		d.payload = json.RawMessage("{}")
	}
	d.firstEnv, d.production = d.env, d.env == defaultEnv
	if q.Production != nil {
		d.production = *q.Production
	}
	return d
}

// checkContexts refuses a commit whose statuses are not all a success: those
// asked for, or all that there are.
func (q deploymentAsk) checkContexts(r *repo, sha string) *reply {
	states := map[string]string{}
	for _, s := range r.latestStatuses(sha) {
		states[s.context] = s.state
	}
	need := q.Contexts
	if need == nil {
		all := []string{}
		for name := range states {
			all = append(all, name)
		}
		need = &all
	}
	for _, name := range *need {
		if states[name] != "success" {
			return fail(http.StatusConflict, "Conflict: Commit status checks failed for "+*q.Ref+".")
		}
	}
	return nil
}

// catchUp merges the default branch into another that is behind it, which takes
// the place of the deployment. Nil means that there was nothing to merge.
func (c *call) catchUp(ref string) *reply {
	from := c.repo.defaultBranch
	name := strings.TrimPrefix(strings.TrimPrefix(ref, "refs/"), "heads/")
	b, base := c.repo.branches[name], c.repo.branches[from]
	if b == nil || b == base || len(c.repo.beyond(b.sha, base.sha)) == 0 {
		return nil
	}
	if !b.catchUp(base) {
		return fail(http.StatusConflict, "Conflict merging "+from+" into "+name+".")
	}
	before, message := b.sha, "Merge branch '"+from+"' into "+name
	b.sha = c.gh.sha()
	c.noteCommit(b.sha, message, []string{before, base.sha})
	c.tellPush(name, before, b.sha, message)
	c.headMoved(name, before, b.sha)
	return &reply{status: http.StatusAccepted, body: map[string]string{
		"message": "Auto-merged " + from + " into " + name + " on deployment."}}
}

// catchUp takes over what changed on the base since the branch left it. It
// reports false, and changes nothing, if both changed a file.
func (b *branch) catchUp(base *branch) bool {
	news := map[string][]byte{}
	for file, text := range base.files {
		was, is := b.since[file], b.files[file]
		switch {
		case bytes.Equal(text, was) || bytes.Equal(text, is):
		case bytes.Equal(is, was):
			news[file] = text
		default:
			return false
		}
	}
	maps.Copy(b.files, news)
	b.since = maps.Clone(base.files)
	return true
}

// listDeployments lists them newest first.
func listDeployments(c *call) *reply {
	want := func(key, have string) bool {
		q := c.query.Get(key)
		return q == "" || q == have || q == "none" && have == ""
	}
	var found []*deployment
	for _, d := range slices.Backward(c.repo.deployments) {
		if want("sha", d.sha) && want("ref", d.ref) && want("task", d.task) && want("environment", d.env) {
			found = append(found, d)
		}
	}
	return ok(show(page(c, found), func(d *deployment) deploymentView { return c.gh.deploymentView(c.repo, d) }))
}

// deploymentOf is the deployment that the path names; nil if there is none.
func (c *call) deploymentOf() *deployment {
	for _, d := range c.repo.deployments {
		if d.id == c.num("#deployment_id") {
			return d
		}
	}
	return nil
}

func getDeployment(c *call) *reply {
	d := c.deploymentOf()
	if d == nil {
		return notFound()
	}
	return ok(c.gh.deploymentView(c.repo, d))
}

// deleteDeployment refuses an active one, unless it is the only one.
func deleteDeployment(c *call) *reply {
	d := c.deploymentOf()
	if d == nil {
		return notFound()
	}
	if len(c.repo.deployments) > 1 && d.state() != "inactive" && d.state() != "failure" && d.state() != "error" {
		return fail(http.StatusUnprocessableEntity, "We cannot delete an active deployment unless it is the only deployment in a given environment.")
	}
	c.repo.deployments = without(c.repo.deployments, d)
	return noContent()
}
