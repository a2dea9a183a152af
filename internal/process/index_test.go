package process

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Lines are made from one another for years: each must have, and find, what a plain
// map with the same changes has, whatever became of those made from it.
func TestALineFindsWhatHasChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int{5, 30, 500}).Draw(t, "ids")
		type version struct {
			line *Line
			want map[ID]*Item
		}
		all := []version{{NewLine("acme/releases"), map[ID]*Item{}}}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			on := all[rapid.IntRange(max(0, len(all)-3), len(all)-1).Draw(t, "on")]
			if rapid.Bool().Draw(t, "indexed") {
				on.line.Number(1)
			}
			changed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Item { return drawItem(t, most) }), 1, 1+most/4).Draw(t, "changed")
			want := maps.Clone(on.want)
			for _, it := range changed {
				want[it.ID] = it
			}
			all = append(all, version{on.line.With(changed), want})
		}
		for _, v := range all {
			same(t, v.line, v.want)
		}
	})
}

func drawItem(t *rapid.T, most int) *Item {
	it := &Item{ID: ID(fmt.Sprintf("issue/%d", rapid.IntRange(0, most).Draw(t, "id")))}
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		it.Kind, it.T = Alphanet, &TrainFacts{}
	case 1:
		it.Kind, it.M = Meeting, &MeetingFacts{}
	case 2:
		it.Kind, it.F = Feature, &FeatureFacts{}
	default:
		it.Kind, it.F = Feature, &FeatureFacts{Train: rapid.SampledFrom([]ID{"alphanet/1", "alphanet/2", "upgrade/1"}).Draw(t, "train")}
	}
	it.Shown.Number, it.Shown.Gone = rapid.IntRange(0, most).Draw(t, "number"), rapid.Bool().Draw(t, "gone")
	return it
}

// same compares a Line with a plain map.
func same(t *rapid.T, l *Line, want map[ID]*Item) {
	t.Helper()
	sorted := func(keep func(*Item) bool) (out []*Item) {
		for _, it := range want {
			if keep(it) {
				out = append(out, it)
			}
		}
		slices.SortFunc(out, inOrderOfIssues)
		return out
	}
	for g := range groups {
		if g != passengers && !slices.Equal(l.among(g, func(*Item) bool { return true }), sorted(belongs[g])) {
			t.Fatalf("group %d is not what it should be", g)
		}
		for _, page := range l.look()[g] {
			if len(page) == 0 || len(page) > fullPage {
				t.Fatalf("group %d has a page of %d", g, len(page))
			}
		}
	}
	for _, train := range []ID{"", "alphanet/0", "alphanet/1", "alphanet/2", "upgrade/1"} {
		if !slices.Equal(l.Aboard(train), sorted(func(it *Item) bool { return train != "" && it.F != nil && it.F.Train == train })) {
			t.Fatalf("other features are aboard %q", train)
		}
	}
	has := map[int]bool{}
	for id, it := range want {
		if l.Get(id) != it {
			t.Fatalf("%s is %+v, want %+v", id, l.Get(id), it)
		}
		has[it.Shown.Number] = has[it.Shown.Number] || !it.Shown.Gone
	}
	for n := 1; n <= 501; n++ {
		if it := l.Number(n); (it != nil) != has[n] || it != nil && (it.Shown.Number != n || it.Shown.Gone || want[it.ID] != it) {
			t.Fatalf("number %d is %+v", n, it)
		}
	}
	if l.Len() != len(want) {
		t.Fatalf("there are %d items, want %d", l.Len(), len(want))
	}
	if it := l.Get("issue/none"); it != nil {
		t.Fatalf("found %+v", it)
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
