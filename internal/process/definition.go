package process

import (
	"slices"
	"strings"
	"sync"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A Process is the release process: the graph, the tables that its names refer
// to, and the repository's settings. It is read by [Load] and not changed after.
type Process struct {
	Name  string
	Hash  string // of the graph's source, so that a journey remembers its version
	Start string
	Nodes map[string]*Node
	Order []string // the nodes as written
	// Levers are labels that stand for a command when a person puts them on.
	Levers     map[string]string
	Checklists map[string]ChecklistDef
	Tables     Tables
	Settings   Settings

	// maps are those that have been drawn: each status shows one, and there are no
	// more of them than places to stand. Nil keeps none.
	maps *sync.Map // drawing → string
}

// Settings are what the repository configures for its process. The zero
// Settings name no chains, no hardforks and spend no numbers.
type Settings struct {
	Prefix    string              // before every label of ours
	Roles     []Role              // configured, for /help and "any role"
	Taken     []string            // upgrade numbers spent before the bot came
	Next      string              // the first number to suggest; "" is the one after the highest
	Hardforks []string            // names in the order in which they are given out
	Chains    map[string][]string // network → chains (T2)
	Links     map[string]string   // process, governance, releases …
	Bots      []string            // whose comments are left alone
	Code      []string            // repositories whose pull requests may name features; empty is any
	Ahead     int                 // Alphanets that exist ahead of their date
	Enough    int                 // features that make a Betanet worth asking about (B1)
	Schedule  calendar.Schedule   // trains, meetings and deadlines
	Holders   map[Role]string     // who holds a role, in words: "team acme/security"
	Routes    []Route             // which chats hear what
	Reminders Reminders           // of what has waited for long
	// Configured says that the repository has a configuration of its own: without
	// it the bot acts only where it is commanded.
	Configured bool
	// Trouble are the faults of the newest configuration, which is not in force
	// because of them; "" when all is well.
	Trouble string
}

// Tables are the Go halves of the names in a process file.
type Tables struct {
	Gates      map[string]Gate
	Commands   []Command
	Effects    map[string]Effect
	Predicates map[string]Predicate
	Sections   []Section // of every agenda, in order
	// Suggest offers the nearest of the names for a misspelt verb; "" if none
	// is near. Nil suggests nothing.
	Suggest func(verb string, names []string) string
}

// Command returns the command of a name, nil if there is none.
func (t Tables) Command(name string) *Command {
	for i := range t.Commands {
		if t.Commands[i].Name == name {
			return &t.Commands[i]
		}
	}
	return nil
}

// A Gate is a condition of a move.
type Gate struct {
	Name string
	Rule string // its id in the release process
	// Waives are the roles that may let it pass with a reason; [Owner] never may.
	Waives []Role
	// Check says how the gate stands for the item, from the record alone.
	Check func(t *Turn, it *Item) Why
}

// An Effect is something done on the way: a step of the graph, or on arrival
// at a stage. It must be safe to repeat.
type Effect func(t *Turn, it *Item)

// A Predicate answers a question of the graph from the record.
type Predicate func(t *Turn, it *Item) bool

// A Command is a slash command: its words and the pure function that decides it.
type Command struct {
	Name     string
	Usage    string   // "/stable [link]"
	Summary  string   // what it does, in a few words without a full stop
	Examples []string // lines to paste; the first serves in refusals
	// By are the roles that may type it where the process file has no word on
	// it; empty means anyone. The pseudo role "any" means any configured role.
	By []Role
	// Who says in words who may type it, where By alone does not tell.
	Who string
	// On are the kinds of items it belongs on; empty means any issue.
	On []Kind
	// Now reports whether there is something for it to do on an item as it
	// stands, for the help; nil is always.
	Now func(t *Turn, it *Item) bool
	// There is the line to type on the right issue when it was typed on this
	// item's; nil repeats what was typed.
	There func(it *Item) Code
	// Move is the name of the move in the process file, "" if it is none.
	Move string
	// Minuted marks a maintainers' decision, which belongs into the minutes of
	// the planning meeting.
	Minuted bool
	// Reads marks a command that changes nothing and answers with a reply.
	Reads bool
	// Ask adds what must be known beyond the roles. May be nil.
	Ask func(p *Process, l *Line, e Event, line Typed, q *Questions)
	// Decide carries it out on the turn, or refuses.
	Decide func(t *Turn, line Typed) Outcome
}

// AnyRole in Command.By stands for anyone who holds a configured role; in a
// question it asks for one, whichever is found first.
const AnyRole Role = "any"

// Kinds of nodes.
const (
	KindStage    = "stage"
	KindQuestion = "question"
	KindStep     = "step"
	KindEvent    = "event"
	KindEnd      = "end"
)

// A Node is one place of the graph.
type Node struct {
	Name    string          `yaml:"-"`
	Kind    string          `yaml:"kind"`
	Title   string          `yaml:"title"`
	Area    string          `yaml:"area"`    // the box of the map it is drawn in
	Network string          `yaml:"network"` // alphanet, betanet, testnet, mainnet
	Of      Kind            `yaml:"of"`      // on whose issue its moves are made
	Track   string          `yaml:"track"`   // "" is the main line
	Joins   string          `yaml:"joins"`   // waits here until that track has passed
	Starts  []string        `yaml:"starts"`  // tracks that begin on arrival
	Within  string          `yaml:"within"`  // the train's stage that this one counts as
	Enter   []string        `yaml:"enter"`   // effects on arrival
	Empties string          `yaml:"empties"` // where the train goes when the last passenger has left
	Rules   []string        `yaml:"rules"`
	Next    string          `yaml:"next"`
	When    string          `yaml:"when"` // the predicate of a question
	Yes     string          `yaml:"yes"`
	No      string          `yaml:"no"`
	Do      string          `yaml:"do"` // the effect of a step
	Aside   bool            `yaml:"aside"`
	Moves   map[string]Move `yaml:"moves"`
	// MoveOrder are the names of Moves as written; Line and Column are its place.
	MoveOrder    []string `yaml:"-"`
	Line, Column int      `yaml:"-"`
}

// Settled reports whether an item can stand at the node.
func (n *Node) Settled() bool { return n.Kind == KindStage || n.Kind == KindEnd }

// A Move leads from a stage on.
type Move struct {
	Name   string   `yaml:"-"`
	To     string   `yaml:"to"`
	Of     Kind     `yaml:"of"` // when not the stage's own
	By     []Role   `yaml:"by"`
	Needs  []string `yaml:"needs"`
	Each   string   `yaml:"each"`   // "aboard": every passenger goes along by itself
	Takes  string   `yaml:"takes"`  // the argument, in words for the form
	Reason string   `yaml:"reason"` // "required"
	Verify []string `yaml:"verify"` // facts to look at again
	Back   bool     `yaml:"back"`   // not forward: a hold does not stop it
	Aside  bool     `yaml:"aside"`  // not drawn on the map
	Rules  []string `yaml:"rules"`
}

// A ChecklistDef is a checklist as templates/checklists holds it.
type ChecklistDef struct {
	Name  string     `yaml:"-"`
	Title string     `yaml:"title"`
	Intro string     `yaml:"intro"`
	Items []CheckDef `yaml:"items"`
}

// A CheckDef is one item of a checklist. Each repeats it for every configured
// value: "chains" of the network.
type CheckDef struct {
	Text string `yaml:"text"`
	Rule string `yaml:"rule"`
	Each string `yaml:"each"`
	Link string `yaml:"link"` // the name of a configured link to append
}

// Node returns the node of a name, nil for none.
func (p *Process) Node(name string) *Node { return p.Nodes[name] }

// OfMove returns on whose issue the move is made.
func (n *Node) OfMove(m Move) Kind {
	if m.Of != "" {
		return m.Of
	}
	return n.Of
}

// Stages returns the nodes where an item can stand, in the order written.
func (p *Process) Stages() []*Node {
	var out []*Node
	for _, name := range p.Order {
		if n := p.Nodes[name]; n.Settled() {
			out = append(out, n)
		}
	}
	return out
}

// First returns the stage a merged pull request leads to (F1).
func (p *Process) First() string { return p.Nodes[p.Start].Next }

// Scoping returns the scoping stage of a kind of train: the first stage whose
// moves are made on its issue.
func (p *Process) Scoping(kind Kind) string {
	for _, name := range p.Order {
		if n := p.Nodes[name]; n.Settled() && n.Of == kind && n.Track == "" {
			return name
		}
	}
	return ""
}

// Entry returns the stage in which a track begins.
func (p *Process) Entry(track string) string {
	for _, n := range p.Stages() {
		if n.Track == track {
			return n.Name
		}
	}
	return ""
}

// Rank orders the stages as written; -1 for none.
func (p *Process) Rank(stage string) int { return slices.Index(p.Order, stage) }

// Reaches reports whether a walk from the node can settle at the stage without
// passing another stage.
func (p *Process) Reaches(from, stage string) bool {
	for seen := map[string]bool{}; ; {
		n := p.Nodes[from]
		if n == nil || seen[from] {
			return false
		}
		seen[from] = true
		switch n.Kind {
		case KindQuestion:
			return p.Reaches(n.Yes, stage) || p.Reaches(n.No, stage)
		case KindStep, KindEvent:
			from = n.Next
		default:
			return from == stage || n.Joins != "" && n.Next == stage
		}
	}
}

// StageLabel returns the label of a stage, with the configured prefix.
func (p *Process) StageLabel(node *Node) string {
	if node.Track != "" {
		return p.Settings.Prefix + node.Track + "/" + node.Name
	}
	return p.Settings.Prefix + "stage/" + node.Name
}

// Families are the beginnings of our labels; everything else is other people's.
var Families = []string{"kind/", "stage/", "layer/", "audit/", "governance/", "upgrade/", "hardfork/", "submitted/", "needs/"}

// OnHold is the label of something held (D7).
const OnHold = "on-hold"

// Our reports whether a label is one of ours, and its name without the prefix,
// in lower case.
func (p *Process) Our(label string) (string, bool) {
	label = strings.ToLower(label)
	name, ok := strings.CutPrefix(label, strings.ToLower(p.Settings.Prefix))
	if !ok {
		return "", false
	}
	if name == OnHold {
		return name, true
	}
	for _, f := range Families {
		if strings.HasPrefix(name, f) {
			return name, true
		}
	}
	return "", false
}
