package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A Line is what one tracking repository's railway is at a moment. It is never
// changed in place: a decision says which items it changes, and With makes the
// next Line.
type Line struct {
	Repo  string       `json:"repo"` // owner/name
	Items map[ID]*Item `json:"items"`
	// Seen are the keys among those of the event at hand that have been decided
	// before. The shell fills it in from the ledger.
	Seen map[string]bool `json:"-"`

	under    *Line // what the items stand upon while a decision is at work
	byNumber map[int]ID
}

// NewLine returns a Line without items.
func NewLine(repo string) *Line {
	return &Line{Repo: repo, Items: map[ID]*Item{}, byNumber: map[int]ID{}}
}

// With returns the Line after the changes; the receiver stays as it is.
func (l *Line) With(changed []*Item) *Line {
	next := NewLine(l.Repo)
	for id, it := range l.Items {
		next.Items[id] = it
	}
	next.Put(changed...)
	return next
}

// over returns an empty Line on top of this one: reads fall through, writes
// stay in it until they are merged or forgotten.
func (l *Line) over() *Line {
	return &Line{Repo: l.Repo, Items: map[ID]*Item{}, Seen: l.Seen, under: l}
}

// Put replaces items in place. Only the one who owns the Line may call it.
func (l *Line) Put(items ...*Item) {
	for _, it := range items {
		l.Items[it.ID] = it
	}
	l.byNumber = nil
}

// Get returns an item, nil if there is none. It must not be changed.
func (l *Line) Get(id ID) *Item {
	for at := l; at != nil; at = at.under {
		if it, ok := at.Items[id]; ok {
			return it
		}
	}
	return nil
}

// Number returns the item whose issue has the number, nil if none has.
func (l *Line) Number(n int) *Item {
	if n == 0 {
		return nil
	}
	if l.under != nil {
		for _, it := range l.Items {
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
	if l.byNumber == nil {
		l.byNumber = make(map[int]ID, len(l.Items))
		for id, it := range l.Items {
			if it.Shown.Number != 0 && !it.Shown.Gone {
				l.byNumber[it.Shown.Number] = id
			}
		}
	}
	return l.Items[l.byNumber[n]]
}

// each calls f for every item, in no order.
func (l *Line) each(f func(*Item)) {
	for _, it := range l.Items {
		f(it)
	}
	for at := l.under; at != nil; at = at.under {
		for id, it := range at.Items {
			if !l.hides(at, id) {
				f(it)
			}
		}
	}
}

// hides reports whether a layer above the given one has an item of its own.
func (l *Line) hides(layer *Line, id ID) bool {
	for at := l; at != layer; at = at.under {
		if _, ok := at.Items[id]; ok {
			return true
		}
	}
	return false
}

// Sorted returns the items for which keep holds, in order of their issue
// numbers and then their ids.
func (l *Line) Sorted(keep func(*Item) bool) []*Item {
	var out []*Item
	l.each(func(it *Item) {
		if keep(it) {
			out = append(out, it)
		}
	})
	slices.SortFunc(out, func(a, b *Item) int {
		if d := a.Shown.Number - b.Shown.Number; d != 0 {
			return d
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return out
}

// Aboard returns the features that have the train's milestone.
func (l *Line) Aboard(train ID) []*Item {
	return l.Sorted(func(it *Item) bool { return it.F != nil && train != "" && it.F.Train == train })
}

// Trains returns the trains of a kind.
func (l *Line) Trains(kind Kind) []*Item {
	return l.Sorted(func(it *Item) bool { return it.Kind == kind })
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
