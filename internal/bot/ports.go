package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Delivery is one webhook as it was received.
type Delivery struct {
	ID           string    // X-GitHub-Delivery; the same id again is the same delivery
	Event        string    // X-GitHub-Event, or [Injected]
	Installation int64     // 0 if the payload names none
	Repo         string    // owner/name, "" if the payload names none
	Payload      []byte    // the body as it came
	ReceivedAt   time.Time // the machine's clock
	Seq          int64     // order of arrival, set by the store, rising from 1
	// Again says that it was decided before, in a ledger that a backup has replaced:
	// what that came to may be done. The store sets it.
	Again bool
}

// Injected is the Event of deliveries that Bot.Inject makes; their payload is
// a [process.Event] as JSON.
const Injected = "stationmaster"

// An Inbox takes deliveries in. The bot and every [Store] are one.
type Inbox interface {
	// Receive stores the delivery durably before it returns. Fresh is false
	// when the id was known, which is no error. After an error the delivery may
	// or may not be stored: offer it again.
	Receive(ctx context.Context, d Delivery) (fresh bool, err error)
}

// A Translator turns a delivery into what happened. Package hook is one.
type Translator interface {
	// Translate returns no events for what is none of ours. Repo and At of each
	// event come from the payload: Repo is where it happened, which for a pull
	// request may be another repository than the tracking one. A label change
	// is one Labelled event with one change; the bot lets bursts settle. An
	// error means that the payload cannot be read, now or ever.
	Translate(d Delivery) ([]process.Event, error)
}

// A Renderer turns what the core wants to say into Markdown.
type Renderer interface {
	// Render returns the Markdown of a text. It may be asked by several
	// goroutines at once.
	Render(t process.Text) (string, error)
	// Page returns the living page of an item. With a title, the page is the
	// issue itself, which the bot wrote; without, it is a comment on it.
	Page(p *process.Process, l *process.Line, item *process.Item, now time.Time) (title, body string, err error)
}

// Holders are those who hold a role: whoever is named, is in one of the teams,
// or has the permission or a higher one. The zero Holders are nobody.
type Holders struct {
	Users      []string // logins
	Teams      []string // "org/slug", or "slug" in the repository's organisation
	Permission string   // "read", "triage", "write", "maintain", "admin", or ""
}

// A RoleSource says who holds which configured role.
type RoleSource map[process.Role]Holders

// Tracked is the process of a tracking repository, and who holds its roles.
type Tracked struct {
	Process *process.Process
	Roles   RoleSource
}

// Processes knows which repositories are tracked, and how.
type Processes interface {
	// Process returns the process of a tracking repository; nil when the
	// repository is none.
	Process(ctx context.Context, installation int64, repo string) (*Tracked, error)
	// Tracking returns the tracking repositories that an event in the
	// repository concerns: itself if it is one, and those whose features its
	// pull requests may name.
	Tracking(ctx context.Context, installation int64, repo string) ([]string, error)
}

// A Deed is an action with everything resolved: numbers in place of ids. Do is
// never [process.Refresh]: the bot makes it EditIssue, EditComment or SayOnce.
// OpenIssue and SayOnce always have a Marker, by which they are found again; so
// has an EditIssue with a Body.
type Deed struct {
	process.Action
	Number          int   // the issue's; 0 for OpenIssue and MakeMilestone
	MilestoneNumber int   // for SetMilestone (0 clears it) and MakeMilestone (0 makes it)
	CommentID       int64 // of the living comment for EditComment
	// Tail stands at the end of the Body, and is never cut.
	Tail string
}

// GitHub is what the bot needs of GitHub. Package hub implements it. Repo is
// where the deed is done, which may not be the tracking repository. All methods
// may be called by several goroutines at once.
type GitHub interface {
	// Answer looks up what is asked. What could not be looked up is
	// [process.Unknown], with the reason in Trouble. The error is [Later] when
	// GitHub's limits are met: the question is to be asked again then.
	Answer(ctx context.Context, installation int64, repo string, q process.Questions, roles RoleSource) (process.Answers, error)
	// Do makes the deed true. Its Body is without the hidden marker, which Do
	// puts in front where Marker is not empty. The result names the number or
	// comment it came to; the bot fills in Action, Kind, Item and Marker. A
	// [Later] or [Never] says that it was not done; after any other error the
	// outcome is unknown. Leaving, which may be nil, is called when the first
	// request that changes something has its turn, right before it leaves, and
	// once; an error of its keeps all from leaving, and is Do's.
	Do(ctx context.Context, installation int64, repo string, d Deed, leaving func() error) (process.Result, error)
	// Find looks whether the deed was done after an unknown outcome, at or after
	// since (the machine's clock, which is never ahead of GitHub's in a demo),
	// and with what result. It is asked for SayOnce, OpenIssue and MakeMilestone
	// only: the rest is repeated.
	Find(ctx context.Context, installation int64, repo string, d Deed, since time.Time) (process.Result, bool, error)
	// File returns a file of the default branch; [ErrNotFound] when there is none.
	File(ctx context.Context, installation int64, repo, path string) ([]byte, error)
}

// ErrNotFound says that what was asked for does not exist.
var ErrNotFound = errors.New("not found")

// Later says that GitHub wants a deed to wait; it was not done, and the attempt
// does not count.
type Later struct {
	Until time.Time // the machine's clock
	Cause string
}

// Error says until when.
func (e Later) Error() string {
	return fmt.Sprintf("wait until %s: %s", e.Until.UTC().Format(time.RFC3339), e.Cause)
}

// Never says that a deed was not done and will never be: trying again is
// useless. Gone says that its issue or comment does not exist any more.
type Never struct {
	Cause string
	Gone  bool
}

// Error says why.
func (e Never) Error() string { return "cannot be done: " + e.Cause }
