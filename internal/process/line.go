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

// Put replaces items in place. Only the one who owns the Line may call it.
func (l *Line) Put(items ...*Item) {
	for _, it := range items {
		l.Items[it.ID] = it
	}
	l.byNumber = nil
}

// Number returns the item whose issue has the number, nil if none has.
func (l *Line) Number(n int) *Item {
	if n == 0 {
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
	id, ok := l.byNumber[n]
	if !ok {
		return nil
	}
	return l.Items[id]
}

// Sorted returns the items for which keep holds, in order of their issue
// numbers and then their ids.
func (l *Line) Sorted(keep func(*Item) bool) []*Item {
	var out []*Item
	for _, it := range l.Items {
		if keep(it) {
			out = append(out, it)
		}
	}
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
