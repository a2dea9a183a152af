package process

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
)

// milestoned takes a milestone of ours that a person set or removed as a
// request to board or to withdraw; a foreign one on a passenger is put back.
func (d *deciding) milestoned() {
	it := d.line.Number(d.e.Issue.Number)
	if it == nil || it.F == nil {
		d.skipped = "no feature"
		return
	}
	train := d.titled(d.e.Name)
	if d.e.Added && train == nil && it.F.Train == "" {
		d.skipped = "a milestone of other people's"
		return
	}
	d.note(func(t *Turn) {
		it := t.Edit(it)
		switch {
		case !d.e.Added:
			it.Shown.Train = ""
		case train != nil:
			it.Shown.Train = train.ID
		default:
			it.Shown.Train = "?"
		}
	})
	switch {
	case d.e.Added && train != nil && it.F.Train != train.ID:
		e := d.e
		e.Issue = &Issue{Number: train.Shown.Number}
		d.pulled(e, typed("/board #"+strconv.Itoa(it.Shown.Number)))
	case !d.e.Added && it.F.Train != "" && (train == nil || train.ID == it.F.Train):
		d.pulled(d.e, typed("/withdraw"))
	default:
		d.quiet = true
	}
}

// pulled decides a lever's command; only a refusal is answered.
func (d *deciding) pulled(e Event, line Typed) {
	o, _ := d.line1(e, line)
	d.parts = append(d.parts, Part{Line: line, Outcome: o})
	d.quiet = o.State != Done
	d.answer(false)
}

