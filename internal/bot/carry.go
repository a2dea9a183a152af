package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A carrier carries out one action, in a goroutine of its own.
type carrier struct {
	*shift
	line    *process.Line // as it was when the job left
	head    int64         // and the ledger's last line then
	work    Work          // its state, kept up as it changes
	written digest        // of the living page as last written

	watched context.Context // what the Watch has made of the shift's
	came    Came
	tracked *Tracked
	deed    Deed
	repo    string // where the deed is done
	result  process.Result
	sent    bool // the last request was that of the deed itself
	made    bool // a living page's comment was made
	over    bool // done, or dead if the result says that it failed
	fault   error
}

// carry tries the action once and stores what came of it, unless that has to be
// decided first.
func (c *carrier) carry(ctx context.Context) {
	keep := context.WithoutCancel(ctx) // what has been done must be written down
	var err error
	if trace := guard(func() { err = c.try(ctx, keep) }); trace != "" {
		err = errors.New(trace)
	}
	var never Never
	var later Later
	switch {
	case c.fault != nil:
		return
	case err == nil:
		c.end("")
	case errors.As(err, &never):
		c.end(never.Cause)
	case ctx.Err() != nil:
		return // stopped half-way: the next shift finds out
	case errors.As(err, &later):
		c.came = CameLater
		c.work.DueAt, c.work.LastError = later.Until, err.Error()
		if c.sent {
			c.work.StartedAt = time.Time{}
		}
	default:
		c.again(err)
	}
	switch {
	case !c.over:
		c.fault = c.Store.Update(keep, c.lease, c.work)
	case !c.receipt():
		c.fault = c.Store.Finish(keep, c.lease, c.work.Repo, c.result)
	}
}

// end fills in the result.
func (c *carrier) end(failed string) {
	a := c.work.Action
	c.over, c.came = true, CameDone
	if failed != "" {
		c.came = CameDead
	}
	c.result.Action, c.result.Kind, c.result.Item, c.result.Marker, c.result.Failed = a.Key, a.Do, a.Item, a.Marker, failed
}

// again counts a failure, and gives up after the last.
func (c *carrier) again(err error) {
	c.came = CameAgain
	c.work.Attempt++
	c.work.LastError = err.Error()
	if c.work.Attempt >= c.Attempts {
		c.end(fmt.Sprintf("given up after %d attempts: %v", c.work.Attempt, err))
		return
	}
	wait := c.Timing.backoff(c.work.Attempt)
	if c.sent { // it may land yet: a search would not see it, and what comes next would be undone by it
		wait = max(wait, c.Timing.FindAfter)
	}
	c.work.DueAt = time.Now().Add(wait)
	c.Log.Warn().Err(err).Str("repo", c.work.Repo).Str("action", c.work.Action.Key).Int("attempt", c.work.Attempt).
		Dur("wait", wait).Msg("action failed")
}

// try does the deed, after looking whether it was done before if that is not
// known. What would show if it were done twice is marked as started before it
// leaves.
func (c *carrier) try(ctx, keep context.Context) error {
	if done, err := c.prepare(ctx); done || err != nil {
		return err
	}
	switch {
	case c.deed.Do == process.Notify:
		return c.notify(ctx, keep)
	case !searched(c.deed.Do): // done again, nobody would notice: no mark is needed
	case c.work.StartedAt.IsZero():
		c.work.StartedAt = time.Now()
		if c.fault = c.Store.Update(keep, c.lease, c.work); c.fault != nil {
			return c.fault
		}
	default:
		found, ok, err := c.GitHub.Find(ctx, c.installation, c.repo, c.deed, c.work.StartedAt)
		if err != nil {
			return fmt.Errorf("find out whether it was done: %w", err)
		}
		if ok {
			return c.found(ctx, found)
		}
	}
	c.sent = true
	result, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	var never Never
	if c.isPage() && c.deed.Do == process.EditComment && errors.As(err, &never) && never.Gone {
		c.deed.Do, c.deed.CommentID = process.SayOnce, 0 // somebody deleted it
		result, err = c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	}
	if err != nil {
		return err
	}
	c.result, c.made = result, c.isPage() && c.deed.Do == process.SayOnce
	return nil
}

// found takes over what an earlier attempt did. A living page may have been
// rendered from an older Line then.
func (c *carrier) found(ctx context.Context, r process.Result) error {
	c.result = r
	if !c.isPage() {
		return nil
	}
	c.made = true
	c.deed.Do, c.deed.CommentID = process.EditComment, r.Comment
	_, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed)
	return err
}

// receipt reports whether the Line must hear of the result.
func (c *carrier) receipt() bool {
	a := c.work.Action
	switch {
	case !c.over || c.tracked == nil || a.Item == "":
		return false
	case c.result.Failed != "" || c.made:
		return true
	}
	return a.Do == process.OpenIssue || a.Do == process.MakeMilestone || a.Do == process.SayOnce && a.Marker != ""
}

// searched reports whether doing it twice would show, so that it must be looked
// for after an unknown outcome.
func searched(do process.Do) bool {
	return do == process.SayOnce || do == process.OpenIssue || do == process.MakeMilestone || do == process.Refresh
}
