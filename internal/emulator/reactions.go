package emulator

import (
	"net/http"
	"slices"
	"time"
)

var reactionKinds = []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}

// reaction is an emoji on an issue or a comment. No webhook tells of it.
type reaction struct {
	id      int64
	author  *account
	content string
	created time.Time
}

type reactionView struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id"`
	User      *userView `json:"user"`
	Content   string    `json:"content"`
	CreatedAt string    `json:"created_at"`
}

func (g *GitHub) reactionView(x *reaction) reactionView {
	return reactionView{x.id, nodeID("REA", x.id), g.user(x.author), x.content, stamp(x.created)}
}

// rollup counts the reactions of an issue or a comment.
type rollup struct {
	URL      string `json:"url"`
	Total    int    `json:"total_count"`
	PlusOne  int    `json:"+1"`
	MinusOne int    `json:"-1"`
	Laugh    int    `json:"laugh"`
	Hooray   int    `json:"hooray"`
	Confused int    `json:"confused"`
	Heart    int    `json:"heart"`
	Rocket   int    `json:"rocket"`
	Eyes     int    `json:"eyes"`
}

func rollUp(subject string, xs []*reaction) rollup {
	n := map[string]int{}
	for _, x := range xs {
		n[x.content]++
	}
	return rollup{subject + "/reactions", len(xs), n["+1"], n["-1"], n["laugh"], n["hooray"],
		n["confused"], n["heart"], n["rocket"], n["eyes"]}
}

// reacted is where the reactions of what the path names are kept: those of a
// comment or of an issue.
func (c *call) reacted() *[]*reaction {
	if c.issue != nil {
		return &c.issue.reactions
	}
	if m := c.commentOf(); m != nil {
		return &m.reactions
	}
	return nil
}

func listReactions(c *call) *reply {
	xs := c.reacted()
	if xs == nil {
		return notFound()
	}
	kind := c.query.Get("content")
	var found []*reaction
	for _, x := range *xs {
		if kind == "" || x.content == kind {
			found = append(found, x)
		}
	}
	return ok(show(page(c, found), c.gh.reactionView))
}

// createReaction answers 200 instead of 201 if the reaction is there already.
func createReaction(c *call) *reply {
	xs := c.reacted()
	if xs == nil {
		return notFound()
	}
	var ask struct {
		Content string `json:"content"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if !slices.Contains(reactionKinds, ask.Content) {
		return invalid(badValue("Reaction", "content", ask.Content))
	}
	for _, x := range *xs {
		if x.author == c.who.account && x.content == ask.Content {
			return ok(c.gh.reactionView(x))
		}
	}
	x := &reaction{c.gh.st.id(), c.who.account, ask.Content, c.now}
	*xs = append(*xs, x)
	return created(c.gh.reactionView(x))
}

func deleteReaction(c *call) *reply {
	xs := c.reacted()
	if xs == nil {
		return notFound()
	}
	id := c.num("#reaction_id")
	at := slices.IndexFunc(*xs, func(x *reaction) bool { return x.id == id })
	if at < 0 {
		return notFound()
	}
	if (*xs)[at].author != c.who.account {
		return fail(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	*xs = slices.Delete(*xs, at, at+1)
	return noContent()
}
