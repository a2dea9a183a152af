package emulator

import (
	"fmt"
	"regexp"
	"strings"
)

var repoName = regexp.MustCompile(`^[\w.-]{1,100}$`)

// RenameRepository gives a repository another name in a person's name. Its old
// addresses redirect until another repository takes them. It fails for what is
// not there, for a name that is taken and for one that GitHub would not take.
func (g *GitHub) RenameRepository(repository, name, login string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, err := g.lookup(repository)
	if err != nil {
		return err
	}
	c, err := g.acting(login)
	if err != nil {
		return err
	}
	if err := c.rename(r, name); err != nil {
		return err
	}
	g.publish(c)
	return nil
}

// rename gives a repository another name, and keeps the way from the old one.
func (c *call) rename(r *repo, name string) error {
	g := c.gh
	old, was := r.name, strings.ToLower(r.fullName())
	is := strings.ToLower(r.org.login + "/" + name)
	if other := g.st.repos[is]; other != nil && other != r || !repoName.MatchString(name) {
		return fmt.Errorf("emulator: %q cannot be the name of %s", name, r.fullName())
	}
	if name == old {
		return nil
	}
	delete(g.st.repos, was)
	delete(g.st.renamed, is)
	g.st.renamed[was], g.st.repos[is] = r, r
	r.name, r.updated, r.cached = name, c.now, nil
	c.repo = r
	c.tell("repository", "renamed", map[string]any{
		"changes": map[string]any{"repository": map[string]any{"name": from{old}}}})
	return nil
}

// RenameTeam gives a team of the seeded organisation another name; its slug
// follows, so whoever knew it by the old one finds it no more. It fails if
// there is no such team, or another of that name.
func (g *GitHub) RenameTeam(slug, name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.st.home.org
	t, is := o.team(slug), slugOf(name)
	if t == nil {
		return fmt.Errorf("emulator: no team %q", slug)
	}
	if other := o.team(is); is == "" || other != nil && other != t {
		return fmt.Errorf("emulator: %q cannot be the name of the team %s", name, slug)
	}
	if t.name == name {
		return nil
	}
	c, err := g.acting(g.st.home.keeper)
	if err != nil {
		return err
	}
	old := t.name
	t.name, t.slug, t.updated = name, is, c.now
	c.happened = []happening{{event: "team", action: "edited", org: o, extra: map[string]any{
		"team": g.teamView(t), "changes": map[string]any{"name": from{old}}}}}
	g.publish(c)
	return nil
}

var notInSlug = regexp.MustCompile(`[^a-z0-9_]+`)

// slugOf is a team's name as addresses have it.
func slugOf(name string) string {
	return strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
}
