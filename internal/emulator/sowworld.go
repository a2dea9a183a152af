package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

// home is where the world's owner is at home: whom and what the credentials
// name, and the admin API acts on.
type home struct {
	org            *org
	tracking, code *repo
	keeper         string // the login in whose name the admin API acts
}

// keeper is the login in whose name the admin API acts.
func (g *GitHub) keeper() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.st.home.keeper
}

// begin makes a new world.
func (g *GitHub) begin() error {
	g.touch()
	if g.opts.World != nil {
		return g.sowWorld(g.opts.World)
	}
	g.sow()
	return nil
}

// sowWorld makes the world of a file. Its issues are made by their authors
// through the API, so they are as if these had typed them.
func (g *GitHub) sowWorld(w *genesis.World) error {
	st, now := g.st, g.clock.now()
	o := &org{account: g.newAccount(w.Org.Login, cmp.Or(w.Org.Name, w.Org.Login), "Organization", now),
		members: map[*account]bool{}, description: w.Org.Description}
	st.orgs[strings.ToLower(w.Org.Login)] = o
	st.app = g.seedApp(o, now)
	st.apps = []*app{st.app}
	if err := g.dressApp(w.App); err != nil {
		return err
	}
	for _, r := range w.Repos {
		g.sowRepo(o, r, now)
	}
	st.home = home{org: o, tracking: st.repoList[0], code: st.repoList[min(1, len(st.repoList)-1)], keeper: keeperOf(w.People)}
	for _, p := range w.People {
		a := g.newPerson(o, p.Login, p.Login, p.Name, roleNamed(p.Role), !p.Outsider, now)
		for _, slug := range p.Teams {
			g.joinTeam(o, slug, a, now)
		}
	}
	g.sowInstallation(o, w.App.On, now)
	for _, r := range w.Repos {
		for _, m := range r.Milestones {
			if err := g.sowMilestone(o.login+"/"+r.Name, m); err != nil {
				return fmt.Errorf("milestone %q of %s: %w", m.Title, r.Name, err)
			}
		}
		for n, i := range r.Issues {
			if err := g.sowIssue(st.repo(o.login, r.Name), i, w.People[0].Login); err != nil {
				return fmt.Errorf("issue %d of %s: %w", n+1, r.Name, err)
			}
		}
	}
	st.app.hook.url = g.opts.WebhookURL // nobody hears of how the world was made
	g.meters, g.count = map[string]*meter{}, newRequests()
	return nil
}

// dressApp makes the seeded App the one that a file describes.
func (g *GitHub) dressApp(a genesis.App) error {
	have := g.st.app
	delete(g.st.accounts, strings.ToLower(have.bot.login))
	have.slug, have.name = a.Slug, cmp.Or(a.Name, a.Slug)
	have.bot.login = a.Slug + "[bot]"
	g.st.accounts[strings.ToLower(have.bot.login)] = have.bot
	if a.Permissions != nil {
		have.perms = maps.Clone(a.Permissions)
		have.perms["metadata"] = cmp.Or(have.perms["metadata"], "read") // every App has it
	}
	if a.Events != nil {
		have.events = slices.Clone(a.Events)
	} else { // of the usual ones, those that its permissions let it hear of
		have.events = slices.DeleteFunc(have.events, func(e string) bool {
			return len(manifest{Permissions: have.perms, Events: []string{e}}.accessFaults()) > 0
		})
	}
	if faults := (manifest{Permissions: have.perms, Events: have.events}).accessFaults(); len(faults) > 0 {
		return fmt.Errorf("the App %s: %s", a.Slug, sentence(faults))
	}
	return nil
}

func (g *GitHub) sowInstallation(o *org, on []string, now time.Time) {
	a := g.st.app
	in := &installation{id: 10_000_000 + g.rng.Int64N(90_000_000), app: a, org: o, perms: a.perms, events: a.events,
		created: now, updated: now}
	for _, r := range g.st.repoList {
		if on == nil || slices.ContainsFunc(on, func(name string) bool { return strings.EqualFold(name, r.name) }) {
			in.repos = append(in.repos, r)
		}
	}
	g.st.installs = []*installation{in}
	a.hook = hookConfig{id: 100_000_000 + g.rng.Int64N(900_000_000), secret: g.opts.WebhookSecret, contentType: "json", insecure: "0"}
	a.clientSecret = g.hex(20)
}

func (g *GitHub) sowRepo(o *org, w genesis.Repo, now time.Time) {
	r := g.newRepo(o, w.Name, w.Description, now)
	r.private = !w.Public
	for _, path := range slices.Sorted(maps.Keys(w.Files)) {
		g.plant(r, path, w.Files[path])
	}
	for _, l := range w.Labels {
		r.labels = append(r.labels, &label{id: g.st.id(), name: l.Name, color: cmp.Or(strings.ToLower(l.Color), unknownColor),
			description: orNull(l.Description)})
	}
}

func (g *GitHub) sowMilestone(repo string, m genesis.Milestone) error {
	ask := map[string]any{"title": m.Title, "description": m.Description}
	if !m.Due.IsZero() {
		ask["due_on"] = stamp(m.Due)
	}
	return g.act(g.st.home.keeper, post, "/repos/"+repo+"/milestones", ask)
}

// keeperOf is the first person of the highest role.
func keeperOf(people []genesis.Person) string {
	best := people[0]
	for _, p := range people {
		if roleNamed(p.Role) > roleNamed(best.Role) {
			best = p
		}
	}
	return best.Login
}

func roleNamed(name string) role {
	for r := canRead; r <= canAdmin; r++ {
		if r.String() == name {
			return r
		}
	}
	return noRole
}

// sowIssue has the author open an issue, and its comments made; what needs
// more than being the author is the keeper's to set.
func (g *GitHub) sowIssue(r *repo, w genesis.Issue, first string) error {
	home := "/repos/" + r.fullName()
	before := r.lastIssue
	if err := g.act(cmp.Or(w.By, first), post, home+"/issues", map[string]any{"title": w.Title, "body": w.Body}); err != nil {
		return err
	}
	issue := fmt.Sprintf("%s/issues/%d", home, before+1)
	set := map[string]any{}
	if w.Milestone != "" {
		at := slices.IndexFunc(r.mstones, func(m *milestone) bool { return strings.EqualFold(m.title, w.Milestone) })
		set["milestone"] = r.mstones[at].number
	}
	if len(w.Labels) > 0 {
		set["labels"] = w.Labels
	}
	if len(w.Assignees) > 0 {
		set["assignees"] = w.Assignees
	}
	for _, c := range w.Comments {
		if err := g.act(cmp.Or(c.By, first), post, issue+"/comments", map[string]any{"body": c.Body}); err != nil {
			return err
		}
	}
	if w.Closed {
		set["state"] = stateClosed
	}
	if len(set) == 0 {
		return nil
	}
	return g.act(g.st.home.keeper, patch, issue, set)
}

// act makes a request of the API as a person, under the mutex or before
// anybody else knows the world.
func (g *GitHub) act(login, method, path string, body any) error {
	limits := g.opts.Limits
	g.opts.Limits = false
	defer func() { g.opts.Limits = limits }()
	r, err := http.NewRequest(method, "/api/v3"+path, http.NoBody) //nolint:noctx // it leaves no process
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "token "+g.st.personas[g.st.account(login).login])
	if rep := g.handle(r, path, encode(body), http.Header{}); rep.status > 299 {
		return fmt.Errorf("%s: %d %s", login, rep.status, rep.raw)
	}
	return nil
}
