package hub

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

var _ bot.Witness = (*Hub)(nil)

// Signed returns the bodies that may carry our newest snapshots; see [bot.Witness].
// With a board it is one request, without one three. A repository that does not exist
// for us shows none: nothing can be written there either.
func (h *Hub) Signed(ctx context.Context, installation int64, repo string, board int) ([]bot.SignedBody, error) {
	login, err := h.Login(ctx)
	if err != nil {
		return nil, err
	}
	ctx, t, err := h.begin(ctx, installation, repo, true)
	if err != nil {
		return nil, err
	}
	if board > 0 {
		var issue github.Issue
		_, err := t.call(ctx, get, fmt.Sprintf("issues/%d", board), nil, &issue)
		switch {
		case err == nil && ours(issue.User, login):
			return []bot.SignedBody{t.signedIssue(&issue)}, nil
		case err != nil && !gone(err):
			return nil, fmt.Errorf("hub: read the departures board: %w", verdict(err))
		}
	}
	bodies, err := t.newest(ctx, login)
	if err != nil && !gone(err) {
		return nil, fmt.Errorf("hub: read our newest texts: %w", verdict(err))
	}
	return bodies, nil
}

// newest are our issues and comments that were written last.
func (t *trip) newest(ctx context.Context, login string) ([]bot.SignedBody, error) {
	home, err := t.home(ctx)
	if err != nil {
		return nil, err
	}
	var issues []*github.Issue
	path := "issues?state=all&sort=updated&direction=desc&per_page=100&creator=" + url.QueryEscape(login)
	if _, err := t.call(ctx, get, path, nil, &issues); err != nil {
		return nil, err
	}
	var comments []*github.IssueComment
	if _, err := t.call(ctx, get, "issues/comments?sort=updated&direction=desc&per_page=100", nil, &comments); err != nil {
		return nil, err
	}
	var out []bot.SignedBody
	for _, i := range issues {
		if ours(i.User, login) {
			body := t.signedIssue(i)
			body.Place.Home = home
			out = append(out, body)
		}
	}
	for _, c := range comments {
		if ours(c.User, login) {
			place := snapshot.Place{Repo: t.fullName(), Home: home, Issue: issueOf(c)}
			out = append(out, bot.SignedBody{Place: place, Body: c.GetBody()})
		}
	}
	return out, nil
}

// home is the repository's node id.
func (t *trip) home(ctx context.Context) (string, error) {
	var repo github.Repository
	_, err := t.callRoot(ctx, get, "repos/"+url.PathEscape(t.owner)+"/"+url.PathEscape(t.repo), nil, &repo)
	return repo.GetNodeID(), err
}

func (t *trip) signedIssue(i *github.Issue) bot.SignedBody {
	return bot.SignedBody{
		Place: snapshot.Place{Repo: t.fullName(), Issue: i.GetNumber(), Node: i.GetNodeID()},
		Body:  i.GetBody(),
	}
}

// issueOf is the number of the issue that a comment stands on, 0 if its address
// does not say.
func issueOf(c *github.IssueComment) int {
	path := c.GetIssueURL()
	n, err := strconv.Atoi(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil {
		return 0
	}
	return n
}

// gone reports whether GitHub has said that something does not exist, or no more.
func gone(err error) bool {
	s := statusOf(err)
	return s == http.StatusNotFound || s == http.StatusGone
}
