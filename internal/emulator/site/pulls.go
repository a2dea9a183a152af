package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

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
