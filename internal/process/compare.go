package process

import (
	"slices"
	"strings"
	"time"
)

// A Drift is how an issue differs from what the record says GitHub shows of it.
// Each part wants an explanation: somebody's act that nobody has told us of. What
// nobody can explain is put back. The zero Drift is none.
type Drift struct {
	Number    int
	On, Off   []string // labels of ours that have come and gone
	Milestone bool     // it has another train's milestone, or none any more
	Came      []string // assignees who have come
	Went      []string // and gone
	State     bool     // it is open, or closed, and was the other
	Title     bool
	Locked    bool
}

// None reports whether there is no difference.
func (d Drift) None() bool {
	return len(d.On)+len(d.Off)+len(d.Came)+len(d.Went) == 0 && !d.Milestone && !d.State && !d.Title && !d.Locked
}

// Drifted compares an issue of the Line's repository with the record; one that is
// not tracked should have no labels of ours. It is pure.
func Drifted(p *Process, l *Line, is *Issue) Drift {
	d := Drift{Number: is.Number}
	var was []string
	it := l.Number(is.Number)
	if it != nil {
		was = it.Shown.Labels
	}
	d.On, d.Off = apart(was, p.ours(is.Labels), func(a, b string) bool { return a == b })
	for i := range d.On {
		d.On[i] = p.Settings.Prefix + d.On[i]
	}
	for i := range d.Off {
		d.Off[i] = p.Settings.Prefix + d.Off[i]
	}
	if it == nil {
		return d
	}
	d.Came, d.Went = apart(it.Shown.Assignees, is.Assignees, strings.EqualFold)
	d.Milestone = it.F != nil && it.Shown.Train != shownTrain(l, it, is.Milestone)
	d.State = it.Shown.Closed != (is.State == "closed")
	d.Title = is.Title != it.Title
	d.Locked = is.Locked != it.Shown.Locked
	return d
}

// ours are those labels that are ours, as the record has them.
func (p *Process) ours(labels []string) []string {
	var out []string
	for _, l := range labels {
		if name, ok := p.Our(l); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// apart returns what only the second list has, and what only the first.
func apart(was, is []string, same func(a, b string) bool) (came, went []string) {
	has := func(list []string, s string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return same(o, s) })
	}
	for _, s := range is {
		if !has(was, s) {
			came = append(came, s)
		}
	}
	for _, s := range was {
		if !has(is, s) {
			went = append(went, s)
		}
	}
	return came, went
}

// shownTrain says whose milestone an issue has, as the record writes it down: a
// foreign one on a feature that is aboard nothing is not our business.
func shownTrain(l *Line, it *Item, milestone int) ID {
	if train := l.Get(it.Shown.Train); train != nil && train.T != nil && train.T.Milestone == milestone {
		return it.Shown.Train // also if its milestone is still to be made
	}
	if milestone == 0 {
		return ""
	}
	theirs := slices.IndexFunc(l.Trains(), func(o *Item) bool { return o.T.Milestone == milestone })
	switch {
	case theirs >= 0:
		return l.Trains()[theirs].ID
	case it.F.Train != "":
		return "?"
	}
	return ""
}

// compared writes down what GitHub shows of an issue where nobody's act explains
// it: what follows puts right what should be otherwise. Pages that somebody else
// has changed are written anew.
func (d *deciding) compared() {
	d.quiet = true
	for _, m := range d.e.Milestones {
		d.milestone(m)
	}
	if d.e.Issue == nil {
		return
	}
	it := d.line.Number(d.e.Issue.Number)
	if it == nil {
		d.skipped = "not tracked"
		return
	}
	d.note(func(t *Turn) {
		it := t.Edit(it)
		it.Shown.Labels = d.p.ours(d.e.Issue.Labels)
		it.Shown.Assignees = slices.Clone(d.e.Issue.Assignees)
		it.Shown.Closed = d.e.Issue.State == "closed"
		it.Shown.Locked = d.e.Issue.Locked
		if it.F != nil {
			it.Shown.Train = shownTrain(d.line, it, d.e.Issue.Milestone)
		}
		for _, marker := range d.e.Anew {
			t.Do(Action{Do: Refresh, Item: it.ID, Marker: marker, Anew: true})
		}
	})
}

// MilestoneDrifted reports whether a train's milestone differs from what was asked
// for; false for one that is no train's, or of a train that is over.
func MilestoneDrifted(p *Process, l *Line, m MilestoneSight) (train *Item, drifted bool) {
	trains := l.Trains()
	at := slices.IndexFunc(trains, func(it *Item) bool { return it.T.Milestone == m.Number && !it.Shown.Gone && !p.Ended(it) })
	if at < 0 {
		return nil, false
	}
	t := trains[at].T
	return trains[at], m.Title != t.Titled || m.Due != t.Dated || m.Closed != t.Shut
}

// milestone writes down what GitHub shows of a train's milestone. One that was
// deleted is made anew, and the passengers get it back.
func (d *deciding) milestone(m MilestoneSight) {
	train, drifted := MilestoneDrifted(d.p, d.line, m)
	if !drifted {
		return
	}
	d.note(func(t *Turn) {
		it := t.Edit(train)
		it.T.Titled, it.T.Dated, it.T.Shut = m.Title, m.Due, m.Closed
		if m.Title != "" {
			return
		}
		it.T.Milestone = 0
		for _, f := range d.line.Aboard(it.ID) {
			t.Edit(f).Shown.Train = ""
		}
	})
}

// unsure asks for a command again that nobody can tell who typed: nothing is
// guessed. The comment was edited while nobody listened.
func (d *deciding) unsure() {
	d.quiet = true
	d.actions = append(d.actions, Action{
		Do: SayOnce, Issue: d.e.Issue.Number, Repo: d.e.Repo, Marker: "reply/" + d.e.Key,
		Words: Say("comment.unsure", "author", d.e.Comment.Author),
	})
}

// caughtUp has the board say what was found after a silence.
func (d *deciding) caughtUp() {
	board := d.line.Get(DeparturesID)
	if board == nil {
		d.skipped = "no board to say it on"
		return
	}
	d.always(func(t *Turn) {
		board := t.Edit(board)
		found := *d.e.Found
		board.Note(t.Now(), "", Say("note.caught-up", "since", found.Since, "heard", found.Heard, "missed", found.Missed, "repaired", found.Repaired, "unsure", found.Unsure))
		board.Found, board.FoundAt = found, t.Now()
	})
}

// silence is how long the board says what was found after one.
const silence = 7 * 24 * time.Hour

// Silence returns what was found after the last time in which the bot heard
// nothing, and when; false once that is a week ago.
func (it *Item) Silence(now time.Time) (Found, time.Time, bool) {
	if it == nil || it.FoundAt.IsZero() || now.Sub(it.FoundAt) > silence {
		return Found{}, time.Time{}, false
	}
	return it.Found, it.FoundAt, true
}
