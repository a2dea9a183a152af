package site

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shortRef finds #12, GH-12, owner/repo#12, @ada and @acme/security. What
// stands before must not be part of a word.
var shortRef = regexp.MustCompile(`(^|[^\w/@&#.` + "`" + `-])(?:((?:[\w.-]+/[\w.-]+)?#|(?i:gh)-)(\d{1,9})\b|@([A-Za-z0-9][A-Za-z0-9-]*)(/[\w.-]+)?)`)

// refer turns a piece of text into text and links. Only what is there is
// linked, as at GitHub.
func refer(s string, at setting) []*html.Node {
	var out []*html.Node
	plain := func(s string) {
		if s != "" {
			out = append(out, &html.Node{Type: html.TextNode, Data: s})
		}
	}
	if at.find == nil || at.knows == nil {
		plain(s)
		return out
	}
	from := 0
	for _, m := range shortRef.FindAllStringSubmatchIndex(s, -1) {
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		link := at.mention(part(4), part(5))
		if part(4) == "" {
			link = at.reference(part(2), part(3))
		}
		if link == nil {
			continue
		}
		begin := m[3] // after the character before
		plain(s[from:begin])
		link.AppendChild(&html.Node{Type: html.TextNode, Data: s[begin:m[1]]})
		out = append(out, link)
		from = m[1]
	}
	plain(s[from:])
	return out
}

// mention links a person, or a team of the owner; nil if there is no such.
func (at setting) mention(login, team string) *html.Node {
	switch {
	case team != "" && strings.EqualFold(login, at.owner):
		return anchor("/"+at.owner+"/"+at.repo+"/issues", "mention", "the team "+login+team)
	case team == "" && login != "" && at.knows(login):
		return anchor("/"+at.owner+"/"+at.repo+"/issues?assignee="+login, "mention", login+"'s issues")
	}
	return nil
}

// reference links an issue or a pull request; nil if there is no such.
func (at setting) reference(name, number string) *html.Node {
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	owner, repo := at.owner, at.repo
	if o, r, has := strings.Cut(strings.TrimSuffix(name, "#"), "/"); has {
		owner, repo = o, r
	}
	title, isPull, ok := at.find(owner, repo, n)
	if !ok {
		return nil
	}
	return anchor(itemPath(owner, repo, n, isPull), "", title)
}

// itemPath is the page of an issue or a pull request.
func itemPath(owner, repo string, number int, isPull bool) string {
	kind := "issues"
	if isPull {
		kind = "pull"
	}
	return "/" + owner + "/" + repo + "/" + kind + "/" + strconv.Itoa(number)
}

func anchor(href, class, title string) *html.Node {
	a := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{{Key: "href", Val: href}}}
	if class != "" {
		a.Attr = append(a.Attr, html.Attribute{Key: "class", Val: class})
	}
	a.Attr = append(a.Attr, html.Attribute{Key: "title", Val: title})
	return a
}

// pagePath is the address of an issue, a pull request or a comment on one.
var pagePath = regexp.MustCompile(`^/([\w.-]+)/([\w.-]+)/(?:issues|pull)/(\d{1,9})(#issuecomment-\d+)?$`)

// shorten shows the bare address of an issue of this site as #12.
func shorten(a *html.Node, at setting) {
	text := a.FirstChild
	if at.root == "" || text == nil || text != a.LastChild || text.Type != html.TextNode || len(a.Attr) == 0 || a.Attr[0].Val != text.Data {
		return
	}
	path, isHere := strings.CutPrefix(text.Data, at.root)
	m := pagePath.FindStringSubmatch(path)
	if !isHere || m == nil {
		return
	}
	text.Data = "#" + m[3]
	if m[1] != at.owner || m[2] != at.repo {
		text.Data = m[1] + "/" + m[2] + text.Data
	}
	if m[4] != "" {
		text.Data += " (comment)"
	}
}
