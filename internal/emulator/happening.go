package emulator

import (
	"encoding/json"
)

// happening is something that a webhook tells of. It is noted while a handler
// works and rendered when the handler is done, so the payload shows the state
// after the whole request; what must show the state before it (a deleted
// label) is rendered at once and put into extra.
type happening struct {
	event   string
	action  string // empty for events without actions
	repo    *repo  // nil for events of the organisation
	org     *org
	issue   *issue // shown as issue or pull_request
	only    *app   // sent to this App alone, asked for or not, of this installation
	install *installation
	extra   map[string]any
}

// tell notes something that happened to the repository.
func (c *call) tell(event, action string, extra map[string]any) {
	c.happened = append(c.happened, happening{
		event: event, action: action, repo: c.repo, org: c.repo.org, extra: extra})
}

// tellIssue notes something that happened to an issue or a pull request; each
// has its own event.
func (c *call) tellIssue(i *issue, action string, extra map[string]any) {
	event := "issues"
	if i.pull != nil {
		event = "pull_request"
	}
	c.happened = append(c.happened, happening{
		event: event, action: action, repo: i.repo, org: i.repo.org, issue: i, extra: extra})
}

// publish renders what happened and hands it to the courier.
func (g *GitHub) publish(c *call) {
	hs := c.happened
	c.happened = nil
	if len(hs) > 0 {
		c.reindex()
	}
	if g.opts.Shuffle {
		g.dice.Shuffle(len(hs), func(i, j int) { hs[i], hs[j] = hs[j], hs[i] })
	}
	seen := map[*issue]json.RawMessage{}
	for _, h := range hs {
		for _, a := range g.st.apps {
			if in, hears := g.subscribed(a, h); hears {
				g.dispatch(a, in.number(), h, encodeObject(&g.paper, g.payload(c, h, in, seen)))
			}
		}
	}
}

// subscribed reports whether an App hears of it, and by which installation,
// if by any: the App must have asked for the event and be installed where it
// happened, with nobody having suspended it there.
func (g *GitHub) subscribed(a *app, h happening) (*installation, bool) {
	if a.hook.url == "" {
		return nil, false
	}
	if h.only != nil {
		return h.install, h.only == a
	}
	in := g.st.installOf(a, h.org)
	if in == nil || !in.hears(h.event) || in.suspended() || h.repo != nil && !in.has(h.repo) {
		return nil, false
	}
	return in, true
}

func (g *GitHub) payload(c *call, h happening, in *installation, seen map[*issue]json.RawMessage) map[string]any {
	p := map[string]any{"sender": g.user(c.who.account)}
	if in != nil {
		p["installation"] = map[string]any{"id": in.id, "node_id": nodeID("MDIz", in.id)}
	}
	for k, v := range h.extra {
		p[k] = v
	}
	if h.action != "" {
		p["action"] = h.action
	}
	if h.repo != nil {
		p["repository"] = g.repoView(h.repo)
	}
	if h.org != nil {
		p["organization"] = g.orgView(h.org)
	}
	if i := h.issue; i != nil && h.event == "pull_request" {
		p["number"], p["pull_request"] = i.number, g.hookPull(i)
	} else if i != nil && p["issue"] == nil {
		if seen[i] == nil {
			seen[i] = encode(g.hookIssue(i))
		}
		p["issue"] = seen[i]
	}
	return p
}
