package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v62/github"
	"golang.org/x/sync/errgroup"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// mostLookups is how many look-ups of one question run at once.
const mostLookups = 10

// Answer looks up what is asked, all of it at once; see [bot.GitHub].
func (h *Hub) Answer(ctx context.Context, installation int64, repo string, q process.Questions, roles bot.RoleSource) process.Answers {
	if q.Empty() {
		return process.Answers{}
	}
	f := &finding{ctx: ctx, found: map[lookup]int{}, troubles: map[string]bool{}}
	var err error
	if f.ctx, f.t, err = h.begin(ctx, installation, repo, true); err != nil {
		f.trouble("GitHub", err)
	} else {
		f.run(installation, q, roles)
	}
	a := f.answers
	a.Roles = rolesOf(q, roles, repo, f.found)
	a.Trouble = f.told()
	return a
}

// finding is one round of look-ups.
type finding struct {
	ctx context.Context
	t   *trip

	mu       sync.Mutex
	found    map[lookup]int // without what could not be looked up
	answers  process.Answers
	troubles map[string]bool
}

// run looks everything up, each distinct thing once.
func (f *finding) run(installation int64, q process.Questions, roles bot.RoleSource) {
	var g errgroup.Group
	g.SetLimit(mostLookups)
	start := func(look func()) { g.Go(func() error { look(); return nil }) }
	for l := range lookups(q, roles, f.t.fullName()) {
		start(func() { f.person(l) })
	}
	for _, p := range q.Pulls {
		start(func() { f.pull(installation, p) })
	}
	if q.Issue > 0 {
		start(func() { f.issue(q.Issue) })
	}
	_ = g.Wait() // what failed is told as trouble
	f.runInTurn(q, roles)
}

// runInTurn looks those up who need any one role: each role after the other,
// up to the first yes.
func (f *finding) runInTurn(q process.Questions, roles bot.RoleSource) {
	var g errgroup.Group
	g.SetLimit(mostLookups)
	for login, asks := range q.Roles {
		if anyOne(asks) {
			g.Go(func() error { f.anyRole(strings.ToLower(login), roles); return nil })
		}
	}
	_ = g.Wait()
}

// anyRole looks for one role that a person holds, and no further.
func (f *finding) anyRole(login string, source bot.RoleSource) {
	tried := map[lookup]bool{}
	for _, role := range inTurn(source) {
		_, all := needs(login, source[role], f.t.fullName())
		for _, n := range all {
			if !tried[n.lookup] && !f.known(n.lookup) {
				f.person(n.lookup)
			}
			tried[n.lookup] = true
		}
		if f.verdict(login, source[role]) == process.Yes {
			return
		}
	}
}

// known reports whether something has been looked up already.
func (f *finding) known(l lookup) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, is := f.found[l]
	return is
}

func (f *finding) verdict(login string, h bot.Holders) process.Verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	return verdictOf(login, h, f.t.fullName(), f.found)
}

// person answers one look-up of a person.
func (f *finding) person(l lookup) {
	has, err := l.ask(f.ctx, f.t)
	if err != nil {
		f.trouble(l.String(), err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found[l] = has
}

// pull looks at a pull request, which may be in another repository. One that
// does not exist is left out without trouble.
func (f *finding) pull(installation int64, p process.Pull) {
	what := fmt.Sprintf("%s#%d", p.Repo, p.Number)
	ctx, t, err := f.t.h.begin(f.ctx, installation, p.Repo, true)
	var got github.PullRequest
	if err == nil {
		_, err = t.call(ctx, get, fmt.Sprintf("pulls/%d", p.Number), nil, &got)
	}
	if err != nil {
		if statusOf(err) != http.StatusNotFound {
			f.trouble(what, err)
		}
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.answers.Pulls == nil {
		f.answers.Pulls = map[string]process.PullRequest{}
	}
	f.answers.Pulls[strings.ToLower(what)] = process.PullRequest{
		Repo: p.Repo, Number: got.GetNumber(), Title: valid(got.GetTitle()), Author: got.GetUser().GetLogin(),
		Merged: got.GetMerged(), Labels: labelNames(got.Labels),
	}
}

// issue looks at the subject as it is now. One that is gone is left out.
func (f *finding) issue(number int) {
	var got github.Issue
	if _, err := f.t.call(f.ctx, get, fmt.Sprintf("issues/%d", number), nil, &got); err != nil {
		if s := statusOf(err); s != http.StatusNotFound && s != http.StatusGone {
			f.trouble(fmt.Sprintf("issue %d", number), err)
		}
		return
	}
	shown := &process.Issue{
		Number: got.GetNumber(), Title: valid(got.GetTitle()), Author: got.GetUser().GetLogin(),
		Labels: labelNames(got.Labels), Milestone: got.GetMilestone().GetNumber(),
		State: got.GetState(), Locked: got.GetLocked(), IsPull: got.IsPullRequest(),
	}
	for _, a := range got.Assignees {
		shown.Assignees = append(shown.Assignees, a.GetLogin())
	}
	if login := f.t.h.KnownLogin(); login != "" && ours(got.User, login) {
		shown.Marker = markerIn(got.GetBody())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers.Issue = shown
}

func labelNames(labels []*github.Label) []string {
	var out []string
	for _, l := range labels {
		out = append(out, valid(l.GetName()))
	}
	return out
}

// trouble notes what could not be looked up, in words for people.
func (f *finding) trouble(what string, err error) {
	why := "GitHub did not answer"
	var (
		refused *github.ErrorResponse
		later   bot.Later
		never   bot.Never
	)
	switch {
	case errors.As(err, &refused):
		why = words(refused)
	case errors.As(verdict(err), &later):
		why = later.Cause
	case errors.As(err, &never):
		why = never.Cause
	case errors.Is(err, context.DeadlineExceeded):
		why = "GitHub did not answer in time"
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.troubles[what+": "+why] = true
}

func (f *finding) told() string {
	var all []string
	for t := range f.troubles {
		all = append(all, t)
	}
	slices.Sort(all)
	return clip(strings.Join(all, "; "), 1000)
}
