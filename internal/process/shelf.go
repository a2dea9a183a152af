package process

import (
	"hash/maphash"
	"iter"
	"maps"
	"slices"
)

// A shelf has the items of a Line by their ids. It is parted among many small maps,
// so that one which differs in a few items can share all the others with it. It is
// not changed once it is made.
type shelf [256]map[ID]*Item

var shelving = maphash.MakeSeed()

// board is which part of a shelf an item is in.
func board(id ID) uint8 { return uint8(maphash.String(shelving, string(id))) }

func (s *shelf) get(id ID) *Item { return s[board(id)][id] }

// with returns the shelf after the changes.
func (s *shelf) with(changed []*Item) *shelf {
	next := *s
	var own [len(s)]bool
	for _, it := range changed {
		at := board(it.ID)
		if !own[at] {
			if next[at], own[at] = maps.Clone(s[at]), true; next[at] == nil {
				next[at] = map[ID]*Item{}
			}
		}
		next[at][it.ID] = it
	}
	return &next
}

// all are the items in no order.
func (s *shelf) all() iter.Seq[*Item] {
	return func(yield func(*Item) bool) {
		for _, part := range s {
			for _, it := range part {
				if !yield(it) {
					return
				}
			}
		}
	}
}

// A roll is a list of items in an order, in pages of some dozens, none of which is
// empty: one that differs in a few items shares the other pages with it. A page is
// not changed once it is made.
type roll [][]*Item

// fullPage is how many items a page has at the most.
const fullPage = 64

// newRoll returns the roll of items that are in order. The pages have room.
func newRoll(items []*Item) (r roll) {
	for page := range slices.Chunk(items, fullPage*3/4) {
		r = append(r, slices.Clip(page))
	}
	return r
}

// cut returns the part of a roll that begins after the items that are before what
// is looked for, and ends where others than these follow.
func (r roll) cut(before, within func(*Item) bool) (out roll) {
	page, at := r.find(before)
	for ; page < len(r) && within(r[page][at]); page, at = page+1, 0 {
		end := at + 1
		for end < len(r[page]) && within(r[page][end]) {
			end++
		}
		out = append(out, r[page][at:end])
	}
	return out
}

// find returns the page and the place in it of the first item that is not before
// what is looked for; the page after the last if there is none.
func (r roll) find(before func(*Item) bool) (page, at int) {
	page, _ = slices.BinarySearchFunc(r, before, func(p []*Item, before func(*Item) bool) int { return side(before(p[len(p)-1])) })
	if page < len(r) {
		at, _ = slices.BinarySearchFunc(r[page], before, func(it *Item, before func(*Item) bool) int { return side(before(it)) })
	}
	return page, at
}

func side(before bool) int {
	if before {
		return -1
	}
	return 1
}

// put adds an item at a place that find has returned, or puts it there in place of
// another. Only the pages may be another roll's too.
func (r roll) put(page, at int, it *Item, instead bool) roll {
	switch {
	case instead:
		r[page] = slices.Clone(r[page])
		r[page][at] = it
		return r
	case len(r) == 0:
		return roll{{it}}
	case page == len(r): // after the last
		page--
		at = len(r[page])
	}
	grown := slices.Insert(slices.Clip(r[page]), at, it)
	if len(grown) <= fullPage {
		r[page] = grown
		return r
	}
	half := len(grown) / 2
	r[page] = slices.Clip(grown[:half])
	return slices.Insert(r, page+1, slices.Clip(grown[half:]))
}

// remove takes out the item at a place. Only the pages may be another roll's too.
func (r roll) remove(page, at int) roll {
	if len(r[page]) == 1 {
		return slices.Delete(r, page, page+1)
	}
	r[page] = slices.Delete(slices.Clone(r[page]), at, at+1)
	return r
}
