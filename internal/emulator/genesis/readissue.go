package genesis

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// GitHub's own limits.
const (
	maxLabelName  = 50
	maxLabelAbout = 100
	maxTitle      = 256
	maxBody       = 262_144 // bytes
)

// standard are the labels that GitHub puts into every new repository.
var standard = []string{"bug", "documentation", "enhancement", "question", "wontfix"}

// limited reads a text of at most so many characters.
func (r *reader) limited(s *string, what string, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.text(s, what)(n)
		if c := utf8.RuneCountInString(*s); c > most {
			r.fault(n, "%s has %d characters; GitHub takes %d", what, c, most)
		}
	}
}

// body reads a longer text.
func (r *reader) body(s *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.text(s, what)(n)
		if len(*s) > maxBody {
			r.fault(n, "%s has %d bytes; GitHub takes %d", what, len(*s), maxBody)
		}
	}
}

// label reads a label: its name alone, or with colour and description.
func (r *reader) label(n *yaml.Node, seen map[string]bool) Label {
	var l Label
	name := func(n *yaml.Node) {
		r.limited(&l.Name, "a label's name", maxLabelName)(n)
		r.give(n, seen, "the label")
	}
	if n.Kind == yaml.ScalarNode && !empty(n) {
		name(n)
		return l
	}
	r.mapping(n, "a label", map[string]func(*yaml.Node){
		"name": name,
		"color": func(n *yaml.Node) {
			r.text(&l.Color, "a label's color")(n)
			if !colorForm.MatchString(l.Color) {
				r.fault(n, "a color is six hexadecimal digits, in quotes if they are all decimal: \"0052cc\"")
			}
		},
		"description": r.limited(&l.Description, "a label's description", maxLabelAbout),
	})
	if l.Name == "" {
		r.fault(n, "a label has no name")
	}
	return l
}

func (r *reader) milestone(n *yaml.Node, seen map[string]bool) Milestone {
	var m Milestone
	r.mapping(n, "a milestone", map[string]func(*yaml.Node){
		"title": func(n *yaml.Node) {
			r.text(&m.Title, "a milestone's title")(n)
			r.give(n, seen, "the milestone")
		},
		"description": r.text(&m.Description, "a milestone's description"),
		"due":         r.date(&m.Due, "due"),
	})
	if m.Title == "" {
		r.fault(n, "a milestone has no title")
	}
	return m
}

func (r *reader) issue(n *yaml.Node, later *names, milestones map[string]bool) Issue {
	var i Issue
	var state string
	r.mapping(n, "an issue", map[string]func(*yaml.Node){
		"title": r.limited(&i.Title, "an issue's title", maxTitle),
		"body":  r.body(&i.Body, "an issue's body"),
		"by":    func(n *yaml.Node) { r.text(&i.By, "by")(n); later.person(n) },
		"labels": r.texts(&i.Labels, "labels", func(n *yaml.Node) {
			var name string
			r.limited(&name, "a label's name", maxLabelName)(n)
		}),
		"milestone": func(n *yaml.Node) {
			r.text(&i.Milestone, "milestone")(n)
			later.uses = append(later.uses, use{n, milestones, "the repository has no milestone"})
		},
		"assignees": r.texts(&i.Assignees, "assignees", later.person),
		"state": func(n *yaml.Node) {
			r.text(&state, "state")(n)
			if state != "open" && state != "closed" {
				r.fault(n, "state is open or closed")
			}
			i.Closed = state == "closed"
		},
		"comments": func(n *yaml.Node) {
			r.list(n, "comments", func(item *yaml.Node) { i.Comments = append(i.Comments, r.comment(item, later)) })
		},
	})
	if n.Kind == yaml.MappingNode && strings.TrimSpace(i.Title) == "" {
		r.fault(n, "an issue has no title")
	}
	return i
}

func (r *reader) comment(n *yaml.Node, later *names) Comment {
	var c Comment
	r.mapping(n, "a comment", map[string]func(*yaml.Node){
		"by":   func(n *yaml.Node) { r.text(&c.By, "by")(n); later.person(n) },
		"body": r.body(&c.Body, "a comment's body"),
	})
	if strings.TrimSpace(c.Body) == "" {
		r.fault(n, "a comment has no body")
	}
	return c
}
