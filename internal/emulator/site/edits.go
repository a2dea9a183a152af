package site

import (
	"html/template"
	"net/http"
	"slices"
	"time"
)

// actor is somebody as GraphQL has them: a bot without the mark at its name.
type actor struct {
	Type  string `json:"__typename"`
	Login string `json:"login"`
}

// name is how REST and the pages call them; empty for nobody.
func (a *actor) name() string {
	switch {
	case a == nil:
		return ""
	case a.Type == "Bot":
		return a.Login + "[bot]"
	}
	return a.Login
}

// known is what GraphQL alone tells of a text.
type known struct {
	ID         string     `json:"id"`
	EditedAt   *time.Time `json:"lastEditedAt"`
	Editor     *actor     `json:"editor"`
	CanHide    bool       `json:"viewerCanMinimize"`
	IsPinned   bool       `json:"isPinned"`
	HasHistory struct {
		Total int `json:"totalCount"`
	} `json:"userContentEdits"`
}

const askKnown = `query($ids: [ID!]!) { nodes(ids: $ids) { id
	... on Comment { lastEditedAt editor { __typename login } userContentEdits(first: 1) { totalCount } }
	... on Issue { isPinned }
	... on IssueComment { viewerCanMinimize } } }`

// maxNodes is how many GraphQL gives at once.
const maxNodes = 100

// fillKnown marks the texts that were edited, and those that can be hidden.
func (v *visit) fillKnown(p *issueView) error {
	texts := map[string]*said{p.NodeID: &p.First}
	ids := []string{p.NodeID}
	for at := range p.Timeline {
		if m := &p.Timeline[at]; m.Said != nil {
			ids, texts[m.NodeID] = append(ids, m.NodeID), m.Said
		}
	}
	for some := range slices.Chunk(ids, maxNodes) {
		var found struct {
			Nodes []*known `json:"nodes"`
		}
		if err := v.graphql(askKnown, map[string]any{"ids": some}, &found); err != nil {
			return err
		}
		for _, k := range found.Nodes {
			if k == nil || texts[k.ID] == nil {
				continue
			}
			s := texts[k.ID]
			s.Node, s.Edited, s.MayHide, s.Versions = k.ID, k.EditedAt != nil, k.CanHide, k.HasHistory.Total
			if by := k.Editor.name(); by != s.By.Login {
				s.Editor = by
			}
			p.Pinned = p.Pinned || k.IsPinned
		}
	}
	return nil
}

// editsView is the page of all versions of a text, the newest first.
type editsView struct {
	Of       issueView
	Author   string
	Versions []version
}

// version is a text as somebody left it, with what they changed.
type version struct {
	By    string
	When  template.HTML
	Lines []patchLine
}

const askEdits = `query($id: ID!) { node(id: $id) { ... on Comment { author { __typename login }
	userContentEdits(first: 100) { nodes { editedAt editor { __typename login } diff } } } } }`

// showEdits shows who changed a text, and how.
func (v *visit) showEdits() error {
	page, err := v.item()
	if err != nil {
		return err
	}
	var found struct {
		Node *struct {
			Author *actor `json:"author"`
			Edits  struct {
				Nodes []struct {
					At     time.Time `json:"editedAt"`
					Editor *actor    `json:"editor"`
					Text   string    `json:"diff"` // the whole text, in spite of its name
				} `json:"nodes"`
			} `json:"userContentEdits"`
		} `json:"node"`
	}
	if err := v.graphql(askEdits, map[string]any{"id": v.r.URL.Query().Get("of")}, &found); err != nil {
		return err
	}
	if found.Node == nil {
		return &refusal{Status: http.StatusNotFound}
	}
	p := editsView{Of: *page, Author: found.Node.Author.name()}
	edits := found.Node.Edits.Nodes // the newest first
	for at, e := range edits {
		was := ""
		if at+1 < len(edits) {
			was = edits[at+1].Text
		}
		p.Versions = append(p.Versions, version{By: e.Editor.name(), When: v.when(e.At), Lines: compare(was, e.Text)})
	}
	return v.show(http.StatusOK, "edits", "", "Edits in "+page.Title, p)
}
