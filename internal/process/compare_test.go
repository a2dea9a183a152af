package process

import (
	"slices"
	"testing"
	"time"
)

// compared has a railway with a feature aboard an Alphanet, and the process.
func comparing() (*Process, *Line) {
	p := &Process{Settings: Settings{Prefix: "rp/"}, Nodes: map[string]*Node{}}
	l := NewLine("acme/upgrades")
	l.Put(
		&Item{ID: "alphanet/2026-12", Kind: Alphanet, T: &TrainFacts{Milestone: 3, Titled: "Alphanet 2026-12"}, Shown: Shown{Number: 1}},
		&Item{ID: "alphanet/2027-01", Kind: Alphanet, T: &TrainFacts{}, Shown: Shown{Number: 2}},
		&Item{ID: "issue/12", Kind: Feature, Title: "Faster proofs", F: &FeatureFacts{Train: "alphanet/2026-12"}, Shown: Shown{
			Number: 12, Labels: []string{"kind/feature", "stage/alphanet-scoping"}, Assignees: []string{"ada"}, Train: "alphanet/2026-12",
		}},
	)
	return p, l
}

func sight(change func(*Issue)) *Issue {
	is := &Issue{Number: 12, Title: "Faster proofs", Labels: []string{"RP/kind/feature", "rp/stage/alphanet-scoping", "bug"}, Assignees: []string{"Ada"}, Milestone: 3, State: "open"}
	change(is)
	return is
}

func TestADriftIsWhateverGitHubShowsOtherwise(t *testing.T) {
	p, l := comparing()
	for _, tt := range []struct {
		name   string
		change func(*Issue)
		want   Drift
	}{
		{"nothing, whatever the case, and other people's labels", func(*Issue) {}, Drift{Number: 12}},
		{"a label of ours that has come", func(is *Issue) { is.Labels = append(is.Labels, "rp/layer/l1") }, Drift{Number: 12, On: []string{"rp/layer/l1"}}},
		{"a label of ours that has gone", func(is *Issue) { is.Labels = is.Labels[:1] }, Drift{Number: 12, Off: []string{"rp/stage/alphanet-scoping"}}},
		{"a milestone taken off", func(is *Issue) { is.Milestone = 0 }, Drift{Number: 12, Milestone: true}},
		{"another people's milestone on a passenger", func(is *Issue) { is.Milestone = 99 }, Drift{Number: 12, Milestone: true}},
		{"assignees", func(is *Issue) { is.Assignees = []string{"bo"} }, Drift{Number: 12, Came: []string{"bo"}, Went: []string{"ada"}}},
		{"closed", func(is *Issue) { is.State = "closed" }, Drift{Number: 12, State: true}},
		{"locked", func(is *Issue) { is.Locked = true }, Drift{Number: 12, Locked: true}},
		{"renamed", func(is *Issue) { is.Title = "Slower proofs" }, Drift{Number: 12, Title: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Drifted(p, l, sight(tt.change))
			if !sameDrift(got, tt.want) || got.None() != sameDrift(got, Drift{Number: 12}) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	foreign := &Issue{Number: 99, Labels: []string{"bug", "rp/kind/feature"}, State: "closed", Title: "x"}
	if got := Drifted(p, l, foreign); !slices.Equal(got.On, []string{"rp/kind/feature"}) || got.State || got.Title {
		t.Errorf("an issue that is not tracked drifts by %+v", got)
	}
	l.Get("issue/12").Shown.Train = "alphanet/2027-01"
	if got := Drifted(p, l, sight(func(is *Issue) { is.Milestone = 0 })); got.Milestone {
		t.Error("a milestone that is still to be made is missed")
	}
}

func sameDrift(a, b Drift) bool {
	return a.Number == b.Number && slices.Equal(a.On, b.On) && slices.Equal(a.Off, b.Off) && slices.Equal(a.Came, b.Came) &&
		slices.Equal(a.Went, b.Went) && a.Milestone == b.Milestone && a.State == b.State && a.Title == b.Title && a.Locked == b.Locked
}

// A lever is known by what happened, in whichever way it was told of: a webhook and
// a comparison that tell of the same pull are one, two webhooks are two.
func TestALeverToldOfInTwoWaysIsOne(t *testing.T) {
	at := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	event := func(delivery string, second int, name string) Event {
		when := at.Add(time.Duration(second) * time.Second)
		return Event{What: Labelled, Delivery: delivery, Issue: &Issue{Number: 12}, At: when, Labels: []LabelChange{{Name: name, Added: true, At: when}}}
	}
	told, swept := "guid", SweptPrefix+"acme/upgrades/happened/7"
	for _, tt := range []struct {
		name          string
		first, second Event
		left          bool
	}{
		{"a comparison, then the webhook", event(swept, 0, "layer/l1"), event(told, 0, "Layer/L1"), false},
		{"the webhook, then a comparison", event(told, 0, "layer/l1"), event(swept, 0, "layer/l1"), false},
		{"GitHub tells them a second apart", event(told, 1, "layer/l1"), event(swept, 0, "layer/l1"), false},
		{"pulled again two seconds later", event(told, 2, "layer/l1"), event(swept, 0, "layer/l1"), true},
		{"another label", event(told, 0, "layer/l2"), event(swept, 0, "layer/l1"), true},
		{"two webhooks", event(told, 0, "layer/l1"), event("another", 0, "layer/l1"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := NewLine("acme/upgrades")
			l.Seen = map[string]bool{}
			known := tt.first.recorded()
			for _, key := range LineKeys(tt.second) {
				l.Seen[key] = slices.Contains(known, key)
			}
			if _, left := l.untold(tt.second); left != tt.left {
				t.Errorf("something is left of it: %t", left)
			}
		})
	}
}

func TestLabelsOfOtherPeopleAskNothing(t *testing.T) {
	p, l := comparing()
	e := Event{What: Labelled, Repo: l.Repo, Issue: &Issue{Number: 99, Author: "bo"}, Labels: []LabelChange{
		{Name: "bug", Added: true, By: Actor{Login: "ada"}}, {Name: "", By: Actor{Login: "ada"}},
	}}
	if q := Ask(p, l, e); !q.Empty() {
		t.Errorf("it asks %+v", q)
	}
	e.Labels = append(e.Labels, LabelChange{Name: "rp/kind/feature", Added: true, By: Actor{Login: "mara"}})
	if q := Ask(p, l, e); len(q.Roles) != 2 || q.Roles["mara"] == nil || q.Roles["bo"] == nil {
		t.Errorf("of a label of ours it asks %+v", q)
	}
}
