package process

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// lineKey is the key of one command line of a comment.
func lineKey(e Event, line Typed) string {
	if e.Comment == nil {
		return fmt.Sprintf("%s/%s/%d", e.Key, line.Hash, line.Ordinal)
	}
	return fmt.Sprintf("comment/%d/%s/%d", e.Comment.ID, line.Hash, line.Ordinal)
}

// LineKeys returns the keys that an event may settle, and those that may have
// settled it: its own, those of its command lines, of answers that are given only
// once, and of levers that were told of in another way. The shell looks up which of
// them are known.
func LineKeys(e Event) []string {
	keys := []string{e.Key}
	if e.Pull != nil {
		for _, n := range e.Pull.Names {
			keys = append(keys, noFeatureKey(e.Pull, n.Number))
		}
	}
	if e.What == Asked {
		for _, line := range e.Lines {
			keys = append(keys, lineKey(e, line))
		}
	}
	e.pulls(func(what, name string, added bool, at time.Time) {
		keys = append(keys, e.otherwise(what, name, added, at)...)
	})
	return keys
}

// askLine adds what deciding one command line needs to know of people.
func (p *Process) askLine(l *Line, e Event, line Typed, q *Questions) {
	c := p.Tables.Command(line.Verb)
	if c == nil {
		return
	}
	for _, r := range p.rolesOf(c) {
		switch r {
		case Owner:
			q.Need(e.Actor.Login, Engineer)
		case AnyRole:
			if c.Reads {
				q.Need(e.Actor.Login, AnyRole)
			} else { // the outcome may hang on which role it is
				q.Need(e.Actor.Login, AllRoles)
			}
		default:
			q.Need(e.Actor.Login, r)
		}
	}
	if e.Issue != nil && c.Move != "" && l.Number(e.Issue.Number) != nil {
		// Lines before this one may lead to another stage: ask if any has it.
		for _, n := range p.Nodes {
			if len(n.Moves[c.Move].Verify) > 0 {
				q.Issue = e.Issue.Number
			}
		}
	}
	if c.Ask != nil {
		c.Ask(p, l, e, line, q)
	}
}

