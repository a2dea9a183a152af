package hook

import (
	"context"

	"github.com/google/go-github/v62/github"
)

// push handles new commits: they may change the bot's configuration.
type push struct{ *translation }

// mostCommits is how many commits GitHub lists; of a longer push it leaves out
// the rest.
const mostCommits = 2048

// Handles names the webhook.
func (push) Handles() []string { return []string{"push"} }

func (push) actions() []string { return nil }

// Handle tells the world which files of the default branch changed.
func (h push) Handle(_ context.Context, _, _ string, payload []byte) error {
	var p github.PushEvent
	if err := unpack(payload, &p); err != nil {
		return err
	}
	if p.GetRef() != "refs/heads/"+h.from.Repository.DefaultBranch {
		return h.skip("a push to another branch")
	}
	if h.world.Pushed != nil {
		h.world.Pushed(h.from.Installation.ID, h.from.Repository.FullName, touched(&p))
	}
	return h.skip("a push, which the process does not read")
}

// touched lists the paths that a push touched; none when that is not certain.
func touched(p *github.PushEvent) []string {
	if p.GetForced() || p.GetCreated() || len(p.Commits) >= mostCommits {
		return nil
	}
	paths := map[string]bool{}
	for _, c := range p.Commits {
		if c == nil {
			return nil
		}
		for _, list := range [][]string{c.Added, c.Removed, c.Modified} {
			for _, path := range list {
				paths[path] = true
			}
		}
	}
	return sortedKeys(paths)
}
