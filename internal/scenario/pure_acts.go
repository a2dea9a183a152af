package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// step is how far an act moves the clock, so that no two happen at once.
const step = time.Minute

// Do acts as GitHub and its webhooks would.
func (w *Pure) Do(a Act) (Reply, error) {
	w.now = w.now.Add(step)
	reply := Reply{Silent: true}
	w.reply = &reply
	defer func() { w.reply = nil }()
	i := w.hub.issues[a.Issue]
	if a.Issue != 0 && (i == nil || i.gone) {
		return reply, fmt.Errorf("#%d: %w", a.Issue, ErrNotThere)
	}
	switch a.Deed {
	case Opens:
		reply.Number = w.opens(a)
	case Comments:
		w.comments(i, a)
	case Edits:
		w.edits(i, a)
	case DeletesRemark:
		w.deletes(i, a)
	case Labels:
		w.labels(i, a)
	case Sets:
		if err := w.sets(i, a); err != nil {
			return reply, err
		}
	case Assigns:
		w.assigns(i, a)
	case Ticks:
		if err := w.ticks(i, a); err != nil {
			return reply, err
		}
	case Closes, Reopens, Deletes, Transfers, Locks, Retitles:
		w.changes(i, a)
	case OpensPull, MergesPull, ClosesPull:
		w.pull(a)
	case HasRoles:
		w.grant(a.Who, a.Roles)
	case LookUps:
		w.blind = !a.On
	case Sleeps:
		return reply, w.sleeps(a.On)
	case Configures:
		return reply, w.configure(a.Setup)
	case Again:
		e := *w.last
		e.Delivery = "again"
		w.happen(e)
	default:
		return reply, fmt.Errorf("%s: %w", a.Deed, ErrUnsupported)
	}
	return reply, w.err
}

// sleeps takes the bot down; back again it hears what happened meanwhile, and
// then what time it is.
func (w *Pure) sleeps(down bool) error {
	w.asleep = down
	if down {
		return nil
	}
	missed := w.missed
	w.missed = nil
	for _, e := range missed {
		w.decide(e)
		w.settle()
	}
	return w.tick()
}

func person(login string) process.Actor { return process.Actor{Login: login} }

func (w *Pure) opens(a Act) int {
	i := w.hub.open(a.Title, a.Who)
	for _, l := range a.Labels {
		i.labels[l] = true
	}
	view := i.view()
	view.Form = a.Form
	w.happen(process.Event{Key: fmt.Sprintf("issue/%d/opened", i.number), What: process.Opened, Actor: person(a.Who), Issue: view})
	for _, l := range a.Labels {
		// GitHub tells of the labels that an issue was opened with once more.
		if i.labels[l] {
			w.labelled(i, a.Who, []process.LabelChange{{Name: l, Added: true}})
		}
	}
	return i.number
}

func typedLines(lines []command.Line) []process.Typed {
	var out []process.Typed
	for _, l := range lines {
		out = append(out, process.Typed(l))
	}
	return out
}

func (w *Pure) comments(i *issue, a Act) {
	c := i.say(w.hub.id(), a.Who, "", a.Body)
	w.asked(i, c, a.Who, false, command.Parse(a.Body))
}

func (w *Pure) edits(i *issue, a Act) {
	c := i.lastOf(a.Who)
	if c == nil {
		w.err = fmt.Errorf("%s said nothing on #%d", a.Who, i.number)
		return
	}
	added := command.Added(c.body, a.Body)
	c.body = a.Body
	w.asked(i, c, a.Who, true, added)
}

func (w *Pure) asked(i *issue, c *remark, who string, edited bool, lines []command.Line) {
	if len(lines) == 0 {
		return
	}
	key := fmt.Sprintf("comment/%d", c.id)
	if edited {
		key = fmt.Sprintf("comment/%d/edited/%d", c.id, w.now.Unix())
	}
	w.happen(process.Event{Key: key, What: process.Asked, Actor: person(who), Issue: i.view(),
		Comment: &process.Comment{ID: c.id, Author: c.author, Edited: edited}, Lines: typedLines(lines)})
}

func (w *Pure) deletes(i *issue, a Act) {
	c := i.lastOf(a.Who)
	if a.Name != "" {
		c = i.marked(a.Name)
	}
	if c == nil {
		w.err = fmt.Errorf("there is no such comment on #%d", i.number)
		return
	}
	i.remarks = slices.DeleteFunc(i.remarks, func(r *remark) bool { return r == c })
	w.happen(process.Event{Key: fmt.Sprintf("comment/%d/deleted", c.id), What: process.CommentDeleted, Actor: person(a.Who), Issue: i.view(),
		Comment: &process.Comment{ID: c.id, Author: c.author, Marker: c.marker}})
}

func (w *Pure) labels(i *issue, a Act) {
	var changes []process.LabelChange
	for _, l := range a.Remove {
		if i.labels[l] {
			delete(i.labels, l)
			changes = append(changes, process.LabelChange{Name: l})
		}
	}
	for _, l := range a.Add {
		if !i.labels[l] {
			i.labels[l] = true
			changes = append(changes, process.LabelChange{Name: l, Added: true})
		}
	}
	if len(changes) > 0 {
		w.labelled(i, a.Who, changes)
	}
}

