package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// nextIssue gives out the next number; none is ever given twice.
func (r *repo) nextIssue() int {
	r.lastIssue++
	return r.lastIssue
}

// depart takes an issue out of the repository. Who asks for its number is
// sent to where it is now, or told that it was deleted if that is nil.
func (r *repo) depart(i, now *issue) {
	if r.departed == nil {
		r.departed = map[int]*issue{}
	}
	r.departed[i.number] = now
	r.issues = slices.DeleteFunc(r.issues, func(x *issue) bool { return x == i })
	r.pinned = without(r.pinned, i)
	r.comments = slices.DeleteFunc(r.comments, func(m *comment) bool { return m.issue == i })
	i.milestone.count(i, -1)
	if i.state == stateOpen {
		r.openIssues--
	}
}

// arrive puts an issue in under the next number, with what the repository has
// for it: labels of the same name, the milestone of the same title and date,
// those of its assignees who may be assigned. Its comments come along.
func (r *repo) arrive(i *issue) {
	i.repo, i.number = r, r.nextIssue()
	r.issues = append(r.issues, i)
	r.comments = append(r.comments, i.comments...)
	slices.SortFunc(r.comments, func(a, b *comment) int { return int(min(1, max(-1, a.id-b.id))) })
	if i.state == stateOpen {
		r.openIssues++
	}
	var labels []*label
	for _, old := range i.labels {
		if l := r.label(old.name); l != nil {
			labels = append(labels, l)
		}
	}
	i.labels = labels
	i.assignees = slices.DeleteFunc(slices.Clone(i.assignees), func(a *account) bool { return !r.assignable(a) })
	if old := i.milestone; old != nil {
		i.milestone = r.sameMilestone(old)
		i.milestone.count(i, 1)
	}
}

func (r *repo) sameMilestone(old *milestone) *milestone {
	for _, m := range r.mstones {
		if m.title == old.title && m.due.Equal(old.due) {
			return m
		}
	}
	return nil
}

// cannotMove says why an issue cannot be transferred, empty if it can.
func (i *issue) cannotMove(to *repo) string {
	switch {
	case i.pull != nil:
		return "pull requests cannot be transferred"
	case to == i.repo:
		return "it is there already"
	case to.org != i.repo.org:
		return "both repositories must have the same owner"
	case i.repo.private && !to.private:
		return "a private repository's issue cannot go to a public one"
	}
	return ""
}

// transfer moves an issue to another repository. The source hears of it with
// the issue as it was, the target with the issue as it is now; each event
// names the other side. Whether the actor may is the caller's matter.
func (c *call) transfer(i *issue, to *repo) error {
	if why := i.cannotMove(to); why != "" {
		return fmt.Errorf("emulator: transfer %s#%d: %s", i.repo.fullName(), i.number, why)
	}
	g, source := c.gh, i.repo
	was := json.RawMessage(encode(g.hookIssue(i)))
	source.depart(i, i)
	i.id = g.st.id()
	to.arrive(i)
	c.record(i, entry{kind: "transferred"})
	is := json.RawMessage(encode(g.hookIssue(i)))
	c.happened = append(c.happened,
		happening{event: "issues", action: "transferred", repo: source, org: source.org, extra: map[string]any{
			"issue": was, "changes": map[string]any{"new_issue": is, "new_repository": g.repoView(to)}}},
		happening{event: "issues", action: "opened", repo: to, org: to.org, extra: map[string]any{
			"issue": is, "changes": map[string]any{"old_issue": was, "old_repository": g.repoView(source)}}})
	return nil
}

// deleteIssue removes an issue for good, and what pointed to it from others'
// timelines. Whether the actor may is the caller's matter.
func (c *call) deleteIssue(i *issue) error {
	if i.pull != nil {
		return fmt.Errorf("emulator: %s#%d is a pull request: they are never deleted", i.repo.fullName(), i.number)
	}
	was := json.RawMessage(encode(c.gh.hookIssue(i)))
	i.repo.depart(i, nil)
	i.unlink()
	for _, r := range c.gh.st.repoList {
		for _, other := range r.issues {
			other.timeline = slices.DeleteFunc(other.timeline, func(e *entry) bool { return e.source == i })
		}
	}
	c.happened = append(c.happened, happening{event: "issues", action: "deleted", repo: i.repo, org: i.repo.org,
		extra: map[string]any{"issue": was}})
	return nil
}

// unlink takes an issue out of its family: its sub-issues stay, on their own.
func (i *issue) unlink() {
	if p := i.kin.parent; p != nil {
		p.kin.children = without(p.kin.children, i)
	}
	for _, child := range i.kin.children {
		child.kin.parent = nil
	}
	for _, x := range i.kin.blockedBy {
		x.kin.blocking = without(x.kin.blocking, i)
	}
	for _, x := range i.kin.blocking {
		x.kin.blockedBy = without(x.kin.blockedBy, i)
	}
	i.kin = family{}
}

// acting prepares an act of a person outside the REST API: on GitHub's site,
// or by the setter-up of a world.
func (g *GitHub) acting(login string) (*call, error) {
	a := g.st.account(login)
	if a == nil || a.kind != "User" {
		return nil, fmt.Errorf("emulator: no person %q", login)
	}
	return &call{gh: g, who: actor{kind: byPerson, account: a, key: "user " + itoa(a.id)},
		now: g.clock.now().Truncate(time.Second)}, nil
}

// lookup finds a repository by owner/name, or by its name in the seeded
// organisation.
func (g *GitHub) lookup(name string) (*repo, error) {
	if !strings.Contains(name, "/") {
		name = g.st.home.org.login + "/" + name
	}
	if r := g.st.repos[strings.ToLower(name)]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("emulator: no repository %q", name)
}

// onIssue has a person do something to an issue, and tells what happened.
func (g *GitHub) onIssue(repository string, number int, login string, do func(*call, *issue) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, err := g.lookup(repository)
	if err != nil {
		return err
	}
	i := r.issue(number)
	if i == nil {
		return fmt.Errorf("emulator: no issue %s#%d", r.fullName(), number)
	}
	c, err := g.acting(login)
	if err != nil {
		return err
	}
	c.repo, c.issue = r, i
	if err := do(c, i); err != nil {
		return err
	}
	g.publish(c)
	return nil
}

// TransferIssue moves an issue to another repository in a person's name, as
// GitHub's site does, and returns its new number. Repositories are named
// owner/name, or by their name in the seeded organisation. It fails for what
// is not there, for pull requests, for another owner's repository and from a
// private repository to a public one; the person's rights are not asked.
func (g *GitHub) TransferIssue(repository string, number int, to, login string) (int, error) {
	moved := 0
	err := g.onIssue(repository, number, login, func(c *call, i *issue) error {
		target, err := g.lookup(to)
		if err != nil {
			return err
		}
		err = c.transfer(i, target)
		moved = i.number
		return err
	})
	if err != nil {
		return 0, err
	}
	return moved, nil
}

// DeleteIssue removes an issue in a person's name, as GitHub's site does; see
// [GitHub.TransferIssue] for names and rights.
func (g *GitHub) DeleteIssue(repository string, number int, login string) error {
	return g.onIssue(repository, number, login, func(c *call, i *issue) error { return c.deleteIssue(i) })
}
