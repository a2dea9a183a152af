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
	Kind         string // issues or pulls
	State        string
	Open, Closed int
	Filters      []filter
	Kept         []kept // what the search form carries along
	Menus        []menu
	Pinned       []row
	Rows         []row
	Pages        pager
	Picked       url.Values
}

type row struct {
	issue
	Path   string
	Status string // open, closed, merged, skipped
	Line   template.HTML
}

const perPage = 25

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
func (v *visit) listIssues() error { return v.list("issues", "Issues of ") }

// listPulls does so with pull requests.
func (v *visit) listPulls() error { return v.list("pulls", "Pull requests of ") }

func (v *visit) list(kind, title string) error {
	p := listing{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Kind: kind, Picked: v.r.URL.Query()}
	if p.State = p.Picked.Get("state"); p.State != "closed" {
		p.State = "open"
	}
	// The API pages issues and pull requests together and knows no search in
	// titles, so the list is read whole and cut here.
	found, err := all[issue](v, v.repoPath()+"/issues", p.ask())
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(i issue) bool {
		return (i.Pull != nil) != (kind == "pulls") || !i.matches(p.Picked.Get("q"))
	})
	if err := v.fillMenus(&p, found); err != nil {
		return err
	}
	if err := v.fillPinned(&p); err != nil {
		return err
	}
	var shown []issue
	for _, i := range found {
		if i.State == "open" {
			p.Open++
		} else {
			p.Closed++
		}
		if i.State == p.State {
			shown = append(shown, i)
		}
	}
	p.Pages = newPager(p.Picked, len(shown), perPage)
	from, to := p.Pages.bounds()
	for _, i := range shown[from:to] {
		p.Rows = append(p.Rows, v.row(i))
	}
	return v.show(http.StatusOK, "listing", kind, title+p.Repo, p)
}

const askPinned = `query($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) {
	pinnedIssues(first: 3) { nodes { issue { number } } } } }`

// fillPinned puts the pinned issues above a list that is not cut down.
func (v *visit) fillPinned(p *listing) error {
	if p.Kind != "issues" || len(p.Filters) > 0 || p.Picked.Has("page") {
		return nil
	}
	var found struct {
		Repository struct {
			Pinned struct {
				Nodes []struct {
					Issue struct {
						Number int `json:"number"`
					} `json:"issue"`
				} `json:"nodes"`
			} `json:"pinnedIssues"`
		} `json:"repository"`
	}
	if err := v.graphql(askPinned, map[string]any{"owner": p.Owner, "repo": p.Repo}, &found); err != nil {
		return err
	}
	for _, n := range found.Repository.Pinned.Nodes {
		var i issue
		if err := v.get(v.repoPath()+"/issues/"+strconv.Itoa(n.Issue.Number), &i); err != nil {
			return err
		}
		p.Pinned = append(p.Pinned, v.row(i))
	}
	return nil
}

// matches reports whether every word that was searched for is in the title;
// #12 finds that issue.
func (i issue) matches(search string) bool {
	title := strings.ToLower(i.Title)
	for word := range strings.FieldsSeq(strings.ToLower(search)) {
		if !strings.Contains(title, word) && word != "#"+strconv.Itoa(i.Number) {
			return false
		}
	}
	return true
}

func (v *visit) row(i issue) row {
	r := row{issue: i, Status: status(i), Path: itemPath(v.r.PathValue("owner"), v.r.PathValue("repo"), i.Number, i.Pull != nil)}
	by := " by " + template.HTMLEscapeString(i.User.Login)
	line := "opened " + string(v.when(i.CreatedAt)) + by
	if i.State == "closed" && i.ClosedAt != nil {
		line = template.HTMLEscapeString("was "+inWords(r.Status)+" ") + string(v.when(*i.ClosedAt)) + ", opened" + by
	}
	r.Line = template.HTML(line) //nolint:gosec // escaped
	return r
}

// inWords is a closed state in words.
func inWords(status string) string {
	if status == "skipped" {
		return "closed as not planned"
	}
	return status
}

// status is an issue's state as its badge shows it.
func status(i issue) string {
	switch {
	case i.State == "open" && i.Draft:
		return "draft"
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

// number reads a small number; anything else is zero.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
