package render

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A FeatureView is the status of a feature.
type FeatureView struct {
	Status
	Own    string // the tracking repository, for its own pull requests
	Owner  string
	Layers []string
	// Train and TrainName are the train that it is aboard of, if any; Departed
	// and Deployed are when that left and when its network last came up.
	Train     process.Ref
	TrainName string
	Departed  time.Time
	Deployed  calendar.Date
	Wants     []Want
	Pulls     []process.Pull
	Merged    int
	Audit     process.Audit
	AuditOn   process.Ref
	Passed    *process.Pass
	PassedOn  string
	Submitted []Submitted
	// Forecast is when it can be on mainnet at the earliest, Plan the steps on
	// the way there, Assumed the times they are counted with.
	Forecast *process.Forecast
	Plan     []calendar.Step
	Assumed  []string
}

// A Want is something that only a person can add, with the line that does.
type Want struct {
	What process.Text
	Line process.Code
}

// Submitted is a standing submission.
type Submitted struct {
	Network string
	process.Submission
}

// feature reads the status of a feature from the Line.
func feature(p *process.Process, l *process.Line, it *process.Item, now time.Time) FeatureView {
	f := it.F
	v := FeatureView{
		Status: status(p, l, it, now), Own: l.Repo, Owner: f.Owner, Layers: f.Layers,
		Pulls: f.Pulls, Audit: f.Audit, Passed: f.Passed,
	}
	for _, pull := range f.Pulls {
		if pull.Merged {
			v.Merged++
		}
	}
	if train := l.Get(f.Train); train != nil && train.T != nil {
		v.Train, v.TrainName, v.Departed = train.Ref(), p.TrainName(train), train.T.Departed
		v.Deployed = lastDeployed(train.T)
	}
	if f.Passed != nil {
		if train := l.Get(f.Passed.Train); train != nil {
			v.PassedOn = p.TrainName(train)
		}
	}
	if issue := l.Get(f.Audit.Issue); issue != nil {
		v.AuditOn = issue.Ref()
	}
	for _, network := range slices.Sorted(maps.Keys(f.Submitted)) {
		v.Submitted = append(v.Submitted, Submitted{network, f.Submitted[network]})
	}
	if v.Ended == "" {
		v.Wants = wants(p, it)
	}
	if plan, ok := process.Earliest(p, l, it, calendar.DateOf(now)); ok && it.Forecast != nil {
		v.Forecast, v.Plan = it.Forecast, plan.Steps
		for _, a := range plan.Assumptions() {
			v.Assumed = append(v.Assumed, a.String())
		}
	}
	v.Steps = append(outside(p, it), v.Steps...)
	return v
}

// lastDeployed is when the present iteration of a train came up; no date while
// it is being deployed.
func lastDeployed(t *process.TrainFacts) calendar.Date {
	if n := len(t.Deployed); n > 0 && t.Deployed[n-1].Iteration == t.Iteration {
		return t.Deployed[n-1].On
	}
	return calendar.Date{}
}

// wants lists what is missing that later gates will ask for.
func wants(p *process.Process, it *process.Item) []Want {
	var out []Want
	if it.F.Owner == "" {
		out = append(out, Want{process.Say("want.owner"), "/owner @<login>"})
	}
	if len(it.F.Pulls) == 0 {
		out = append(out, Want{process.Say("want.pull"), "/link https://github.com/owner/repository/pull/7"})
	}
	if len(it.F.Layers) == 0 {
		out = append(out, Want{process.Say("want.layers"), "/layers l1 l2"})
	}
	if n := p.Node(it.Stage); n != nil && n.Network == "betanet" && it.F.Audit.State == "" {
		out = append(out, Want{process.Say("want.audit"), "/audit required"})
	}
	return out
}

// outside lists what a feature does that no train has taken: it is submitted,
// and waits to be boarded. After a removal or a stop it may be submitted afresh.
func outside(p *process.Process, it *process.Item) []Step {
	n := p.Node(it.Stage)
	if n == nil || it.F.Train != "" {
		return nil
	}
	network := n.Network
	if n.Kind == process.KindEnd {
		if it.Stage != "removed" && it.Stage != "stopped" {
			return nil
		}
		network = string(process.Alphanet)
	} else if p.Scoping(process.Alphanet) != it.Stage && p.Scoping(process.Upgrade) != it.Stage {
		return nil
	}
	if _, ok := it.F.Submitted[network]; ok {
		return []Step{{
			Usage:  process.Code(fmt.Sprintf("/board #%d", it.Shown.Number)),
			By:     []process.Role{process.Maintainer},
			Closed: append(unmerged(it.F), process.Why{Verdict: process.No, Evidence: process.Say("wait.boarding")}),
		}}
	}
	return []Step{{
		Usage:  process.Code("/submit " + network),
		Owner:  it.F.Owner,
		By:     []process.Role{process.Owner, process.Maintainer},
		Closed: unmerged(it.F),
	}}
}

// unmerged is what keeps a feature from being code-complete (A3).
func unmerged(f *process.FeatureFacts) []process.Why {
	var open []string
	for _, p := range f.Pulls {
		if !p.Merged {
			open = append(open, fmt.Sprintf("%s#%d", p.Repo, p.Number))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []process.Why{{Rule: "A3", Verdict: process.No, Evidence: process.Say("gate.code-complete.open", "open", open, "all", len(f.Pulls))}}
}
