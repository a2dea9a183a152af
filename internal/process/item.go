package process

import (
	"maps"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// An ID names a tracked thing for ever; its issue number is only an alias that
// may change by a transfer. Examples: "issue/12", "pull/acme/protocol/7",
// "alphanet/2026-12".
type ID string

// A Kind says what an item is; it is the end of its kind/… label.
type Kind string

// The kinds of items.
const (
	Feature    Kind = "feature"
	Alphanet   Kind = "alphanet"
	Upgrade    Kind = "upgrade"
	AuditIssue Kind = "audit"
	Departures Kind = "departures"
)

// Train reports whether the kind is a train.
func (k Kind) Train() bool { return k == Alphanet || k == Upgrade }

// A Role is a name from the repository's configuration, or [Owner].
type Role string

// The roles that the process knows. Further ones may be configured.
const (
	Owner          Role = "owner" // the feature's own; never looked up
	Engineer       Role = "engineer"
	Maintainer     Role = "maintainer"
	ReleaseManager Role = "release-manager"
	Security       Role = "security"
	Governance     Role = "governance"
	Protocol       Role = "protocol"
)

// An Item is a tracked issue: a feature, a train, an audit request or the
// departures board.
type Item struct {
	ID   ID   `json:"id"`
	Kind Kind `json:"kind"`
	// Title is what the issue is called; Ours says that the bot wrote title and
	// body, so that it may change them.
	Title string `json:"title"`
	Ours  bool   `json:"ours,omitempty"`
	// Stage is the node where the item stands, Since when it got there.
	Stage string    `json:"stage,omitempty"`
	Since time.Time `json:"since,omitzero"`
	// Tracks are second lines beside the stage: governance → the node there.
	Tracks     map[string]Standing `json:"tracks,omitempty"`
	Journey    int                 `json:"journey,omitempty"`
	Process    string              `json:"process,omitempty"`
	Checklists []Checklist         `json:"checklists,omitempty"`
	Holds      []Hold              `json:"holds,omitempty"`
	Waivers    []Waiver            `json:"waivers,omitempty"`
	// History holds the latest notes, newest last; the ledger holds all.
	History []Note `json:"history,omitempty"`
	// Changed is the key of the decision that last changed what people decide
	// about the item; Prior is what /undo goes back to.
	Changed string `json:"changed,omitempty"`
	Prior   *Prior `json:"prior,omitempty"`
	// Told are the keys of comments said once in this journey.
	Told []string `json:"told,omitempty"`
	// For a feature, a train, a meeting and an audit request in turn.
	F *FeatureFacts `json:"feature,omitempty"`
	T *TrainFacts   `json:"train,omitempty"`
	M *MeetingFacts `json:"meeting,omitempty"`
	// Asked is what the departures board keeps of reminders.
	Asked *AskedFacts `json:"asked,omitempty"`
	// Found is what the board says of the last silence, FoundAt when it was found.
	Found   Found     `json:"found,omitzero"`
	FoundAt time.Time `json:"foundAt,omitzero"`
	// Forecast is when it can be on mainnet at the earliest, nil where nobody knows.
	Forecast *Forecast `json:"forecast,omitempty"`
	// About is the feature that an audit request is for.
	About ID `json:"about,omitempty"`
	// Shown is what GitHub has, as far as we were told.
	Shown Shown `json:"shown"`
}

// Standing is a place and since when.
type Standing struct {
	At    string    `json:"at"`
	Since time.Time `json:"since"`
}

// Shown are the facts of an issue as GitHub has them.
type Shown struct {
	Number    int              `json:"number,omitempty"`
	Labels    []string         `json:"labels,omitempty"` // ours only, lower case, sorted
	Milestone int              `json:"milestone,omitempty"`
	Train     ID               `json:"train,omitempty"` // whose milestone we have asked for
	Assignees []string         `json:"assignees,omitempty"`
	Closed    bool             `json:"closed,omitempty"`
	Locked    bool             `json:"locked,omitempty"`
	Gone      bool             `json:"gone,omitempty"` // deleted or transferred away
	Title     string           `json:"title,omitempty"`
	Comments  map[string]int64 `json:"comments,omitempty"` // hidden key → comment id
	// Node and Home are the node ids of the issue and of its repository.
	Node string `json:"node,omitempty"`
	Home string `json:"home,omitempty"`
}

// FeatureFacts are what only a feature has.
type FeatureFacts struct {
	Author    string                `json:"author,omitempty"`
	Owner     string                `json:"owner,omitempty"`
	Layers    []string              `json:"layers,omitempty"` // "l1", "l2"; empty means not known (F5)
	Audit     Audit                 `json:"audit,omitzero"`
	Train     ID                    `json:"train,omitempty"` // aboard
	Boarded   time.Time             `json:"boarded,omitzero"`
	Submitted map[string]Submission `json:"submitted,omitempty"` // by network
	Pulls     []Pull                `json:"pulls,omitempty"`
	Passed    *Pass                 `json:"passed,omitempty"`
}

// A Submission is the owner's word that a feature is ready for a network (A7, B7).
type Submission struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// A Pull is a pull request linked to a feature.
type Pull struct {
	Repo   string `json:"repo"`
	Number int    `json:"number"`
	Title  string `json:"title,omitempty"`
	Merged bool   `json:"merged,omitempty"`
	// Closes says that its body closes the feature's issue by keyword, and At
	// when it was merged: such a close is no one's wish and is taken back.
	Closes bool      `json:"closes,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// A Pass is a passed Alphanet (P5). Code is the digest of the pull requests
// that were merged then: the pass is good while the code is unchanged.
type Pass struct {
	Train    ID        `json:"train"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Evidence string    `json:"evidence,omitempty"`
	Code     string    `json:"code"`
}

// An Audit is where the audit question of a feature stands (F6, F7, T5).
// State is "", "required", "not-required", "requested", "fixes-needed" or
// "cleared".
type Audit struct {
	State  string    `json:"state,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason,omitempty"`
	Link   string    `json:"link,omitempty"`
	Issue  ID        `json:"issue,omitempty"`
}

// Open reports whether an audit is wanted and not cleared yet.
func (a Audit) Open() bool {
	return a.State == "required" || a.State == "requested" || a.State == "fixes-needed"
}

// TrainFacts are what only a train has.
type TrainFacts struct {
	// Date is the day an Alphanet departs by itself; zero for upgrades.
	Date calendar.Date `json:"date,omitzero"`
	// Milestone is the number of its milestone at GitHub, 0 until it exists;
	// Titled is that milestone's title as we last asked for it.
	Milestone int    `json:"milestone,omitempty"`
	Titled    string `json:"titled,omitempty"`
	// Dated is that milestone's due date as we last asked for it.
	Dated     calendar.Date `json:"dated,omitzero"`
	Shut      bool          `json:"shut,omitempty"` // its milestone, as last asked for
	Name      string        `json:"name,omitempty"` // of an Alphanet: "Alphanet 2026-12"
	Past      []ID          `json:"past,omitempty"` // aboard when it departed or later
	Departed  time.Time     `json:"departed,omitzero"`
	Iteration int           `json:"iteration,omitempty"` // of the deployment under way, from 1
	Deployed  []Deployed    `json:"deployed,omitempty"`
	Redeploy  string        `json:"redeploy,omitempty"` // not "" when a redeployment is due
	Why       Text          `json:"why,omitzero"`       // why it is
	// Number and Hardfork as decided; Void when the number is spent for nothing;
	// NoHardfork is a maintainer's reason for none (F5).
	Number     string             `json:"number,omitempty"`
	Void       bool               `json:"void,omitempty"`
	Hardfork   string             `json:"hardfork,omitempty"`
	NoHardfork string             `json:"noHardfork,omitempty"`
	Planned    map[string]Plan    `json:"planned,omitempty"`  // network → activation date
	Released   map[string]Release `json:"released,omitempty"` // by network
	Active     []Activation       `json:"active,omitempty"`
	Signoffs   []Signoff          `json:"signoffs,omitempty"`
	Proposals  []Proposal         `json:"proposals,omitempty"`
	Outcome    string             `json:"outcome,omitempty"` // link of the governance outcome
	Judged     map[ID]string      `json:"judged,omitempty"`  // Alphanet: feature → verdict
}

// Deployed is one deployment of a train.
type Deployed struct {
	Iteration int           `json:"iteration"`
	On        calendar.Date `json:"on"`
	By        string        `json:"by"`
	Links     []string      `json:"links,omitempty"`
}

// A Plan is a date decided for an activation (T7, M2).
type Plan struct {
	On     calendar.Date `json:"on"`
	By     string        `json:"by"`
	At     time.Time     `json:"at"`
	Reason string        `json:"reason,omitempty"`
}

// A Release is a version cut for a network (T1, M1).
type Release struct {
	Version string        `json:"version"`
	On      calendar.Date `json:"on"`
	By      string        `json:"by"`
}

// An Activation is one chain switched on, or set aside with a reason.
type Activation struct {
	Network string        `json:"network"`
	Chain   string        `json:"chain"`
	On      calendar.Date `json:"on,omitzero"`
	Later   string        `json:"later,omitempty"`
	By      string        `json:"by"`
}

// A Signoff is a person's recorded yes in a role for a network (T8, M1).
type Signoff struct {
	Role    Role      `json:"role"`
	Network string    `json:"network"`
	Version string    `json:"version,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// A Proposal is one posting of the governance proposal (B3, G1).
type Proposal struct {
	Link       string        `json:"link"`
	Number     string        `json:"number,omitempty"`
	On         calendar.Date `json:"on"`
	By         string        `json:"by"`
	Superseded bool          `json:"superseded,omitempty"`
}

// A Checklist is one posted list with the ticks in it. Key is the hidden key
// of its comment: stage and iteration, so that each iteration has its own.
type Checklist struct {
	Key   string  `json:"key"`
	Name  string  `json:"name"`
	Stage string  `json:"stage"`
	Items []Check `json:"items"`
	Over  bool    `json:"over,omitempty"` // of an iteration gone by
}

// A Check is one box of a checklist.
type Check struct {
	Text     string    `json:"text"`
	Rule     string    `json:"rule,omitempty"`
	By       string    `json:"by,omitempty"` // who ticked it; "" while open
	At       time.Time `json:"at,omitzero"`
	Evidence string    `json:"evidence,omitempty"`
}

// Open counts the boxes not ticked.
func (c Checklist) Open() int {
	n := 0
	for _, i := range c.Items {
		if i.By == "" {
			n++
		}
	}
	return n
}

// A Hold stops the moves forward (D7).
type Hold struct {
	Name   string    `json:"name,omitempty"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// A Waiver lets one move pass a closed gate, with a reason, until it is made
// or the date has passed.
type Waiver struct {
	Gate   string        `json:"gate"`
	By     string        `json:"by"`
	Reason string        `json:"reason"`
	At     time.Time     `json:"at"`
	Until  calendar.Date `json:"until,omitzero"`
}

// A Note is one line of an item's history.
type Note struct {
	At   time.Time `json:"at"`
	By   string    `json:"by,omitempty"` // "" for the calendar or the bot
	What Text      `json:"what"`
}

// A Prior is what the items of one move were before it, for /undo.
type Prior struct {
	Move   string    `json:"move"`
	Key    string    `json:"key"` // the decision's
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Before []*Item   `json:"before"`
}

// maxHistory bounds the notes kept with an item.
const maxHistory = 40

// Clone returns a deep copy, so that a decision never changes what it was given.
// Shared are only Prior and the arguments of texts, which nobody changes once
// they are made.
func (it *Item) Clone() *Item {
	c := *it
	c.Tracks = maps.Clone(it.Tracks)
	c.Checklists = slices.Clone(it.Checklists)
	for i := range c.Checklists {
		c.Checklists[i].Items = slices.Clone(c.Checklists[i].Items)
	}
	c.Holds = slices.Clone(it.Holds)
	c.Waivers = slices.Clone(it.Waivers)
	c.History = slices.Clone(it.History)
	c.Told = slices.Clone(it.Told)
	c.Shown.Labels = slices.Clone(it.Shown.Labels)
	c.Shown.Assignees = slices.Clone(it.Shown.Assignees)
	c.Shown.Comments = maps.Clone(it.Shown.Comments)
	if it.F != nil {
		f := *it.F
		f.Layers = slices.Clone(f.Layers)
		f.Submitted = maps.Clone(f.Submitted)
		f.Pulls = slices.Clone(f.Pulls)
		if f.Passed != nil {
			passed := *f.Passed
			f.Passed = &passed
		}
		c.F = &f
	}
	if it.T != nil {
		c.T = it.T.clone()
	}
	if it.M != nil {
		c.M = it.M.clone()
	}
	if it.Asked != nil {
		c.Asked = it.Asked.clone()
	}
	if it.Forecast != nil {
		forecast := *it.Forecast
		c.Forecast = &forecast
	}
	return &c
}

func (tr *TrainFacts) clone() *TrainFacts {
	t := *tr
	t.Past = slices.Clone(t.Past)
	t.Deployed = slices.Clone(t.Deployed)
	for i := range t.Deployed {
		t.Deployed[i].Links = slices.Clone(t.Deployed[i].Links)
	}
	t.Planned = maps.Clone(t.Planned)
	t.Released = maps.Clone(t.Released)
	t.Active = slices.Clone(t.Active)
	t.Signoffs = slices.Clone(t.Signoffs)
	t.Proposals = slices.Clone(t.Proposals)
	t.Judged = maps.Clone(t.Judged)
	return &t
}

// Ref returns the link to the item.
func (it *Item) Ref() Ref { return Ref{ID: it.ID, Number: it.Shown.Number, Title: it.Title} }

// Note adds a line to the history.
func (it *Item) Note(at time.Time, by string, what Text) {
	it.History = append(it.History, Note{At: at, By: by, What: what})
	if n := len(it.History) - maxHistory; n > 0 {
		it.History = slices.Clone(it.History[n:])
	}
}

// CodeDigest names the merged pull requests of a feature, so that a pass can be
// held against them later.
func (f *FeatureFacts) CodeDigest() string { return codeDigest(f.Pulls) }

// HasLayer reports whether the feature changes the layer.
func (f *FeatureFacts) HasLayer(layer string) bool { return slices.Contains(f.Layers, layer) }
