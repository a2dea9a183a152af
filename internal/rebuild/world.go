package rebuild

import (
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A World is what GitHub shows of a repository.
type World struct {
	Repo string // owner/name
	Home string // its node id
	Self string // our own login
	// At is GitHub's time when reading began, so that what came later is not taken
	// to be in it.
	At         time.Time
	Issues     []Issue
	Milestones []Milestone
	// Labels are the repository's own, whether or not an issue has them.
	Labels []string
	// Edits says that it is known who edited our texts last.
	Edits bool
}

// An Issue is one issue or pull request. Its Marker is that of a body of ours.
type Issue struct {
	process.Issue
	Ours     bool   // we opened it
	Body     string // "" where it is of no use
	Edited   string // who edited the body last, if that was not us
	Created  time.Time
	Comments []Comment // in order
	// LabelledBy tells who put a label on last; nil while nobody has asked.
	LabelledBy map[string]string
}

// A Comment is one comment: ours, or one with commands.
type Comment struct {
	ID     int64
	Author string
	Ours   bool
	Body   string
	At     time.Time // when it was written
	Edited string    // who edited it last, if that was not us
	// Answered says that it has a reaction of ours: 🚀 or 😕.
	Answered bool
	// Done says that it has a 🚀 and no 😕, whoever gave them.
	Done bool
	// Changed says that its words are not those that it was written with.
	Changed bool
}

// A Milestone is one milestone, open or closed.
type Milestone struct {
	Number int
	Title  string
	Closed bool
	Due    calendar.Date
}

// marker is the hidden key that a body of ours begins with, "" for none.
func marker(body string) string {
	rest, ok := strings.CutPrefix(body, "<!-- stationmaster:")
	if !ok {
		return ""
	}
	key, _, ok := strings.Cut(rest, " -->")
	if !ok || strings.ContainsAny(key, " \n") {
		return ""
	}
	return key
}

// status is the hidden key of a living page that is a comment.
const status = "status"

// pages are the bodies of an issue that may carry its snapshot: the issue itself
// if we wrote it, and our status comments, the newest first.
func (i *Issue) pages() []Comment {
	var out []Comment
	for n := len(i.Comments) - 1; n >= 0; n-- {
		if c := i.Comments[n]; c.Ours && marker(c.Body) == status {
			out = append(out, c)
		}
	}
	if i.Ours {
		out = append(out, Comment{Body: i.Body, Edited: i.Edited, Ours: true})
	}
	return out
}

// Says reports whether a comment of ours with the hidden key is there.
func (w World) Says(key string) bool {
	for i := range w.Issues {
		for _, c := range w.Issues[i].Comments {
			if c.Ours && marker(c.Body) == key {
				return true
			}
		}
	}
	return false
}
