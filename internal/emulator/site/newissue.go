package site

import (
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

// newIssue shows the form. The query can fill it in, as at GitHub.
func (v *visit) newIssue() error {
	q := v.r.URL.Query()
	return v.showDraft("new-issue", "issues", "New issue", draft{Title: q.Get("title"), Body: q.Get("body"),
		Picked: split(q.Get("labels"))})
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
