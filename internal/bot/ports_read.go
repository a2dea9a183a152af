package bot

import "time"

// A Listing is a kind of list that GitHub keeps of a repository.
type Listing string

// The listings that are read.
const (
	Issues     Listing = "issues"      // and pull requests, those changed last at the end
	Comments   Listing = "comments"    // on issues and pull requests, those changed last at the end
	Pulls      Listing = "pulls"       // pull requests, those changed last in front
	Milestones Listing = "milestones"  // open and closed
	OneIssue   Listing = "issue"       // the issue of the number, as it is
	CommentsOf Listing = "comments-of" // of the issue, the oldest first
	EventsOf   Listing = "events-of"   // what happened to the issue, the oldest first
)

// A Query asks for a list as GitHub keeps it.
type Query struct {
	Of     Listing
	Number int       // of which issue, where it is about one
	Since  time.Time // changed since, for Issues and Comments; zero is ever
}