// rolesOf returns every role that may have a say in a command.
func (p *Process) rolesOf(c *Command) []Role {
	roles := slices.Clone(c.By)
	for _, name := range p.Order {
		if m, ok := p.Nodes[name].Moves[c.Move]; ok {
			roles = append(roles, m.By...)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// again is a line to paste once more, if it may be repeated as it is.
func again(line Typed) Code {
	if text := strings.TrimSpace("/" + line.Verb + " " + line.Rest); plain(text) {
		return Code(text)
	}
	return Code("/" + line.Verb)
}

// maxLines is how many commands of one comment are decided.
const maxLines = 50

// asked decides the command lines of a comment one after another and answers
// them in one reply.
func (d *deciding) asked() {
	if d.e.Actor.Self || slices.ContainsFunc(d.p.Settings.Bots, func(b string) bool { return strings.EqualFold(b, d.e.Actor.Login) }) {
		d.skipped = "a bot's words are no commands"
		return
	}
	for _, line := range d.e.Lines {
		key := lineKey(d.e, line)
		if d.line.Seen[key] || d.base.Seen[key] || slices.Contains(d.keys, key) {
			continue
		}
		if len(d.parts) == maxLines {
			d.parts = append(d.parts, Part{Line: Typed{Text: "…"}, Outcome: Outcome{State: Puzzled, Rule: "D4", Head: Say("refusal.too-many", "most", maxLines), Next: []Code{again(line)}}})
			break
		}
		o, known := d.line1(d.e, line)
		if !known {
			continue
		}
		d.keys = append(d.keys, key)
		d.parts = append(d.parts, Part{Line: line, Outcome: o})
	}
	if d.e.Comment != nil && d.e.Comment.Unread {
		d.parts = append(d.parts, Part{Line: Typed{Text: "…"}, Outcome: Outcome{State: Puzzled, Rule: "D4", Head: Say("refusal.unread"), Next: []Code{"/help"}}})
	}
	if len(d.parts) == 0 {
		d.skipped = "no command of ours"
		return
	}
	d.answer(d.e.Comment != nil)
}

// line1 decides one command line; known is false when it is none of ours.
func (d *deciding) line1(e Event, line Typed) (o Outcome, known bool) {
	c := d.p.Tables.Command(line.Verb)
	if c == nil {
		return d.puzzled(line)
	}
	keep := func(o Outcome) bool { return o.State == Done && !line.DryRun }
	return d.try(e, line, keep, func(t *Turn) Outcome { return helped(t.command(c, line)) }), true
}

// helped gives a refusal that knows no next step the one that always is: to ask
// what can be done here.
func helped(o Outcome) Outcome {
	for i := range o.Parts {
		o.Parts[i] = helped(o.Parts[i])
	}
	if o.State == Refused && len(o.Parts) == 0 && len(o.Next) == 0 && o.Where == nil && !o.Why.helps() {
		o.Next = []Code{"/help"}
	}
	return o
}

// helps reports whether the tree names somebody who can help.
func (w Why) helps() bool {
	return len(w.Opens) > 0 || len(w.Waives) > 0 || slices.ContainsFunc(w.Of, Why.helps)
}

// puzzled answers a verb that is nearly one of ours; others are left to those
// whom they are meant for.
func (d *deciding) puzzled(line Typed) (Outcome, bool) {
	if d.p.Tables.Suggest == nil {
		return Outcome{}, false
	}
	names := make([]string, 0, len(d.p.Tables.Commands))
	for _, c := range d.p.Tables.Commands {
		names = append(names, c.Name)
	}
	meant := d.p.Tables.Command(d.p.Tables.Suggest(line.Verb, names))
	if meant == nil {
		return Outcome{}, false
	}
	o := Outcome{State: Puzzled, Head: Say("refusal.near", "typed", "/"+line.Verb, "meant", Code("/"+meant.Name), "usage", Code(meant.Usage))}
	if as := "/" + meant.Name + " " + line.Rest; line.Rest != "" && plain(as) {
		o.Next = append(o.Next, Code(as))
	} else if len(meant.Examples) > 0 {
		o.Next = append(o.Next, Code(meant.Examples[0]))
	}
	return o, true
}

// command checks that this is the issue for it and, unless the process file
// has the word, that the role fits; then the command itself decides.
func (t *Turn) command(c *Command, line Typed) Outcome {
	if t.E.Issue != nil && t.E.Issue.IsPull && c.Name != "help" {
		return t.onPull(c)
	}
	it := t.Item()
	if slices.Contains(c.On, Meeting) && (it == nil || it.Kind != Meeting) {
		return t.atMeeting(c)
	}
	if it != nil && it.Kind == AuditIssue && slices.Contains(c.On, Feature) && !slices.Contains(c.On, AuditIssue) {
		ref := Ref{}
		if about := t.Get(it.About); about != nil {
			ref = about.Ref()
		}
		o := Refuse("D3", Say("refusal.place", "move", Code("/"+c.Name), "kind", string(Feature), "here", string(it.Kind)), t.asTyped(c.Name))
		o.Where = &ref
		return o
	}
	if len(c.On) > 0 && it == nil {
		return Refuse("D3", Say("refusal.untracked", "move", Code("/"+c.Name)), "/feature")
	}
	if len(c.On) > 0 && !slices.Contains(c.On, it.Kind) {
		return t.wrongKind(c, it)
	}
	if len(c.By) > 0 && c.Move == "" {
		if v := t.Holds(t.feature(it), c.By); v != Yes {
			return t.Denied(v, c.By)
		}
	}
	o := c.Decide(t, line)
	if c.Minuted && o.State == Done && !t.meeting {
		t.minute(line, o)
	}
	return o
}

// atMeeting sends a command to the open agenda, where it belongs (D3).
func (t *Turn) atMeeting(c *Command) Outcome {
	m := t.line.Meeting()
	if m == nil {
		return Refuse("D2", Say("refusal.no-meeting", "move", Code("/"+c.Name)))
	}
	o := Refuse("D3", Say("refusal.at-meeting", "move", Code("/"+c.Name), "meeting", m.Ref(), "date", m.M.Date), t.asTyped(c.Name))
	ref := m.Ref()
	o.Where = &ref
	return o
}

// feature returns the feature that an audit request is about, else the item.
func (t *Turn) feature(it *Item) *Item {
	if it != nil && it.Kind == AuditIssue {
		return t.Get(it.About)
	}
	return it
}

// Feature returns the feature that the command is about: the subject itself,
// or the one that the subject asks an audit for; nil if there is none.
func (t *Turn) Feature() *Item {
	if it := t.feature(t.Item()); it != nil && it.F != nil {
		return it
	}
	return nil
}

func (t *Turn) wrongKind(c *Command, it *Item) Outcome {
	o := Refuse("D3", Say("refusal.place", "move", Code("/"+c.Name), "kind", string(c.On[0]), "here", string(it.Kind)), t.asTyped(c.Name))
	train := t.Train(it)
	if train == nil && it.F != nil {
		train = t.nextFor(it)
	}
	if train != nil && slices.Contains(c.On, train.Kind) {
		if c.There != nil {
			o.Next = []Code{c.There(it)}
		}
		ref := train.Ref()
		o.Where = &ref
		o.Head = o.Head.With("kind", string(train.Kind))
	}
	if it.Kind.Train() && slices.Contains(c.On, Feature) {
		if aboard := t.line.Aboard(it.ID); len(aboard) > 0 {
			ref := aboard[0].Ref()
			o.Where = &ref
		}
	}
	return o
}

// nextFor is the train that a feature outside any could take next.
func (t *Turn) nextFor(it *Item) *Item {
	if n := t.P.Nodes[it.Stage]; n != nil && n.Network == "betanet" {
		return t.NextTrain(Upgrade)
	}
	return t.NextTrain(Alphanet)
}

// onPull answers a command on a pull request: its place is the feature's issue.
func (t *Turn) onPull(c *Command) Outcome {
	o := Refuse("D3", Say("refusal.pull", "move", Code("/"+c.Name)), t.asTyped(c.Name))
	if linked := t.line.WithPull(t.E.Repo, t.E.Issue.Number); len(linked) > 0 {
		ref := linked[0].Ref()
		o.Where = &ref
	}
	return o
}

// answer reacts to the comment, and replies once where there is something that
// a person must read; a lever pulled by hand hears only what is wrong.
func (d *deciding) answer(typed bool) {
	bad, tell := false, false
	for _, p := range d.parts {
		bad = bad || p.Outcome.Bad()
		tell = tell || p.Outcome.Bad() || p.Outcome.State == Answered || p.Outcome.State == Already || p.Line.DryRun
	}
	if typed {
		face := "rocket"
		if bad {
			face = "confused"
		}
		d.actions = append(d.actions, Action{Do: React, Issue: d.e.Issue.Number, Repo: d.e.Repo, Target: d.e.Comment.ID, Reaction: face, Urgent: true})
	}
	if !tell || !typed && !bad {
		return
	}
	d.actions = append(d.actions, Action{
		Do: SayOnce, Issue: d.e.Issue.Number, Repo: d.e.Repo, Marker: "reply/" + d.e.Key, Urgent: true,
		Words: Say("reply", "parts", slices.Clone(d.parts), "user", d.e.Actor.Login, "now", d.e.At),
	})
}
