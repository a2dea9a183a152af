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
	var err error
	if p.Text, err = v.fileText(p.Path, p.Ref); err != nil {
		return err
	}
	return v.show(http.StatusOK, "file", "", p.Path, p)
}

// fileText reads a file of the page's repository; an empty ref is the default
// branch.
func (v *visit) fileText(name, ref string) (string, error) {
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	path := v.repoPath() + "/contents/" + strings.Join(parts, "/")
	if ref != "" {
		path += "?ref=" + url.QueryEscape(ref)
	}
	a, err := v.ask(http.MethodGet, "/api/v3"+path, "token "+v.who.token, nil)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(strings.TrimSpace(a.body.String()), "[") {
		return "", &refusal{Status: http.StatusNotFound, Message: name + " is a folder"}
	}
	var file struct {
		Content string `json:"content"`
	}
	if err := decode(a, &file); err != nil {
		return "", err
	}
	text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(file.Content, "\n", ""))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return string(text), nil
}
