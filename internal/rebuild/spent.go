package rebuild

import (
	"maps"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// spent keeps names and numbers that must not come again though their issues are
// gone (B3): from the board's snapshot, and from labels and milestones that are left.
func (r *rebuilding) spent() {
	bears := map[string]bool{}
	for _, it := range r.items {
		if it.T != nil && it.T.Number != "" {
			bears[strings.ToLower(it.T.Number)] = true
		}
	}
	for _, n := range r.p.Settings.Taken {
		bears[strings.ToLower(n)] = true
	}
	if r.board != nil && r.board.Board != nil {
		for _, g := range r.board.Board.Gone {
			if r.items[g.ID] == nil && g.ID != "" {
				r.items[g.ID] = tomb(g.ID, g.Kind, g.Stage, g.Number)
				bears[strings.ToLower(g.Number)] = true
			}
		}
	}
	left := map[string]bool{}
	for _, l := range r.w.Labels {
		if name, ours := r.p.Our(l); ours && strings.HasPrefix(name, "upgrade/") {
			left[strings.TrimPrefix(name, "upgrade/")] = true
		}
	}
	for _, m := range r.w.Milestones {
		if found := named.FindStringSubmatch(m.Title); found != nil {
			left[strings.ToLower(found[1])] = true
		}
	}
	for _, n := range slices.Sorted(maps.Keys(left)) {
		number, ok := process.ParseNumber(n)
		if !ok || bears[number] {
			continue
		}
		id := process.ID("upgrade/" + number)
		r.items[id] = tomb(id, process.Upgrade, r.p.End(process.Upgrade), number)
		r.finding(0, "", "upgrade number %s was used, and no issue bears it any more: it is spent", number)
	}
}

// tomb is a train whose issue is gone.
func tomb(id process.ID, kind process.Kind, stage, number string) *process.Item {
	return &process.Item{
		ID: id, Kind: kind, Stage: stage, Journey: 1, T: &process.TrainFacts{Number: number, Void: number != ""},
		Shown: process.Shown{Gone: true},
	}
}

// gone keeps the items of an old backup whose issues GitHub does not show any more.
func (r *rebuilding) gone() {
	for _, had := range r.known.Sorted(func(it *process.Item) bool { return r.items[it.ID] == nil }) {
		if had.Shown.Number == 0 && !had.Shown.Gone {
			continue // it was about to be opened: what asked for that is decided again, or was found
		}
		it := had.Clone()
		if !it.Shown.Gone {
			it.Shown.Gone = true
			r.finding(0, "", "#%d (%s) is not at GitHub any more", had.Shown.Number, had.ID)
		}
		it.Shown.Number = had.Shown.Number
		r.items[it.ID] = it
	}
}
