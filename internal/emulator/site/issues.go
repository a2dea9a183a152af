package site

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listing is the page of an issue list, or of a list of pull requests.
type listing struct {
	Owner, Repo  string
	State        string
	Open, Closed int
	Filters      []filter
	Rows         []row
	Older, Newer string // addresses; empty at the ends
	Labels       []label
	Milestones   []milestone
	Picked       url.Values
}

// filter is something that the list is cut down to, and the way out of it.
type filter struct{ Name, Without string }

type row struct {
	issue
	Path   string
	Status string // open, closed, merged, skipped
	Line   template.HTML
}

const perPage = 30

// home leads to what a repository is for: the issues of one, the pull requests
// of the other.
func (v *visit) home() error {
	owner, repo := v.r.PathValue("owner"), v.r.PathValue("repo")
	if owner == "" {
		owner, repo = v.s.Owner, v.s.Repo
	}
	if err := v.get("/repos/"+url.PathEscape(owner)+"/"+url.PathEscape(repo), nil); err != nil {
		return err
	}
	to := "/issues"
	if owner == v.s.Owner && repo == v.s.CodeRepo {
		to = "/pulls"
	}
	http.Redirect(v.w, v.r, "/"+url.PathEscape(owner)+"/"+url.PathEscape(repo)+to, http.StatusSeeOther)
	return nil
}

