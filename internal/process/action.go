package process

import "github.com/stationmaster-bot/stationmaster/internal/calendar"

// A Do is a kind of action.
type Do string

// The kinds of actions. Each but Notify is safe to repeat.
const (
	AddLabel      Do = "add-label"      // Label on the item's issue
	RemoveLabel   Do = "remove-label"   // Label off the item's issue
	SayOnce       Do = "comment"        // say Body once; Marker finds it again
	EditComment   Do = "edit-comment"   // the living comment named Marker becomes Body
	React         Do = "react"          // Reaction on the comment Target
	OpenIssue     Do = "open-issue"     // the item's issue: Title, Body, Labels
	EditIssue     Do = "edit-issue"     // Title (and Body unless "") of an issue the bot wrote
	CloseIssue    Do = "close-issue"    // Reason: completed, not_planned
	ReopenIssue   Do = "reopen-issue"   //
	MakeLabels    Do = "make-labels"    // the repository has Labels, in our colours
	MakeMilestone Do = "make-milestone" // of the train: Title, Due, Closed
	SetMilestone  Do = "set-milestone"  // the item gets the milestone of Train; "" clears it
	Assign        Do = "assign"         // Login
	Unassign      Do = "unassign"       // Login
	Refresh       Do = "refresh"        // write the living page of the item afresh from the Line
	Notify        Do = "notify"         // tell the channel To, at most once
)

// An Action is something to be made true at GitHub. The shell carries it out
// some time after the decision is recorded; the order holds for each issue.
type Action struct {
	// Key is unique in the Line: the decision's key and an ordinal.
	Key  string `json:"key"`
	Do   Do     `json:"do"`
	Item ID     `json:"item,omitempty"`
	// Issue is for issues that are not tracked (a pull request, a foreign
	// issue); 0 when Item says it. Repo is set when it is not the Line's own.
	Issue    int           `json:"issue,omitempty"`
	Repo     string        `json:"repo,omitempty"`
	Label    string        `json:"label,omitempty"`
	Marker   string        `json:"marker,omitempty"`
	Words    Text          `json:"words,omitzero"` // rendered into Body by the shell
	Title    string        `json:"title,omitempty"`
	Body     string        `json:"body,omitempty"`
	Labels   []string      `json:"labels,omitempty"`
	Target   int64         `json:"target,omitempty"`
	Reaction string        `json:"reaction,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Login    string        `json:"login,omitempty"`
	Train    ID            `json:"train,omitempty"`
	Due      calendar.Date `json:"due,omitzero"`
	To       string        `json:"to,omitempty"`
	News     News          `json:"news,omitempty"`
	Closed   bool          `json:"closed,omitempty"`
	// Anew has a Refresh write the page even if it is what was written last:
	// somebody else has changed it since.
	Anew bool `json:"anew,omitempty"`
	// Urgent actions answer a waiting person and go before routine ones.
	Urgent bool `json:"urgent,omitempty"`
}
