package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// listPulls shows the open pull requests, or the closed ones.
func (v *visit) listPulls() error {
	q := v.r.URL.Query()
	if q.Get("state") != "closed" {
		q.Set("state", "open")
	}
	p := listing{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), State: q.Get("state"), Picked: q}
	path := v.repoPath() + "/pulls"
	var err error
	for state, n := range map[string]*int{"open": &p.Open, "closed": &p.Closed} {
		if *n, err = v.count(path, url.Values{"state": {state}}); err != nil {
			return err
		}
	}
	ask := url.Values{"state": {p.State}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(max(1, number(q.Get("page"))))}}
	var found []pull
	if err := v.get(path+"?"+ask.Encode(), &found); err != nil {
		return err
	}
	for _, one := range found {
		p.Rows = append(p.Rows, v.row(one.asIssue()))
	}
	p.turn(q, len(found))
	return v.show(http.StatusOK, "pulls", "pulls", "Pull requests of "+p.Repo, p)
}

// asIssue is what lists show of a pull request.
func (p pull) asIssue() issue {
	i := issue{Number: p.Number, Title: p.Title, State: p.State, User: p.User, Labels: p.Labels,
		CreatedAt: p.Created, ClosedAt: p.ClosedAt}
	i.Pull = &struct {
		MergedAt *time.Time `json:"merged_at"`
	}{p.MergedAt}
	return i
}

// newPull shows the form, with a reference to a feature to fill in.
func (v *visit) newPull() error {
	q := v.r.URL.Query()
	return v.showDraft("new-pull", "pulls", "New pull request", draft{Title: q.Get("title"), Body: q.Get("body")})
}

// createPull makes the pull request, then labels it: GitHub has no way to do
// both at once.
func (v *visit) createPull() error {
	d := v.draft()
	if v.r.PostForm.Has("preview") {
		return v.showDraft("new-pull", "pulls", "New pull request", d)
	}
	if strings.TrimSpace(d.Head) == "" {
		d.Head = v.who.login + "/" + slug(d.Title)
	}
	var made pull
	body := map[string]string{"title": d.Title, "body": d.Body, "head": d.Head, "base": "main"}
	if err := v.do(http.MethodPost, v.repoPath()+"/pulls", body, &made); err != nil {
		return err
	}
	number := strconv.Itoa(made.Number)
	if len(d.Picked) > 0 {
		labels := map[string]any{"labels": d.Picked}
		if err := v.do(http.MethodPost, v.repoPath()+"/issues/"+number+"/labels", labels, nil); err != nil {
			return err
		}
	}
	return v.done(v.repoPage() + "/pull/" + number)
}

// slug makes a branch's name of a title.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	if len(words) == 0 {
		return "change"
	}
	return strings.Join(words[:min(5, len(words))], "-")
}

func (v *visit) merge() error {
	path := v.repoPath() + "/pulls/" + url.PathEscape(v.r.PathValue("number"))
	if err := v.do(http.MethodPut, path+"/merge", map[string]string{"sha": v.r.PostFormValue("sha")}, nil); err != nil {
		return err
	}
	return v.done(v.repoPage() + "/pull/" + url.PathEscape(v.r.PathValue("number")) + "#end")
}
