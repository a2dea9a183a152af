package site

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
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
	Files       []changedFile
	Tab         string        // files, or empty for the conversation
	Merged      template.HTML // when; empty if it is not
	First       said
	Timeline    []moment
	Children    []child
	LabelPicks  []choice
	PeoplePicks []choice
	Milestones  []milestone
	Elsewhere   []string // repositories that it can be transferred to
	Pinned      bool
	May         may
	Draft       string
	Preview     template.HTML
}

// may is what the acting person may do on the page.
type may struct {
	Edit    bool // change the title
	Triage  bool // label, assign, plan, lock
	Push    bool // merge
	Close   bool
	Comment bool
	Delete  bool
}

// choice is a line of a picker.
type choice struct {
	Label label
	On    bool
}

// child is a sub-issue.
type child struct{ Path, Status, Title, Name string }

// showIssue shows an issue, and a pull request as one.
func (v *visit) showIssue() error {
	page, err := v.issueView()
	if err != nil {
		return err
	}
	if want := page.Path; v.r.Method == http.MethodGet && v.r.URL.Path != want {
		http.Redirect(v.w, v.r, want, http.StatusSeeOther)
		return nil
	}
	return v.showItem(http.StatusOK, page)
}

func (v *visit) showItem(status int, page *issueView) error {
	tab := "issues"
	if page.Pull != nil {
		tab = "pulls"
	}
	return v.show(status, "issue", tab, page.Title+" · #"+strconv.Itoa(page.Number), page)
}

// issueView reads all that the page shows.
func (v *visit) issueView() (*issueView, error) {
	p, err := v.item()
	if err != nil {
		return nil, err
	}
	happened, err := all[entry](v, v.issuePath()+"/timeline", nil)
	if err != nil {
		return nil, err
	}
	p.First = v.said(0, p.User, p.Body, p.Reactions)
	p.First.When = p.When
	p.Timeline = v.moments(happened, p.User)
	if err := v.fillPickers(p); err != nil {
		return nil, err
	}
	if err := v.fillKnown(p); err != nil {
		return nil, err
	}
	return p, v.fillChildren(p)
}

// item reads what every page of an issue or a pull request shows.
func (v *visit) item() (*issueView, error) {
	p := &issueView{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Act: v.issuePage()}
	at, err := v.repository()
	if err != nil {
		return nil, err
	}
	if err := v.get(v.issuePath(), &p.issue); err != nil {
		return nil, err
	}
	p.Path, p.Status, p.When = itemPath(p.Owner, p.Repo, p.Number, p.issue.Pull != nil), status(p.issue), v.when(p.CreatedAt)
	own := p.User.Login == v.who.login
	p.May = may{Edit: own || at.Permissions.Push, Triage: at.Permissions.Triage, Push: at.Permissions.Push,
		Close: own || at.Permissions.Triage, Comment: !p.Locked || at.Permissions.Push, Delete: at.Permissions.Maintain}
	if p.issue.Pull == nil {
		return p, nil
	}
	return p, v.fillPull(p)
}

func (v *visit) fillPickers(p *issueView) error {
	if !p.May.Triage {
		return nil
	}
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
	for _, name := range []string{v.s.Repo, v.s.CodeRepo} {
		if name != p.Repo && p.Pull == nil {
			p.Elsewhere = append(p.Elsewhere, v.s.Owner+"/"+name)
		}
	}
	p.Milestones, err = v.milestones()
	return err
}

// fillChildren reads the sub-issues, if there are any.
func (v *visit) fillChildren(p *issueView) error {
	if p.SubIssues.Total == 0 {
		return nil
	}
	found, err := all[issue](v, v.issuePath()+"/sub_issues", nil)
	for _, i := range found {
		p.Children = append(p.Children, child{Path: v.path(i.HTMLURL), Status: status(i), Title: i.Title, Name: "#" + strconv.Itoa(i.Number)})
	}
	return err
}
