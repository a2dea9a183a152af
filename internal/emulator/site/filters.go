package site

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// filter is something that the list is cut down to, and the way out of it.
type filter struct {
	Name    string
	Label   *label // shown in its colour, if it is one
	Without string
}

// kept is a part of the query that the search form must not lose.
type kept struct{ Key, Value string }

// menu offers what the list can be cut down to or sorted by, as links.
type menu struct {
	Title   string
	Choices []option
}

// option is a line of a menu. Pressed again, it is taken back.
type option struct {
	Name, Note string
	Label      *label
	Link       string
	On         bool
}

// orders are the ways to sort a list: what the query says and what people read.
var orders = []struct{ key, name string }{
	{"created-desc", "Newest"}, {"created-asc", "Oldest"},
	{"comments-desc", "Most commented"}, {"comments-asc", "Least commented"},
	{"updated-desc", "Recently updated"}, {"updated-asc", "Least recently updated"},
}

// ask is what the list asks of the API: issues of either state, so that both
// can be counted.
func (p listing) ask() url.Values {
	ask := url.Values{"state": {"all"}}
	for from, to := range map[string]string{"labels": "labels", "milestone": "milestone", "assignee": "assignee", "author": "creator"} {
		if val := p.Picked.Get(from); val != "" {
			ask.Set(to, val)
		}
	}
	for _, o := range orders {
		if o.key == p.Picked.Get("sort") {
			key, direction, _ := strings.Cut(o.key, "-")
			ask.Set("sort", key)
			ask.Set("direction", direction)
		}
	}
	return ask
}

// fillMenus offers the repository's labels, milestones and people, and lists
// what is chosen already.
func (v *visit) fillMenus(p *listing, found []issue) error {
	labels, err := v.labels()
	if err != nil {
		return err
	}
	milestones, err := v.milestones()
	if err != nil {
		return err
	}
	people, err := all[user](v, v.repoPath()+"/assignees", nil)
	if err != nil {
		return err
	}
	p.Menus = []menu{p.authorMenu(found), p.labelMenu(labels), p.milestoneMenu(milestones), p.assigneeMenu(people), p.sortMenu()}
	p.fillFilters(labels, milestones)
	for _, key := range []string{"state", "labels", "milestone", "assignee", "author", "sort"} {
		if val := p.Picked.Get(key); val != "" {
			p.Kept = append(p.Kept, kept{key, val})
		}
	}
	return nil
}

func (p listing) authorMenu(found []issue) menu {
	m := menu{Title: "Author"}
	var names []string
	for _, i := range found {
		names = append(names, i.User.Login)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		m.Choices = append(m.Choices, p.option("author", name, name))
	}
	return m
}

func (p listing) labelMenu(labels []label) menu {
	m, have := menu{Title: "Label"}, split(p.Picked.Get("labels"))
	for _, l := range labels {
		rest := slices.DeleteFunc(slices.Clone(have), func(s string) bool { return strings.EqualFold(s, l.Name) })
		on := len(rest) < len(have)
		if !on {
			rest = append(rest, l.Name)
		}
		m.Choices = append(m.Choices, option{Name: l.Name, Label: &l, On: on, Link: p.With("labels", strings.Join(rest, ","))})
	}
	return m
}

func (p listing) milestoneMenu(milestones []milestone) menu {
	m := menu{Title: "Milestone"}
	for _, one := range milestones {
		o := p.option("milestone", strconv.Itoa(one.Number), one.Title)
		if one.State == "closed" {
			o.Note = "closed"
		}
		m.Choices = append(m.Choices, o)
	}
	m.Choices = append(m.Choices, p.option("milestone", "none", "without a milestone"))
	return m
}

func (p listing) assigneeMenu(people []user) menu {
	m := menu{Title: "Assignee"}
	for _, one := range people {
		m.Choices = append(m.Choices, p.option("assignee", one.Login, one.Login))
	}
	m.Choices = append(m.Choices, p.option("assignee", "none", "nobody"))
	return m
}

func (p listing) sortMenu() menu {
	m, now := menu{Title: "Sort"}, cmp.Or(p.Picked.Get("sort"), orders[0].key)
	for _, o := range orders {
		m.Choices = append(m.Choices, option{Name: o.name, On: o.key == now, Link: p.With("sort", o.key)})
	}
	return m
}

// option sets a part of the query, or clears it if it is set so already.
func (p listing) option(key, value, name string) option {
	if p.Picked.Get(key) == value {
		return option{Name: name, On: true, Link: p.With(key, "")}
	}
	return option{Name: name, Link: p.With(key, value)}
}

// fillFilters names what the list is cut down to.
func (p *listing) fillFilters(labels []label, milestones []milestone) {
	add := func(key, name string) {
		if p.Picked.Get(key) != "" {
			p.Filters = append(p.Filters, filter{Name: name + p.Picked.Get(key), Without: p.With(key, "")})
		}
	}
	add("q", "title has ")
	have := split(p.Picked.Get("labels"))
	for _, name := range have {
		rest := slices.DeleteFunc(slices.Clone(have), func(s string) bool { return s == name })
		f := filter{Name: "label: " + name, Without: p.With("labels", strings.Join(rest, ","))}
		if at := slices.IndexFunc(labels, func(l label) bool { return strings.EqualFold(l.Name, name) }); at >= 0 {
			f.Name, f.Label = "label:", &labels[at]
		}
		p.Filters = append(p.Filters, f)
	}
	if m := p.Picked.Get("milestone"); m != "" {
		for _, one := range milestones {
			if strconv.Itoa(one.Number) == m {
				m = one.Title
			}
		}
		p.Filters = append(p.Filters, filter{Name: "milestone: " + m, Without: p.With("milestone", "")})
	}
	add("assignee", "assigned to ")
	add("author", "opened by ")
}

// Clear is the list without any filter.
func (p listing) Clear() string {
	q := url.Values{}
	if p.Picked.Has("state") {
		q.Set("state", p.Picked.Get("state"))
	}
	return "?" + q.Encode()
}

// With is the list's address with one thing changed, from its first page.
func (p listing) With(key, value string) string {
	q := copied(p.Picked)
	q.Del("page")
	return with(q, key, value)
}

// AddLabel is the list's address cut down to one more label.
func (p listing) AddLabel(name string) string {
	have := split(p.Picked.Get("labels"))
	if !slices.Contains(have, name) {
		have = append(have, name)
	}
	return p.With("labels", strings.Join(have, ","))
}

// with is the query with one value changed, as an address relative to the page.
func with(q url.Values, key, value string) string {
	out := copied(q)
	out.Set(key, value)
	if value == "" {
		out.Del(key)
	}
	return "?" + out.Encode()
}

func copied(q url.Values) url.Values {
	out := url.Values{}
	for k, val := range q {
		out[k] = val
	}
	return out
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}
