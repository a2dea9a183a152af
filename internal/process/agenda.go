package process

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A Section is one part of every agenda. Its number is its place in the table.
type Section struct {
	// Name is the end of the key of its title, "agenda.section.<name>".
	Name string
	// Topics are what it asks, and what belongs in between, from the record alone and
	// in order; News what it only tells, after these. Either may be nil.
	Topics, News func(t *Turn, m *Item) []Topic
}

// A Topic is one item of an agenda: a question with its options and the facts
// that bear on it, or, without options, something to know.
type Topic struct {
	// Key names what is asked for ever, so that its number, its tick and its
	// answer find it again: [a-z0-9/._-].
	Key      string
	Section  int    // from 1; set by [Turn.Topics]
	Number   string // "3.2", if it asks something; set by [Turn.Topics]
	Question Text
	Facts    []Text
	Options  []Option
	// Other makes an option of an answer that is not listed; nil takes none.
	Other func(answer string) (Option, bool)
	// Suggest is the key of the option that the rules suggest, "" for none, and
	// Why says why.
	Suggest string
	Why     Text
	// About is the item that the topic is about.
	About Ref
	// Draft and Decided are its standing; nil while there is none.
	Draft   *Draft
	Decided *Minute
	// More is how many topics of its section are left out after it, for there are
	// too many. A section may leave out those for which there is no room itself.
	More int
}

// An Option is one answer to a topic and what it does. One without steps leaves
// things as they are.
type Option struct {
	Key   string // what is typed in /decide: "yes", "2026-12-15"
	Say   Text
	Steps []Step
}

// A Step is one command line of an option, on an item's issue; or, with Make, a
// train to open under the id On.
type Step struct {
	On   ID
	Line string
	Make Kind
}

// Option returns the topic's option of a key, without regard to case.
func (tp Topic) Option(key string) (Option, bool) {
	for _, o := range tp.Options {
		if strings.EqualFold(o.Key, key) {
			return o, true
		}
	}
	if tp.Other != nil {
		return tp.Other(key)
	}
	return Option{}, false
}

// Agenda returns the topics of a meeting as its page shows them.
func Agenda(p *Process, l *Line, m *Item, at time.Time) []Topic {
	return newTurn(p, l, Event{At: at}, Answers{}).Topics(m)
}

// MaxTopics bounds the topics of one section; the others come up as these are
// decided, or with the next meeting.
const MaxTopics = 60

// Topics returns the meeting's topics in order, each with its number, and how
// it stands.
func (t *Turn) Topics(m *Item) []Topic {
	var out []Topic
	for i := range t.P.Tables.Sections {
		topics, left := t.section(m, i, true)
		for n := range topics {
			tp := &topics[n]
			if draft, ok := m.M.Drafts[tp.Key]; ok {
				tp.Draft = &draft
			}
			if at := slices.IndexFunc(m.M.Minutes, func(min Minute) bool { return min.Key == tp.Key && !min.Failed }); at >= 0 {
				tp.Decided = &m.M.Minutes[at]
			}
		}
		inOrder(topics)
		if left > 0 {
			topics[len(topics)-1].More = left
		}
		out = append(out, topics...)
	}
	return out
}

// section returns the topics of the section at a place of the table, with its news or
// without, each with its number, and how many are left out.
func (t *Turn) section(m *Item, at int, news bool) (topics []Topic, left int) {
	s := t.P.Tables.Sections[at]
	if s.Topics != nil {
		topics = s.Topics(t, m)
	}
	if news && s.News != nil {
		topics = append(topics, s.News(t, m)...)
	}
	topics, left = fitting(topics, m.M)
	next := 0
	for i := range topics {
		tp := &topics[i]
		tp.Section, tp.Number = at+1, m.M.Numbers[tp.Key]
		if tp.Number == "" && len(tp.Options) > 0 {
			if next == 0 {
				next = nextNumber(m.M.Numbers, at+1)
			}
			tp.Number = fmt.Sprintf("%d.%d", at+1, next)
			next++
		}
	}
	return topics, left
}

// fitting are as many topics of a section as there is room for, those with a
// number before others: what has been on the agenda stays there. left are the rest.
func fitting(topics []Topic, m *MeetingFacts) (fit []Topic, left int) {
	for i := range topics {
		left += topics[i].More
		topics[i].More = 0
	}
	if len(topics) <= MaxTopics {
		return topics, left
	}
	room := MaxTopics
	for _, tp := range topics {
		if m.Numbers[tp.Key] != "" {
			room--
		}
	}
	for _, tp := range topics {
		if m.Numbers[tp.Key] == "" {
			if room--; room < 0 {
				continue
			}
		}
		if len(fit) < MaxTopics {
			fit = append(fit, tp)
		}
	}
	return fit, left + len(topics) - len(fit)
}

