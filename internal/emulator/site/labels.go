package site

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// labelsPage lists the labels of a repository.
type labelsPage struct {
	Owner, Repo string
	Rows        []labelRow
	MayEdit     bool
}

type labelRow struct {
	label
	Link string // to the open issues that carry it
	Open int
}

// Chip is the label by itself.
func (r labelRow) Chip() label { return r.label }

// listLabels shows all labels, and on how many open issues each is.
func (v *visit) listLabels() error {
	p := labelsPage{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo")}
	at, err := v.repository()
	if err != nil {
		return err
	}
	p.MayEdit = at.Permissions.Push
	labels, err := v.labels()
	if err != nil {
		return err
	}
	open, err := all[issue](v, v.repoPath()+"/issues", url.Values{"state": {"open"}})
	if err != nil {
		return err
	}
	for _, l := range labels {
		row := labelRow{label: l, Link: v.repoPage() + "/issues?labels=" + url.QueryEscape(l.Name)}
		for _, i := range open {
			if slices.ContainsFunc(i.Labels, func(have label) bool { return have.Name == l.Name }) {
				row.Open++
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return v.show(http.StatusOK, "labels", "", "Labels of "+p.Repo, p)
}

// changeLabel makes a label, changes it or, by its other button, deletes it.
func (v *visit) changeLabel() error {
	f := v.r.PostForm
	path, was := v.repoPath()+"/labels", f.Get("was")
	change := map[string]string{"color": strings.TrimPrefix(f.Get("color"), "#"), "description": f.Get("description")}
	var err error
	switch {
	case f.Get("do") == "delete":
		err = v.do(http.MethodDelete, path+"/"+url.PathEscape(was), nil, nil)
	case was == "":
		change["name"] = f.Get("name")
		err = v.do(http.MethodPost, path, change, nil)
	default:
		change["new_name"] = f.Get("name")
		err = v.do(http.MethodPatch, path+"/"+url.PathEscape(was), change, nil)
	}
	if err != nil {
		return err
	}
	return v.done(v.repoPage() + "/labels")
}
