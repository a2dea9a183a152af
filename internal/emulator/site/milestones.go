package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// milestonesPage lists the milestones of a repository.
type milestonesPage struct {
	Owner, Repo  string
	State        string
	Open, Closed int
	Rows         []milestoneRow
	MayEdit      bool
}

type milestoneRow struct {
	milestone
	Link    string // to its issues
	Overdue bool
}

// listMilestones shows the open milestones or the closed ones, the next due
// first.
func (v *visit) listMilestones() error {
	p := milestonesPage{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), State: "open"}
	if v.r.URL.Query().Get("state") == "closed" {
		p.State = "closed"
	}
	at, err := v.repository()
	if err != nil {
		return err
	}
	p.MayEdit = at.Permissions.Push
	found, err := v.milestones()
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, byDue)
	for _, m := range found {
		if m.State == "open" {
			p.Open++
		} else {
			p.Closed++
		}
		if m.State == p.State {
			p.Rows = append(p.Rows, milestoneRow{m, v.repoPage() + "/issues?milestone=" + strconv.Itoa(m.Number),
				m.State == "open" && m.DueOn != nil && m.DueOn.Before(v.now)})
		}
	}
	return v.show(http.StatusOK, "milestones", "", "Milestones of "+p.Repo, p)
}

// byDue orders milestones by their due dates; those without come last.
func byDue(a, b milestone) int {
	switch {
	case a.DueOn == nil && b.DueOn == nil:
		return a.Number - b.Number
	case a.DueOn == nil:
		return 1
	case b.DueOn == nil:
		return -1
	}
	return a.DueOn.Compare(*b.DueOn)
}

// Day is the due date for a form; empty without one.
func (m milestone) Day() string {
	if m.DueOn == nil {
		return ""
	}
	return m.DueOn.Format(time.DateOnly)
}

// showMilestone is where a milestone's html_url leads.
func (v *visit) showMilestone() error {
	http.Redirect(v.w, v.r, v.repoPage()+"/issues?milestone="+url.QueryEscape(v.r.PathValue("number")), http.StatusSeeOther)
	return nil
}

// changeMilestone makes a milestone, changes it, closes or reopens it, or
// deletes it, by the button that was pressed.
func (v *visit) changeMilestone() error {
	f := v.r.PostForm
	path := v.repoPath() + "/milestones/" + strconv.Itoa(number(f.Get("number")))
	change := map[string]any{"title": f.Get("title"), "description": f.Get("description"), "due_on": nil}
	if day := f.Get("due"); day != "" {
		change["due_on"] = day + "T12:00:00Z" // GitHub cuts it to the day in California
	}
	var err error
	switch f.Get("do") {
	case "delete":
		err = v.do(http.MethodDelete, path, nil, nil)
	case "close":
		err = v.do(http.MethodPatch, path, map[string]string{"state": "closed"}, nil)
	case "open":
		err = v.do(http.MethodPatch, path, map[string]string{"state": "open"}, nil)
	case "create":
		if change["due_on"] == nil {
			delete(change, "due_on")
		}
		err = v.do(http.MethodPost, v.repoPath()+"/milestones", change, nil)
	default:
		err = v.do(http.MethodPatch, path, change, nil)
	}
	if err != nil {
		return err
	}
	return v.done(v.repoPage() + "/milestones")
}
