package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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

	under *Line  // what the items stand upon while a decision is at work
	index *index // of a Line without another under it; nil until somebody looks
}

// NewLine returns a Line without items.
func NewLine(repo string) *Line {
	return &Line{Repo: repo, Items: map[ID]*Item{}}
}

// With returns the Line after the changes; the receiver stays as it is.
func (l *Line) With(changed []*Item) *Line {
	next := &Line{Repo: l.Repo, Items: maps.Clone(l.Items)}
	if l.index != nil {
		next.index = l.index.clone()
	}
	for _, it := range changed {
		if next.index != nil {
			next.index.with(next.Items[it.ID], it)
		}
		next.Items[it.ID] = it
	}
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
	l.index = nil
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
	return l.look().number(n)
}

// look returns the index of a Line that stands upon no other, made if need be.
func (l *Line) look() *index {
	if l.index == nil {
		l.index = newIndex(l.Items)
	}
	return l.index
}

// Sorted returns the items for which keep holds, in order of their issue
// numbers and then their ids. It may ask keep about items that the decision at
// work has changed, as they were.
func (l *Line) Sorted(keep func(*Item) bool) []*Item { return l.among(everything, keep) }

// among is Sorted for one group.
func (l *Line) among(group int, keep func(*Item) bool) []*Item {
	mine, base := l.above()
	var out []*Item
	for _, it := range base.look()[group] {
		if keep(it) && mine[it.ID] == nil {
			out = append(out, it)
		}
	}
	for _, it := range mine {
		if belongs[group](it) && keep(it) {
			out = append(out, it)
		}
	}
	if len(mine) > 0 {
		slices.SortFunc(out, inOrderOfIssues)
	}
	return out
}

// above returns the items that a decision at work has put over a Line, and the
// Line that lies under all.
func (l *Line) above() (mine map[ID]*Item, base *Line) {
	base = l
	for base.under != nil {
		base = base.under
	}
	for at := l; at != base; at = at.under {
		for id, it := range at.Items {
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
	return l.among(passengers, func(it *Item) bool { return it.F != nil && train != "" && it.F.Train == train })
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
