package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// say makes a comment, with the hidden marker that finds it again.
func say(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	var made github.IssueComment
	_, err := t.call(ctx, post, issuePath(d)+"/comments", map[string]string{"body": compose(d.Marker, d.Body, d.Tail)}, &made)
	return process.Result{Number: d.Number, Comment: made.GetID()}, err
}

// editComment writes a living comment afresh.
func editComment(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if d.CommentID <= 0 {
		return process.Result{}, bot.Never{Cause: "edit of a comment that is not known"}
	}
	_, err := t.call(ctx, patch, fmt.Sprintf("issues/comments/%d", d.CommentID),
		map[string]string{"body": compose(d.Marker, d.Body, d.Tail)}, nil)
	return process.Result{Number: d.Number, Comment: d.CommentID}, err
}

// react answers a comment with an emoji; the same one again changes nothing.
func react(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if d.Target <= 0 {
		return process.Result{}, bot.Never{Cause: "reaction to a comment that is not known"}
	}
	_, err := t.call(ctx, post, fmt.Sprintf("issues/comments/%d/reactions", d.Target),
		map[string]string{"content": d.Reaction}, nil)
	return process.Result{Number: d.Number}, err
}
