package emulator

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	codeSpan   = regexp.MustCompile("``[^\n]*?``|`[^`\n]+`")
	shortRef   = regexp.MustCompile(`(?i)(?:^|[^\w/&#.-])(?:([\w.-]+/[\w.-]+)?#|gh-)(\d+)\b`)
	mentionRef = regexp.MustCompile(`(?:^|[^\w/@` + "`" + `.-])@([A-Za-z0-9][A-Za-z0-9-]*)(/[\w.-]+)?`)
	closingRef = regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+/[\w.-]+)?#(\d+))\b`)
)

// refer leaves traces of a text: on the issues that it names, and of the
// people whom it mentions. Each is left once.
func (c *call) refer(i *issue, text string) {
	plain := prose(text)
	for _, target := range c.gh.referred(i.repo, plain) {
		c.crossReference(i, target)
	}
	for _, m := range inWords(plain, mentionRef, "@") {
		a := c.gh.st.account(m[1])
		if m[2] != "" || a == nil || a.kind != "User" || i.repo.roleOf(a) == noRole || i.mentions(a.login) {
			continue
		}
		for _, kind := range []string{"mentioned", "subscribed"} {
			i.timeline = append(i.timeline, &entry{id: c.gh.st.id(), kind: kind, actor: a, at: c.now})
		}
	}
}

func (c *call) crossReference(source, target *issue) {
	known := slices.ContainsFunc(target.timeline, func(e *entry) bool { return e.source == source })
	if source == target || known {
		return
	}
	was := target.updated
	c.record(target, entry{kind: "cross-referenced", source: source})
	target.updated = was // a reference is not an update
}

// referred finds the issues that a text names: #12, owner/repo#12, GH-12 and
// full addresses.
func (g *GitHub) referred(home *repo, plain string) []*issue {
	var found []*issue
	add := func(r *repo, number string) {
		n, err := strconv.Atoi(number)
		if r == nil || err != nil {
			return
		}
		if i := r.issue(n); i != nil && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	for _, m := range inWords(plain, shortRef, "#", "gh-", "GH-", "gH-", "Gh-") {
		add(g.named(home, m[1]), m[2])
	}
	for _, m := range inWords(plain, g.address(), g.root) {
		add(g.named(home, m[1]), m[2])
	}
	return found
}

// pagePattern matches the pages of issues and pull requests below a root.
type pagePattern struct {
	root string
	*regexp.Regexp
}

// address is the pattern of this world's pages, which is made once.
func (g *GitHub) address() *regexp.Regexp {
	if g.paged.Regexp == nil || g.paged.root != g.root { // while the world begins there may be no root yet
		g.paged = pagePattern{g.root, regexp.MustCompile(regexp.QuoteMeta(g.root) + `/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)\b`)}
	}
	return g.paged.Regexp
}

// named is the repository owner/name, home itself for the empty name.
func (g *GitHub) named(home *repo, name string) *repo {
	if name == "" {
		return home
	}
	return g.st.repos[strings.ToLower(name)]
}

// closes finds the issues that a pull request's body closes when it is merged.
func (g *GitHub) closes(home *repo, body string) []*issue {
	var found []*issue
	for _, m := range closingRef.FindAllStringSubmatch(prose(body), -1) {
		n, err := strconv.Atoi(m[2])
		r := g.named(home, m[1])
		if err != nil || r == nil {
			continue
		}
		if i := r.issue(n); i != nil && i.pull == nil && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}
