package site

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// moment is a line of the timeline: a comment, or something that was done.
type moment struct {
	entry
	Said    *said // nil for what is not a comment
	When    template.HTML
	Added   []label
	Removed []label
	Link    string // to the source of a reference
	Name    string
}

// silent are entries that GitHub does not show.
var silent = []string{"mentioned", "subscribed", "unsubscribed"}

// moments puts what one person did to the labels in one go into one line.
func (v *visit) moments(happened []entry, author user) []moment {
	var out []moment
	for _, e := range happened {
		if slices.Contains(silent, e.Event) {
			continue
		}
		m := moment{entry: e, When: v.when(e.CreatedAt)}
		switch e.Event {
		case "commented":
			m.Said = v.commentSaid(e, author)
		case "labeled", "unlabeled":
			if last := len(out) - 1; last >= 0 && out[last].joins(e) {
				out[last].relabel(e)
				continue
			}
			m.relabel(e)
		case "cross-referenced":
			if e.Source == nil {
				continue
			}
			from := e.Source.Issue
			owner, repo, _ := strings.Cut(from.Repository.FullName, "/")
			m.Link, m.Name = itemPath(owner, repo, from.Number, from.Pull != nil), "#"+strconv.Itoa(from.Number)
			if repo != v.r.PathValue("repo") {
				m.Name = from.Repository.FullName + m.Name
			}
		}
		out = append(out, m)
	}
	return out
}

func (v *visit) commentSaid(e entry, author user) *said {
	s := v.said(e.ID, e.Actor, e.Body, e.Reactions)
	s.When, s.Pinned = v.when(e.CreatedAt), e.Pin != nil
	if e.Actor == author {
		s.Roles = append(s.Roles, "Author")
	}
	if r := role(e.Association); r != "" {
		s.Roles = append(s.Roles, r)
	}
	if e.Minimized != nil {
		s.Hidden = strings.ReplaceAll(strings.ToLower(e.Minimized.Reason), "_", " ")
	}
	return &s
}

// joins reports whether a change of labels belongs to the line before it.
func (m *moment) joins(e entry) bool {
	return (m.Event == "labeled" || m.Event == "unlabeled") && m.Actor == e.Actor && e.CreatedAt.Sub(m.CreatedAt).Minutes() < 1
}

func (m *moment) relabel(e entry) {
	switch {
	case e.Label == nil:
	case e.Event == "labeled":
		m.Added = append(m.Added, *e.Label)
	default:
		m.Removed = append(m.Removed, *e.Label)
	}
}

// role is how GitHub names an author's standing beside the comment.
func role(association string) string {
	switch association {
	case "OWNER":
		return "Owner"
	case "MEMBER":
		return "Member"
	case "COLLABORATOR":
		return "Collaborator"
	default:
		return ""
	}
}
