package site

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// said is a body or a comment.
type said struct {
	ID        string // of the place in the page
	Comment   int64  // 0 for the issue's own body
	By        user
	When      template.HTML
	Node      string // GraphQL's name of it
	Edited    bool
	Editor    string // who edited it last
	Versions  int
	Roles     []string // Author, Member …
	HTML      template.HTML
	Source    string
	Seen      string // fingerprint of the source, so that a tick meets the text it was made for
	Form      string
	MayEdit   bool
	MayHide   bool
	Hidden    string // why the comment was hidden; empty if it is not
	Pinned    bool
	Reactions []reaction
}

// said makes a text ready to be shown. Its boxes can be ticked by those who
// may change it.
func (v *visit) said(comment int64, by user, body string, given reactions) said {
	s := said{ID: "issue-body", Comment: comment, By: by, Source: body, Seen: fingerprint(body), MayEdit: v.mayEdit(by)}
	if comment != 0 {
		s.ID = "issuecomment-" + strconv.FormatInt(comment, 10)
	}
	s.Form = "tick-" + s.ID
	at := v.setting(s.Form)
	at.locked = !s.MayEdit
	s.HTML = v.s.text.render(body, at)
	s.Reactions = v.reactions(comment, given)
	return s
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// setting is where a text of this page stands.
func (v *visit) setting(form string) setting {
	return setting{owner: v.r.PathValue("owner"), repo: v.r.PathValue("repo"), root: "http://" + v.r.Host,
		form: form, knows: v.knows, find: v.find}
}

// reactions says who reacted how, if anybody did.
func (v *visit) reactions(comment int64, given reactions) []reaction {
	out := given.All()
	if !slices.ContainsFunc(out, func(r reaction) bool { return r.Count > 0 }) {
		return out
	}
	path := v.issuePath()
	if comment != 0 {
		path = v.repoPath() + "/issues/comments/" + strconv.FormatInt(comment, 10)
	}
	each, err := all[struct {
		User    user   `json:"user"`
		Content string `json:"content"`
	}](v, path+"/reactions", nil)
	if err != nil {
		return out // the counts alone
	}
	for at := range out {
		var who []string
		for _, one := range each {
			if one.Content == out[at].Content {
				who = append(who, one.User.Login)
				out[at].Mine = out[at].Mine || one.User.Login == v.who.login
			}
		}
		out[at].Who = strings.Join(who, ", ")
	}
	return out
}

// Given reports whether anybody reacted.
func (s said) Given() bool {
	return slices.ContainsFunc(s.Reactions, func(r reaction) bool { return r.Count > 0 })
}

// knows reports whether somebody has an account.
func (v *visit) knows(login string) bool {
	is, asked := v.known[login]
	if !asked {
		if v.known == nil {
			v.known = map[string]bool{}
		}
		is = v.get("/users/"+url.PathEscape(login), nil) == nil
		v.known[login] = is
	}
	return is
}

// find looks an issue up, as the acting person sees it.
func (v *visit) find(owner, repo string, number int) (title string, isPull, ok bool) {
	path := "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(repo) + "/issues/" + strconv.Itoa(number)
	i, asked := v.found[path]
	if !asked {
		if v.found == nil {
			v.found = map[string]*issue{}
		}
		if i = new(issue); v.get(path, i) != nil {
			i = nil
		}
		v.found[path] = i
	}
	if i == nil {
		return "", false, false
	}
	return i.Title, i.Pull != nil, true
}
