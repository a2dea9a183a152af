package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// openIssue opens an issue, with the hidden marker that finds it again. It has
// its labels from the beginning.
func openIssue(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if err := t.ensureLabels(ctx, d.Labels...); err != nil {
		return process.Result{}, err
	}
	var made github.Issue
	_, err := t.call(ctx, post, "issues", map[string]any{
		"title": titled(d.Title), "body": compose(d.Marker, d.Body, d.Tail), "labels": append([]string{}, d.Labels...),
	}, &made)
	return process.Result{Number: made.GetNumber(), Node: made.GetNodeID()}, err
}

// editIssue writes the title, the body, or both of an issue that is ours.
func editIssue(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	change := map[string]string{}
	if d.Title != "" {
		change["title"] = titled(d.Title)
	}
	if d.Body != "" {
		change["body"] = compose(d.Marker, d.Body, d.Tail)
	}
	if len(change) == 0 {
		return process.Result{Number: d.Number}, nil
	}
	return t.patchIssue(ctx, d, change)
}

func closeIssue(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	change := map[string]string{"state": "closed"}
	if d.Reason != "" {
		change["state_reason"] = d.Reason
	}
	return t.patchIssue(ctx, d, change)
}

func reopenIssue(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	return t.patchIssue(ctx, d, map[string]string{"state": "open"})
}

func (t *trip) patchIssue(ctx context.Context, d bot.Deed, change any) (process.Result, error) {
	_, err := t.call(ctx, patch, issuePath(d), change, nil)
	return process.Result{Number: d.Number}, err
}

// assign makes a person an assignee. GitHub answers as if it had when the
// person cannot be one, so the answer is looked at.
func assign(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	var now github.Issue
	_, err := t.call(ctx, post, issuePath(d)+"/assignees", map[string][]string{"assignees": {d.Login}}, &now)
	if err == nil && !slices.ContainsFunc(now.Assignees, func(u *github.User) bool {
		return strings.EqualFold(u.GetLogin(), d.Login)
	}) {
		err = bot.Never{Cause: fmt.Sprintf("GitHub does not take %s as an assignee of this repository's issues", d.Login)}
	}
	return process.Result{Number: d.Number}, err
}

func unassign(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	_, err := t.call(ctx, del, issuePath(d)+"/assignees", map[string][]string{"assignees": {d.Login}}, nil)
	return process.Result{Number: d.Number}, err
}
