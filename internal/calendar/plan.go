package calendar

import (
	"cmp"
	"slices"
)

// A StepName names a step of an upgrade on its way to an activation.
type StepName string

// The steps, in the order of the process.
const (
	AlphanetCutoff    StepName = "alphanet-cutoff"
	AlphanetDeparture StepName = "alphanet-departure"
	BetanetDecision   StepName = "betanet-decision"
	BetanetDeployed   StepName = "betanet-deployed"
	AuditRequest      StepName = "audit-request"
	AuditsComplete    StepName = "audits-complete"
	TestnetDecision   StepName = "testnet-decision"
	TestnetCut        StepName = "testnet-cut"
	TestnetNotice     StepName = "testnet-notice"
	TestnetActivation StepName = "testnet-activation"
	ProposalPosted    StepName = "proposal-posted"
	VoteStart         StepName = "vote-start"
	VoteEnd           StepName = "vote-end"
	MainnetDecision   StepName = "mainnet-decision"
	MainnetNotice     StepName = "mainnet-notice"
	MainnetRelease    StepName = "mainnet-release"
	MainnetActivation StepName = "mainnet-activation"
)

// steps are all steps in order, each with its words and the rule it comes from.
var steps = []struct {
	name  StepName
	words string
	rule  string
}{
	{AlphanetCutoff, "Submissions close for the Alphanet", "A7"},
	{AlphanetDeparture, "The Alphanet departs", "P5"},
	{BetanetDecision, "A meeting decides the Betanet", "B1"},
	{BetanetDeployed, "The Betanet is deployed", "B5"},
	{AuditRequest, "Audits are requested", "F6"},
	{AuditsComplete, "All audits are complete", "T5"},
	{TestnetDecision, "A meeting sets the testnet date", "T7"},
	{TestnetCut, "The testnet release is cut", "T1"},
	{TestnetNotice, "Partners are told of the testnet", "T9"},
	{TestnetActivation, "Testnet activation", "T7"},
	{ProposalPosted, "The governance proposal is posted", "G1"},
	{VoteStart, "The vote begins", "G1"},
	{VoteEnd, "Governance is through", "G2"},
	{MainnetDecision, "A meeting sets the mainnet date", "M2"},
	{MainnetNotice, "Partners are told of the mainnet", "T9"},
	{MainnetRelease, "The mainnet release is cut", "M1"},
	{MainnetActivation, "Mainnet activation", "M2"},
}

// Words says the step as a line of a plan has it.
func (n StepName) Words() string { return steps[n.order()].words }

// Rule returns the id of the rule that the step comes from.
func (n StepName) Rule() string { return steps[n.order()].rule }

// order is the step's place; what is no step counts as the first.
func (n StepName) order() int {
	for i, s := range steps {
		if s.name == n {
			return i
		}
	}
	return 0
}

// A Target is the activation that a plan leads to.
type Target struct {
	Network  string // "testnet" or "mainnet"
	On       Date
	Proposal string // the kind of proposal; "" is the usual one
	// Known are the steps that have happened or are decided, with their days.
	Known map[StepName]Date
}

// A Plan is what an activation asks of the days before it. Steps are in the
// order of the process and Troubles in that of the steps. It is made by
// Schedule.WorkBack and by Schedule.Earliest.
type Plan struct {
	Network  string    `json:"network"`
	On       Date      `json:"on"`
	Steps    []Step    `json:"steps"`
	Troubles []Trouble `json:"troubles,omitempty"`
}

// A Step is one step with its days: from First to Last, by Last where First is
// no date, on Last where both are the same.
type Step struct {
	Name  StepName `json:"name"`
	First Date     `json:"first,omitzero"`
	Last  Date     `json:"last,omitzero"`
	Rule  string   `json:"rule"`
	// From is the step that it is counted from; "" for the activation itself.
	From StepName `json:"from,omitempty"`
	// Assumes are the times that it is counted with.
	Assumes []Assumption `json:"assumes,omitempty"`
	// Known says that it has happened or is decided.
	Known bool `json:"known,omitempty"`
	// Moved is the day that was reckoned, where that is closed, and Closed why.
	Moved  Date    `json:"moved,omitzero"`
	Closed Closing `json:"closed,omitzero"`
}

// Days returns the step's days as a window; Last alone where there is no first.
func (s Step) Days() Window {
	if s.First.IsZero() {
		return Window{s.Last, s.Last}
	}
	return Window{s.First, s.Last}
}

// An Assumption is a length of time that a plan counts with, by the name that it
// has in the configuration. Default says that nobody has configured it.
type Assumption struct {
	Name    string `json:"name"`
	Value   Span   `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// String says it as "lead.audit 28 days (assumed)".
func (a Assumption) String() string {
	s := a.Name + " " + a.Value.String()
	if a.Default {
		s += " (assumed)"
	}
	return s
}

// A TroubleKind says what is wrong with a step.
type TroubleKind string

// The kinds of trouble.
const (
	Past    TroubleKind = "past"    // its last day is over
	Blocked TroubleKind = "closed"  // on a frozen day, a holiday or a weekend
	Outside TroubleKind = "window"  // outside the days that a rule allows
	Late    TroubleKind = "late"    // after the day by which another step needs it
	Missing TroubleKind = "missing" // no meeting or train is planned in time
)

// A Trouble is one step that cannot be kept. Day is the day it is about, and
// Allowed the days that would do, where that is known.
type Trouble struct {
	Step    StepName    `json:"step"`
	Kind    TroubleKind `json:"kind"`
	Day     Date        `json:"day,omitzero"`
	Allowed Window      `json:"allowed,omitzero"`
	Closed  Closing     `json:"closed,omitzero"`
	Rule    string      `json:"rule"`
}

// String says it in one line, for a terminal or a log.
func (t Trouble) String() string {
	what := t.Step.Words() + ": "
	switch t.Kind {
	case Past:
		what += t.Day.Long() + " has passed"
	case Blocked:
		what += t.Day.Long() + " is closed (" + t.Closed.String() + ")"
	case Outside:
		what += t.Day.Long() + " is outside " + t.Allowed.Long()
	case Late:
		what += t.Day.Long() + " is later than " + t.Allowed.Last.Long()
	case Missing:
		what += "none is planned by " + t.Day.Long()
	}
	return what + " (" + t.Rule + ")"
}

// Step returns the step of a name; ok is false if the plan has none.
func (p Plan) Step(name StepName) (Step, bool) {
	for _, s := range p.Steps {
		if s.Name == name {
			return s, true
		}
	}
	return Step{}, false
}

// Possible reports whether nothing stands against the plan.
func (p Plan) Possible() bool { return len(p.Troubles) == 0 }

// Assumptions lists the times that the plan counts with, each once, by name.
func (p Plan) Assumptions() []Assumption {
	var out []Assumption
	for _, s := range p.Steps {
		out = append(out, s.Assumes...)
	}
	slices.SortFunc(out, func(a, b Assumption) int { return cmp.Compare(a.Name, b.Name) })
	return slices.Compact(out)
}