// inOrder puts the topics that have numbers in the order of these, and leaves
// the others where they stand.
func inOrder(topics []Topic) {
	var asks []Topic
	for _, tp := range topics {
		if tp.Number != "" {
			asks = append(asks, tp)
		}
	}
	slices.SortStableFunc(asks, func(a, b Topic) int { return ordinal(a.Number) - ordinal(b.Number) })
	for i := range topics {
		if topics[i].Number != "" {
			topics[i], asks = asks[0], asks[1:]
		}
	}
}

// ordinal is the end of a number, 0 for none.
func ordinal(number string) int {
	_, end, _ := strings.Cut(number, ".")
	n, err := strconv.Atoi(end)
	if err != nil {
		return 0
	}
	return n
}

// nextNumber is the first ordinal that no topic of a section has had.
func nextNumber(numbers map[string]string, section int) int {
	next := 1
	for _, n := range numbers {
		if strings.HasPrefix(n, strconv.Itoa(section)+".") {
			next = max(next, ordinal(n)+1)
		}
	}
	return next
}

// A question is what a meeting is asked, without what is said about it.
type question struct{ key, number string }

// questions returns what the meeting is asked, section by section.
func (t *Turn) questions(m *Item) []question {
	var out []question
	for i := range t.P.Tables.Sections {
		topics, _ := t.section(m, i, false)
		for _, tp := range topics {
			if len(tp.Options) > 0 {
				out = append(out, question{tp.Key, tp.Number})
			}
		}
	}
	return out
}

// Talked returns the items for which keep holds that an agenda may have topics
// about, in the order of [Line.Sorted]: all of the line, but for a decision that
// looks only at those that it has changed.
func (t *Turn) Talked(keep func(*Item) bool) []*Item {
	if t.talked == nil {
		return t.line.Sorted(keep)
	}
	var out []*Item
	for id := range t.talked {
		if it := t.line.Get(id); it != nil && keep(it) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, inOrderOfIssues)
	return out
}

// number keeps the numbers of all topics that have none yet, while the meeting
// lasts.
func (t *Turn) number(m *Item) {
	if !m.M.Adjourned.IsZero() {
		return
	}
	for _, q := range t.questions(m) {
		if m.M.Numbers[q.key] == "" {
			m = t.Edit(m)
			if m.M.Numbers == nil {
				m.M.Numbers = map[string]string{}
			}
			m.M.Numbers[q.key] = q.number
		}
	}
}

// Topic finds a topic by the number that people type.
func (t *Turn) Topic(m *Item, number string) (Topic, bool) {
	topics := t.Topics(m)
	at := slices.IndexFunc(topics, func(tp Topic) bool { return tp.Number == number })
	if at < 0 {
		return Topic{}, false
	}
	return topics[at], true
}

// Settle carries out one answer and writes it into the minutes. A refusal of any
// of its steps is the outcome; nothing of it is kept then.
func (t *Turn) Settle(m *Item, tp Topic, o Option, by, reason string) Outcome {
	sub := newTurn(t.P, t.line, t.E, t.A)
	sub.key, sub.subject = t.key, t.subject
	done := Outcome{State: Done, Head: Say("did.decide", "number", tp.Number, "answer", o.Say)}
	for _, step := range o.Steps {
		if step.Make != "" {
			sub.open(step)
			continue
		}
		part := sub.step(step)
		if part.Bad() {
			t.elsewhereIs(&part, step.On, Code("/decide "+tp.Number+" "+o.Key))
			t.record(m, Minute{Key: tp.Key, Number: tp.Number, Question: tp.Question, Answer: o.Say, On: tp.About, By: by, At: t.Now(), Reason: reason, Outcome: part.refusal(), Failed: true})
			return part
		}
	}
	sub.merge(t.line)
	t.actions = append(t.actions, sub.actions...)
	t.record(m, Minute{Key: tp.Key, Number: tp.Number, Question: tp.Question, Answer: o.Say, On: tp.About, By: by, At: t.Now(), Reason: reason})
	if it := t.Get(tp.About.ID); it != nil && it.M == nil {
		t.Note(it, Say("note.decided", "meeting", m.Ref(), "number", tp.Number, "answer", o.Say, "reason", reason))
	}
	return done
}

