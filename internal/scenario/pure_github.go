package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// github is as much of GitHub as the decision alone needs.
type github struct {
	issues     map[int]*issue
	milestones map[int]*Milestone
	pulls      map[string]*process.PullRequest
	abroad     map[string][]string // markers said in other repositories
	next       int
	ids        int64
}

func newGitHub() *github {
	return &github{
		issues: map[int]*issue{}, milestones: map[int]*Milestone{},
		pulls: map[string]*process.PullRequest{}, abroad: map[string][]string{},
	}
}

type issue struct {
	number    int
	title     string
	author    string
	open      bool
	locked    bool
	gone      bool
	labels    map[string]bool
	assignees []string
	milestone int
	marker    string
	remarks   []*remark
	reactions map[int64]string
}

// A remark is a comment.
type remark struct {
	id     int64
	author string
	marker string
	body   string
	boxes  []process.Box
}

const bot = "stationmaster[bot]"

func (g *github) id() int64 {
	g.ids++
	return g.ids
}

func (g *github) open(title, author string) *issue {
	g.next++
	i := &issue{number: g.next, title: title, author: author, open: true, labels: map[string]bool{}, reactions: map[int64]string{}}
	g.issues[i.number] = i
	return i
}

func (g *github) milestone(title string) int {
	for n, m := range g.milestones {
		if m.Title == title {
			return n
		}
	}
	return 0
}

func (g *github) makeMilestone(title string) int {
	n := len(g.milestones) + 1
	g.milestones[n] = &Milestone{Title: title}
	return n
}

func (i *issue) view() *process.Issue {
	v := &process.Issue{Number: i.number, Title: i.title, Author: i.author, Assignees: slices.Clone(i.assignees),
		Milestone: i.milestone, State: "open", Locked: i.locked}
	for l := range i.labels {
		v.Labels = append(v.Labels, l)
	}
	slices.Sort(v.Labels)
	if !i.open {
		v.State = "closed"
	}
	if i.author == bot {
		v.Marker = i.marker
	}
	return v
}

func (i *issue) assign(login string, on bool) {
	i.assignees = slices.DeleteFunc(i.assignees, func(a string) bool { return strings.EqualFold(a, login) })
	if on {
		i.assignees = append(i.assignees, login)
	}
}

func (i *issue) say(id int64, author, marker, body string) *remark {
	r := &remark{id: id, author: author, marker: marker, body: body}
	i.remarks = append(i.remarks, r)
	return r
}

func (i *issue) lastOf(author string) *remark {
	for n := len(i.remarks) - 1; n >= 0; n-- {
		if i.remarks[n].author == author {
			return i.remarks[n]
		}
	}
	return nil
}

func (i *issue) marked(marker string) *remark {
	for _, r := range i.remarks {
		if r.marker == marker {
			return r
		}
	}
	return nil
}

func (i *issue) checklist() *remark {
	for n := len(i.remarks) - 1; n >= 0; n-- {
		if strings.HasPrefix(i.remarks[n].marker, "checklist/") {
			return i.remarks[n]
		}
	}
	return nil
}

func (i *issue) markers() []string {
	var out []string
	for _, r := range i.remarks {
		if r.marker != "" {
			out = append(out, r.marker)
		}
	}
	return out
}

// number of the issue that an action is about; 0 while it has none.
func (w *Pure) target(a process.Action) int {
	if a.Issue != 0 {
		return a.Issue
	}
	if it := w.Line.Get(a.Item); it != nil {
		return it.Shown.Number
	}
	return 0
}

// ready reports whether an action can be carried out now: what it is about has
// its number, and those before it on the same issue are done.
func (w *Pure) ready(a process.Action) bool {
	switch a.Do {
	case process.OpenIssue:
		return true
	case process.SetMilestone:
		if train := w.Line.Get(a.Train); train != nil && train.T.Milestone == 0 {
			return false
		}
	}
	return w.target(a) != 0
}

