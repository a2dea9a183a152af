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
	line    *process.Line    // as it was when the job left
	head    int64            // and the ledger's last line then
	work    Work             // its state, kept up as it changes
	written digest           // of the living page as last written
	owed    []process.Result // ends of earlier jobs of the siding that are not written down
	beside  *sideline        // writes them down if the request takes long; nil if there is none

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
	if c.beside != nil {
		var err error
		c.owed, err = c.beside.end()
		c.fault = errors.Join(c.fault, err)
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
	c.settle(keep)
}

// settle writes down what came of it, and what is owed. An end that nothing has to
// be decided of is owed in its turn.
func (c *carrier) settle(keep context.Context) {
	owed := c.owed
	switch {
	case !c.over:
		c.fault = c.Store.Update(keep, c.lease, c.work, owed...)
	case c.receipt():
		c.fault = c.finish(keep, c.work.Repo, owed)
	case c.came == CameDead || c.work.Action.Do == process.Notify:
		c.fault = c.finish(keep, c.work.Repo, append(owed, c.result))
	default:
		c.owed = append(owed, c.result)
		return
	}
	c.owed = nil
}

// leave does what is to be done before a request leaves that has its turn. What
// would show if it were done twice is marked as started, together with what is
// owed. Where no mark is needed, what is owed is written beside a request that
// takes long.
func (c *carrier) leave(keep context.Context) error {
	c.sent = true
	if len(c.owed) > 0 && c.beside == nil && !searched(c.deed.Do) {
		c.beside, c.owed = c.writeBeside(keep, c.work.Repo, c.owed), nil
	}
	if !searched(c.deed.Do) || !c.work.StartedAt.IsZero() {
		return nil
	}
	owed := c.owed
	c.owed = nil
	c.work.StartedAt = time.Now()
	c.fault = c.Store.Update(keep, c.lease, c.work, owed...)
	return c.fault
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
// known.
func (c *carrier) try(ctx, keep context.Context) error {
	if done, err := c.prepare(ctx); done || err != nil {
		return err
	}
	if c.deed.Do == process.Notify {
		return c.notify(ctx, keep)
	}
	if searched(c.deed.Do) && !c.work.StartedAt.IsZero() {
		found, ok, err := c.GitHub.Find(ctx, c.installation, c.repo, c.deed, c.work.StartedAt)
		if err != nil {
			return fmt.Errorf("find out whether it was done: %w", err)
		}
		if ok {
			return c.found(ctx, keep, found)
		}
	}
	leaving := func() error { return c.leave(keep) }
	result, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed, leaving)
	var never Never
	if c.isPage() && c.deed.Do == process.EditComment && errors.As(err, &never) && never.Gone {
		c.deed.Do, c.deed.CommentID = process.SayOnce, 0 // somebody deleted it
		result, err = c.GitHub.Do(ctx, c.installation, c.repo, c.deed, leaving)
	}
	if err != nil {
		return err
	}
	c.result, c.made = result, c.isPage() && c.deed.Do == process.SayOnce
	return nil
}

// found takes over what an earlier attempt did. A living page may have been
// rendered from an older Line then.
func (c *carrier) found(ctx, keep context.Context, r process.Result) error {
	c.result = r
	if !c.isPage() {
		return nil
	}
	c.made = true
	c.deed.Do, c.deed.CommentID = process.EditComment, r.Comment
	_, err := c.GitHub.Do(ctx, c.installation, c.repo, c.deed, func() error { return c.leave(keep) })
	c.sent = false // not the deed itself
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
