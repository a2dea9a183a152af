package bot

import (
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// Rules are the pure functions of the loop. The zero Rules are those of package
// process.
type Rules struct {
	Ask    func(*process.Process, *process.Line, process.Event) process.Questions
	Decide func(*process.Process, *process.Line, process.Event, process.Answers) process.Decision
	// Keys names what an event would settle, so that it can be looked up.
	Keys func(process.Event) []string
}

// Timing are the lengths by the machine's clock. A zero length does not wait,
// or switches off what it is for; [Usual] has those for real use.
type Timing struct {
	Settle    time.Duration // a burst of label changes is over after this silence
	Slow      time.Duration // after it a waiting commander gets 👀; 0 is never
	FindAfter time.Duration // before what may have been done is searched for, or done again; GitHub gives up after 10 s
	Owed      time.Duration // how long it may stay unwritten that an action has ended, or a delivery come to nothing
	PageEvery time.Duration // at least between two writes of one living page
	Retry     time.Duration // the first back-off, doubled each time
	RetryMost time.Duration // the longest back-off; 0 is Retry
	Restart   time.Duration // before a worker that failed begins anew
	Stop      time.Duration // how long work in hand may take after a stop
	Keep      time.Duration // how long settled deliveries are kept whole; 0 is for ever
	Remember  time.Duration // how long of those settled the id and the outcome are kept, Keep at least
}

// Usual returns the lengths for real use.
func Usual() Timing {
	return Timing{
		Settle: 3 * time.Second, Slow: 2 * time.Second, FindAfter: 11 * time.Second, Owed: 100 * time.Millisecond,
		Retry: time.Second, RetryMost: 5 * time.Minute, Restart: time.Second, Stop: 15 * time.Second,
		Keep: 30 * 24 * time.Hour, Remember: 400 * 24 * time.Hour,
	}
}

// backoff is the pause after the given number of failures, with jitter so that
// what failed together does not come back together.
func (t Timing) backoff(failures int) time.Duration {
	d, most := t.Retry, max(t.Retry, t.RetryMost)
	for i := 1; i < failures && d < most; i++ {
		d *= 2
	}
	d = min(d, most)
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1)) //nolint:gosec // spreads load, hides nothing
}

// Config is what a [Bot] is made of. Store, GitHub, Translator, Renderer and
// Processes are required; the rest has a useful zero.
type Config struct {
	Store      Store
	GitHub     GitHub
	Translator Translator
	Renderer   Renderer
	Processes  Processes
	Notifier   Notifier // tells chats; nil is none
	// Keys sign the snapshots that living pages carry; none is no snapshots. With a
	// Witness, nothing is done in a repository that GitHub knows more of than Store.
	Keys    snapshot.Keys
	Witness Witness
	Watch   Watch // counts and traces; nil is nobody
	Rules   Rules
	Timing  Timing
	World   func() time.Time // for dates; nil is the machine's clock
	Log     zerolog.Logger
	Holder  string // names this process in the leases
	// Took is told, before anything is decided, that this process has got the
	// lease of an installation: what it remembers of it may be old. Nil is nobody.
	Took func(installation int64)
	// Attempts that may fail before an action is dead; 0 is 12.
	Attempts int
	// Parallel issues written to, and events asked about; 0 is 20 and 8.
	Parallel, Asking int
}

func (c Config) withDefaults() Config {
	if c.Rules.Ask == nil {
		c.Rules.Ask = process.Ask
	}
	if c.Rules.Decide == nil {
		c.Rules.Decide = process.Decide
	}
	if c.Rules.Keys == nil {
		c.Rules.Keys = process.LineKeys
	}
	if c.Took == nil {
		c.Took = func(int64) {}
	}
	if c.Watch == nil {
		c.Watch = nobody{}
	}
	if c.World == nil {
		c.World = time.Now
	}
	if c.Attempts == 0 {
		c.Attempts = 12
	}
	if c.Parallel == 0 {
		c.Parallel = 20
	}
	if c.Asking == 0 {
		c.Asking = 8
	}
	return c
}
