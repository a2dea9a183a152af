package hook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// pullRequest handles pull requests, which may name the features they belong to
// and live in another repository than these.
type pullRequest struct{ *translation }

// Handles names the webhook.
func (pullRequest) Handles() []string { return []string{"pull_request"} }

func (pullRequest) actions() []string {
	return []string{"closed", "edited", "opened", "reopened", "synchronize"}
}

// Handle turns the payload into an event: opened, merged, or closed unmerged.
func (h pullRequest) Handle(_ context.Context, _, delivery string, payload []byte) error {
	var p github.PullRequestEvent
	if err := unpack(payload, &p); err != nil {
		return err
	}
	pr := p.GetPullRequest()
	if pr.GetNumber() <= 0 {
		return errors.New("it has no pull request")
	}
	e := h.event(process.PullOpened, delivery)
	e.At = latest(pr.GetCreatedAt(), pr.GetUpdatedAt())
	e.Pull = &process.PullRequest{
		Repo: e.Repo, Number: pr.GetNumber(), Title: clean(pr.GetTitle()), Author: clean(pr.GetUser().GetLogin()),
		Merged: pr.GetMerged(), Labels: labelNames(pr.Labels), Names: h.names(pr.GetBody()),
	}
	switch {
	case p.GetAction() == "closed" && e.Pull.Merged:
		e.What, e.At = process.PullMerged, latest(pr.GetMergedAt())
		e.Key = pullKey(e, "merged")
	case p.GetAction() == "closed":
		e.What, e.At = process.PullClosed, latest(pr.GetClosedAt(), pr.GetUpdatedAt())
		e.Key = pullKey(e, "closed/"+stamp(&e))
	case e.Pull.Merged:
		return h.namedLate(e, &p)
	case pr.GetState() == "closed":
		return h.skip("a pull request that was closed unmerged")
	default:
		e.Key = pullKey(e, "opened/"+shortHash(substance(e.Pull)...))
	}
	return h.happened(e)
}

// namedLate is for a pull request that names a feature only after its merge: the
// merge then counts for that feature. It is known by the features alone: a comparison
// that finds it later sees another title, or other labels.
func (h pullRequest) namedLate(e process.Event, p *github.PullRequestEvent) error {
	if p.Changes.GetBody() == nil {
		return h.skip("a change of a merged pull request that leaves its text")
	}
	had := h.names(p.Changes.Body.GetFrom())
	e.Pull.Names = slices.DeleteFunc(e.Pull.Names, func(n process.PullRef) bool {
		return slices.ContainsFunc(had, func(o process.PullRef) bool {
			return o.Number == n.Number && strings.EqualFold(o.Repo, n.Repo)
		})
	})
	if len(e.Pull.Names) == 0 {
		return h.skip("a change of a merged pull request that names no further feature")
	}
	e.What = process.PullMerged
	e.Key = pullKey(e, "merged/"+shortHash(references(e.Pull)...))
	return h.happened(e)
}

// names reads the features that a body names.
func (h pullRequest) names(body string) []process.PullRef {
	from := h.from.Repository
	r := reader{repo: from.FullName, host: hostOf(from.HTMLURL)}
	if h.world.Tracking != nil {
		r.tracking = h.world.Tracking(h.from.Installation.ID, from.FullName)
	}
	if r.tracking == "" {
		r.tracking = from.FullName
	}
	return r.read(body)
}

// substance is what a pull request says to us; pushing to it changes nothing.
func substance(p *process.PullRequest) []string {
	parts := []string{p.Title}
	parts = append(parts, p.Labels...)
	return append(parts, references(p)...)
}

// references are the features that a pull request names.
func references(p *process.PullRequest) []string {
	var parts []string
	for _, n := range p.Names {
		parts = append(parts, fmt.Sprintf("%s#%d %t", strings.ToLower(n.Repo), n.Number, n.Feature))
	}
	return parts
}

func pullKey(e process.Event, rest string) string {
	return fmt.Sprintf("pull/%s/%d/%s", strings.ToLower(e.Pull.Repo), e.Pull.Number, rest)
}
