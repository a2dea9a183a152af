package site

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// commentPath is the API's path of the comment that a form is about; the
// issue's own if it is about the body.
func (v *visit) commentPath() (string, int64) {
	id, err := strconv.ParseInt(v.r.PostFormValue("comment"), 10, 64)
	if err != nil || id == 0 {
		return v.issuePath(), 0
	}
	return v.repoPath() + "/issues/comments/" + strconv.FormatInt(id, 10), id
}

// at is the place of a comment, or of the body, in the issue's page.
func (v *visit) at(comment int64) string {
	if comment == 0 {
		return v.issuePage() + "#issue-body"
	}
	return v.issuePage() + "#issuecomment-" + strconv.FormatInt(comment, 10)
}

// comment adds a comment, closes or reopens, or both, by the button pressed.
func (v *visit) comment() error {
	body, press := lines(v.r.PostFormValue("body")), v.r.PostFormValue("do")
	if press == "preview" {
		page, err := v.item()
		if err == nil {
			err = v.fillIssue(page)
		}
		if err != nil {
			return err
		}
		page.Draft, page.Preview = body, v.s.text.render(body, v.setting(""))
		return v.showItem(http.StatusOK, page)
	}
	to := v.issuePage() + "#end"
	if body != "" || press == "comment" {
		var made entry
		if err := v.do(http.MethodPost, v.issuePath()+"/comments", map[string]string{"body": body}, &made); err != nil {
			return err
		}
		to = v.at(made.ID)
	}
	change := map[string]map[string]string{
		"close":  {"state": "closed", "state_reason": "completed"},
		"skip":   {"state": "closed", "state_reason": "not_planned"},
		"reopen": {"state": "open"},
	}[press]
	if change != nil {
		if err := v.do(http.MethodPatch, v.issuePath(), change, nil); err != nil {
			return err
		}
	}
	return v.done(to)
}

// editIssue changes the title, the body or both.
func (v *visit) editIssue() error {
	change := map[string]string{}
	for _, key := range []string{"title", "body"} {
		if v.r.PostForm.Has(key) {
			change[key] = lines(v.r.PostFormValue(key))
		}
	}
	if err := v.do(http.MethodPatch, v.issuePath(), change, nil); err != nil {
		return err
	}
	return v.done(v.at(0))
}

// editComment changes a comment or, by its other button, deletes it.
func (v *visit) editComment() error {
	path, id := v.commentPath()
	if v.r.PostFormValue("do") == "delete" && id != 0 {
		if err := v.do(http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
		return v.done(v.issuePage() + "#end")
	}
	body := map[string]string{"body": lines(v.r.PostFormValue("body"))}
	if err := v.do(http.MethodPatch, path, body, nil); err != nil {
		return err
	}
	return v.done(v.at(id))
}

// tick flips a tick box, if the text is still the one that was seen.
func (v *visit) tick() error {
	path, id := v.commentPath()
	var now struct {
		Body string `json:"body"`
	}
	if err := v.get(path, &now); err != nil {
		return err
	}
	if fingerprint(now.Body) != v.r.PostFormValue("seen") {
		return &refusal{Status: http.StatusConflict, Message: "The text was edited since you opened the page"}
	}
	no, err := strconv.Atoi(v.r.PostFormValue("box"))
	if err != nil {
		return &refusal{Status: http.StatusBadRequest, Message: "Which box was pressed is not said"}
	}
	body, found := v.s.text.tickBox(now.Body, no)
	if !found {
		return &refusal{Status: http.StatusConflict, Message: fmt.Sprintf("There is no box %d in the text", no+1)}
	}
	if err := v.do(http.MethodPatch, path, map[string]string{"body": body}, nil); err != nil {
		return err
	}
	return v.done(v.at(id))
}

// react gives a reaction, or takes back the acting person's own.
func (v *visit) react() error {
	path, id := v.commentPath()
	path += "/reactions"
	content := v.r.PostFormValue("content")
	given, err := all[struct {
		ID   int64 `json:"id"`
		User user  `json:"user"`
	}](v, path, url.Values{"content": {content}})
	if err != nil {
		return err
	}
	for _, one := range given {
		if one.User.Login == v.who.login {
			if err := v.do(http.MethodDelete, path+"/"+strconv.FormatInt(one.ID, 10), nil, nil); err != nil {
				return err
			}
			return v.done(v.at(id))
		}
	}
	if err := v.do(http.MethodPost, path, map[string]string{"content": content}, nil); err != nil {
		return err
	}
	return v.done(v.at(id))
}

// change compares what a picker shows now with what it showed at first, so
// that what others changed in the meantime stays.
func (v *visit) change() (added, removed []string) {
	had, has := v.r.PostForm["had"], v.r.PostForm["has"]
	if extra := v.r.PostFormValue("new"); extra != "" {
		has = append(has, extra)
	}
	for _, name := range has {
		if !slices.Contains(had, name) {
			added = append(added, name)
		}
	}
	for _, name := range had {
		if !slices.Contains(has, name) {
			removed = append(removed, name)
		}
	}
	return added, removed
}

func (v *visit) setLabels() error {
	added, removed := v.change()
	if len(added) > 0 {
		if err := v.do(http.MethodPost, v.issuePath()+"/labels", map[string]any{"labels": added}, nil); err != nil {
			return err
		}
	}
	for _, name := range removed {
		if err := v.do(http.MethodDelete, v.issuePath()+"/labels/"+url.PathEscape(name), nil, nil); err != nil {
			return err
		}
	}
	return v.done(v.issuePage() + "#labels")
}

func (v *visit) setAssignees() error {
	added, removed := v.change()
	if len(added) > 0 {
		if err := v.do(http.MethodPost, v.issuePath()+"/assignees", map[string]any{"assignees": added}, nil); err != nil {
			return err
		}
	}
	if len(removed) > 0 {
		if err := v.do(http.MethodDelete, v.issuePath()+"/assignees", map[string]any{"assignees": removed}, nil); err != nil {
			return err
		}
	}
	return v.done(v.issuePage() + "#assignees")
}

func (v *visit) setMilestone() error {
	change := map[string]any{"milestone": nil}
	if n := number(v.r.PostFormValue("milestone")); n > 0 {
		change["milestone"] = n
	}
	if err := v.do(http.MethodPatch, v.issuePath(), change, nil); err != nil {
		return err
	}
	return v.done(v.issuePage() + "#milestone")
}
