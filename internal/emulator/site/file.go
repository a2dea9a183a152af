package site

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// fileView is the page of a file of a repository.
type fileView struct {
	Owner, Repo, Ref, Path string
	Text                   string
}

// showFile shows a file as it is, such as the bot's configuration.
func (v *visit) showFile() error {
	p := fileView{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Ref: v.r.PathValue("ref"), Path: v.r.PathValue("path")}
	var parts []string
	for part := range strings.SplitSeq(p.Path, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	var file struct {
		Type    string `json:"type"`
		Content string `json:"content"`
	}
	path := v.repoPath() + "/contents/" + strings.Join(parts, "/") + "?ref=" + url.QueryEscape(p.Ref)
	a, err := v.ask(http.MethodGet, "/api/v3"+path, "token "+v.who.token, nil)
	if err != nil {
		return err
	}
	if strings.HasPrefix(strings.TrimSpace(a.body.String()), "[") {
		return &refusal{Status: http.StatusNotFound, Message: p.Path + " is a folder"}
	}
	if err := decode(a, &file); err != nil {
		return err
	}
	text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(file.Content, "\n", ""))
	if err != nil {
		return fmt.Errorf("read %s: %w", p.Path, err)
	}
	p.Text = string(text)
	return v.show(http.StatusOK, "file", "", p.Path, p)
}
