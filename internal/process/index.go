package process

import (
	"slices"
	"strings"
)

// An index has the items of a Line in the order of [Line.Sorted], those of each
// group apart: a railway has ten thousand features, and most questions are about
// its few trains, its meetings, or who is aboard. It is not changed once it is
// made.
type index [groups][]*Item

// The groups that are looked through alone.
const (
	everything = iota
	trains     // of both kinds
	meetings   // planning meetings
	passengers // features with a train
	groups
)

// belongs says which items are in a group.
var belongs = [groups]func(*Item) bool{
	everything: func(*Item) bool { return true },
	trains:     func(it *Item) bool { return it.T != nil || it.Kind.Train() },
	meetings:   func(it *Item) bool { return it.M != nil },
	passengers: func(it *Item) bool { return it.F != nil && it.F.Train != "" },
}

func newIndex(items map[ID]*Item) *index {
	all := make([]*Item, 0, len(items))
	for _, it := range items {
		all = append(all, it)
	}
	slices.SortFunc(all, inOrderOfIssues)
	x := &index{everything: all}
	for _, it := range all {
		for g := everything + 1; g < groups; g++ {
			if belongs[g](it) {
				x[g] = append(x[g], it)
			}
		}
	}
	return x
}

// inOrderOfIssues compares items by their issue numbers and then their ids.
func inOrderOfIssues(a, b *Item) int {
	if d := a.Shown.Number - b.Shown.Number; d != 0 {
		return d
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

// with returns the index after an item has become another; was is nil if it is new.
func (x *index) with(was, it *Item) {
	for g := range x {
		at, had := 0, false
		if was != nil && belongs[g](was) {
			at, had = slices.BinarySearchFunc(x[g], was, inOrderOfIssues)
		}
		has := belongs[g](it)
		if had && has && inOrderOfIssues(was, it) == 0 {
			x[g][at] = it
			continue
		}
		if had {
			x[g] = slices.Delete(x[g], at, at+1)
		}
		if has {
			at, _ = slices.BinarySearchFunc(x[g], it, inOrderOfIssues)
			x[g] = slices.Insert(x[g], at, it)
		}
	}
}

// clone returns a copy that may be changed.
func (x *index) clone() *index {
	var next index
	for g := range x {
		next[g] = slices.Clone(x[g])
	}
	return &next
}

// number returns the item that has an issue's number, nil if none has.
func (x *index) number(n int) *Item {
	at, _ := slices.BinarySearchFunc(x[everything], n, func(it *Item, n int) int { return it.Shown.Number - n })
	for _, it := range x[everything][at:] {
		if it.Shown.Number != n {
			return nil
		}
		if !it.Shown.Gone {
			return it
		}
	}
	return nil
}