// refusal is what an outcome says against itself: of several, the first that was
// refused.
func (o Outcome) refusal() Text {
	for _, part := range o.Parts {
		if part.Bad() {
			return part.refusal()
		}
	}
	return o.Head
}

// elsewhereIs says of a refusal in a meeting on which issue it can be mended; when
// that is done, the same answer is typed again.
func (t *Turn) elsewhereIs(o *Outcome, on ID, again Code) {
	it := t.Get(on)
	if it == nil || o.Where != nil {
		return
	}
	ref := it.Ref()
	o.Where = &ref
	if o.Head.Key == "refusal.gates" {
		o.Head = o.Head.With("move", again).With("item", ref)
		o.Next = []Code{again}
	}
}

// record writes into the minutes; a draft answer has had its day then.
func (t *Turn) record(m *Item, min Minute) {
	m = t.Edit(t.Get(m.ID))
	delete(m.M.Drafts, min.Key)
	m.M.Minutes = slices.DeleteFunc(m.M.Minutes, func(old Minute) bool { return old.Failed && old.Key == min.Key })
	m.M.Minutes = append(m.M.Minutes, min)
}

// step decides a command line as if it were typed on the step's issue, on a turn
// of its own: it is kept if it is carried out.
func (t *Turn) step(s Step) Outcome {
	line := typed(s.Line)
	c := t.P.Tables.Command(line.Verb)
	if c == nil {
		return Refuse("D4", Say("refusal.label", "label", Code(s.Line)))
	}
	sub := newTurn(t.P, t.line, t.E, t.A)
	sub.key, sub.subject, sub.typed, sub.meeting = t.key, s.On, line, true
	o := sub.command(c, line)
	if o.State == Done {
		sub.remember()
		sub.merge(t.line)
		t.actions = append(t.actions, sub.actions...)
	}
	return o
}

// open opens a train that a meeting decided on.
func (t *Turn) open(s Step) {
	it := t.Add(&Item{ID: s.On, Kind: s.Make, Ours: true, Since: t.Now(), Journey: 1, T: &TrainFacts{}})
	it.Title = t.P.TrainName(it)
	t.Do(Action{Do: OpenIssue, Item: it.ID, Marker: "item/" + string(it.ID), Title: it.Title, Words: Say("issue."+string(s.Make), "name", it.Title, "date", calendar.Date{})})
	t.arriveFresh(it, t.P.Scoping(s.Make))
}

// maxCarried bounds the questions that the minutes repeat of what is carried over.
const maxCarried = 40

// Adjourn ends a meeting: the drafts become decisions, what nobody answered is
// carried over by itself, the minutes are posted, the next agenda is opened.
func (t *Turn) Adjourn(m *Item) Outcome {
	topics := t.Topics(m)
	t.number(m)
	failed := 0
	for _, tp := range topics {
		if tp.Draft == nil {
			continue
		}
		o, ok := tp.Option(tp.Draft.Option)
		if !ok {
			t.record(m, Minute{Key: tp.Key, Number: tp.Number, Question: tp.Question, Answer: Say("minute.option", "option", tp.Draft.Option), On: tp.About, By: tp.Draft.By, At: t.Now(), Outcome: Say("minute.gone"), Failed: true})
			failed++
			continue
		}
		if t.Settle(m, tp, o, tp.Draft.By, "").Bad() {
			failed++
		}
	}
	m = t.Edit(t.Get(m.ID))
	m.M.Adjourned, m.M.By, m.M.Drafts = t.Now(), t.By(), nil
	var open []Minute
	for _, tp := range t.Topics(m) {
		if tp.Decided == nil && len(tp.Options) > 0 {
			open = append(open, Minute{Number: tp.Number, Question: tp.Question})
		}
	}
	_, todos := t.left(m)
	asked := open[:min(len(open), maxCarried)]
	t.Tell(m, "minutes", Say("comment.minutes", "date", m.M.Date, "by", t.By(), "minutes", slices.Clone(m.M.Minutes), "open", asked, "more", len(open)-len(asked), "todos", todos))
	m.Shown.Closed = true
	t.Do(Action{Do: CloseIssue, Item: m.ID, Reason: "completed"})
	after := m.M.At
	if t.Now().After(after) {
		after = t.Now()
	}
	t.Convene(after)
	out := Did("did.adjourn", "decided", len(m.M.Minutes)-failed, "open", len(open), "failed", failed)
	if next := t.line.Meeting(); next != nil {
		out.Head = out.Head.With("next", next.M.Date)
	}
	return out
}
