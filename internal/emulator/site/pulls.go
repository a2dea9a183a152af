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

// merge merges as the page's form says: with a merge commit, squashed or
// rebased.
func (v *visit) merge() error {
	path := v.repoPath() + "/pulls/" + url.PathEscape(v.r.PathValue("number"))
	ask := map[string]string{"sha": v.r.PostFormValue("sha")}
	if how := v.r.PostFormValue("method"); how != "" {
		ask["merge_method"] = how
	}
	if err := v.do(http.MethodPut, path+"/merge", ask, nil); err != nil {
		return err
	}
	return v.done(v.repoPage() + "/pull/" + url.PathEscape(v.r.PathValue("number")) + "#end")
}

// fillPull reads what a pull request has beyond its issue.
func (v *visit) fillPull(p *issueView) error {
	path := v.repoPath() + "/pulls/" + strconv.Itoa(p.Number)
	p.Pull = &pull{}
	if err := v.get(path, p.Pull); err != nil {
		return err
	}
	if p.Pull.MergedAt != nil {
		p.Merged = v.when(*p.Pull.MergedAt)
	}
	var err error
	p.Files, err = all[changedFile](v, path+"/files", nil)
	return err
}

// showPullFiles shows what a pull request changes.
func (v *visit) showPullFiles() error {
	page, err := v.item()
	if err != nil {
		return err
	}
	if page.Pull == nil {
		http.Redirect(v.w, v.r, page.Path, http.StatusSeeOther)
		return nil
	}
	page.Tab = "files"
	return v.show(http.StatusOK, "files", "pulls", "Files of "+page.Title, page)
}

// patchLine is a line of a file's change.
type patchLine struct{ Kind, Text string }

// Lines are those of the patch with what they are: added, removed, a place.
func (f changedFile) Lines() []patchLine {
	if f.Patch == "" {
		return nil
	}
	kinds := map[byte]string{'+': "added", '-': "removed", '@': "place"}
	var out []patchLine
	for line := range strings.SplitSeq(strings.TrimSuffix(f.Patch, "\n"), "\n") {
		kind := ""
		if line != "" {
			kind = kinds[line[0]]
		}
		out = append(out, patchLine{kind, line})
	}
	return out
}
