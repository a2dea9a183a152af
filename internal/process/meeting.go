package process

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Meeting is the kind of a planning meeting, whose issue is its agenda.
const Meeting Kind = "meeting"

// MeetingFacts are what only a planning meeting has.
type MeetingFacts struct {
	// At is the moment when it begins, Date and Hour the same as people say it
	// in the calendar's zone; Cutoff is when submissions for it close (A7).
	At     time.Time     `json:"at"`
	Date   calendar.Date `json:"date"`
	Hour   string        `json:"hour,omitempty"` // "16:00 CET"
	Cutoff time.Time     `json:"cutoff,omitzero"`
	// Since is when the meeting before it was adjourned; zero for the first.
	Since time.Time `json:"since,omitzero"`
	// Numbers are those of its topics, by their keys: a number once given stays.
	Numbers map[string]string `json:"numbers,omitempty"`
	// Numbered says when, and by which rules, all that it asks was last looked
	// through for what has no number yet; "" is never.
	Numbered string `json:"numbered,omitempty"`
	// Drafts are the drafts of answers, by the topics' keys.
	Drafts  map[string]Draft `json:"drafts,omitempty"`
	Minutes []Minute         `json:"minutes,omitempty"`
	Wishes  []Wish           `json:"wishes,omitempty"`
	// Todos are what the meeting before it left to be done.
	Todos []Todo `json:"todos,omitempty"`
	// Adjourned is when it ended, zero while it is open; By who said so.
	Adjourned time.Time `json:"adjourned,omitzero"`
	By        string    `json:"by,omitempty"`
}

// A Draft is a maintainer's draft of an answer: anyone can see it, and it acts
// when the meeting is adjourned.
type Draft struct {
	Option string    `json:"option"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// A Minute is one decision: of a topic, or by a maintainer's command before the
// meeting, which has no Number.
type Minute struct {
	Key      string    `json:"key,omitempty"`
	Number   string    `json:"number,omitempty"`
	Question Text      `json:"question,omitzero"`
	Answer   Text      `json:"answer,omitzero"`
	On       Ref       `json:"on,omitzero"` // the issue that it is about
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason,omitempty"`
	// Outcome is what the command said; Failed that it was refused.
	Outcome Text `json:"outcome,omitzero"`
	Failed  bool `json:"failed,omitempty"`
}

