package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v62/github"
	"golang.org/x/sync/errgroup"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// longMemory is how long ago a command may have been typed for its reactions to be
// looked at one by one; of older ones it is enough that there are some.
const longMemory = 30 * 24 * time.Hour

// Survey reads all that a repository shows of our record: lists alone, never the
// search. It takes one request for each hundred issues and comments. What GitHub
// wants waited is waited for.
func (h *Hub) Survey(ctx context.Context, installation int64, repo string) (rebuild.World, error) {
	login, err := h.Login(ctx)
	if err != nil {
		return rebuild.World{}, err
	}
	ctx, t, err := h.begin(ctx, installation, repo, false)
	if err != nil {
		return rebuild.World{}, err
	}
	s := &survey{t: t, world: rebuild.World{Repo: t.fullName(), Self: login}, at: map[int]int{}}
	for _, read := range []func(context.Context) error{s.repository, s.issues, s.comments, s.milestones, s.labels, s.reactions, s.edits} {
		if err := read(ctx); err != nil {
			return rebuild.World{}, fmt.Errorf("hub: survey %s: %w", repo, verdict(err))
		}
	}
	return s.world, nil
}

// survey is a reading in hand.
type survey struct {
	t     *trip
	world rebuild.World
	at    map[int]int // issue → its place in world.Issues
	ask   []typedIn   // comments whose reactions have to be looked at
	texts []signedText
}

// typedIn is a comment with commands, by its place.
type typedIn struct{ issue, comment int }

// signedText is one with a snapshot: a comment, or the issue itself when comment is -1.
type signedText struct {
	node           string
	issue, comment int
}

// tries is how often a page that GitHub does not give is asked for.
const tries = 4