// account is where the html_url of a person, an App or the owner leads: to
// what there is for them to do.
func (v *visit) account() error {
	login, to := v.r.PathValue("owner"), "/"+url.PathEscape(v.s.Owner)+"/"+url.PathEscape(v.s.Repo)+"/issues"
	switch {
	case login == v.s.Owner, v.r.PathValue("slug") != "":
	case v.knows(login):
		to += "?assignee=" + url.QueryEscape(login)
	default:
		return &refusal{Status: http.StatusNotFound}
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// listIssues shows the open issues, or those that the query asks for.
func (v *visit) listIssues() error {
	q := v.r.URL.Query()
	if q.Get("state") != "closed" {
		q.Set("state", "open")
	}
	ask := url.Values{}
	for _, key := range []string{"state", "labels", "milestone", "assignee", "page"} {
		if q.Get(key) != "" {
			ask.Set(key, q.Get(key))
		}
	}
	p := listing{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), State: q.Get("state"), Picked: q}
	ask.Set("per_page", strconv.Itoa(perPage))
	var found []issue
	if err := v.get(v.repoPath()+"/issues?"+ask.Encode(), &found); err != nil {
		return err
	}
	if err := v.fillListing(&p, ask); err != nil {
		return err
	}
	for _, i := range found {
		if i.Pull == nil {
			p.Rows = append(p.Rows, v.row(i))
		}
	}
	p.turn(q, len(found))
	return v.show(http.StatusOK, "issues", "issues", "Issues of "+p.Repo, p)
}

// fillListing counts, and reads what the list can be cut down to.
func (v *visit) fillListing(p *listing, ask url.Values) error {
	var err error
	for state, n := range map[string]*int{"open": &p.Open, "closed": &p.Closed} {
		ask.Set("state", state)
		if *n, err = v.count(v.repoPath()+"/issues", ask); err != nil {
			return err
		}
	}
	if p.Labels, err = v.labels(); err != nil {
		return err
	}
	if p.Milestones, err = v.milestones(); err != nil {
		return err
	}
	for _, name := range split(p.Picked.Get("labels")) {
		rest := slices.DeleteFunc(split(p.Picked.Get("labels")), func(s string) bool { return s == name })
		p.Filters = append(p.Filters, filter{"label: " + name, with(p.Picked, "labels", strings.Join(rest, ","))})
	}
	if m := p.Picked.Get("milestone"); m != "" {
		for _, one := range p.Milestones {
			if strconv.Itoa(one.Number) == m {
				m = one.Title
			}
		}
		p.Filters = append(p.Filters, filter{"milestone: " + m, with(p.Picked, "milestone", "")})
	}
	if who := p.Picked.Get("assignee"); who != "" {
		p.Filters = append(p.Filters, filter{"assigned to " + who, with(p.Picked, "assignee", "")})
	}
	return nil
}

// turn sets the addresses of the neighbouring pages.
func (p *listing) turn(q url.Values, found int) {
	page := max(1, number(q.Get("page")))
	if page > 1 {
		p.Newer = with(q, "page", strconv.Itoa(page-1))
	}
	if found == perPage {
		p.Older = with(q, "page", strconv.Itoa(page+1))
	}
}

// With is the list's address with one thing changed.
func (p listing) With(key, value string) string {
	q := url.Values{}
	for k, val := range p.Picked {
		q[k] = val
	}
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
	out := url.Values{}
	for k, val := range q {
		out[k] = val
	}
	out.Set(key, value)
	if value == "" {
		out.Del(key)
	}
	return "?" + out.Encode()
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

// number reads a small number; anything else is zero.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (v *visit) row(i issue) row {
	r := row{issue: i, Status: status(i), Path: itemPath(v.r.PathValue("owner"), v.r.PathValue("repo"), i.Number, i.Pull != nil)}
	by := " by " + template.HTMLEscapeString(i.User.Login)
	line := "opened " + string(v.when(i.CreatedAt)) + by
	if i.State == "closed" && i.ClosedAt != nil {
		line = template.HTMLEscapeString("was "+r.Status+" ") + string(v.when(*i.ClosedAt)) + ", opened" + by
	}
	r.Line = template.HTML(line) //nolint:gosec // escaped
	return r
}

// status is an issue's state as its badge shows it.
func status(i issue) string {
	switch {
	case i.State == "open":
		return "open"
	case i.Pull != nil && i.Pull.MergedAt != nil:
		return "merged"
	case i.StateReason == "not_planned", i.StateReason == "duplicate":
		return "skipped"
	default:
		return "closed"
	}
}

func (v *visit) labels() ([]label, error) {
	out, err := all[label](v, v.repoPath()+"/labels", nil)
	slices.SortStableFunc(out, func(a, b label) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

// milestones are the repository's, the open ones first.
func (v *visit) milestones() ([]milestone, error) {
	out, err := all[milestone](v, v.repoPath()+"/milestones", url.Values{"state": {"all"}})
	slices.SortStableFunc(out, func(a, b milestone) int { return -strings.Compare(a.State, b.State) })
	return out, err
}

// showMilestone is where a milestone's html_url leads.
func (v *visit) showMilestone() error {
	http.Redirect(v.w, v.r, v.repoPage()+"/issues?milestone="+url.QueryEscape(v.r.PathValue("number")), http.StatusSeeOther)
	return nil
}

// draft is a new issue or pull request before it is made.
type draft struct {
	Owner, Repo string
	Title, Body string
	Head        string
	Picked      []string
	Labels      []label
	Preview     template.HTML
}

// newIssue shows the form. The query can fill it in, as at GitHub.
func (v *visit) newIssue() error {
	q := v.r.URL.Query()
	return v.showDraft("new-issue", "issues", "New issue", draft{Title: q.Get("title"), Body: q.Get("body"),
		Picked: split(q.Get("labels"))})
}

func (v *visit) showDraft(page, tab, title string, d draft) error {
	d.Owner, d.Repo = v.r.PathValue("owner"), v.r.PathValue("repo")
	var err error
	if d.Labels, err = v.labels(); err != nil {
		return err
	}
	return v.show(http.StatusOK, page, tab, title, d)
}

// Has reports whether a label is picked.
func (d draft) Has(name string) bool { return slices.Contains(d.Picked, name) }

func (v *visit) draft() draft {
	f := v.r.PostForm
	d := draft{Title: f.Get("title"), Body: lines(f.Get("body")), Head: f.Get("head"), Picked: f["label"]}
	if f.Has("preview") {
		d.Preview = v.s.text.render(d.Body, v.setting(""))
	}
	return d
}

// lines undoes what browsers do to line ends in a form.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func (v *visit) createIssue() error {
	d := v.draft()
	if v.r.PostForm.Has("preview") {
		return v.showDraft("new-issue", "issues", "New issue", d)
	}
	var made issue
	body := map[string]any{"title": d.Title, "body": d.Body, "labels": append([]string{}, d.Picked...)}
	if err := v.do(http.MethodPost, v.repoPath()+"/issues", body, &made); err != nil {
		return err
	}
	return v.done(v.repoPage() + "/issues/" + strconv.Itoa(made.Number))
}
