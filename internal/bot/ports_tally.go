package bot

import (
	"context"
	"time"
)

// A Backlog is how much waits in the whole database, for all installations and
// whichever process works for them. What has more of a kind than the store
// counts has just as many as that.
type Backlog struct {
	Undecided int       // deliveries that nobody has decided yet
	Oldest    time.Time // when the oldest of them was received; zero if there is none
	Pending   int       // actions that may leave now, or are under way
	Waiting   int       // actions that wait for their next try
	Dead      int       // actions that failed for good
}

// A Tally counts what waits.
type Tally interface {
	// Backlog returns what waits as of the moment. It reads only what is open, and
	// a bounded number of that, so it may be asked every few seconds.
	Backlog(ctx context.Context, now time.Time) (Backlog, error)
}