// carry makes one action true and tells what came of it.
func (w *Pure) carry(a process.Action) {
	done := process.Result{Action: a.Key, Kind: a.Do, Item: a.Item, Marker: a.Marker}
	if a.Do == process.OpenIssue {
		w.carryOpen(a, done)
		return
	}
	n := w.target(a)
	if a.Repo != "" && !strings.EqualFold(a.Repo, Tracking) {
		if key := fmt.Sprintf("%s#%d", a.Repo, n); a.Do == process.SayOnce && !slices.Contains(w.hub.abroad[key], a.Marker) {
			w.hub.abroad[key] = append(w.hub.abroad[key], a.Marker)
		}
		return
	}
	i := w.hub.issues[n]
	if i == nil || i.gone {
		if i == nil && a.Do != process.SayOnce && a.Do != process.React {
			w.err = fmt.Errorf("%s on #%d, which is not there", a.Do, n)
		}
		return
	}
	switch a.Do {
	case process.AddLabel:
		i.labels[a.Label] = true
	case process.RemoveLabel:
		delete(i.labels, a.Label)
	case process.SayOnce:
		w.carrySay(i, a, done)
	case process.EditComment:
		if r := i.marked(a.Marker); r != nil {
			r.boxes = boxes(a.Words)
		} else {
			w.err = fmt.Errorf("edits %s on #%d, which was never said", a.Marker, n)
		}
	case process.React:
		i.reactions[a.Target] = a.Reaction
	case process.Assign:
		i.assign(a.Login, true)
	case process.Unassign:
		i.assign(a.Login, false)
	case process.MakeMilestone:
		w.carryMilestone(a, done)
	case process.SetMilestone:
		i.milestone = 0
		if train := w.Line.Get(a.Train); train != nil {
			i.milestone = train.T.Milestone
		}
	case process.Refresh:
		if it := w.Line.Get(a.Item); it != nil && it.Kind != process.Departures && it.Shown.Comments["status"] == 0 {
			done.Comment, done.Marker = i.say(w.hub.id(), bot, "status", "").id, "status"
			w.receipt(done)
		}
	default:
		w.carryIssue(i, a)
	}
}

func (w *Pure) carryOpen(a process.Action, done process.Result) {
	i := w.hub.open(a.Title, bot)
	i.marker, done.Number = a.Marker, i.number
	w.receipt(done)
	w.decide(process.Event{Key: fmt.Sprintf("issue/%d/opened", i.number), What: process.Opened, At: w.now, Repo: Tracking,
		Actor: process.Actor{Login: bot, Bot: true, Self: true}, Issue: i.view()})
}

func (w *Pure) carrySay(i *issue, a process.Action, done process.Result) {
	if i.marked(a.Marker) != nil {
		w.err = fmt.Errorf("says %s on #%d a second time", a.Marker, i.number)
		return
	}
	r := i.say(w.hub.id(), bot, a.Marker, "")
	r.boxes = boxes(a.Words)
	done.Comment = r.id
	w.receipt(done)
}

// boxes are those of a checklist's words.
func boxes(words process.Text) []process.Box {
	var out []process.Box
	items, _ := words.Args["items"].([]process.Check)
	for _, c := range items {
		out = append(out, process.Box{Text: c.Text, Done: c.By != "", Link: c.Evidence})
	}
	return out
}

func (w *Pure) carryMilestone(a process.Action, done process.Result) {
	train := w.Line.Get(a.Item)
	n := train.T.Milestone
	if n == 0 {
		if other := w.hub.milestone(a.Title); other != 0 {
			for _, t := range append(w.Line.Trains(process.Alphanet), w.Line.Trains(process.Upgrade)...) {
				if t.T.Milestone == other {
					w.err = fmt.Errorf("two trains share the milestone %q", a.Title)
				}
			}
			n = other
		} else {
			n = w.hub.makeMilestone(a.Title)
		}
	}
	w.hub.milestones[n] = &Milestone{Title: a.Title, Due: a.Due.String(), Closed: a.Closed}
	done.Number = n
	w.receipt(done)
}

func (w *Pure) carryIssue(i *issue, a process.Action) {
	e := process.Event{Key: fmt.Sprintf("%s/%s", a.Key, a.Do), At: w.now, Repo: Tracking, Actor: process.Actor{Login: bot, Bot: true, Self: true}}
	switch a.Do {
	case process.CloseIssue:
		i.open, e.What = false, process.Closed
	case process.ReopenIssue:
		i.open, e.What = true, process.Reopened
	case process.EditIssue:
		i.title, e.What = a.Title, process.Edited
	default:
		w.err = fmt.Errorf("nothing is known of %s", a.Do)
		return
	}
	e.Issue = i.view()
	w.decide(e)
}

func (w *Pure) receipt(r process.Result) {
	w.decide(process.Event{Key: "done/" + r.Action, What: process.Receipt, At: w.now, Repo: Tracking, Result: &r,
		Actor: process.Actor{Login: bot, Bot: true, Self: true}})
}