// patient reads a page, once more when GitHub fails and as late as it wants.
func (s *survey) patient(ctx context.Context, path string, out any) (*github.Response, error) {
	for failed := 0; ; {
		resp, err := s.t.call(ctx, get, path, nil, out)
		var later bot.Later
		var never bot.Never
		until := time.Now().Add(time.Second)
		switch err = verdict(err); {
		case err == nil, errors.As(err, &never), ctx.Err() != nil:
			return resp, err
		case errors.As(err, &later):
			until = later.Until
		default:
			if failed++; failed == tries {
				return resp, err
			}
		}
		timer := time.NewTimer(time.Until(until))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

// pagesOf reads all pages of a list.
func pagesOf[T any](ctx context.Context, s *survey, path string, each func(T)) error {
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	for page := 1; page != 0; {
		var got []T
		resp, err := s.patient(ctx, fmt.Sprintf("%s%sper_page=100&page=%d", path, join, page), &got)
		if err != nil {
			return err
		}
		for _, one := range got {
			each(one)
		}
		page = resp.NextPage
	}
	return nil
}

func (s *survey) repository(ctx context.Context) error {
	var err error
	s.world.Home, err = s.t.home(ctx)
	return err
}

func (s *survey) issues(ctx context.Context) error {
	return pagesOf(ctx, s, "issues?state=all&sort=created&direction=asc", func(i *github.Issue) {
		if _, known := s.at[i.GetNumber()]; known {
			return // a page that moved while it was read
		}
		in := rebuild.Issue{Issue: process.Issue{
			Number: i.GetNumber(), Title: valid(i.GetTitle()), Author: i.GetUser().GetLogin(), Labels: labelNames(i.Labels),
			Milestone: i.GetMilestone().GetNumber(), State: i.GetState(), Locked: i.GetLocked(), IsPull: i.IsPullRequest(), Node: i.GetNodeID(),
		}, Ours: ours(i.User, s.world.Self), Created: i.GetCreatedAt().Time}
		for _, a := range i.Assignees {
			in.Assignees = append(in.Assignees, a.GetLogin())
		}
		if in.Ours {
			in.Marker, in.Body = markerIn(i.GetBody()), valid(i.GetBody())
			if snapshot.Find(in.Body) != "" {
				s.texts = append(s.texts, signedText{i.GetNodeID(), len(s.world.Issues), -1})
			}
		} else {
			in.Body = firstRunes(valid(i.GetBody()), maxBody)
		}
		s.at[in.Number] = len(s.world.Issues)
		s.world.Issues = append(s.world.Issues, in)
	})
}

func (s *survey) comments(ctx context.Context) error {
	return pagesOf(ctx, s, "issues/comments?sort=created&direction=asc", func(c *github.IssueComment) {
		at, known := s.at[issueOf(c)]
		if !known {
			return // of an issue that came after the list was read
		}
		in := &s.world.Issues[at]
		mine := ours(c.User, s.world.Self)
		body := valid(c.GetBody())
		switch {
		case slices.ContainsFunc(in.Comments, func(o rebuild.Comment) bool { return o.ID == c.GetID() }):
			return
		case mine && snapshot.Find(body) != "":
			s.texts = append(s.texts, signedText{c.GetNodeID(), at, len(in.Comments)})
		case !mine && c.GetUser().GetType() == "Bot":
			return
		case !mine && len(command.Parse(body)) == 0:
			return
		}
		r := c.GetReactions()
		if !mine && r.GetRocket()+r.GetConfused() > 0 {
			s.ask = append(s.ask, typedIn{at, len(in.Comments)})
		}
		in.Comments = append(in.Comments, rebuild.Comment{
			ID: c.GetID(), Author: c.GetUser().GetLogin(), Ours: mine, Body: body, At: c.GetCreatedAt().Time,
			Done: r.GetRocket() > 0 && r.GetConfused() == 0, Changed: !c.GetUpdatedAt().Equal(c.GetCreatedAt()),
		})
	})
}

func (s *survey) milestones(ctx context.Context) error {
	return pagesOf(ctx, s, "milestones?state=all", func(m *github.Milestone) {
		one := rebuild.Milestone{Number: m.GetNumber(), Title: valid(m.GetTitle()), Closed: m.GetState() == "closed"}
		if due := m.GetDueOn(); !due.IsZero() {
			one.Due = calendar.DateOf(due.Time) // it is cut to the date in California, which is at 7 or 8 in UTC
		}
		s.world.Milestones = append(s.world.Milestones, one)
	})
}

func (s *survey) labels(ctx context.Context) error {
	return pagesOf(ctx, s, "labels", func(l *github.Label) { s.world.Labels = append(s.world.Labels, valid(l.GetName())) })
}

// reactions finds out which commands bear a reaction of ours.
func (s *survey) reactions(ctx context.Context) error {
	var newest time.Time
	for _, a := range s.ask {
		if at := s.world.Issues[a.issue].Comments[a.comment].At; at.After(newest) {
			newest = at
		}
	}
	var g errgroup.Group
	g.SetLimit(mostLookups)
	var mu sync.Mutex
	for _, a := range s.ask {
		c := &s.world.Issues[a.issue].Comments[a.comment]
		if newest.Sub(c.At) > longMemory {
			c.Answered = true
			continue
		}
		id := c.ID
		g.Go(func() error {
			return pagesOf(ctx, s, fmt.Sprintf("issues/comments/%d/reactions", id), func(r *github.Reaction) {
				if face := r.GetContent(); ours(r.User, s.world.Self) && (face == "rocket" || face == "confused") {
					mu.Lock()
					defer mu.Unlock()
					c.Answered = true
				}
			})
		})
	}
	return g.Wait()
}

// edits finds out who edited our texts last. A GitHub that does not answer this
// leaves it unknown, which is told.
func (s *survey) edits(ctx context.Context) error {
	for batch := range slices.Chunk(s.texts, 100) {
		ids := make([]string, 0, len(batch))
		for _, x := range batch {
			ids = append(ids, x.node)
		}
		by, err := s.editors(ctx, ids)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			s.t.h.opts.Logger.Warn().Err(err).Msg("GitHub does not tell who edited our texts")
			return nil
		}
		for _, x := range batch {
			in := &s.world.Issues[x.issue]
			if x.comment < 0 {
				in.Edited = by[x.node]
			} else {
				in.Comments[x.comment].Edited = by[x.node]
			}
		}
	}
	s.world.Edits = true
	return nil
}

const editorsQuery = `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Comment { lastEditedAt editor { __typename login } } } }`

// nobodyKnown stands for an account that was deleted.
const nobodyKnown = "an account that is gone"

// editors returns, by node id, who edited texts last, but for ourselves.
func (s *survey) editors(ctx context.Context, ids []string) (map[string]string, error) {
	var got struct {
		Data struct {
			Nodes []*struct {
				ID           string     `json:"id"`
				LastEditedAt *time.Time `json:"lastEditedAt"`
				Editor       *struct {
					Type  string `json:"__typename"`
					Login string `json:"login"`
				} `json:"editor"`
			} `json:"nodes"`
		} `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	in := map[string]any{"query": editorsQuery, "variables": map[string]any{"ids": ids}}
	req, err := s.t.client.NewRequest(http.MethodPost, s.t.h.graphPath(), in)
	if err != nil {
		return nil, err
	}
	if _, err := s.t.client.Do(ctx, req, &got); err != nil {
		return nil, verdict(err)
	}
	if len(got.Errors) > 0 {
		return nil, errors.New(got.Errors[0].Message)
	}
	out := map[string]string{}
	slug := strings.TrimSuffix(s.world.Self, "[bot]")
	for _, n := range got.Data.Nodes {
		switch {
		case n == nil || n.LastEditedAt == nil:
		case n.Editor == nil:
			out[n.ID] = nobodyKnown
		case n.Editor.Type != "Bot" || !strings.EqualFold(strings.TrimSuffix(n.Editor.Login, "[bot]"), slug):
			out[n.ID] = n.Editor.Login
		}
	}
	return out, nil
}

// graphPath is where GraphQL is, as seen from the REST API: beside it on a server
// of one's own, where that is below /api/v3.
func (h *Hub) graphPath() string {
	if strings.HasSuffix(h.base.Path, "/api/v3/") {
		return "../graphql"
	}
	return "graphql"
}

// LabelledBy returns who put each label of an issue on last, by the labels' names.
func (h *Hub) LabelledBy(ctx context.Context, installation int64, repo string, issue int) (map[string]string, error) {
	ctx, t, err := h.begin(ctx, installation, repo, false)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	err = pagesOf(ctx, &survey{t: t}, fmt.Sprintf("issues/%d/events", issue), func(e *github.IssueEvent) {
		if e.GetEvent() == "labeled" {
			out[e.GetLabel().GetName()] = e.GetActor().GetLogin()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("hub: who labelled #%d: %w", issue, err)
	}
	return out, nil
}

// InstallationOf returns the installation that may work in a repository;
// [bot.ErrNotFound] when there is none.
func (h *Hub) InstallationOf(ctx context.Context, repo string) (int64, error) {
	owner, name, ok := strings.Cut(repo, "/")
	if !ok || !sound(owner) || !sound(name) {
		return 0, bot.ErrNotFound
	}
	client, err := h.appClient()
	if err != nil {
		return 0, err
	}
	found, _, err := client.Apps.FindRepositoryInstallation(ctx, url.PathEscape(owner), url.PathEscape(name))
	switch {
	case gone(err):
		return 0, bot.ErrNotFound
	case err != nil:
		return 0, fmt.Errorf("hub: look up the installation of %s: %w", repo, verdict(err))
	}
	return found.GetID(), nil
}
