package rebuild

import (
	"errors"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// judgeBoard reads the departures board first: its list is what the snapshots of
// all others are held against.
func (r *rebuilding) judgeBoard() {
	r.proven = map[process.ID]*snapshot.Snapshot{}
	if !r.w.Edits {
		r.finding(0, "", "GitHub did not tell who edited our texts: what nothing else confirms is not believed")
	}
	for i := range r.w.Issues {
		in := &r.w.Issues[i]
		if r.names[in.Number] != process.DeparturesID {
			continue
		}
		s, _, err := r.open(in, in.Body)
		switch {
		case err != nil:
			r.refused(in.Number, err)
		case in.Edited != "":
			r.out.Seq = max(r.out.Seq, s.Seq) // the ledger was that far at least
			r.finding(in.Number, "", "the departures board was edited by %s: its snapshot of line %d is refused, for an older one may have been put back", in.Edited, s.Seq)
		default:
			r.board = &s
			r.seen(&s)
		}
		return
	}
	r.finding(0, "", "there is no departures board: nothing tells whether a snapshot is the newest but who edited it")
}

// seen keeps up with how far GitHub is.
func (r *rebuilding) seen(s *snapshot.Snapshot) {
	r.out.Seq = max(r.out.Seq, s.Seq)
	if s.At.After(r.out.At) {
		r.out.At = s.At
	}
	if s.Written.After(r.out.Written) {
		r.out.Written = s.Written
	}
}

func (r *rebuilding) refused(issue int, why error) {
	if errors.Is(why, snapshot.ErrNone) {
		r.finding(issue, "", "it carries no snapshot")
		return
	}
	r.finding(issue, "", "%v: it is refused", why)
}

// prove returns the item of an issue as its snapshot has it, nil when none can be
// believed, which it says.
func (r *rebuilding) prove(id process.ID, in *Issue) *process.Item {
	kind := r.kind(in)
	if kind == process.AuditIssue || strings.HasPrefix(string(id), "audit/") {
		return nil // it has no page
	}
	why := snapshot.ErrNone
	for _, c := range in.pages() {
		s, by, err := r.open(in, c.Body)
		if errors.Is(err, snapshot.ErrNone) {
			continue
		}
		if err == nil {
			// Signed by us for this place, whether or not it is the newest: the ledger was
			// that far at least.
			r.seen(&s)
			err = r.newest(in, &s, c.Edited)
		}
		if err != nil {
			why = err
			continue
		}
		it, lost := snapshot.Restore(s.Item, r.veil(in, by))
		it.ID = id
		r.proven[id] = &s
		r.out.Proven++
		if lost > 0 {
			r.finding(in.Number, "/link <pull request>", "%d linked pull requests of other repositories cannot be named: link them again", lost)
		}
		if len(s.Left) > 0 {
			r.finding(in.Number, "", "there was no room in its snapshot for %s", strings.Join(s.Left, ", "))
		}
		return it
	}
	r.refused(in.Number, why)
	return nil
}

// newest says why a snapshot may not be the newest one of its issue.
func (r *rebuilding) newest(in *Issue, s *snapshot.Snapshot, edited string) error {
	switch board := r.board; {
	case board != nil && s.Issue == board.Issue:
		return nil // it has been judged
	case board != nil && board.Board.Sum(in.Number) == s.Sum && s.Sum != "":
		return nil // whoever edited the page
	case edited != "" && board != nil && board.Board.Sum(in.Number) != "" && s.Seq <= board.Seq:
		return rolledBack{s.Seq, board.Seq, edited}
	case edited != "":
		return editedBy{s.Seq, edited}
	case !r.w.Edits && !r.agrees(in, s):
		return errUnconfirmed
	case board != nil && board.Board.Sum(in.Number) != "" && s.Seq <= board.Seq:
		if !r.w.Edits {
			return rolledBack{s.Seq, board.Seq, "somebody"}
		}
		r.finding(in.Number, "", "its page is older than the departures board: what was decided last may be missing")
	}
	return nil
}

var errUnconfirmed = errors.New("its snapshot is confirmed neither by the departures board nor by its labels, and nobody tells who edited it")

// rolledBack is an older snapshot than the one that the board knows of.
type rolledBack struct {
	seq, board int64
	by         string
}

func (e rolledBack) Error() string {
	return "its snapshot was rolled back by " + e.by + ": it is of line " + itoa(e.seq) + ", and the departures board knows another one at line " + itoa(e.board)
}

// editedBy is a snapshot on a page that somebody else has edited.
type editedBy struct {
	seq int64
	by  string
}

func (e editedBy) Error() string {
	return "its page was edited by " + e.by + ", so that its snapshot of line " + itoa(e.seq) + " may be an older one put back"
}

// agrees reports whether an issue stands where its snapshot says.
func (r *rebuilding) agrees(in *Issue, s *snapshot.Snapshot) bool { return r.stage(in) == s.Item.Stage }
