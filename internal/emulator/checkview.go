package emulator

// checkRunView is a check run as GitHub shows it; webhooks show more of its
// suite.
type checkRunView struct {
	ID          int64         `json:"id"`
	Name        string        `json:"name"`
	NodeID      string        `json:"node_id"`
	HeadSHA     string        `json:"head_sha"`
	ExternalID  string        `json:"external_id"`
	URL         string        `json:"url"`
	HTMLURL     string        `json:"html_url"`
	DetailsURL  string        `json:"details_url"`
	Status      string        `json:"status"`
	Conclusion  *string       `json:"conclusion"`
	StartedAt   *string       `json:"started_at"`
	CompletedAt *string       `json:"completed_at"`
	Output      checkOutput   `json:"output"`
	Suite       any           `json:"check_suite"`
	App         *appView      `json:"app"`
	Pulls       []pullMinimal `json:"pull_requests"`
}

func (g *GitHub) checkRunView(x *checkRun) checkRunView {
	r := x.suite.repo
	url := g.api() + "/repos/" + r.fullName() + "/check-runs/" + itoa(x.id)
	out := x.output
	out.Count, out.URL = len(x.annotations), url+"/annotations"
	return checkRunView{ID: x.id, Name: x.name, NodeID: nodeID("CR", x.id), HeadSHA: x.suite.sha, ExternalID: x.externalID,
		URL: url, HTMLURL: g.root + "/" + r.fullName() + "/runs/" + itoa(x.id), DetailsURL: x.detailsURL, Status: x.status,
		Conclusion: orNull(x.conclusion), StartedAt: stampOrNull(x.started), CompletedAt: stampOrNull(x.completed),
		Output: out, Suite: map[string]int64{"id": x.suite.id}, App: g.appView(x.suite.app), Pulls: g.pullsAt(r, x.suite.sha)}
}

// suiteBase is what every view of a check suite has.
type suiteBase struct {
	ID         int64         `json:"id"`
	NodeID     string        `json:"node_id"`
	HeadBranch *string       `json:"head_branch"`
	HeadSHA    string        `json:"head_sha"`
	Status     string        `json:"status"`
	Conclusion *string       `json:"conclusion"`
	URL        string        `json:"url"`
	Before     *string       `json:"before"`
	After      string        `json:"after"`
	Pulls      []pullMinimal `json:"pull_requests"`
	App        *appView      `json:"app"`
	CreatedAt  string        `json:"created_at"`
	UpdatedAt  string        `json:"updated_at"`
}

// hookSuite is a check suite in its webhook.
type hookSuite struct {
	suiteBase
	Rerequestable     bool         `json:"rerequestable"`
	RunsRerequestable bool         `json:"runs_rerequestable"`
	LatestRuns        int          `json:"latest_check_runs_count"`
	RunsURL           string       `json:"check_runs_url"`
	HeadCommit        simpleCommit `json:"head_commit"`
}

// suiteView is a check suite in the API.
type suiteView struct {
	hookSuite
	Repository any `json:"repository"`
}

// simpleCommit is a commit in few words.
type simpleCommit struct {
	ID        string  `json:"id"`
	TreeID    string  `json:"tree_id"`
	Message   string  `json:"message"`
	Timestamp string  `json:"timestamp"`
	Author    gitUser `json:"author"`
	Committer gitUser `json:"committer"`
}

func (m *commit) simple() simpleCommit {
	who := gitUser{Name: m.author.login, Email: m.author.email()}
	return simpleCommit{m.sha, treeOf(m.sha), m.message, stamp(m.at), who, who}
}

func (g *GitHub) suiteBase(s *checkSuite) suiteBase {
	url := g.api() + "/repos/" + s.repo.fullName() + "/check-suites/" + itoa(s.id)
	return suiteBase{ID: s.id, NodeID: nodeID("CS", s.id), HeadBranch: orNull(s.branch), HeadSHA: s.sha,
		Status: s.status(), Conclusion: orNull(s.conclusion()), URL: url, Before: orNull(s.before), After: s.sha,
		Pulls: g.pullsAt(s.repo, s.sha), App: g.appView(s.app), CreatedAt: stamp(s.created), UpdatedAt: stamp(s.updated)}
}

func (g *GitHub) hookSuite(s *checkSuite) hookSuite {
	base := g.suiteBase(s)
	return hookSuite{suiteBase: base, Rerequestable: true, RunsRerequestable: true, LatestRuns: len(s.latest()),
		RunsURL: base.URL + "/check-runs", HeadCommit: s.repo.commitOf(s.sha).simple()}
}

func (g *GitHub) suiteView(s *checkSuite) suiteView {
	return suiteView{g.hookSuite(s), g.repoView(s.repo)}
}
