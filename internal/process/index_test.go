package process

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Lines are made from one another for years: what their indexes say must be what
// one made afresh would say.
func TestALineFindsWhatHasChanged(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	l := NewLine("acme/releases")
	l.Number(1) // from here on there is an index
	for step := range 2000 {
		it := &Item{ID: ID(fmt.Sprintf("issue/%d", dice.IntN(30)))}
		switch dice.IntN(4) {
		case 0:
			it.Kind, it.T = Alphanet, &TrainFacts{}
		case 1:
			it.Kind, it.M = Meeting, &MeetingFacts{}
		case 2:
			it.Kind, it.F = Feature, &FeatureFacts{Train: "alphanet/1"}
		default:
			it.Kind, it.F = Feature, &FeatureFacts{}
		}
		it.Shown.Number, it.Shown.Gone = dice.IntN(20), dice.IntN(4) == 0
		before, was := l, l.Get(it.ID)
		l = l.With([]*Item{it})
		fresh := newIndex(l.Items)
		for g := range fresh {
			if !slices.Equal(l.index[g], fresh[g]) {
				t.Fatalf("step %d: group %d is not what it would be if made afresh", step, g)
			}
		}
		for n := 1; n < 20; n++ {
			found := l.Number(n)
			some := slices.ContainsFunc(fresh[everything], func(it *Item) bool { return it.Shown.Number == n && !it.Shown.Gone })
			if (found != nil) != some || found != nil && (found.Shown.Number != n || found.Shown.Gone) {
				t.Fatalf("step %d: number %d is %+v", step, n, found)
			}
		}
		if before.Get(it.ID) != was || !slices.Equal(before.index[everything], newIndex(before.Items)[everything]) {
			t.Fatalf("step %d: the line before has changed", step)
		}
	}
}

// A decision at work sees its own changes in place of what lies under them.
func TestADecisionAtWorkSeesItsOwnChanges(t *testing.T) {
	l := NewLine("acme/releases")
	l.Put(
		&Item{ID: "a", Kind: Feature, F: &FeatureFacts{Train: "t"}, Shown: Shown{Number: 1}},
		&Item{ID: "b", Kind: Feature, F: &FeatureFacts{}, Shown: Shown{Number: 2}},
		&Item{ID: "t", Kind: Alphanet, T: &TrainFacts{}, Shown: Shown{Number: 3}},
	)
	over := l.over()
	over.Put(&Item{ID: "a", Kind: Feature, F: &FeatureFacts{}, Shown: Shown{Number: 9}})
	top := over.over()
	top.Put(&Item{ID: "b", Kind: Feature, F: &FeatureFacts{Train: "t"}, Shown: Shown{Number: 2}}, &Item{ID: "u", Kind: Upgrade, T: &TrainFacts{}})
	ids := func(items []*Item) (out []ID) {
		for _, it := range items {
			out = append(out, it.ID)
		}
		return out
	}
	for _, c := range []struct {
		what string
		got  []*Item
		want []ID
	}{
		{"all, by number", top.Sorted(func(*Item) bool { return true }), []ID{"u", "b", "t", "a"}},
		{"who is aboard", top.Aboard("t"), []ID{"b"}},
		{"who is aboard in between", over.Aboard("t"), nil},
		{"who is aboard below", l.Aboard("t"), []ID{"a"}},
		{"the trains", top.Trains(), []ID{"u", "t"}},
		{"the upgrades", top.Trains(Upgrade), []ID{"u"}},
	} {
		if !slices.Equal(ids(c.got), c.want) {
			t.Errorf("%s: %v, want %v", c.what, ids(c.got), c.want)
		}
	}
}
