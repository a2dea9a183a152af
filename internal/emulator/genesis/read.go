package genesis

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	loginForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$`)
	repoForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	slugForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,99}$`)
	colorForm = regexp.MustCompile(`^[0-9A-Fa-f]{6}$`)
	wordForm  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

var (
	roles  = []string{"read", "triage", "write", "maintain", "admin"}
	levels = []string{"read", "write", "admin"}
)

// world reads the whole, and then whether what is named is there.
func (r *reader) world(n *yaml.Node, w *World) {
	later := &names{r: r, people: map[string]bool{}, repos: map[string]bool{}}
	fields := map[string]func(*yaml.Node){
		"org": func(n *yaml.Node) { r.org(n, &w.Org) },
		"app": func(n *yaml.Node) { r.app(n, &w.App, later) },
		"repos": func(n *yaml.Node) {
			r.list(n, "repos", func(item *yaml.Node) { w.Repos = append(w.Repos, r.repo(item, later)) })
		},
		"people": func(n *yaml.Node) {
			r.list(n, "people", func(item *yaml.Node) { w.People = append(w.People, r.person(item, later)) })
		},
	}
	r.mapping(n, "the file", fields)
	if len(w.Repos) == 0 {
		r.fault(n, "there is no repository: give repos at least one")
	}
	if len(w.People) == 0 {
		r.fault(n, "there is nobody to act as: give people at least one")
	}
	if len(r.faults) == 0 && !slices.ContainsFunc(w.People, func(p Person) bool { return slices.Index(roles, p.Role) >= 2 }) {
		r.fault(n, "nobody may write: give somebody the role write, maintain or admin")
	}
	later.check()
}

// names are those given, and those used that must be among them.
type names struct {
	r             *reader
	people, repos map[string]bool
	uses          []use
}

type use struct {
	at   *yaml.Node
	of   map[string]bool
	what string
}

func (l *names) person(n *yaml.Node) {
	l.uses = append(l.uses, use{n, l.people, "nobody has the login"})
}
func (l *names) repo(n *yaml.Node) {
	l.uses = append(l.uses, use{n, l.repos, "there is no repository"})
}

func (l *names) check() {
	for _, u := range l.uses {
		if u.at.Kind == yaml.ScalarNode && !u.of[strings.ToLower(u.at.Value)] {
			l.r.fault(u.at, "%s %q", u.what, short(u.at.Value))
		}
	}
}

// give notes a name, which must be the only one.
func (r *reader) give(n *yaml.Node, seen map[string]bool, what string) {
	key := strings.ToLower(n.Value)
	if seen[key] {
		r.fault(n, "%s %q is there twice", what, short(n.Value))
	}
	seen[key] = true
}

// form reads a text of a form.
func (r *reader) form(s *string, what string, form *regexp.Regexp) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.text(s, what)(n)
		if n.Kind == yaml.ScalarNode && !form.MatchString(n.Value) {
			r.fault(n, "%q cannot be %s", short(n.Value), what)
		}
	}
}

func (r *reader) org(n *yaml.Node, o *Org) {
	r.mapping(n, "org", map[string]func(*yaml.Node){
		"login":       r.form(&o.Login, "an organisation's login", loginForm),
		"name":        r.text(&o.Name, "an organisation's name"),
		"description": r.text(&o.Description, "an organisation's description"),
	})
}

func (r *reader) app(n *yaml.Node, a *App, later *names) {
	r.mapping(n, "app", map[string]func(*yaml.Node){
		"slug": r.form(&a.Slug, "an App's slug", slugForm),
		"name": r.text(&a.Name, "an App's name"),
		"permissions": func(n *yaml.Node) {
			a.Permissions = map[string]string{}
			r.entries(n, "permissions", func(key, value *yaml.Node) {
				if !wordForm.MatchString(key.Value) {
					r.fault(key, "%q cannot be a permission", short(key.Value))
				}
				if !slices.Contains(levels, value.Value) {
					r.fault(value, "a permission is %s", strings.Join(levels, ", "))
				}
				a.Permissions[key.Value] = value.Value
			})
		},
		"events": r.texts(&a.Events, "events", func(n *yaml.Node) {
			if !wordForm.MatchString(n.Value) {
				r.fault(n, "%q cannot be an event", short(n.Value))
			}
		}),
		"on": r.texts(&a.On, "on", later.repo),
	})
}

func (r *reader) person(n *yaml.Node, later *names) Person {
	p := Person{Role: "write"}
	member := true
	r.mapping(n, "a person", map[string]func(*yaml.Node){
		"login": func(n *yaml.Node) {
			r.form(&p.Login, "a login", loginForm)(n)
			r.give(n, later.people, "the login")
		},
		"name": r.text(&p.Name, "a person's name"),
		"role": func(n *yaml.Node) {
			r.text(&p.Role, "a role")(n)
			if !slices.Contains(roles, p.Role) {
				r.fault(n, "a role is %s", strings.Join(roles, ", "))
			}
		},
		"member": r.flag(&member, "member"),
		"teams": r.texts(&p.Teams, "teams", func(n *yaml.Node) {
			if !slugForm.MatchString(n.Value) {
				r.fault(n, "%q cannot be a team's slug", short(n.Value))
			}
		}),
	})
	if p.Login == "" {
		r.fault(n, "a person has no login")
	}
	if p.Outsider = !member; p.Outsider && len(p.Teams) > 0 {
		r.fault(n, "only members of the organisation can be in teams")
	}
	return p
}

func (r *reader) repo(n *yaml.Node, later *names) Repo {
	var out Repo
	labels, milestones := map[string]bool{}, map[string]bool{}
	for _, name := range standard {
		labels[name] = true
	}
	r.mapping(n, "a repository", map[string]func(*yaml.Node){
		"name": func(n *yaml.Node) {
			r.form(&out.Name, "a repository's name", repoForm)(n)
			r.give(n, later.repos, "the repository")
		},
		"description": r.text(&out.Description, "a repository's description"),
		"public":      r.flag(&out.Public, "public"),
		"files": func(n *yaml.Node) {
			out.Files = map[string]string{}
			r.entries(n, "files", func(key, value *yaml.Node) {
				if strings.HasPrefix(key.Value, "/") || strings.Contains(key.Value, "..") || key.Value == "" {
					r.fault(key, "%q cannot be a file's path", short(key.Value))
				}
				var text string
				r.text(&text, "a file")(value)
				out.Files[key.Value] = text
			})
		},
		"labels": func(n *yaml.Node) {
			r.list(n, "labels", func(item *yaml.Node) { out.Labels = append(out.Labels, r.label(item, labels)) })
		},
		"milestones": func(n *yaml.Node) {
			r.list(n, "milestones", func(item *yaml.Node) { out.Milestones = append(out.Milestones, r.milestone(item, milestones)) })
		},
		"issues": func(n *yaml.Node) {
			r.list(n, "issues", func(item *yaml.Node) { out.Issues = append(out.Issues, r.issue(item, later, milestones)) })
		},
	})
	if out.Name == "" {
		r.fault(n, "a repository has no name")
	}
	return out
}
