package hook

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

var (
	// featureLine names features for certain; bold is allowed, as templates of
	// pull requests like it.
	featureLine = regexp.MustCompile(`(?i)^[*_]{0,2}feature[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*(.*)$`)
	// closing is GitHub's own way to say that a merge ends an issue.
	closing = regexp.MustCompile(`(?i)(?:^|[^\w/-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(\S+)`)
)

// maxNames is how many features a pull request may name.
const maxNames = 50

// reader reads the references of a pull request's body.
type reader struct {
	repo     string // the pull request's own
	host     string // of its address
	tracking string // what a bare "Feature: #12" means
	names    []process.PullRef
}

// read returns the features that a body names, each once; "Feature:" counts
// before a closing keyword.
func (r *reader) read(body string) []process.PullRef {
	lines := visibleLines(body)
	for _, line := range lines {
		if m := featureLine.FindStringSubmatch(line); m != nil {
			r.add(m[1], r.tracking, true)
		}
	}
	for _, line := range lines {
		for _, m := range closing.FindAllStringSubmatch(line, -1) {
			r.add(strings.TrimRight(m[1], ".,;:!?)]"), r.repo, false)
		}
	}
	return r.names
}

// add reads the references at the beginning of a text. One that cannot be read
// names nothing: a pull request is no place for our refusals.
func (r *reader) add(text, bare string, feature bool) {
	refs, _, err := command.Refs(strings.TrimRight(text, ".;!"))
	if err != nil {
		return
	}
	for _, ref := range refs {
		if ref.Host != "" && !strings.EqualFold(ref.Host, r.host) {
			continue // another GitHub
		}
		name := process.PullRef{Repo: bare, Number: ref.Number, Feature: feature}
		if ref.Repo != "" {
			name.Repo = ref.Owner + "/" + ref.Repo
		}
		known := slices.ContainsFunc(r.names, func(n process.PullRef) bool {
			return n.Number == name.Number && strings.EqualFold(n.Repo, name.Repo)
		})
		if !known && len(r.names) < maxNames {
			r.names = append(r.names, name)
		}
	}
}

// hostOf returns the host of a repository's page.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
