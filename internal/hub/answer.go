package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v62/github"
	"golang.org/x/sync/errgroup"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	// mostLookups is how many look-ups of one question run at once.
	mostLookups = 10
	// lookupTries is how often one that fails is sent, at longer and longer
	// intervals from the first: a gateway that stumbles must not close a gate. But
	// not for longer than a person waits.
	lookupTries = 5
	lookupPause = 200 * time.Millisecond
	lookupMost  = 10 * time.Second
)

// Answer looks up what is asked, all of it at once; see [bot.GitHub].
func (h *Hub) Answer(ctx context.Context, installation int64, repo string, q process.Questions, roles bot.RoleSource) (process.Answers, error) {
	if q.Empty() {
		return process.Answers{}, nil
	}
	f := &finding{ctx: ctx, installation: installation, found: map[lookup]int{}, troubles: map[string]bool{}}
	var err error
	if f.ctx, f.t, err = h.begin(ctx, installation, repo, true); err != nil {
		f.trouble("GitHub", err)
	} else {
		f.run(q, roles)
	}
	if f.later != nil {
		return process.Answers{}, *f.later
	}
	a := f.answers
	a.Roles = rolesOf(q, roles, repo, f.found)
	a.Trouble = f.told()
	return a, nil
}

// finding is one round of look-ups.
type finding struct {
	ctx          context.Context
	installation int64
	t            *trip

	mu       sync.Mutex
	found    map[lookup]int // without what could not be looked up
	answers  process.Answers
	troubles map[string]bool
	later    *bot.Later // GitHub's limits, if they were met
}

// try sends a look-up, and once more if GitHub stumbled over it.
func (f *finding) try(look func() error) error {
	began := time.Now()
	for tries, pause := 1, lookupPause; ; tries, pause = tries+1, 2*pause {
		err := look()
		if tries == lookupTries || !stumbled(err) || time.Since(began) > lookupMost {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-f.ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// stumbled reports whether a look-up failed in a way that may be over in a moment:
// without an answer, by GitHub's own fault, or for a token that not all its machines
// know yet.
func stumbled(err error) bool {
	var later bot.Later
	var never bot.Never
	if err == nil || errors.As(err, &later) || errors.As(err, &never) {
		return false
	}
	status := statusOf(err)
	return status == 0 || status == http.StatusUnauthorized || status >= http.StatusInternalServerError
}

// run looks everything up, each distinct thing once.
func (f *finding) run(q process.Questions, roles bot.RoleSource) {
	var g errgroup.Group
	g.SetLimit(mostLookups)
	start := func(look func()) { g.Go(func() error { look(); return nil }) }
	for l := range lookups(q, roles, f.t.fullName()) {
		start(func() { f.person(l) })
	}
	for _, p := range q.Pulls {
		start(func() { f.pull(p) })
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

// person answers one look-up of a person. Who asks while the same is being asked gets
// the answer to that: somebody who types ten commands is looked up for one or two of
// them. The answer comes after all who get it have asked.
func (f *finding) person(l lookup) {
	var has int
	err := f.try(func() error {
		got, err, _ := f.t.h.asking.Do(fmt.Sprint(f.installation, f.t.fullName(), l), func() (any, error) { return l.ask(f.ctx, f.t) })
		has, _ = got.(int)
		return err
	})
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
func (f *finding) pull(p process.Pull) {
	what := fmt.Sprintf("%s#%d", p.Repo, p.Number)
	ctx, t, err := f.t.h.begin(f.ctx, f.installation, p.Repo, true)
	var got github.PullRequest
	if err == nil {
		err = f.try(func() error {
			_, err := t.call(ctx, get, fmt.Sprintf("pulls/%d", p.Number), nil, &got)
			return err
		})
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
	err := f.try(func() error {
		_, err := f.t.call(f.ctx, get, fmt.Sprintf("issues/%d", number), nil, &got)
		return err
	})
	if err != nil {
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
	limited := errors.As(err, &later)
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
	if limited && (f.later == nil || later.Until.After(f.later.Until)) {
		f.later = &later
	}
}

func (f *finding) told() string {
	var all []string
	for t := range f.troubles {
		all = append(all, t)
	}
	slices.Sort(all)
	return clip(strings.Join(all, "; "), 1000)
}
