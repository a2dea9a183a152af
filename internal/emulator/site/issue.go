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

// showIssue shows an issue, and a pull request as one. One that was moved is
// shown where it is now.
func (v *visit) showIssue() error {
	page, err := v.item()
	if err != nil {
		return err
	}
	if v.r.URL.Path != page.Path {
		http.Redirect(v.w, v.r, page.Path, http.StatusSeeOther)
		return nil
	}
	if err := v.fillIssue(page); err != nil {
		return err
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

// fillIssue reads all else that the page shows.
func (v *visit) fillIssue(p *issueView) error {
	happened, err := all[entry](v, v.issuePath()+"/timeline", nil)
	if err != nil {
		return err
	}
	p.First = v.said(0, p.User, p.Body, p.Reactions)
	p.First.When = p.When
	p.Timeline = v.moments(happened, p.User)
	for _, fill := range []func(*issueView) error{v.fillPickers, v.fillKnown, v.fillChildren} {
		if err := fill(p); err != nil {
			return err
		}
	}
	return nil
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
	p.Path, p.Status, p.When = v.path(p.HTMLURL), status(p.issue), v.when(p.CreatedAt)
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
