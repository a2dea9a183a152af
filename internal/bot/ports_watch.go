package bot

import (
	"context"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Watch sees what the bot does: whoever counts and traces it. Its methods are
// called by several goroutines at once, must return at once, and change nothing
// of what they are shown.
type Watch interface {
	// Deciding says that work on an event begins: its questions are asked next.
	// They go with the context that it returns, which Decided is given in the end.
	// Cause is the context of the action whose receipt the event is, else nil.
	Deciding(ctx, cause context.Context, e process.Event) context.Context
	// Decided says that an event is settled, and how: a decision was recorded, or
	// it came to nothing, which Decision.Skipped explains. Waited is the time since
	// its delivery was received; 0 for a receipt, which nobody waits for.
	Decided(ctx context.Context, e Entry, waited time.Duration)
	// Acting says that an action is tried. Cause is the context of the decision
	// that asked for it, nil if an earlier process made it. What is asked of GitHub
	// goes with the context that it returns, which Acted is given in the end.
	Acting(ctx, cause context.Context, w Work) context.Context
	// Acted says how the try came out.
	Acted(ctx context.Context, w Work, t Try)
}

// A Try is one attempt at an action.
type Try struct {
	Came   Came
	Took   time.Duration
	Waited time.Duration // since this process knew of the action; what it Took included
}

// Came says what an attempt came to.
type Came string

// What an attempt can come to.
const (
	CameDone  Came = "done"       // it is true at GitHub now
	CameAgain Came = "again"      // it failed, or nobody knows, and is tried again
	CameLater Came = "later"      // it was told to wait, by a limit or for its process
	CameDead  Came = "dead"       // it failed for good
	CameBack  Came = "unfinished" // it was broken off, and whoever comes next goes on
)

// nobody is the Watch of those who have none.
type nobody struct{}

func (nobody) Deciding(ctx, _ context.Context, _ process.Event) context.Context { return ctx }
func (nobody) Decided(context.Context, Entry, time.Duration)                    {}
func (nobody) Acting(ctx, _ context.Context, _ Work) context.Context            { return ctx }
func (nobody) Acted(context.Context, Work, Try)                                 {}
