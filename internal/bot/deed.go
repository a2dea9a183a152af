package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// statusMarker is the hidden key of a living page that names none.
const statusMarker = "status"

// A digest is what a living page was when it was last written; the zero digest
// is not known.
type digest [sha256.Size]byte

func pageKey(j *job) string {
	return j.Repo + " " + string(j.Action.Item) + " " + cmp.Or(j.Action.Marker, statusMarker)
}

func (c *carrier) isPage() bool { return c.work.Action.Do == process.Refresh }

// prepare puts numbers in place of ids, and renders a living page. Done says
// that there is nothing to write.
func (c *carrier) prepare(ctx context.Context) (done bool, err error) {
	a := c.work.Action
	if c.tracked, err = c.Processes.Process(ctx, c.installation, c.work.Repo); err != nil {
		until := time.Now().Add(c.Timing.backoff(c.work.Attempt + 1))
		return false, Later{Until: until, Cause: "the process cannot be had: " + err.Error()}
	}
	if c.tracked == nil {
		return false, Never{Cause: "the repository is no longer a tracking one"}
	}
	c.deed, c.repo = Deed{Action: a, Number: a.Issue}, a.Repo
	if c.repo == "" {
		c.repo = c.line.Repo
	}
	it := c.line.Get(a.Item)
	if it != nil && a.Issue == 0 {
		c.deed.Number = it.Shown.Number
	}
	switch a.Do {
	case process.OpenIssue:
		c.deed.Number = 0
		c.deed.Marker = cmp.Or(a.Marker, issueMarker(a.Item))
		return false, nil
	case process.MakeLabels:
		c.deed.Number = 0
		return false, nil
	case process.MakeMilestone:
		c.deed.Number = 0
		if it != nil && it.T != nil {
			c.deed.MilestoneNumber = it.T.Milestone
		}
		return false, nil
	case process.SetMilestone:
		if train := c.line.Get(a.Train); train != nil && train.T != nil {
			c.deed.MilestoneNumber = train.T.Milestone
		}
	case process.EditComment:
		if it != nil {
			c.deed.CommentID = it.Shown.Comments[a.Marker]
		}
	case process.SayOnce:
		c.deed.Marker = cmp.Or(a.Marker, ownMarker(a.Key))
	case process.Refresh:
		if it == nil || it.Shown.Gone {
			return true, nil
		}
		return c.render(it)
	}
	if a.Do == process.Notify {
		return false, nil
	}
	if c.deed.Number == 0 {
		return false, Never{Cause: "it names no issue"}
	}
	return false, nil
}

// render makes a Refresh the deed that brings the living page up to date.
func (c *carrier) render(it *process.Item) (unchanged bool, err error) {
	var title, body string
	trace := guard(func() {
		title, body, err = c.Renderer.Page(c.tracked.Process, c.line, it, c.World())
	})
	if trace != "" {
		err = errors.New(trace)
	}
	if err != nil {
		return false, Never{Cause: "its page cannot be rendered: " + err.Error()}
	}
	tail, content := c.tail(it)
	sum := digest(sha256.Sum256(append([]byte(title+"\n"+body), content...)))
	marker := cmp.Or(c.work.Action.Marker, statusMarker)
	if sum == c.written && !c.work.Action.Anew && (title != "" || it.Shown.Comments[marker] != 0) {
		return true, nil // a comment that somebody deleted is written anew
	}
	c.written = sum
	c.work.Action.Marker = marker
	c.deed.Body, c.deed.Tail, c.deed.Marker = body, tail, marker
	c.deed.CommentID = it.Shown.Comments[marker]
	switch {
	case title != "":
		c.deed.Do, c.deed.Title, c.deed.Marker = process.EditIssue, title, issueMarker(it.ID)
	case c.deed.CommentID != 0:
		c.deed.Do = process.EditComment
	default:
		c.deed.Do = process.SayOnce
	}
	return false, nil
}

// issueMarker is the hidden key of an issue that the bot opened.
func issueMarker(id process.ID) string { return "item/" + string(id) }

// ownMarker is the hidden key of a comment that nobody but us looks for.
func ownMarker(action string) string {
	sum := sha256.Sum256([]byte(action))
	return "say/" + hex.EncodeToString(sum[:12])
}
