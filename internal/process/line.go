package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Line is what one tracking repository's railway is at a moment. It is never
// changed in place: a decision says which items it changes, and With makes the
// next Line.
type Line struct {
	Repo string // owner/name
	// Seen are the keys among those of the event at hand that have been decided
	// before. The shell fills it in from the ledger.
	Seen map[string]bool

	items *shelf
	index *index // nil until somebody looks

	under *Line        // what a decision at work stands upon; then it has no items of its own
	mine  map[ID]*Item // what it has put over them
}

// NewLine returns a Line without items.
func NewLine(repo string) *Line {
	return &Line{Repo: repo, items: &shelf{}}
}

// With returns the Line after the changes; the receiver stays as it is.
func (l *Line) With(changed []*Item) *Line {
	next := &Line{Repo: l.Repo, items: l.items.with(changed)}
	if l.index != nil {
		next.index = l.index.clone()
		was := map[ID]*Item{}
		for _, it := range changed {
			if was[it.ID] == nil {
				was[it.ID] = l.items.get(it.ID)
			}
			next.index.with(was[it.ID], it)
			was[it.ID] = it
		}
	}
	return next
}

// over returns an empty Line on top of this one: reads fall through, writes
// stay in it until they are merged or forgotten.
func (l *Line) over() *Line {
	return &Line{Repo: l.Repo, Seen: l.Seen, under: l, mine: map[ID]*Item{}}
}

// Put replaces items in place. Only the one who owns the Line may call it.
func (l *Line) Put(items ...*Item) {
	if l.under == nil {
		l.items, l.index = l.items.with(items), nil
		return
	}
	for _, it := range items {
		l.mine[it.ID] = it
	}
}

// Get returns an item, nil if there is none. It must not be changed.
func (l *Line) Get(id ID) *Item {
	at := l
	for ; at.under != nil; at = at.under {
		if it, ok := at.mine[id]; ok {
			return it
		}
	}
	return at.items.get(id)
}

// All are the items, in no order.
func (l *Line) All() iter.Seq[*Item] {
	mine, base := l.above()
	return func(yield func(*Item) bool) {
		for it := range base.items.all() {
			if mine[it.ID] == nil && !yield(it) {
				return
			}
		}
		for _, it := range mine {
			if !yield(it) {
				return
			}
		}
	}
}

// Len is how many items there are.
func (l *Line) Len() (n int) {
	for range l.All() {
		n++
	}
	return n
}

// Number returns the item whose issue has the number, nil if none has.
func (l *Line) Number(n int) *Item {
	if n == 0 {
		return nil
	}
	if l.under != nil {
		for _, it := range l.mine {
			if it.Shown.Number == n && !it.Shown.Gone {
				return it
			}
		}
		if it := l.under.Number(n); it != nil {
			if it = l.Get(it.ID); it.Shown.Number == n && !it.Shown.Gone {
				return it
			}
		}
		return nil
	}
	return l.look().number(n)
}

// look returns the index of a Line that stands upon no other, made if need be.
func (l *Line) look() *index {
	if l.index == nil {
		l.index = newIndex(l.items.all())
	}
	return l.index
}

// Sorted returns the items for which keep holds, in order of their issue
// numbers and then their ids. It may ask keep about items that the decision at
// work has changed, as they were.
func (l *Line) Sorted(keep func(*Item) bool) []*Item { return l.among(everything, keep) }

// among is Sorted for one group, whose order is that of the issues.
func (l *Line) among(group int, keep func(*Item) bool) []*Item {
	mine, base := l.above()
	return merged(base.look()[group], mine, func(it *Item) bool { return belongs[group](it) && keep(it) })
}

// merged returns those items for which keep holds of a Line under all, which are in
// order, and of those that a decision at work has put over them.
func merged(below roll, mine map[ID]*Item, keep func(*Item) bool) []*Item {
	var out []*Item
	for _, page := range below {
		for _, it := range page {
			if keep(it) && mine[it.ID] == nil {
				out = append(out, it)
			}
		}
	}
	sorted := len(out)
	for _, it := range mine {
		if keep(it) {
			out = append(out, it)
		}
	}
	if len(out) > sorted {
		slices.SortFunc(out, inOrderOfIssues)
	}
	return out
}

// above returns the items that a decision at work has put over a Line, and the
// Line that lies under all.
func (l *Line) above() (mine map[ID]*Item, base *Line) {
	for base = l; base.under != nil; base = base.under {
		for id, it := range base.mine {
			if mine == nil {
				mine = map[ID]*Item{}
			}
			if mine[id] == nil {
				mine[id] = it
			}
		}
	}
	return mine, base
}

// Aboard returns the features that have the train's milestone.
func (l *Line) Aboard(train ID) []*Item {
	if train == "" {
		return nil
	}
	mine, base := l.above()
	return merged(base.look().aboard(train), mine, func(it *Item) bool { return it.F != nil && it.F.Train == train })
}

// Trains returns the trains of the kinds; none is both.
func (l *Line) Trains(kinds ...Kind) []*Item {
	return l.among(trains, func(it *Item) bool { return len(kinds) == 0 || slices.Contains(kinds, it.Kind) })
}

// WithPull returns the features linked to a pull request.
func (l *Line) WithPull(repo string, number int) []*Item {
	return l.Sorted(func(it *Item) bool {
		return it.F != nil && slices.ContainsFunc(it.F.Pulls, func(p Pull) bool {
			return p.Number == number && strings.EqualFold(p.Repo, repo)
		})
	})
}

func codeDigest(pulls []Pull) string {
	var names []string
	for _, p := range pulls {
		if p.Merged {
			names = append(names, fmt.Sprintf("%s#%d", strings.ToLower(p.Repo), p.Number))
		}
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return hex.EncodeToString(sum[:8])
}
