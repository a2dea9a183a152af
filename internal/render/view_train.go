package render

import (
	"maps"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A TrainView is the status of an Alphanet or an upgrade.
type TrainView struct {
	Status
	Name       string
	Number     string
	Void       bool
	Hardfork   string
	NoHardfork string
	Date       calendar.Date // on which an Alphanet departs
	Departed   time.Time
	Iteration  int
	Deployed   []process.Deployed // newest first
	Due        bool               // a redeployment
	Why        process.Text
	Aboard     []Passenger
	More       int // passengers that the table has no room for
	Past       []process.Ref
	Networks   []Network
	Track      string // the title of the governance track's stage
	TrackSince time.Time
	Proposals  []process.Proposal
	Outcome    string
	Signoffs   []process.Signoff
}

// A Passenger is a feature aboard.
type Passenger struct {
	Feature process.Ref
	Stage   string
	Layers  []string
	Audit   string
	Owner   string
	Done    int // boxes of its present checklist
	All     int
	Verdict string // on an Alphanet: "stable", "unstable"
}

// A Network is where an upgrade stands with one network: its date, the days on
// which its release may be cut (T1), the version and the chains.
type Network struct {
	Name    string
	Planned calendar.Date
	Cut     calendar.Window
	Cutting bool // the window matters still
	Version string
	On      calendar.Date // when that version was released
	Chains  []process.Activation
}

// train reads the status of a train from the Line.
func train(p *process.Process, l *process.Line, it *process.Item, now time.Time) TrainView {
	t := it.T
	v := TrainView{
		Status: status(p, l, it, now), Name: p.TrainName(it), Number: t.Number, Void: t.Void, Hardfork: t.Hardfork,
		NoHardfork: t.NoHardfork, Date: t.Date, Departed: t.Departed, Iteration: t.Iteration, Due: t.Redeploy != "", Why: t.Why,
		Proposals: t.Proposals, Outcome: t.Outcome, Signoffs: t.Signoffs,
	}
	v.Deployed = slices.Clone(t.Deployed)
	slices.Reverse(v.Deployed)
	aboard := l.Aboard(it.ID)
	here := map[process.ID]bool{}
	for _, f := range aboard {
		here[f.ID] = true
	}
	aboard, v.More = bounded(aboard)
	for _, f := range aboard {
		v.Aboard = append(v.Aboard, passenger(p, f, t.Judged[f.ID]))
	}
	for _, id := range t.Past {
		if f := l.Get(id); f != nil && !here[id] {
			v.Past = append(v.Past, f.Ref())
		}
	}
	for _, network := range []string{"testnet", "mainnet"} {
		if n, ok := networkOf(p, t, network); ok {
			v.Networks = append(v.Networks, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(it.Tracks)) {
		v.Track, v.TrackSince = p.Title(it.Tracks[name].At), it.Tracks[name].Since
	}
	return v
}

func passenger(p *process.Process, f *process.Item, verdict string) Passenger {
	out := Passenger{
		Feature: f.Ref(), Stage: p.Title(f.Stage), Layers: f.F.Layers, Audit: f.F.Audit.State, Owner: f.F.Owner, Verdict: verdict,
	}
	if list := f.Current(); list != nil {
		out.All = len(list.Items)
		out.Done = out.All - list.Open()
	}
	return out
}

// networkOf says how far an upgrade is with a network, ok being false while
// nothing is known of it.
func networkOf(p *process.Process, t *process.TrainFacts, name string) (n Network, ok bool) {
	n = Network{Name: name, Planned: t.Planned[name].On, Version: t.Released[name].Version, On: t.Released[name].On}
	if name == "testnet" && !n.Planned.IsZero() {
		n.Cut, n.Cutting = calendar.CutWindow(n.Planned), n.Version == ""
	}
	started := false
	for _, a := range t.Active {
		if a.Network == name {
			n.Chains = append(n.Chains, a)
			started = true
		}
	}
	if started {
		for _, chain := range p.Settings.Chains[name] {
			if !slices.ContainsFunc(n.Chains, func(a process.Activation) bool { return a.Chain == chain }) {
				n.Chains = append(n.Chains, process.Activation{Network: name, Chain: chain})
			}
		}
	}
	return n, started || n.Version != "" || !n.Planned.IsZero()
}
