package bot

import (
	"cmp"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// VeilOf hides the names of other repositories in snapshots of a Line's items.
func VeilOf(l *process.Line, keys snapshot.Keys) snapshot.Veil {
	key, _ := keys.Signer()
	return snapshot.Veil{
		Repo: l.Repo, Key: key,
		Number: func(id process.ID) int {
			if it := l.Get(id); it != nil {
				return it.Shown.Number
			}
			return 0
		},
		Named: func(n int) process.ID {
			if it := l.Number(n); it != nil {
				return it.ID
			}
			return ""
		},
	}
}

// tail is the snapshot that the living page of an item carries, and a digest of
// what it says apart from when; "" without keys.
func (c *carrier) tail(it *process.Item) (tail string, content []byte) {
	if len(c.Keys) == 0 {
		return "", nil
	}
	veil := VeilOf(c.line, c.Keys)
	s := snapshot.Of(it, veil)
	s.Place = PlaceOf(c.line, it)
	if it.Kind == process.Departures {
		s.Board = snapshot.TakeBoard(c.line, veil, c.tracked.Process.Ended)
	}
	sum := s.Content()
	s.Seq, s.At, s.Written = c.head, c.World().UTC(), time.Now().UTC()
	s.Process = cmp.Or(s.Process, c.tracked.Process.Hash)
	tail, err := c.Keys.Seal(s)
	if err != nil {
		c.Log.Error().Err(err).Str("repo", c.line.Repo).Int("issue", it.Shown.Number).Msg("page without a snapshot")
		return "", nil
	}
	return tail, sum[:]
}

// PlaceOf is the issue of an item.
func PlaceOf(l *process.Line, it *process.Item) snapshot.Place {
	p := snapshot.Place{Repo: l.Repo, Home: it.Shown.Home, Issue: it.Shown.Number, Node: it.Shown.Node}
	if board := l.Get(process.DeparturesID); board != nil {
		p.Home = cmp.Or(p.Home, board.Shown.Home)
	}
	return p
}