// titled returns the train whose milestone has the title.
func (d *deciding) titled(title string) *Item {
	found := d.line.among(trains, func(it *Item) bool { return it.T.Titled != "" && it.T.Titled == title })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// assigned takes a changed assignee of a feature as a change of its owner.
func (d *deciding) assigned() {
	it := d.line.Number(d.e.Issue.Number)
	if it == nil || it.F == nil {
		d.skipped = "no feature"
		return
	}
	d.note(func(t *Turn) {
		it := t.Edit(it)
		it.Shown.Assignees = slices.DeleteFunc(it.Shown.Assignees, sameLogin(d.e.Name))
		if d.e.Added {
			it.Shown.Assignees = append(it.Shown.Assignees, d.e.Name)
		}
	})
	owner := strings.EqualFold(it.F.Owner, d.e.Name)
	switch {
	case d.e.Actor.Self || d.e.Added == owner:
		d.quiet = true
	case d.e.Added:
		d.pulled(d.e, typed("/owner @"+d.e.Name))
		if d.quiet {
			d.note(func(t *Turn) { t.unassign(t.Edit(it), d.e.Name) })
		}
	default:
		d.quiet = true // the owner is assigned again below
	}
}

// unassign takes somebody off the issue who was put there and may not own it.
func (t *Turn) unassign(it *Item, login string) {
	it.Shown.Assignees = slices.DeleteFunc(it.Shown.Assignees, sameLogin(login))
	t.Do(Action{Do: Unassign, Item: it.ID, Login: login})
}

// noticed keeps up with an issue's own life.
func (d *deciding) noticed() {
	it := d.line.Number(d.e.Issue.Number)
	switch {
	case it == nil:
		d.skipped = "not tracked"
		return
	case d.e.What == Edited && d.e.Actor.Self:
		d.skipped = "our own act"
		return
	}
	step := d.note
	if d.e.What == Gone {
		step = d.always
	}
	step(func(t *Turn) {
		it := t.Edit(it)
		switch d.e.What {
		case Edited:
			// A title that a person gave is that person's from now on.
			it.Ours = it.Ours && it.Title == d.e.Issue.Title
			it.Title = d.e.Issue.Title
		case Reopened:
			it.Shown.Closed = false
		case Locked:
			it.Shown.Locked = d.e.Issue.Locked
		case Gone:
			it.Shown.Gone = true
			it.Note(t.Now(), t.By(), Say("note.gone", "to", d.e.Issue.To))
			t.abandon(it)
		case CommentDeleted:
			t.forget(it)
		}
	})
	d.quiet = d.e.What == Locked || d.e.What == Reopened
	if d.e.What == Gone && it.M != nil {
		d.meet() // there always is one
	}
}

// abandon takes a feature whose issue has gone off its train: nobody could
// judge it any more. An Alphanet whose issue has gone is over, for nobody could
// move it; an upgrade's passengers wait for a maintainer's word.
func (t *Turn) abandon(it *Item) {
	if t.P.Ended(it) {
		return
	}
	if it.Kind == Alphanet {
		for _, name := range t.P.Order {
			if n := t.P.Nodes[name]; n.Network == string(Alphanet) && n.Empties != "" {
				t.walk(it, n.Empties)
				return
			}
		}
		return
	}
	if it.F == nil || it.F.Train == "" {
		return
	}
	train := t.Edit(t.Train(it))
	train.Note(t.Now(), t.By(), Say("note.abandoned", "title", it.Title))
	it.F.Train = ""
	t.emptied(it)
}

// forget drops a living comment of ours that somebody deleted, so that it is
// written anew; a deleted command undoes nothing and is noted.
func (t *Turn) forget(it *Item) {
	for marker, id := range it.Shown.Comments {
		if t.E.Comment != nil && id == t.E.Comment.ID {
			delete(it.Shown.Comments, marker)
			if list := it.Current(); list != nil && list.Key == marker {
				t.Do(Action{Do: SayOnce, Item: it.ID, Marker: marker, Words: t.checklistWords(it, list)})
			}
			return
		}
	}
	it.Note(t.Now(), t.By(), Say("note.comment-deleted"))
}

// mergeGrace is how long around a merge a close of the feature's issue is taken
// to come from its closing keyword.
const mergeGrace = 10 * time.Minute

// closed reopens an issue that a merge closed; a close by hand is no move, and
// the bot says which command ends a feature.
func (d *deciding) closed() {
	it := d.line.Number(d.e.Issue.Number)
	if it == nil || d.e.Actor.Self {
		d.skipped = "not tracked, or our own act"
		return
	}
	d.quiet = true
	d.note(func(t *Turn) {
		it := t.Edit(it)
		it.Shown.Closed = true
		if it.M != nil && it.M.Adjourned.IsZero() {
			it.Shown.Closed = false
			t.Do(Action{Do: ReopenIssue, Item: it.ID})
			t.Tell(it, "closed", Say("comment.meeting-closed", "by", t.By()))
			return
		}
		if d.p.Ended(it) || it.F == nil && it.T == nil {
			return
		}
		if it.F != nil && slices.ContainsFunc(it.F.Pulls, func(p Pull) bool {
			return p.Closes && p.Merged && d.e.At.Sub(p.At).Abs() < mergeGrace
		}) {
			it.Shown.Closed = false
			t.Do(Action{Do: ReopenIssue, Item: it.ID})
			return
		}
		t.Tell(it, "closed", Say("comment.closed", "kind", string(it.Kind), "by", t.By(), "stage", t.P.title(it.Stage)))
	})
}

// ticked records the boxes of a checklist that changed; those of people without
// a role are put back.
func (d *deciding) ticked() {
	it := d.line.Number(d.e.Issue.Number)
	if it == nil || d.e.Boxes == nil {
		d.skipped = "not tracked"
		return
	}
	if it.M != nil {
		d.drafted(it)
		return
	}
	at := slices.IndexFunc(it.Checklists, func(c Checklist) bool { return c.Key == d.e.Boxes.Marker })
	if at < 0 {
		d.skipped = "no checklist of ours"
		return
	}
	d.quiet = true
	d.always(func(t *Turn) {
		it := t.Edit(it)
		list := &it.Checklists[at]
		may := t.A.Any(t.By()) == Yes && !list.Over
		if !may {
			t.Do(Action{Do: EditComment, Item: it.ID, Marker: list.Key, Words: t.checklistWords(it, list)})
			t.Do(Action{Do: SayOnce, Item: it.ID, Marker: "reply/" + t.E.Key, Words: Say("comment.tick-refused", "user", t.By(), "over", list.Over, "unchecked", t.A.Any(t.By()) == Unknown)})
			return
		}
		for i := range list.Items {
			if box, ok := boxOf(d.e.Boxes.Items, i, list.Items[i].Text); ok {
				d.quiet = !t.tick(it, &list.Items[i], box) && d.quiet
			}
		}
		if len(d.e.Boxes.Items) != len(list.Items) || !sameTexts(list.Items, d.e.Boxes.Items) {
			t.Do(Action{Do: EditComment, Item: it.ID, Marker: list.Key, Words: t.checklistWords(it, list)})
		}
	})
}

// tick sets one box as it stands in the comment and says whether it changed.
func (t *Turn) tick(it *Item, c *Check, box Box) bool {
	if strings.Contains(c.Text, box.Link) {
		box.Link = "" // the list's own link is no evidence
	}
	changed := box.Done != (c.By != "") || box.Done && box.Link != c.Evidence
	switch {
	case box.Done && c.By == "":
		c.By, c.At, c.Evidence = t.By(), t.Now(), box.Link
		it.Note(t.Now(), t.By(), Say("note.ticked", "item", c.Text))
	case box.Done:
		c.Evidence = box.Link
	case c.By != "":
		c.By, c.At, c.Evidence = "", time.Time{}, ""
		it.Note(t.Now(), t.By(), Say("note.unticked", "item", c.Text))
	}
	return changed
}

// boxOf finds the box that still has an item's text, in its old place first; one
// that was reworded says nothing about it.
func boxOf(boxes []Box, at int, text string) (Box, bool) {
	if at < len(boxes) && sameText(boxes[at].Text, text) {
		return boxes[at], true
	}
	for _, b := range boxes {
		if sameText(b.Text, text) {
			return b, true
		}
	}
	return Box{}, false
}

// sameText compares a box as it stands in the comment with the item that it was
// rendered from: escapes and marks that rendering puts in do not count.
func sameText(box, text string) bool {
	return strings.HasPrefix(bare(box), bare(text))
}

// bare drops what rendering may have put between the words.
func bare(s string) string {
	s = html.UnescapeString(s)
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\\', '`', '\u200b', '\u200c', '\u2060':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func sameTexts(items []Check, boxes []Box) bool {
	for i := range items {
		if !sameText(boxes[i].Text, items[i].Text) {
			return false
		}
	}
	return true
}

// checklistWords writes a checklist again, as the record has it.
func (t *Turn) checklistWords(it *Item, list *Checklist) Text {
	n := t.P.Nodes[list.Stage]
	def, ok := t.P.Checklists[n.Name+"."+string(it.Kind)]
	if !ok {
		def = t.P.Checklists[n.Name]
	}
	return Say("comment.checklist", "def", def, "items", list.Items, "stage", t.P.title(n.Name), "times", 0, "kind", string(it.Kind))
}
