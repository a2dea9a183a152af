package process

import (
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A What says what kind of thing happened.
type What string

// The things that happen.
const (
	// Asked: a person typed commands, or pulled a lever (a label, a milestone,
	// an assignee) that stands for a command.
	Asked What = "asked"
	// Labelled: the labels of an issue changed by a person's hand; the shell
	// lets a burst settle and sends one event with the whole set.
	Labelled What = "labelled"
	// Milestoned, Assigned: by a person's hand.
	Milestoned What = "milestoned"
	Assigned   What = "assigned"
	// Opened, Edited, Closed, Reopened, Locked, Gone: an issue's own life. Gone
	// is deleted or transferred away.
	Opened   What = "opened"
	Edited   What = "edited"
	Closed   What = "closed"
	Reopened What = "reopened"
	Locked   What = "locked"
	Gone     What = "gone"
	// Ticked: boxes of a checklist comment of ours changed.
	Ticked What = "ticked"
	// CommentDeleted: a comment went away; noted, undoes nothing.
	CommentDeleted What = "comment-deleted"
	// PullOpened, PullMerged, PullClosed: a pull request that may name features.
	PullOpened What = "pull-opened"
	PullMerged What = "pull-merged"
	PullClosed What = "pull-closed"
	// Tick: time has passed.
	Tick What = "tick"
	// Receipt: an action was done; what GitHub answered comes back.
	Receipt What = "receipt"
	// Compared: an issue as GitHub shows it differs from the record, and nobody's
	// act explains how.
	Compared What = "compared"
	// Unsure: a comment was edited while nobody listened, so that nobody can tell
	// who typed the commands in it.
	Unsure What = "unsure"
	// CaughtUp: after a time in which the bot heard nothing, what it missed has
	// been found.
	CaughtUp What = "caught-up"
	// Rebuilt: the Line was made anew from what GitHub shows.
	Rebuilt What = "rebuilt"
	// Dead: a delivery whose decision failed; it is noted and set aside.
	Dead What = "dead"
)

// An Event is something that happened, with all that deciding it needs of it.
// Key names what happened, not how it was heard of, so that a webhook, its
// redelivery and a later sweep are one event.
type Event struct {
	Key   string    `json:"key"`
	What  What      `json:"what"`
	At    time.Time `json:"at"` // the world's time
	Repo  string    `json:"repo"`
	Actor Actor     `json:"actor,omitzero"`
	// Home is the node id of Repo, "" if nobody told it.
	Home string `json:"home,omitempty"`
	// Delivery is the id under which GitHub told us, for the log only.
	Delivery string        `json:"delivery,omitempty"`
	Issue    *Issue        `json:"issue,omitempty"`
	Comment  *Comment      `json:"comment,omitempty"`
	Labels   []LabelChange `json:"labels,omitempty"`
	Lines    []Typed       `json:"lines,omitempty"`
	Boxes    *Boxes        `json:"boxes,omitempty"`
	Pull     *PullRequest  `json:"pull,omitempty"`
	Result   *Result       `json:"result,omitempty"`
	// Name is the assignee, or the milestone's title, that was changed; Added
	// says which way.
	Name  string `json:"name,omitempty"`
	Added bool   `json:"added,omitempty"`
	// Due are the departure dates that the calendar names as of this Tick.
	Due []Departure `json:"due,omitempty"`
	// Anew are the living pages, by their markers, that somebody else has changed.
	Anew []string `json:"anew,omitempty"`
	// Milestones are those of a repository, where they are compared.
	Milestones []MilestoneSight `json:"milestones,omitempty"`
	// Found is what a comparison with GitHub has found.
	Found *Found `json:"found,omitempty"`
	// Report is what a rebuilding could not prove, a line each.
	Report []string `json:"report,omitempty"`
	// Trace is what a decision that failed left behind.
	Trace string `json:"trace,omitempty"`
}

// whole reports whether the event has what its kind is about.
func (e Event) whole() bool {
	switch e.What {
	case Asked, Labelled, Milestoned, Assigned, Opened, Edited, Closed, Reopened, Locked, Gone, Ticked, CommentDeleted:
		return e.Issue != nil
	case Compared:
		return e.Issue != nil || len(e.Milestones) > 0
	case Unsure:
		return e.Issue != nil && e.Comment != nil
	case CaughtUp:
		return e.Found != nil
	case PullOpened, PullMerged, PullClosed:
		return e.Pull != nil
	case Receipt:
		return e.Result != nil
	}
	return true
}

// A MilestoneSight is a milestone as GitHub shows it. One that is gone has no title.
type MilestoneSight struct {
	Number int           `json:"number"`
	Title  string        `json:"title,omitempty"`
	Due    calendar.Date `json:"due,omitzero"`
	Closed bool          `json:"closed,omitempty"`
}

// Found is what a comparison with GitHub has found after the bot heard nothing for
// a while. The zero Found is nothing.
type Found struct {
	Since    time.Time `json:"since"`              // the world's time, from which on it was missed
	Heard    int       `json:"heard,omitempty"`    // webhooks that were sent again
	Missed   int       `json:"missed,omitempty"`   // acts that no webhook told of
	Repaired int       `json:"repaired,omitempty"` // issues put right
	Unsure   int       `json:"unsure,omitempty"`   // people asked to say it again
}

// An Actor is who did it.
type Actor struct {
	Login string `json:"login,omitempty"`
	Bot   bool   `json:"bot,omitempty"`
	Self  bool   `json:"self,omitempty"` // this App
}

// An Issue is the subject of an event as its payload shows it.
type Issue struct {
	Number    int      `json:"number"`
	Title     string   `json:"title"`
	Author    string   `json:"author"`
	Labels    []string `json:"labels,omitempty"`
	Assignees []string `json:"assignees,omitempty"`
	Milestone int      `json:"milestone,omitempty"`
	State     string   `json:"state,omitempty"` // open, closed
	Locked    bool     `json:"locked,omitempty"`
	IsPull    bool     `json:"isPull,omitempty"`
	// Marker is the hidden key that the bot put into a body it wrote, and only
	// if the bot is the author; "" otherwise.
	Marker string `json:"marker,omitempty"`
	// Form holds the answers of an issue form by their headings, lower case.
	Form map[string]string `json:"form,omitempty"`
	// Node is its node id, "" if nobody told it.
	Node string `json:"node,omitempty"`
	// To is where a transferred issue went: owner/repo#number.
	To string `json:"to,omitempty"`
}

// A Comment is where commands were typed.
type Comment struct {
	ID     int64  `json:"id"`
	Author string `json:"author"`
	URL    string `json:"url,omitempty"`
	Edited bool   `json:"edited,omitempty"`
	Marker string `json:"marker,omitempty"`
	// Unread says that the comment is longer than what is read of one, and has
	// lines in the rest that look like commands.
	Unread bool `json:"unread,omitempty"`
}

// A LabelChange is one label put on or taken off. One that was deleted from the
// repository has no Name; the event's Issue then tells what is left.
type LabelChange struct {
	Name  string    `json:"name"`
	Added bool      `json:"added"`
	By    Actor     `json:"by"`
	At    time.Time `json:"at"`
}

// Typed is one command line of a comment.
type Typed struct {
	Text    string `json:"text"`
	Verb    string `json:"verb"`
	Rest    string `json:"rest,omitempty"`
	DryRun  bool   `json:"dryRun,omitempty"`
	Hash    string `json:"hash,omitempty"`
	Ordinal int    `json:"ordinal,omitempty"`
}

// Boxes are the task-list items of a checklist comment after an edit.
type Boxes struct {
	Marker string `json:"marker"`
	Items  []Box  `json:"items"`
}

// A Box is one task-list item as it stands in the comment.
type Box struct {
	Text string `json:"text"`
	Done bool   `json:"done"`
	Link string `json:"link,omitempty"` // an https link on the line, if any
	// Key is the hidden key on the line of a box of an agenda: topic=option.
	Key string `json:"key,omitempty"`
}

// A PullRequest is a pull request as its payload shows it.
type PullRequest struct {
	Repo   string   `json:"repo"`
	Number int      `json:"number"`
	Title  string   `json:"title"`
	Author string   `json:"author"`
	Merged bool     `json:"merged,omitempty"`
	Labels []string `json:"labels,omitempty"`
	// Names are the features it names: "Feature: #12" and closing keywords.
	Names []PullRef `json:"names,omitempty"`
}

// A PullRef is a reference in a pull request's body.
type PullRef struct {
	Repo    string `json:"repo"` // owner/name, never empty
	Number  int    `json:"number"`
	Feature bool   `json:"feature"` // by "Feature:", else by a closing keyword
}

// A Departure is one date of a recurring train. At is in the calendar's own zone.
type Departure struct {
	Kind Kind      `json:"kind"`
	At   time.Time `json:"at"`
	// Nominal is the day that the rule names, which names the train for good: a
	// freeze or a holiday may have moved the departure itself. Zero is its day.
	Nominal calendar.Date `json:"nominal,omitzero"`
}

// ID names the train of the departure.
func (d Departure) ID() ID {
	day := d.Nominal
	if day.IsZero() {
		day = d.Day()
	}
	return ID(string(d.Kind) + "/" + day.String())
}

// Day is the day of the departure where the calendar is kept: early on the first
// of a month in Berlin it still is the month before in UTC.
func (d Departure) Day() calendar.Date {
	y, m, day := d.At.Date()
	return calendar.Date{Year: y, Month: m, Day: day}
}

// A Result is what an action came to at GitHub.
type Result struct {
	Action  string `json:"action"` // its key
	Kind    Do     `json:"kind"`
	Item    ID     `json:"item,omitempty"`
	Marker  string `json:"marker,omitempty"`
	Number  int    `json:"number,omitempty"`
	Comment int64  `json:"comment,omitempty"`
	Node    string `json:"node,omitempty"`   // of an issue that was opened
	Failed  string `json:"failed,omitempty"` // why it can never be done
}
