package scenario

import (
	"errors"
	"time"
)

// ErrUnsupported is returned by a world that cannot do an act; the story is
// then skipped with its message.
var ErrUnsupported = errors.New("this world cannot do that")

// ErrNotThere is returned for an act on an issue or a comment that is not there.
var ErrNotThere = errors.New("it is not there")

// The repositories of every story: the tracking one and one of code.
const (
	Tracking = "acme/upgrades"
	Code     = "acme/protocol"
)

// Personas are who acts, with the roles that they hold at the beginning.
var Personas = map[string][]string{
	"ada":   {"engineer"},
	"eve":   {"engineer"},
	"rui":   {"protocol"},
	"sasha": {"security"},
	"mara":  {"maintainer", "release-manager", "governance"},
	"otto":  {},
}

// A World acts a story out and shows what came of it.
type World interface {
	// Begin prepares the world; it is called once, before anything else.
	Begin(s Setup, at time.Time) error
	// Do carries out an act and returns once everything that follows from it
	// has come to rest.
	Do(a Act) (Reply, error)
	// Advance moves the clock forward and lets the dates come true.
	Advance(to time.Time) error
	// Issues returns the issues of the tracking repository in order of their
	// numbers, and the pull requests on which something was said.
	Issues() ([]Issue, error)
	// Milestones returns the milestones of the tracking repository.
	Milestones() ([]Milestone, error)
}

// Setup is what the tracking repository configures. The zero Setup configures
// nothing beyond the roles of the personas.
type Setup struct {
	Absent    bool // there is no configuration at all
	Hardforks []string
	Taken     []string
	Next      string
	Chains    map[string][]string
	Code      []string
	Alphanets Alphanets
	Meetings  Meetings
	Enough    int // features that make a Betanet worth asking about
	Reminders Reminders
}

// Alphanets is the recurrence of the Alphanets; no Rule means that none is planned.
type Alphanets struct {
	Rule, Zone, Start string
	Ahead             int
}

// Reminders are the days after which the owner, those who can help and the
// meeting are asked about what waits, and how often one person is mentioned in a
// day. The zero Reminders remind nobody.
type Reminders struct{ Owner, Role, Agenda, Mentions int }

// A Deed says what kind of act it is.
type Deed string

// The deeds that people do. Each says which fields of [Act] it reads.
const (
	Opens         Deed = "opens"          // Title, Labels, Form; the reply tells the number
	Comments      Deed = "comments"       // Issue, Body
	Edits         Deed = "edits"          // Issue, Body: their last comment there
	DeletesRemark Deed = "deletes remark" // Issue, Name: the comment of that marker, or their last one
	Labels        Deed = "labels"         // Issue, Add, Remove: one settled set
	Sets          Deed = "sets milestone" // Issue, Name: a title, "" clears
	Assigns       Deed = "assigns"        // Issue, Name, On
	Ticks         Deed = "ticks"          // Issue, Name: a box, "" is all; On, Link
	Closes        Deed = "closes"         // Issue
	Reopens       Deed = "reopens"        // Issue
	Deletes       Deed = "deletes"        // Issue
	Transfers     Deed = "transfers"      // Issue
	Locks         Deed = "locks"          // Issue
	Retitles      Deed = "retitles"       // Issue, Title
	OpensPull     Deed = "opens pull"     // Pull
	MergesPull    Deed = "merges pull"    // Pull
	ClosesPull    Deed = "closes pull"    // Pull
	HasRoles      Deed = "has roles"      // Roles: all that Who holds from now on
	LookUps       Deed = "look-ups"       // On: whether they work
	Configures    Deed = "configures"     // Setup: the whole configuration from now on
	Sleeps        Deed = "sleeps"         // On: the bot is down; what happens is told to it when it is back
	Again         Deed = "again"          // the last event is told once more
)

// An Act is one thing that somebody does.
type Act struct {
	Who   string
	Deed  Deed
	Issue int
	Title string
	Body  string
	Name  string
	Link  string
	On    bool
	// Add, Remove and Labels are whole label names.
	Add, Remove, Labels []string
	Form                map[string]string
	Roles               []string
	Pull                Pull
	Setup               Setup
}

// A Pull is a pull request.
type Pull struct {
	Repo   string
	Number int
	Title  string
	Author string // "" is who acts
	Labels []string
	// Names are features by "Feature: …", Closing those by a closing keyword.
	Names, Closing []int
}

// A Reply is what who acted got to see at once.
type Reply struct {
	// Number is that of the issue that was opened.
	Number int
	// Outcomes are those of the command lines, or of the levers, in order. A world
	// that sees only one reply for all gives only one.
	Outcomes []Outcome
	// Silent says that nothing at all followed.
	Silent bool
	// Barred says that GitHub itself does not let this person do it.
	Barred bool
}

// An Outcome is what became of one command line. What a world cannot see is
// empty. State is done, already, answered, refused or puzzled; "good" stands for
// any of the first three, "bad" for any of the others.
type Outcome struct {
	State string
	Rule  string
	Says  string   // the key of the words
	Next  []string // lines to paste
	See   int      // the issue it belongs on
}

// An Issue is what stands on GitHub.
type Issue struct {
	Repo      string // "" is the tracking repository
	Number    int
	Title     string
	Open      bool
	Gone      bool
	Labels    []string
	Milestone string // its title
	Assignees []string
	Markers   []string // of the bot's comments, in order
	// Ticket is the title of a train's own milestone.
	Ticket string
	// Iteration of a train's deployment, and the Gates that stand in the way of
	// what could be done next: only for worlds that know.
	Iteration int
	Gates     []string
	// Asks are the numbers of what an agenda has to decide.
	Asks  []string
	Knows bool // whether Iteration and Gates say something
}

// A Milestone is what stands on GitHub.
type Milestone struct {
	Title  string
	Due    string // 2026-12-08, "" for none
	Closed bool
}
