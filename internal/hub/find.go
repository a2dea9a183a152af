package hub

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	// slack is how far GitHub's clock may be behind the one of since.
	slack = 2 * time.Minute
	// mostPages bounds a search.
	mostPages = 20
)

// Find looks whether the deed was done at or after since; see [bot.GitHub]. It
// reads lists and never searches: GitHub's search lags minutes behind.
func (h *Hub) Find(ctx context.Context, installation int64, repo string, d bot.Deed, since time.Time) (process.Result, bool, error) {
	login, err := h.Login(ctx)
	if err != nil {
		return process.Result{}, false, err
	}
	ctx, t, err := h.begin(ctx, installation, repo, d.Urgent)
	if err != nil {
		return process.Result{}, false, err
	}
	if since.IsZero() {
		since = time.Unix(0, 0)
	}
	var r process.Result
	switch since = since.Add(-slack); d.Do {
	case process.SayOnce:
		r, err = t.findComment(ctx, d, login, since)
	case process.OpenIssue:
		r, err = t.findIssue(ctx, d, login, since)
	case process.MakeMilestone:
		r.Number, err = t.milestoneTitled(ctx, d.Title)
	}
	if err != nil {
		return process.Result{}, false, fmt.Errorf("hub: find %s: %w", d.Do, verdict(err))
	}
	return r, r.Number > 0, nil
}

// ours reports whether we are the author: anyone may write a marker.
func ours(u *github.User, login string) bool {
	return u.GetType() == "Bot" && strings.EqualFold(u.GetLogin(), login)
}

func (t *trip) findComment(ctx context.Context, d bot.Deed, login string, since time.Time) (process.Result, error) {
	for page := 1; page != 0 && page <= mostPages; {
		var list []*github.IssueComment
		resp, err := t.call(ctx, get, fmt.Sprintf("%s/comments?per_page=100&page=%d&since=%s",
			issuePath(d), page, stamp(since)), nil, &list)
		if err != nil {
			return process.Result{}, err
		}
		for _, c := range list {
			if ours(c.User, login) && marked(c.GetBody(), d.Marker) && !c.GetCreatedAt().Before(since) {
				return process.Result{Number: d.Number, Comment: c.GetID()}, nil
			}
		}
		page = resp.NextPage
	}
	return process.Result{}, nil
}

func (t *trip) findIssue(ctx context.Context, d bot.Deed, login string, since time.Time) (process.Result, error) {
	for page := 1; page != 0 && page <= mostPages; {
		var list []*github.Issue
		resp, err := t.call(ctx, get, fmt.Sprintf("issues?state=all&sort=created&direction=desc&creator=%s&per_page=100&page=%d&since=%s",
			url.QueryEscape(login), page, stamp(since)), nil, &list)
		if err != nil {
			return process.Result{}, err
		}
		for _, i := range list {
			if ours(i.User, login) && marked(i.GetBody(), d.Marker) && !i.GetCreatedAt().Before(since) {
				return process.Result{Number: i.GetNumber(), Node: i.GetNodeID()}, nil
			}
		}
		page = resp.NextPage
	}
	return process.Result{}, nil
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
