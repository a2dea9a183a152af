package site

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// draft is a new issue or pull request before it is made.
type draft struct {
	Owner, Repo string
	Tracking    string // owner/name of the repository whose features pull requests are for
	Title, Body string
	Head        string
	Picked      []string
	Labels      []label
	Preview     template.HTML
}

// newIssue shows the blank form, or the repository's own that the query names.
// The query can fill either in, as at GitHub.
func (v *visit) newIssue() error {
	q := v.r.URL.Query()
	f, err := v.form(q.Get("template"))
	if err != nil {
		return err
	}
	d := draft{Title: q.Get("title"), Body: q.Get("body"), Picked: split(q.Get("labels"))}
	switch {
	case f != nil && len(f.Fields) > 0:
		f.begin(q)
		return v.showForm(http.StatusOK, f, "")
	case f != nil:
		d.Title, d.Body, d.Picked = cmp.Or(d.Title, f.Title), cmp.Or(d.Body, f.Text), append(d.Picked, f.Labels...)
	}
	return v.showDraft("new-issue", "issues", "New issue", d)
}

func (v *visit) showDraft(page, tab, title string, d draft) error {
	d.Owner, d.Repo = v.r.PathValue("owner"), v.r.PathValue("repo")
	d.Tracking = v.s.Owner + "/" + v.s.Repo
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

// createIssue opens an issue, from the blank form or from one of the
// repository's.
func (v *visit) createIssue() error {
	f, err := v.form(v.r.PostFormValue("template"))
	if err != nil {
		return err
	}
	if f != nil && len(f.Fields) > 0 {
		return v.submitForm(f)
	}
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
