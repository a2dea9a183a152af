package snapshot

import (
	"slices"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Board is what the departures board's snapshot says of all others, so that an
// older one that somebody has put back shows.
type Board struct {
	// Rolls are the items that are under way, each with a digest of what a snapshot
	// of it says as of the board's own line of the ledger.
	Rolls []Roll `json:"rolls,omitempty"`
	// Gone are the trains whose issues do not exist any more: their names and
	// numbers are spent (B3).
	Gone []Gone `json:"gone,omitempty"`
	// Cut says that there are more items than are listed.
	Cut bool `json:"cut,omitempty"`
}

// A Roll is one item on the board's list.
type Roll struct {
	Issue int    `json:"n"`
	Sum   string `json:"s"`
}

// Gone is a train whose issue was deleted or transferred.
type Gone struct {
	ID     process.ID   `json:"id"`
	Kind   process.Kind `json:"kind"`
	Number string       `json:"number,omitempty"`
	Stage  string       `json:"stage,omitempty"`
}

// maxRolls bounds the board's list, maxGone what is gone.
const (
	maxRolls = 400
	maxGone  = 100
)

// TakeBoard makes the board's list of a Line: trains first, then features, the
// newest issue first. ended tells which items need no longer be listed.
func TakeBoard(l *process.Line, v Veil, ended func(*process.Item) bool) *Board {
	b := &Board{}
	var trains, rest []*process.Item
	for _, it := range l.Sorted(func(it *process.Item) bool { return it.F != nil || it.T != nil || it.M != nil }) {
		switch {
		case it.T != nil && it.Shown.Gone:
			b.Gone = append(b.Gone, Gone{ID: process.ID(formed(string(it.ID), trainForm)), Kind: it.Kind, Number: word(it.T.Number), Stage: word(it.Stage)})
		case it.Shown.Gone || it.Shown.Number == 0:
		case it.Kind == process.Upgrade || it.T != nil && !ended(it) || it.M != nil && it.M.Adjourned.IsZero():
			trains = append(trains, it)
		case it.F != nil && !ended(it):
			rest = append(rest, it)
		}
	}
	slices.Reverse(trains)
	slices.Reverse(rest)
	for _, it := range append(trains, rest...) {
		if b.Cut = len(b.Rolls) == maxRolls; b.Cut {
			break
		}
		b.Rolls = append(b.Rolls, Roll{it.Shown.Number, Sum(it, v)})
	}
	b.Gone = b.Gone[max(0, len(b.Gone)-maxGone):]
	return b
}

// Sum returns what the board has of an issue, "" for nothing.
func (b *Board) Sum(issue int) string {
	if b == nil {
		return ""
	}
	for _, r := range b.Rolls {
		if r.Issue == issue {
			return r.Sum
		}
	}
	return ""
}
