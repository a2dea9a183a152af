package emulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/graphql"
)

// lastEdited is when a text was last changed; null if it never was.
func lastEdited(h history) any {
	if !h.edited() {
		return nil
	}
	return stamp(h[len(h)-1].at)
}

// graphEditor is who changed a text last; null if nobody did.
func (c *call) graphEditor(h history) any {
	if !h.edited() {
		return nil
	}
	return c.graphActor(h[len(h)-1].by)
}

// contentEdit is one version of a text, as UserContentEdit shows it.
type contentEdit struct {
	of int64 // the id of the issue or comment
	no int   // counted from the oldest
	version
}

// editsPer bounds how many versions of one text have ids of their own.
const editsPer = 4096

func (e contentEdit) id() string { return nodeID("UCE", e.of*editsPer+int64(e.no)) }

// editGraph are the fields of UserContentEdit. The diff is the whole text
// after the edit, as it is at GitHub, whatever the name says.
func editGraph() fieldsOf[contentEdit] {
	return fieldsOf[contentEdit]{
		"id":        value(func(e contentEdit) any { return e.id() }),
		"createdAt": value(func(e contentEdit) any { return stamp(e.at) }),
		"editedAt":  value(func(e contentEdit) any { return stamp(e.at) }),
		"updatedAt": value(func(e contentEdit) any { return stamp(e.at) }),
		"diff":      value(func(e contentEdit) any { return e.text }),
		"deletedAt": value(func(contentEdit) any { return nil }),
		"deletedBy": value(func(contentEdit) any { return nil }),
		"editor":    shown(func(c *call, e contentEdit) any { return c.graphActor(e.by) }),
	}
}

// graphEdits lists the versions of a text, newest first. The first version is
// among them once there is a second.
func (c *call) graphEdits(of int64, h history, args graphql.Args) (any, error) {
	out := []any{}
	if h.edited() {
		for no, v := range h {
			out = append(out, thing[contentEdit]{c: c, name: "UserContentEdit", it: contentEdit{of, no, v}, fields: c.gh.graph.edit})
		}
		slices.Reverse(out)
	}
	return c.connection("UserContentEdit", "userContentEdits", out, args)
}

// editByID finds a version by its global id.
func (c *call) editByID(id string, n int64) (any, error) {
	of, no := n/editsPer, int(n%editsPer)
	var h history
	var on *issue
	if i := c.issueByID(of); i != nil {
		h, on = i.history, i
	} else if m := c.commentByID(of); m != nil {
		h, on = m.history, m.issue
	}
	if !h.edited() || no >= len(h) || !c.sees(on.repo) {
		return nil, noNode(id)
	}
	if !c.graphMay(on, "read") {
		return nil, graphql.Forbidden(noAccess)
	}
	return thing[contentEdit]{c: c, name: "UserContentEdit", it: contentEdit{of, no, h[no]}, fields: c.gh.graph.edit}, nil
}

// slice is the part of a list that a connection shows.
type slice struct {
	of       string // the node's type
	all      []any
	from, to int
}

// connection cuts a list as the arguments ask.
func (c *call) connection(of, field string, all []any, args graphql.Args) (any, error) {
	first, hasFirst := args.Int("first")
	last, hasLast := args.Int("last")
	switch {
	case !hasFirst && !hasLast:
		return nil, &graphql.Refusal{Type: "MISSING_PAGINATION_BOUNDARIES", Message: fmt.Sprintf(
			"You must provide a `first` or `last` value to properly paginate the `%s` connection.", field)}
	case hasFirst && hasLast:
		return nil, &graphql.Refusal{Type: "INVALID_PAGINATION_BOUNDARIES", Message: fmt.Sprintf(
			"Passing both `first` and `last` to paginate the `%s` connection is not supported.", field)}
	}
	for name, n := range map[string]int{"first": first, "last": last} {
		if n > maxNodes {
			return nil, &graphql.Refusal{Type: "EXCESSIVE_PAGINATION", Message: fmt.Sprintf(
				"Requesting %d records on the `%s` connection exceeds the `%s` limit of %d records.", n, field, name, maxNodes)}
		}
		if n < 0 {
			return nil, graphql.Unprocessable(fmt.Sprintf("`%s` on the `%s` connection cannot be less than zero.", name, field))
		}
	}
	s := slice{of: of, all: all, to: len(all)}
	if err := s.bound(args); err != nil {
		return nil, err
	}
	if hasFirst {
		s.to = min(s.to, s.from+first)
	} else {
		s.from = max(s.from, s.to-last)
	}
	return thing[slice]{c: c, name: of + "Connection", it: s, fields: c.gh.graph.connection}, nil
}

// maxNodes is how many nodes a connection shows at most.
const maxNodes = 100

// bound applies the cursors.
func (s *slice) bound(args graphql.Args) error {
	for _, name := range []string{"after", "before"} {
		text := args.Text(name)
		if text == "" {
			continue
		}
		n, err := placeOf(text)
		if err != nil {
			return graphql.NotFound("`%s` does not appear to be a valid cursor.", text)
		}
		if name == "after" {
			s.from = min(max(s.from, n+1), len(s.all))
		} else {
			s.to = max(min(s.to, n), 0)
		}
	}
	s.to = max(s.to, s.from)
	return nil
}

const cursorHead = "cursor:v2:"

func cursor(n int) string {
	return base64.StdEncoding.EncodeToString([]byte(cursorHead + strconv.Itoa(n)))
}

func placeOf(text string) (int, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimPrefix(string(b), cursorHead))
}

// connectionFields are those of every connection.
func connectionFields() fieldsOf[slice] {
	return fieldsOf[slice]{
		"totalCount": value(func(s slice) any { return len(s.all) }),
		"nodes":      value(func(s slice) any { return s.all[s.from:s.to] }),
		"pageInfo": shown(func(c *call, s slice) any {
			return thing[slice]{c: c, name: "PageInfo", it: s, fields: c.gh.graph.pageInfo}
		}),
		"edges": shown(func(c *call, s slice) any {
			out := []any{}
			for n := s.from; n < s.to; n++ {
				out = append(out, thing[graphEdge]{c: c, name: s.of + "Edge", it: graphEdge{n, s.all[n]}, fields: c.gh.graph.edge})
			}
			return out
		}),
	}
}

// graphEdge is one node of a connection with its place.
type graphEdge struct {
	no   int
	node any
}

func edgeFields() fieldsOf[graphEdge] {
	return fieldsOf[graphEdge]{
		"cursor": value(func(e graphEdge) any { return cursor(e.no) }),
		"node":   value(func(e graphEdge) any { return e.node }),
	}
}

func pageInfoFields() fieldsOf[slice] {
	return fieldsOf[slice]{
		"hasNextPage":     value(func(s slice) any { return s.to < len(s.all) }),
		"hasPreviousPage": value(func(s slice) any { return s.from > 0 }),
		"startCursor":     value(func(s slice) any { return s.cursorAt(s.from) }),
		"endCursor":       value(func(s slice) any { return s.cursorAt(s.to - 1) }),
	}
}

// cursorAt is the cursor of a place; null if nothing is shown.
func (s slice) cursorAt(n int) any {
	if s.from == s.to {
		return nil
	}
	return cursor(n)
}
