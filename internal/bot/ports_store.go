package bot

import (
	"context"
	"errors"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Store keeps what must survive: the inbox, the ledger, the items, the
// actions and the leases. What a method that writes has returned without error
// is durable. Methods may be called by several goroutines at once.
type Store interface {
	Inbox
	Queue
	Asides
	Ledger
	Works
	Marks
	Leases
	Tally
	// Close hands everything back. Nothing may be called after it.
	Close() error
}

// A Lease is the right to decide and write for one installation. Every write
// checks that its epoch is still the latest, else it fails with [ErrLeaseLost]
// and changes nothing.
type Lease struct {
	Installation int64
	Epoch        int64
	// Recalled is closed when another process should have the lease: it is to be
	// released once the work in hand is done. Nil is never.
	Recalled <-chan struct{}
	// Lost is closed when somebody else may have taken the lease: nothing may be
	// done under it any more. Nil is never.
	Lost <-chan struct{}
}

// Shared is a [Store] on which several processes work at once.
type Shared interface {
	// Join makes this process one of those among which the installations are
	// shared out, until it leaves. News is called, and must return at once, when
	// an installation that is this process's share may have something new in its
	// inbox, whoever has stored it, or may have its lease free. Leases that are
	// held outlive the leaving.
	Join(news func(installation int64)) (leave func())
	// Ours reports whether an installation is this process's share, or nobody
	// knows it yet. It asks no database.
	Ours(installation int64) bool
}

// Watched is a [Store] that others may put something into, but none works on. So
// leases are lost to nobody but who brings back a backup.
type Watched interface {
	// Watch calls news, which must return at once, within seconds after another
	// process has put something into the inbox of an installation, or has brought
	// back one that nobody works for with a backup, until unwatch.
	Watch(news func(installation int64)) (unwatch func())
}

// Errors of a store.
var (
	// ErrLeaseLost says that another holder has taken the lease since.
	ErrLeaseLost = errors.New("another process has taken over this installation")
	// ErrHeld says that somebody else holds the lease or the database itself.
	ErrHeld = errors.New("in use by another process")
	// ErrBusy says that something else is to be done first.
	ErrBusy = errors.New("more is to be decided first")
	// ErrUnfit says that what was to be written is refused for what it is, so
	// that nothing was written and never will be.
	ErrUnfit = errors.New("it cannot be written down")
)

// Leases hand out the right to write.
type Leases interface {
	// Acquire takes the lease of an installation with the next epoch; [ErrHeld]
	// when another process has it. The same process may take it over from itself.
	Acquire(ctx context.Context, installation int64, holder string) (Lease, error)
	// Release gives it back; releasing a lost lease is no error.
	Release(ctx context.Context, lease Lease) error
}

// A Queue is the inbox from the worker's side.
type Queue interface {
	// Installations returns all that have undecided deliveries, lines or
	// pending work, in rising order.
	Installations(ctx context.Context) ([]int64, error)
	// Undecided returns deliveries in order of arrival, those with a Seq
	// greater than after, at most limit.
	Undecided(ctx context.Context, installation, after int64, limit int) ([]Delivery, error)
	// Settle marks deliveries as dealt with where there was nothing to record;
	// the note says why.
	Settle(ctx context.Context, lease Lease, seqs []int64, note string) error
	// Known returns those of the delivery ids that have been received and not
	// been forgotten.
	Known(ctx context.Context, ids []string) (map[string]bool, error)
	// Cut empties the payloads of deliveries that were settled before the moment,
	// at most limit, and returns how many; what was set aside is spared. Their ids
	// stay known. Deliveries of our own making, which never come again, it drops.
	Cut(ctx context.Context, lease Lease, before time.Time, limit int) (int, error)
	// Forget drops deliveries that were settled before the moment, at most
	// limit, and returns how many. Their ids are fresh again.
	Forget(ctx context.Context, lease Lease, before time.Time, limit int) (int, error)
}

// An Entry is one decision to be recorded.
type Entry struct {
	Repo     string // the tracking repository, whose Line it changes
	Event    process.Event
	Answers  process.Answers
	Decision process.Decision // its actions have their Body filled in
	Process  string           // hash of the process it was decided under
	At       time.Time        // the machine's clock
	// Covered are the keys of those of its actions that pending work will do as
	// well, or that must not be done twice and may be done: no work is made of them.
	Covered []string
	// MayBeDone is since when its actions may have been done, as it was decided
	// before; zero for all but a delivery's that comes Again.
	MayBeDone time.Time
	// Deliveries are the inbox rows that are settled with it.
	Deliveries []int64
	// From are the inbox rows that the event came with. If there is Trouble, which
	// is one line, they are kept whole so that they can be decided anew.
	From    []int64
	Trouble string
	// Finished is the result of the action whose receipt this is; nil for none.
	Finished *process.Result
	// After is the number, at least, that its line of the ledger follows on; 0 for
	// all but a rebuilding, after which no number means two lines.
	After int64
}

// A LedgerEntry is one line of a repository's ledger as it was recorded. Hash
// is the SHA-256 over Prev and the recorded bytes, so a later edit shows.
type LedgerEntry struct {
	Entry
	Seq          int64 // per repository, from 1; without a gap but before a rebuilding
	Installation int64
	Prev, Hash   string // lower-case hex; Prev is "" for the first
	Body         []byte // the recorded bytes, one line of JSON
}

// A Ledger is the append-only history, and the state that follows from it.
type Ledger interface {
	// Record writes decisions about one repository in one transaction, in their
	// order and all of them or none: of each the ledger's line, the changed items,
	// the new actions, the keys it has settled, the deliveries, and the end of the
	// action it is a receipt of. After an [ErrUnfit] nothing is written; after any
	// other error nobody knows.
	Record(ctx context.Context, lease Lease, entries ...Entry) error
	// Seen returns those of the keys that the repository has settled.
	Seen(ctx context.Context, repo string, keys []string) (map[string]bool, error)
	// Head returns the Seq of the repository's last line, 0 when there is none.
	Head(ctx context.Context, repo string) (int64, error)
	// Repos returns the repositories with a Line, sorted.
	Repos(ctx context.Context, installation int64) ([]string, error)
	// Line returns the items of a repository; a Line without items when there
	// are none.
	Line(ctx context.Context, repo string) (*process.Line, error)
	// Entries returns the ledger in order, entries with a Seq greater than
	// after, at most limit.
	Entries(ctx context.Context, repo string, after int64, limit int) ([]LedgerEntry, error)
	// Verify walks the chain and names the first line that does not fit.
	Verify(ctx context.Context, repo string) error
}

// Work is an action with its state. Its key is unique in its repository.
type Work struct {
	Repo         string // the tracking repository
	Installation int64
	Seq          int64 // order of recording
	Action       process.Action
	Attempt      int       // how many have failed
	DueAt        time.Time // not before; zero is at once
	StartedAt    time.Time // when it first left, or may have, if its outcome is not known; zero is never
	LastError    string
	Dead         bool // failed for good
}

// Works are the actions that are still to be done, and those that failed.
type Works interface {
	// Pending returns what is neither done nor dead, in order of Seq.
	Pending(ctx context.Context, installation int64) ([]Work, error)
	// Update stores Attempt, DueAt, StartedAt and LastError of pending work;
	// what is done or dead stays as it is. Actions of the same repository that
	// have ended before are ended in the same write, as by Finish.
	Update(ctx context.Context, lease Lease, w Work, ended ...process.Result) error
	// Finish ends actions whose receipts need no decision, all of them or none:
	// done, or dead when the result says that it failed. Ending one twice is no
	// error.
	Finish(ctx context.Context, lease Lease, repo string, ended ...process.Result) error
	// Failed returns what is dead, in order of Seq.
	Failed(ctx context.Context, installation int64) ([]Work, error)
	// Revive makes dead work pending again, as if never tried; [ErrNotFound]
	// when there is no such dead work.
	Revive(ctx context.Context, lease Lease, repo, key string) error
}

// Marks are small facts that outlive the process and are no decision: how far a
// repository has been compared with GitHub, when a round was last made.
type Marks interface {
	// Mark returns a repository's mark, "" if it was never set.
	Mark(ctx context.Context, repo, name string) (string, error)
	// SetMark sets it.
	SetMark(ctx context.Context, lease Lease, repo, name, value string) error
	// Claim reports whether the round of that name is due, which is when the last
	// one that was claimed lies at least every before now, and claims it. Of several
	// processes that ask at the same time one is told yes.
	Claim(ctx context.Context, name string, now time.Time, every time.Duration) (bool, error)
}
