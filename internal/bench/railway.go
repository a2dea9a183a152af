package bench

import (
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Railway says how long a history a repository has that is made up for
// measuring: what a process of many years has come to, most of it over.
type Railway struct {
	// Features are on the issues from 1 on. Of a hundred, sixty have shipped and ten
	// were dropped; twenty-eight wait for an Alphanet, of which one is submitted and
	// nine have no owner; two have passed theirs.
	Features int
	// Now is the present, which the coming dates follow.
	Now time.Time
	// Owners have the features in turn.
	Owners []string
}

// Past makes up the features and the trains that are gone: the same for the same
// values. The trains have no issues; the labels of a feature are those that its
// facts ask for.
func (r Railway) Past(p *process.Process, repo string) *process.Line {
	l := process.NewLine(repo)
	for n := range r.trains() {
		l.Put(r.alphanet(n), r.upgrade(n))
	}
	for n := 1; n <= r.Features; n++ {
		it := r.feature(n)
		it.Shown.Labels = p.Labels(it, l.Get(it.F.Train))
		l.Put(it)
	}
	return l
}

// Line is the past with what comes next: the board, an Alphanet and an open
// agenda, whose issues follow those of the features.
func (r Railway) Line(p *process.Process, repo string) *process.Line {
	l := r.Past(p, repo)
	today := calendar.DateOf(r.Now)
	l.Put(
		&process.Item{ID: process.DeparturesID, Kind: process.Departures, Title: "Departures", Ours: true, Since: r.Now, Shown: process.Shown{Number: r.Features + 1}},
		&process.Item{
			ID: "alphanet/next", Kind: process.Alphanet, Title: "Alphanet next", Ours: true, Stage: "alphanet-scoping", Since: r.Now, Journey: 1, Shown: process.Shown{Number: r.Features + 2},
			T: &process.TrainFacts{Name: "Alphanet next", Date: today.AddDays(20)},
		},
		&process.Item{
			ID: "meeting/1", Kind: process.Meeting, Title: "Upgrade planning meeting", Ours: true, Since: r.Now, Shown: process.Shown{Number: r.Features + 3},
			M: &process.MeetingFacts{At: r.Now.AddDate(0, 0, 10), Date: today.AddDays(10), Cutoff: r.Now.AddDate(0, 0, 7), Since: r.Now.AddDate(0, 0, -20)},
		},
	)
	return l
}

// shipping is about how many features one upgrade of the past took along.
const shipping = 20

// trains is how many upgrades the shipped features took.
func (r Railway) trains() int { return r.Features/(2*shipping) + 1 }

// feature makes the n-th. Every fiftieth of those that are on their way has moved
// since the last meeting; the others stand for half a year.
func (r Railway) feature(n int) *process.Item {
	since := r.Now.AddDate(0, 0, -180)
	if n%50 == 8 {
		since = r.Now.AddDate(0, 0, -3)
	}
	it := &process.Item{
		ID: process.ID(fmt.Sprintf("issue/%d", n)), Kind: process.Feature, Title: fmt.Sprintf("Feature %d: cheaper withdrawals", n), Since: since, Journey: 1,
		Shown: process.Shown{Number: n},
		F: &process.FeatureFacts{
			Layers: []string{"l1"}, Pulls: []process.Pull{{Repo: "acme/protocol", Number: n, Title: "Cheaper withdrawals", Merged: true, At: since}},
		},
	}
	f := it.F
	if n%10 != 9 || n%100 == 99 {
		f.Owner = r.Owners[n%len(r.Owners)]
		f.Author, it.Shown.Assignees = f.Owner, []string{f.Owner}
	}
	moved := func(move, from, to string, days int) {
		it.Note(since.AddDate(0, 0, -days), f.Owner, process.Say("note.moved", "move", move, "from", from, "to", to, "reason", ""))
		it.Stage = to
	}
	moved("merge", "", "alphanet-scoping", 90)
	switch kind := n % 10; {
	case n%100 == 7:
		f.Submitted = map[string]process.Submission{"alphanet": {By: f.Owner, At: since}}
	case n%50 == 8:
		moved("depart", "alphanet-scoping", "alphanet-deployment", 60)
		moved("deployed", "alphanet-deployment", "alphanet-acceptance", 40)
		moved("stable", "alphanet-acceptance", "betanet-scoping", 0)
		f.Passed = &process.Pass{Train: "alphanet/old-0", By: f.Owner, At: since, Code: f.CodeDigest()}
	case kind > 6:
	case kind == 6:
		moved("drop", "alphanet-scoping", "dropped", 30)
		it.Shown.Closed = true
	default:
		it.Since, f.Train = r.Now.AddDate(-1, 0, -n%700), upgradeID(n/(2*shipping))
		it.Shown.Train = f.Train
		moved("stable", "betanet-acceptance", "testnet-release", 60)
		moved("activated", "mainnet-activation", "shipped", 0)
		f.Audit.State = "not-required"
		it.Shown.Closed = true
	}
	return it
}

// alphanet makes one of the past, and upgrade one that has shipped: the n-th.
func (r Railway) alphanet(n int) *process.Item {
	name := fmt.Sprintf("Alphanet old-%d", n)
	past := r.Now.AddDate(0, 0, -30*(n+2))
	return &process.Item{
		ID: process.ID(fmt.Sprintf("alphanet/old-%d", n)), Kind: process.Alphanet, Title: name, Ours: true, Stage: "completed", Since: past, Journey: 1,
		Shown: process.Shown{Closed: true},
		T:     &process.TrainFacts{Name: name, Titled: name, Date: calendar.DateOf(past), Dated: calendar.DateOf(past), Departed: past, Iteration: 1, Shut: true, Past: r.aboard(n)},
	}
}

func (r Railway) upgrade(n int) *process.Item {
	past := r.Now.AddDate(-1, 0, -30*(n+2))
	number := fmt.Sprint(100 + n)
	return &process.Item{
		ID: upgradeID(n), Kind: process.Upgrade, Title: "Upgrade " + number, Ours: true, Stage: "shipped", Since: past, Journey: 1,
		Shown: process.Shown{Closed: true},
		T:     &process.TrainFacts{Number: number, Titled: "Upgrade " + number, Departed: past, Iteration: 1, Shut: true, Past: r.aboard(n)},
	}
}

// upgradeID names the n-th upgrade of the past.
func upgradeID(n int) process.ID { return process.ID(fmt.Sprintf("upgrade/%d", 100+n)) }

// aboard are the features that an old train took along.
func (r Railway) aboard(train int) []process.ID {
	var out []process.ID
	for n := max(1, train*2*shipping); n < (train+1)*2*shipping && n <= r.Features; n++ {
		if n%10 < 6 {
			out = append(out, process.ID(fmt.Sprintf("issue/%d", n)))
		}
	}
	return out
}
