package process

import (
	"iter"
	"slices"
	"strings"
)

// An index has the items of a Line in the order of [Line.Sorted], those of each
// group apart: a railway has ten thousand features, and most questions are about
// its few trains, its meetings, or who is aboard. It is not changed once it is
// made.
type index [groups]roll

// The groups that are looked through alone.
const (
	everything = iota
	trains     // of both kinds
	meetings   // planning meetings
	passengers // features with a train, by their trains first
	groups
)

// belongs says which items are in a group.
var belongs = [groups]func(*Item) bool{
	everything: func(*Item) bool { return true },
	trains:     func(it *Item) bool { return it.T != nil || it.Kind.Train() },
	meetings:   func(it *Item) bool { return it.M != nil },
	passengers: func(it *Item) bool { return it.F != nil && it.F.Train != "" },
}

// orders says in which order a group's items are.
var orders = [groups]func(a, b *Item) int{
	everything: inOrderOfIssues,
	trains:     inOrderOfIssues,
	meetings:   inOrderOfIssues,
	passengers: func(a, b *Item) int {
		if d := strings.Compare(string(a.F.Train), string(b.F.Train)); d != 0 {
			return d
		}
		return inOrderOfIssues(a, b)
	},
}

func newIndex(items iter.Seq[*Item]) *index {
	x, all := &index{}, slices.Collect(items)
	for g := range x {
		mine := slices.DeleteFunc(slices.Clone(all), func(it *Item) bool { return !belongs[g](it) })
		slices.SortFunc(mine, orders[g])
		x[g] = newRoll(mine)
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

// with makes an item another in a clone of an index; was is nil if it is new.
func (x *index) with(was, it *Item) {
	for g := range x {
		before := func(what *Item) func(*Item) bool {
			return func(o *Item) bool { return orders[g](o, what) < 0 }
		}
		had, has := was != nil && belongs[g](was), belongs[g](it)
		same := had && has && orders[g](was, it) == 0
		if had && !same {
			x[g] = x[g].remove(x[g].find(before(was)))
		}
		if has {
			page, at := x[g].find(before(it))
			x[g] = x[g].put(page, at, it, same)
		}
	}
}

// clone returns a copy for with.
func (x *index) clone() *index {
	var next index
	for g := range x {
		next[g] = slices.Clone(x[g])
	}
	return &next
}

// aboard are the features that are aboard a train.
func (x *index) aboard(train ID) roll {
	return x[passengers].cut(
		func(it *Item) bool { return it.F.Train < train },
		func(it *Item) bool { return it.F.Train == train },
	)
}

// number returns the item that has an issue's number, nil if none has.
func (x *index) number(n int) *Item {
	found := x[everything].cut(
		func(it *Item) bool { return it.Shown.Number < n },
		func(it *Item) bool { return it.Shown.Number == n },
	)
	for _, page := range found {
		for _, it := range page {
			if !it.Shown.Gone {
				return it
			}
		}
	}
	return nil
}
