package emulator

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	orgLogin      = "acme"
	appSlug       = "stationmaster"
	trackingRepo  = "upgrades"
	codeRepo      = "protocol"
	teamKeeper    = "mara" // in whose name the admin API changes teams
	configPath    = ".github/stationmaster.yml"
	defaultSecret = "a secret between the emulator and the bot"
)

const defaultConfig = `# The roles of the release process, by team.
roles:
  engineer: ["@acme/engineers"]
  protocol: ["@acme/protocol"]
  security: ["@acme/security"]
  maintainer: ["@acme/maintainers"]
  release-manager: ["@acme/release-managers"]
  governance: ["@acme/governance"]
`

// Label is a label of a repository that a world begins with. The colour is six
// hexadecimal digits; empty is the grey that GitHub gives to unknown labels.
type Label struct {
	Name, Color, Description string
}

var defaultPermissions = map[string]string{
	"issues": "write", "metadata": "read", "members": "read", "contents": "read", "pull_requests": "read",
}

var defaultEvents = []string{
	"issues", "issue_comment", "label", "milestone", "pull_request", "push", "membership", "team", "repository",
}

// seedPerson is a persona: who they are, what they may do in the repositories,
// and the teams that give them their roles.
type seedPerson struct {
	persona, login, name string
	role                 role
	member               bool
	teams                []string
}

// people are the personas of the seed, in the order in which they are offered.
var people = []seedPerson{
	{"engineer", "ada", "Ada", canWrite, true, []string{"engineers"}},
	{"reviewer", "rui", "Rui", canWrite, true, []string{"protocol"}},
	{"security", "sasha", "Sasha", canWrite, true, []string{"security"}},
	{"maintainer", "mara", "Mara", canMaintain, true, []string{"maintainers", "release-managers", "governance"}},
	{"outsider", "otto", "Otto", canRead, false, nil},
}

// sow makes the world as it is at the beginning.
func (g *GitHub) sow() {
	st, now := g.st, g.clock.now()
	o := &org{account: g.newAccount(orgLogin, "Acme", "Organization", now), members: map[*account]bool{},
		description: "A protocol and its upgrades"}
	st.orgs[orgLogin] = o
	st.app = g.seedApp(o, now)
	st.apps = []*app{st.app}
	tracking := g.newRepo(o, trackingRepo, "The protocol's upgrades, tracked as issues", now)
	code := g.newRepo(o, codeRepo, "The protocol itself", now)
	repos := []*repo{tracking, code}
	for _, name := range g.opts.Repositories {
		repos = append(repos, g.newRepo(o, name, "A repository of the protocol", now))
	}
	for _, l := range g.opts.Labels {
		tracking.labels = append(tracking.labels, &label{id: st.id(), name: l.Name,
			color: cmp.Or(strings.ToLower(l.Color), unknownColor), description: orNull(l.Description)})
	}
	st.home = home{org: o, tracking: tracking, code: code, keeper: teamKeeper}
	if config := cmp.Or(g.opts.TrackingConfig, defaultConfig); !g.opts.Unconfigured {
		g.plant(tracking, configPath, config)
	}
	for name, text := range g.opts.Files {
		g.plant(tracking, name, text)
	}
	for _, p := range people {
		a := g.newPerson(o, p.persona, p.login, p.name, p.role, p.member, now)
		for _, slug := range p.teams {
			g.joinTeam(o, slug, a, now)
		}
	}
	for _, login := range g.opts.Colleagues {
		g.newPerson(o, login, login, login, canWrite, true, now)
	}
	in := &installation{id: 10_000_000 + g.rng.Int64N(90_000_000), app: st.app, org: o, repos: repos,
		perms: st.app.perms, events: st.app.events, created: now, updated: now}
	st.installs = []*installation{in}
	st.app.hook = hookConfig{id: 100_000_000 + g.rng.Int64N(900_000_000), url: g.opts.WebhookURL, secret: g.opts.WebhookSecret,
		contentType: "json", insecure: "0"}
	st.app.clientSecret = g.hex(20)
}

// newPerson makes a user with a token who may do the same in all repositories.
func (g *GitHub) newPerson(o *org, persona, login, name string, may role, member bool, now time.Time) *account {
	a := g.newAccount(login, name, "User", now)
	t := &token{text: "ghp_" + g.letters(36), kind: byPerson, account: a}
	g.st.tokens[t.text], g.st.personas[persona] = t, t.text
	o.members[a] = member
	for _, r := range g.st.repoList {
		r.people[a] = may
		r.order = append(r.order, a)
	}
	return a
}

func (g *GitHub) newAccount(login, name, kind string, now time.Time) *account {
	a := &account{id: g.st.id(), login: login, name: name, kind: kind, created: now}
	g.st.accounts[strings.ToLower(login)] = a
	return a
}

func (g *GitHub) seedApp(o *org, now time.Time) *app {
	a := &app{id: 100_000 + g.rng.Int64N(900_000), slug: appSlug, name: "Stationmaster", owner: o.account, created: now,
		about: "Runs the release train.", key: g.key, callbacks: slices.Clone(g.opts.CallbackURLs), anywhere: true,
		bot:   g.newAccount(appSlug+"[bot]", "", "Bot", now),
		perms: maps.Clone(defaultPermissions), events: slices.Clone(defaultEvents)}
	if g.opts.Permissions != nil {
		a.perms = maps.Clone(g.opts.Permissions)
	}
	if g.opts.Events != nil {
		a.events = slices.Clone(g.opts.Events)
	}
	return a
}

// standardLabels are those that GitHub puts into a new repository.
var standardLabels = []struct{ name, color, about string }{
	{"bug", "d73a4a", "Something isn't working"},
	{"documentation", "0075ca", "Improvements or additions to documentation"},
	{"enhancement", "a2eeef", "New feature or request"},
	{"question", "d876e3", "Further information is requested"},
	{"wontfix", "ffffff", "This will not be worked on"},
}

func (g *GitHub) newRepo(o *org, name, about string, now time.Time) *repo {
	r := &repo{id: g.st.id(), org: o, name: name, description: about, private: !g.opts.Public,
		defaultBranch: "main", created: now, updated: now, pushed: now,
		people: map[*account]role{}, rawToken: g.letters(29),
		branches: map[string]*branch{"main": {sha: g.sha(), files: map[string][]byte{}}}}
	g.plant(r, "README.md", "# "+name+"\n\n"+about+".\n")
	for _, l := range standardLabels {
		r.labels = append(r.labels, &label{id: g.st.id(), name: l.name, color: l.color,
			description: &l.about, standard: true})
	}
	g.st.repos[strings.ToLower(r.fullName())] = r
	g.st.repoList = append(g.st.repoList, r)
	return r
}

func (g *GitHub) plant(r *repo, name, text string) {
	r.branches[r.defaultBranch].files[name] = []byte(text)
}

func (g *GitHub) joinTeam(o *org, slug string, a *account, now time.Time) {
	t := o.team(slug)
	if t == nil {
		t = &team{id: g.st.id(), org: o, slug: slug, name: slug, created: now, updated: now}
		o.teams = append(o.teams, t)
	}
	t.members = append(t.members, a)
}
