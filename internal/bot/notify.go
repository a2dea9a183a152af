package bot

import (
	"context"
	"errors"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Notifier tells chats. Package notify is one. It may be asked by several
// goroutines at once.
type Notifier interface {
	// Notify says it in the channel. An [Unsent] error says that nothing has left
	// and that it may be tried again, a [Never] that nothing has left and that
	// trying is useless; after any other the outcome is unknown. No error holds
	// anything of a channel's address.
	Notify(ctx context.Context, n Notification) error
}

// A Notification is something to be said in a channel.
type Notification struct {
	Repo   string // owner/name, of the tracking repository
	To     string // the channel's name
	News   process.News
	Body   string // Markdown
	Number int    // of the issue that it is about; 0 for none
}

// Unsent says that a notification has not left.
type Unsent struct{ Cause string }

// Error says why.
func (e Unsent) Error() string { return "not sent: " + e.Cause }

const (
	// maxTelling is how many channels are told something at once. It has nothing
	// to do with what goes to GitHub: a chat that hangs holds up no issue.
	maxTelling = 4
	// tellingFor is how long a chat may take.
	tellingFor = 30 * time.Second
)

// under counts jobs under way.
func (y *yard) under(j *job, n int) {
	if j.siding.chat {
		y.telling += n
	} else {
		y.out += n
	}
}

// told are the keys of those actions that tell a channel something.
func told(actions []process.Action) (keys []string) {
	for _, a := range actions {
		if a.Do == process.Notify {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// notify tells a channel something, at most once: a chat cannot be searched for
// it. What had left before without an answer is not said again.
func (c *carrier) notify(ctx, keep context.Context) error {
	a := c.work.Action
	switch {
	case c.Notifier == nil:
		return Never{Cause: "this server has no channels to tell"}
	case !c.work.StartedAt.IsZero():
		return Never{Cause: "nobody knows whether it arrived, so it is not said again"}
	}
	c.work.StartedAt = time.Now()
	if c.fault = c.Store.Update(keep, c.lease, c.work); c.fault != nil {
		return c.fault
	}
	limited, cancel := context.WithTimeout(ctx, tellingFor)
	defer cancel()
	err := c.Notifier.Notify(limited, Notification{Repo: c.line.Repo, To: a.To, News: a.News, Body: a.Body, Number: c.deed.Number})
	var unsent Unsent
	var never Never
	switch {
	case errors.As(err, &unsent):
		c.work.StartedAt = time.Time{}
		return err
	case err == nil, errors.As(err, &never):
		return err
	}
	return Never{Cause: "nobody knows whether it arrived, so it is not said again: " + err.Error()}
}
