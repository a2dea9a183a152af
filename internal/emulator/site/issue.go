package site

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// issueView is the page of an issue or a pull request.
type issueView struct {
	issue
	Owner, Repo string
	Path        string // of the page
	Act         string // below which the buttons are
	Status      string
	When        template.HTML
	Pull        *pull
	Merged      template.HTML // when; empty if it is not
	First       said
	Timeline    []moment
	LabelPicks  []choice
	PeoplePicks []choice
	Milestones  []milestone
	Acting      string
	Draft       string
	Preview     template.HTML
}

// choice is a line of a picker.
type choice struct {
	Label label
	On    bool
}

// said is a body or a comment.
type said struct {
	ID        string // of the place in the page
	Comment   int64  // 0 for the issue's own body
	By        user
	When      template.HTML
	Edited    bool
	Role      string
	HTML      template.HTML
	Source    string
	Seen      string // fingerprint of the source, so that a tick meets the text it was made for
	Form      string
	Reactions []reaction
	Given     bool
}

// moment is a line of the timeline: a comment, or something that was done.
type moment struct {
	entry
	Said    *said // nil for what is not a comment
	When    template.HTML
	Added   []label
	Removed []label
	Link    string // to the source of a reference
	Name    string
}

// showIssue shows an issue, and a pull request as one.
func (v *visit) showIssue() error {
	page, err := v.issueView()
	if err != nil {
		return err
	}
	if want := itemPath(page.Owner, page.Repo, page.Number, page.Pull != nil); v.r.Method == http.MethodGet && v.r.URL.Path != want {
		http.Redirect(v.w, v.r, want, http.StatusSeeOther)
		return nil
	}
	tab := "issues"
	if page.Pull != nil {
		tab = "pulls"
	}
	return v.show(http.StatusOK, "issue", tab, page.Title+" · #"+strconv.Itoa(page.Number), page)
}

func (v *visit) issueView() (*issueView, error) {
	p := &issueView{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Act: v.issuePage(), Acting: v.who.login}
	if err := v.get(v.issuePath(), &p.issue); err != nil {
		return nil, err
	}
	p.Path, p.Status, p.When = itemPath(p.Owner, p.Repo, p.Number, p.issue.Pull != nil), status(p.issue), v.when(p.CreatedAt)
	p.First = v.said(0, p.User, p.Body, p.Reactions)
	p.First.When = p.When
	happened, err := all[entry](v, v.issuePath()+"/timeline", nil)
	if err != nil {
		return nil, err
	}
	p.Timeline = v.moments(happened)
	if err := v.fillPickers(p); err != nil {
		return nil, err
	}
	if p.issue.Pull != nil {
		p.Pull = &pull{}
		if err := v.get(v.repoPath()+"/pulls/"+strconv.Itoa(p.Number), p.Pull); err != nil {
			return nil, err
		}
		if p.Pull.MergedAt != nil {
			p.Merged = v.when(*p.Pull.MergedAt)
		}
	}
	return p, nil
}

func (v *visit) fillPickers(p *issueView) error {
	labels, err := v.labels()
	if err != nil {
		return err
	}
	for _, l := range labels {
		on := slices.ContainsFunc(p.Labels, func(have label) bool { return have.Name == l.Name })
		p.LabelPicks = append(p.LabelPicks, choice{l, on})
	}
	people, err := all[user](v, v.repoPath()+"/assignees", nil)
	if err != nil {
		return err
	}
	for _, a := range p.Assignees { // the author may be assigned without being on the list
		if !slices.Contains(people, a) {
			people = append(people, a)
		}
	}
	for _, one := range people {
		p.PeoplePicks = append(p.PeoplePicks, choice{label{Name: one.Login}, slices.Contains(p.Assignees, one)})
	}
	p.Milestones, err = v.milestones()
	return err
}

// said makes a text ready to be shown.
func (v *visit) said(comment int64, by user, body string, given reactions) said {
	s := said{ID: "issue-body", Comment: comment, By: by, Source: body, Seen: fingerprint(body), Reactions: given.All()}
	if comment != 0 {
		s.ID = "issuecomment-" + strconv.FormatInt(comment, 10)
	}
	s.Form = "tick-" + s.ID
	s.HTML = v.s.text.render(body, v.setting(s.Form))
	s.Given = slices.ContainsFunc(s.Reactions, func(r reaction) bool { return r.Count > 0 })
	return s
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// setting is where a text of this page stands.
func (v *visit) setting(form string) setting {
	return setting{owner: v.r.PathValue("owner"), repo: v.r.PathValue("repo"), root: "http://" + v.r.Host,
		form: form, knows: v.knows, find: v.find}
}

// knows reports whether somebody has an account.
func (v *visit) knows(login string) bool {
	is, asked := v.known[login]
	if !asked {
		if v.known == nil {
			v.known = map[string]bool{}
		}
		is = v.get("/users/"+url.PathEscape(login), nil) == nil
		v.known[login] = is
	}
	return is
}

// find looks an issue up, as the acting person sees it.
func (v *visit) find(owner, repo string, number int) (title string, isPull, ok bool) {
	path := "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(repo) + "/issues/" + strconv.Itoa(number)
	i, asked := v.found[path]
	if !asked {
		if v.found == nil {
			v.found = map[string]*issue{}
		}
		if i = new(issue); v.get(path, i) != nil {
			i = nil
		}
		v.found[path] = i
	}
	if i == nil {
		return "", false, false
	}
	return i.Title, i.Pull != nil, true
}

// silent are entries that GitHub does not show.
var silent = []string{"mentioned", "subscribed", "unsubscribed"}

// moments puts what one person did to the labels in one go into one line.
func (v *visit) moments(happened []entry) []moment {
	var out []moment
	for _, e := range happened {
		if slices.Contains(silent, e.Event) {
			continue
		}
		m := moment{entry: e, When: v.when(e.CreatedAt)}
		switch e.Event {
		case "commented":
			by := e.Actor
			s := v.said(e.ID, by, e.Body, e.Reactions)
			s.When, s.Edited, s.Role = m.When, e.UpdatedAt.After(e.CreatedAt), role(e.Association)
			m.Said = &s
		case "labeled", "unlabeled":
			if last := len(out) - 1; last >= 0 && out[last].joins(e) {
				out[last].relabel(e)
				continue
			}
			m.relabel(e)
		case "cross-referenced":
			if e.Source == nil {
				continue
			}
			from := e.Source.Issue
			owner, repo, _ := strings.Cut(from.Repository.FullName, "/")
			m.Link, m.Name = itemPath(owner, repo, from.Number, from.Pull != nil), "#"+strconv.Itoa(from.Number)
			if repo != v.r.PathValue("repo") {
				m.Name = from.Repository.FullName + m.Name
			}
		}
		out = append(out, m)
	}
	return out
}

// joins reports whether a change of labels belongs to the line before it.
func (m *moment) joins(e entry) bool {
	return (m.Event == "labeled" || m.Event == "unlabeled") && m.Actor == e.Actor && e.CreatedAt.Sub(m.CreatedAt).Minutes() < 1
}

func (m *moment) relabel(e entry) {
	switch {
	case e.Label == nil:
	case e.Event == "labeled":
		m.Added = append(m.Added, *e.Label)
	default:
		m.Removed = append(m.Removed, *e.Label)
	}
}

// role is how GitHub names an author's standing beside the comment.
func role(association string) string {
	switch association {
	case "MEMBER":
		return "Member"
	case "COLLABORATOR":
		return "Collaborator"
	default:
		return ""
	}
}