// A Wish is something that a person asked to talk about.
type Wish struct {
	ID   int       `json:"id"`
	Text string    `json:"text"`
	On   Ref       `json:"on,omitzero"` // the issue it was typed on, if another
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// A Todo is the step that follows from a decision, open until its item has
// moved on from the stage where it stood.
type Todo struct {
	On    Ref    `json:"on"`
	Stage string `json:"stage"`
	Line  Code   `json:"line"`
	By    []Role `json:"by,omitempty"`
	Owner string `json:"owner,omitempty"`
}

func (m *MeetingFacts) clone() *MeetingFacts {
	c := *m
	c.Numbers, c.Drafts = maps.Clone(m.Numbers), maps.Clone(m.Drafts)
	c.Minutes, c.Wishes, c.Todos = slices.Clone(m.Minutes), slices.Clone(m.Wishes), slices.Clone(m.Todos)
	for i := range c.Todos {
		c.Todos[i].By = slices.Clone(c.Todos[i].By)
	}
	return &c
}

// Meeting returns the planning meeting whose agenda is open, nil if there is none.
func (l *Line) Meeting() *Item {
	open := l.among(meetings, func(it *Item) bool { return it.M.Adjourned.IsZero() && !it.Shown.Gone })
	if len(open) == 0 {
		return nil
	}
	return open[0]
}

// Late reports whether a submission came after the cut-off of the meeting (A7).
func (m *MeetingFacts) Late(sub Submission) bool {
	return m != nil && !m.Cutoff.IsZero() && sub.At.After(m.Cutoff)
}

// meet keeps the one open agenda: there always is one, and it is for the next
// meeting of the calendar, whatever happened to the last.
func (d *deciding) meet() {
	if !d.p.Settings.Configured || d.p.Settings.Schedule.Meetings.Rule.IsZero() {
		return
	}
	d.always(func(t *Turn) {
		if m := t.line.Meeting(); m != nil {
			t.attend(m)
		} else {
			t.Convene(t.Now())
		}
	})
}

// Convene opens the agenda of the first meeting after a moment. One that was
// deleted before it ended comes again with all that was said in it.
func (t *Turn) Convene(after time.Time) {
	next, ok := t.P.Settings.Schedule.NextMeeting(after)
	if !ok {
		return
	}
	facts, n := &MeetingFacts{}, 1
	var last *Item
	for _, it := range t.line.among(meetings, func(*Item) bool { return true }) {
		n++
		if last == nil || it.M.At.After(last.M.At) || it.M.At.Equal(last.M.At) && it.Since.After(last.Since) {
			last = it
		}
	}
	if last != nil {
		if last.M.Adjourned.IsZero() {
			facts = last.M.clone()
		} else {
			facts.Since = last.M.Adjourned
			facts.Wishes, facts.Todos = t.left(last)
		}
	}
	for t.line.Get(ID(fmt.Sprintf("meeting/%d", n))) != nil { // an earlier one is not on record any more
		n++
	}
	it := t.Add(&Item{ID: ID(fmt.Sprintf("meeting/%d", n)), Kind: Meeting, Ours: true, Since: t.Now(), M: facts})
	t.fix(it, next)
	it.Title = meetingTitle(it)
	if !t.Now().Before(it.M.Cutoff) {
		it.Told = append(it.Told, announced(it)) // who sees it opened need not be told that it is closed
	}
	t.Do(Action{Do: OpenIssue, Item: it.ID, Marker: "item/" + string(it.ID), Title: it.Title, Words: Say("issue.meeting", "date", it.M.Date, "hour", it.M.Hour)})
	t.Do(Action{Do: Refresh, Item: it.ID, Marker: "status"})
}

// announced is the key under which a meeting's agenda is announced, once a date.
func announced(it *Item) string { return "announced/" + it.M.Date.String() }

func meetingTitle(it *Item) string { return "Upgrade planning meeting " + it.M.Date.String() }

// fix puts a meeting on its day.
func (t *Turn) fix(it *Item, on calendar.Meeting) {
	zone, err := time.LoadLocation(on.Zone)
	if err != nil {
		zone = time.UTC
	}
	it.M.At, it.M.Date, it.M.Hour = on.At.UTC(), on.Day, on.At.In(zone).Format("15:04 MST")
	it.M.Cutoff = on.Cutoff.At.UTC()
}

// attend keeps a meeting's date right and announces it. One that nobody held
// moves to the next date when that one's turn comes, with all that is in it.
func (t *Turn) attend(m *Item) {
	plan := t.P.Settings.Schedule
	on, ok := plan.NextMeeting(m.M.At.Add(-time.Second))
	switch {
	case !ok:
		return
	case !on.At.Equal(m.M.At): // the calendar was changed under way
		if on, ok = plan.NextMeeting(t.Now()); ok {
			t.move(m, on, "meeting-moved")
		}
	case t.Now().After(on.At):
		if next, more := plan.NextMeeting(on.At); more && !t.Now().Before(next.Cutoff.At) {
			t.move(m, next, "meeting-missed")
		}
	case !on.Cutoff.At.UTC().Equal(m.M.Cutoff):
		t.fix(t.Edit(m), on)
	}
	if m = t.Get(m.ID); t.Now().Before(m.M.At) && !t.Now().Before(m.M.Cutoff) {
		t.Tell(m, announced(m), Say("comment.meeting-announced", "date", m.M.Date, "hour", m.M.Hour, "topics", len(t.questions(m))))
	}
	t.number(m)
}

func (t *Turn) move(m *Item, on calendar.Meeting, marker string) {
	m = t.Edit(m)
	was := m.M.Date
	t.fix(m, on)
	if m.Ours {
		m.Title = meetingTitle(m)
		t.Do(Action{Do: EditIssue, Item: m.ID, Title: m.Title})
	}
	m.Note(t.Now(), t.By(), Say("note.meeting-moved", "was", was, "date", m.M.Date))
	words := Say("comment.meeting-moved", "was", was, "date", m.M.Date, "hour", m.M.Hour)
	if marker == "meeting-missed" {
		words.Key = "comment.meeting-missed"
	}
	t.Tell(m, marker+"/"+m.M.Date.String(), words)
}

// left are the wishes that an adjourned meeting has not settled, and what its
// decisions leave to be done.
func (t *Turn) left(m *Item) ([]Wish, []Todo) {
	var wishes []Wish
	for _, w := range m.M.Wishes {
		if !slices.ContainsFunc(m.M.Minutes, func(min Minute) bool { return min.Key == w.Key() }) {
			wishes = append(wishes, w)
		}
	}
	todos := slices.DeleteFunc(slices.Clone(m.M.Todos), func(d Todo) bool { return !d.Open(t.P, t.line) })
	for _, min := range m.M.Minutes {
		it := t.line.Get(min.On.ID)
		if it == nil || min.Failed || slices.ContainsFunc(todos, func(d Todo) bool { return d.On.ID == it.ID }) {
			continue
		}
		for _, p := range t.Outlook(it) {
			if p.Back || p.On.ID != it.ID || len(todos) == maxTodos {
				continue
			}
			todo := Todo{On: it.Ref(), Stage: it.Stage, Line: p.Usage, By: p.By}
			if it.F != nil && slices.Contains(p.By, Owner) {
				todo.Owner = it.F.Owner
			}
			todos = append(todos, todo)
			break
		}
	}
	return wishes, todos
}

// maxTodos bounds what one meeting leaves to be done.
const maxTodos = 40

// Key is the wish's topic.
func (w Wish) Key() string { return fmt.Sprintf("wish/%d", w.ID) }

// Open reports whether the step has not been made yet.
func (d Todo) Open(p *Process, l *Line) bool {
	it := l.Get(d.On.ID)
	return it != nil && !it.Shown.Gone && it.Stage == d.Stage && !p.Ended(it)
}

// minute writes a maintainers' command into the minutes of the open meeting:
// what was decided before it is not asked again there.
func (t *Turn) minute(line Typed, o Outcome) {
	m, it := t.line.Meeting(), t.Item()
	if m == nil || it == nil || it.M != nil {
		return
	}
	outcome := o.Head
	if len(o.Parts) > 0 {
		bad := len(slices.DeleteFunc(slices.Clone(o.Parts), func(p Outcome) bool { return !p.Bad() }))
		outcome = Say("minute.parts", "done", len(o.Parts)-bad, "all", len(o.Parts))
	}
	m = t.Edit(m)
	m.M.Minutes = append(m.M.Minutes, Minute{
		Answer: Say("minute.command", "line", again(line)), On: it.Ref(), By: t.By(), At: t.Now(), Reason: reasonIn(line), Outcome: outcome,
	})
	if n := len(m.M.Minutes) - maxMinutes; n > 0 {
		m.M.Minutes = slices.Clone(m.M.Minutes[n:])
	}
}

// maxMinutes bounds the decisions kept with one meeting; the ledger has them all.
const maxMinutes = 200

// reasonIn is what follows "because" in a line, "" for nothing.
func reasonIn(line Typed) string {
	_, reason, _ := strings.Cut(line.Rest, "because ")
	return strings.TrimSpace(reason)
}