func (w *Pure) labelled(i *issue, who string, changes []process.LabelChange) {
	for n := range changes {
		changes[n].By, changes[n].At = person(who), w.now
	}
	w.happen(process.Event{Key: fmt.Sprintf("labels/%d/%d", i.number, w.hub.id()), What: process.Labelled, Actor: person(who), Issue: i.view(), Labels: changes})
}

// sets changes the milestone: the old one goes, then the new one comes.
func (w *Pure) sets(i *issue, a Act) error {
	to := 0
	if a.Name != "" {
		if to = w.hub.milestone(a.Name); to == 0 {
			to = w.hub.makeMilestone(a.Name)
		}
	}
	if to == i.milestone {
		return nil
	}
	say := func(title string, added bool) {
		w.happen(process.Event{Key: fmt.Sprintf("milestone/%d/%d", i.number, w.hub.id()), What: process.Milestoned, Actor: person(a.Who),
			Issue: i.view(), Name: title, Added: added})
	}
	was := w.hub.milestones[i.milestone]
	i.milestone = to
	if was != nil {
		say(was.Title, false)
	}
	if to != 0 && i.milestone == to {
		say(a.Name, true)
	}
	return nil
}

func (w *Pure) assigns(i *issue, a Act) {
	i.assign(a.Name, a.On)
	w.happen(process.Event{Key: fmt.Sprintf("assigned/%d/%d", i.number, w.hub.id()), What: process.Assigned, Actor: person(a.Who),
		Issue: i.view(), Name: a.Name, Added: a.On})
}

// ticks changes boxes of the issue's newest checklist, in one edit.
func (w *Pure) ticks(i *issue, a Act) error {
	if m := w.Line.Number(i.number); m != nil && m.M != nil {
		return w.drafts(i, m, a)
	}
	c := i.checklist()
	if c == nil {
		if a.Name == "" {
			return nil
		}
		return fmt.Errorf("#%d has no checklist", i.number)
	}
	found := a.Name == ""
	for n := range c.boxes {
		if a.Name == "" || strings.Contains(c.boxes[n].Text, a.Name) {
			found = true
			c.boxes[n].Done = a.On
			if a.Link != "" {
				c.boxes[n].Link = a.Link
			}
		}
	}
	if !found {
		return fmt.Errorf("#%d has no box %q", i.number, a.Name)
	}
	w.happen(process.Event{Key: fmt.Sprintf("ticked/%d/%d", c.id, w.now.Unix()), What: process.Ticked, Actor: person(a.Who), Issue: i.view(),
		Comment: &process.Comment{ID: c.id, Author: c.author, Marker: c.marker},
		Boxes:   &process.Boxes{Marker: c.marker, Items: slices.Clone(c.boxes)}})
	return nil
}

func (w *Pure) changes(i *issue, a Act) {
	e := process.Event{Key: fmt.Sprintf("issue/%d/%s/%d", i.number, a.Deed, w.now.Unix()), Actor: person(a.Who)}
	switch a.Deed {
	case Closes:
		i.open, e.What, e.Name = false, process.Closed, "completed"
	case Reopens:
		i.open, e.What = true, process.Reopened
	case Locks:
		i.locked, e.What, e.Added = true, process.Locked, true
	case Retitles:
		i.title, e.What, e.Name = a.Title, process.Edited, a.Title
	default:
		i.gone, e.What = true, process.Gone
	}
	e.Issue = i.view()
	if a.Deed == Transfers {
		e.Issue.To = fmt.Sprintf("acme/elsewhere#%d", i.number)
	}
	w.happen(e)
}

// pull opens, merges or closes a pull request; a merge closes the issues of its
// own repository that its keywords name.
func (w *Pure) pull(a Act) {
	key := strings.ToLower(fmt.Sprintf("%s#%d", a.Pull.Repo, a.Pull.Number))
	pr := w.hub.pulls[key]
	if pr == nil || len(a.Pull.Names)+len(a.Pull.Closing) > 0 {
		author := a.Pull.Author
		if author == "" {
			author = a.Who
		}
		pr = &process.PullRequest{Repo: a.Pull.Repo, Number: a.Pull.Number, Title: a.Pull.Title, Author: author, Labels: a.Pull.Labels}
		for _, n := range a.Pull.Names {
			pr.Names = append(pr.Names, process.PullRef{Repo: Tracking, Number: n, Feature: true})
		}
		for _, n := range a.Pull.Closing {
			pr.Names = append(pr.Names, process.PullRef{Repo: a.Pull.Repo, Number: n})
		}
		w.hub.pulls[key] = pr
	}
	e := process.Event{Actor: person(a.Who)}
	base := "pull/" + strings.Replace(key, "#", "/", 1)
	switch a.Deed {
	case OpensPull:
		e.What, e.Key = process.PullOpened, fmt.Sprintf("%s/opened/%d", base, w.now.Unix())
	case MergesPull:
		pr.Merged = true
		e.What, e.Key = process.PullMerged, base+"/merged"
	default:
		e.What, e.Key = process.PullClosed, fmt.Sprintf("%s/closed/%d", base, w.now.Unix())
	}
	view := *pr
	e.Pull = &view
	w.happen(e)
	if a.Deed != MergesPull || !strings.EqualFold(a.Pull.Repo, Tracking) {
		return
	}
	for _, n := range a.Pull.Closing {
		if i := w.hub.issues[n]; i != nil && i.open {
			w.changes(i, Act{Who: a.Who, Deed: Closes})
		}
	}
}
