package process

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Reminders say how long something may wait before anybody is reminded, and when
// nobody is. The zero Reminders remind nobody.
type Reminders struct {
	// Owner is when the owner is reminded on the issue, Role when those who can
	// help are, and Agenda when the planning meeting asks about it. Each counts
	// from the beginning of the wait; no time at all is never.
	Owner, Role, Agenda calendar.Span
	// Budget is how often one person is mentioned in a day.
	Budget int
	// Zone is the IANA name of the zone of the times below; "" is UTC.
	Zone string
	// QuietFrom and QuietTo are the hours in which nobody is reminded, nor on days
	// off. Empty is no such hour.
	QuietFrom, QuietTo calendar.Clock
	Digest             Digest
}

// A Digest is when chats are told how everything stands. The zero Digest is never.
type Digest struct {
	Every string // "day" (on workdays), "week", or ""
	On    time.Weekday
	At    calendar.Clock
}

// AskedFacts are what is kept of reminders.
type AskedFacts struct {
	// Day is the one whose mentions Spent counts by login.
	Day   calendar.Date  `json:"day,omitzero"`
	Spent map[string]int `json:"spent,omitempty"`
	// Digest is when chats were last told how everything stands.
	Digest time.Time `json:"digest,omitzero"`
}

func (a *AskedFacts) clone() *AskedFacts {
	c := *a
	c.Spent = maps.Clone(a.Spent)
	return &c
}

// maxReminders bounds what one tick reminds of; the rest comes with the next.
const maxReminders = 5

// WaitedFor reports whether what began then has waited for the span by now. No span
// is never.
func (t *Turn) WaitedFor(span calendar.Span, since time.Time) bool {
	const day = 24 * time.Hour // no zone moves its clocks by more
	waited := t.Now().Sub(since)
	switch {
	case span.Days == 0 || since.IsZero() || waited < time.Duration(span.Days-1)*day:
		return false
	case !span.Business && waited >= time.Duration(span.Days+1)*day:
		return true
	}
	return !t.day(t.Now()).Before(span.After(t.day(since), t.P.Settings.Schedule.Workdays))
}

// day is the day in the zone of the reminders.
func (t *Turn) day(at time.Time) calendar.Date {
	if t.zone == nil {
		var err error
		if t.zone, err = time.LoadLocation(t.P.Settings.Reminders.Zone); err != nil {
			t.zone = time.UTC
		}
	}
	y, m, d := at.In(t.zone).Date()
	return calendar.Date{Year: y, Month: m, Day: d}
}

// quiet reports whether nobody is to be reminded now.
func (t *Turn) quiet() bool {
	r := t.P.Settings.Reminders
	if !t.P.Settings.Schedule.Workdays.Workday(t.day(t.Now())) {
		return true
	}
	clock := calendar.Clock(t.Now().In(t.zone).Format("15:04"))
	switch {
	case r.QuietFrom == r.QuietTo:
		return false
	case r.QuietFrom < r.QuietTo:
		return clock >= r.QuietFrom && clock < r.QuietTo
	}
	return clock >= r.QuietFrom || clock < r.QuietTo
}

// remind climbs the ladder with everything that waits: the owner is asked, then
// the roles that can help. Then it tells the chats how things stand.
func (d *deciding) remind() {
	if !d.p.Settings.Configured || d.line.Get(DeparturesID) == nil {
		return
	}
	d.note(func(t *Turn) {
		t.remindAll()
		t.digest()
	})
}

func (t *Turn) remindAll() {
	r := t.P.Settings.Reminders
	if r.Owner.Days == 0 && r.Role.Days == 0 || t.quiet() {
		return
	}
	left := maxReminders
	for _, w := range t.overdue() {
		it := t.Get(w.On.ID)
		if t.asksOwner(it, w) {
			t.remindOwner(it, w)
			left--
		} else if t.asksRole(it, w) {
			t.remindRole(it, w)
			left--
		}
		if left == 0 {
			return
		}
	}
}

// overdue are the waits that somebody may be reminded of, the longest first.
// What cannot be due is passed over without a look at its gates.
func (t *Turn) overdue() []Wait {
	r := t.P.Settings.Reminders
	first := r.Owner
	if first.Days == 0 || r.Role.Days != 0 && r.Role.Days < first.Days {
		first = r.Role
	}
	var out []Wait
	for _, it := range t.line.Sorted(func(it *Item) bool { return t.remindable(it) && t.WaitedFor(first, earliest(it)) && !t.climbed(it) }) {
		for _, w := range t.WaitsOf(it) {
			if !w.Meeting && !w.Held && t.WaitedFor(first, w.Since) {
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return a.Since.Compare(b.Since) })
	return out
}

// remindable reports whether anybody may be reminded of an item: it is under way
// and open, and nobody has stopped it on purpose.
func (t *Turn) remindable(it *Item) bool {
	s := it.Shown
	return (it.F != nil || it.T != nil) && s.Number != 0 && !s.Gone && !s.Closed && len(it.Holds) == 0 && !t.P.Ended(it)
}

// climbed reports whether all that could be said of an item's places has been
// said, so that its gates need no look.
func (t *Turn) climbed(it *Item) bool {
	last := roleMark
	if t.P.Settings.Reminders.Role.Days == 0 {
		last = ownerMark
	}
	said := func(node string) bool { return slices.Contains(it.Told, mark(last, it, node)) }
	for _, s := range it.Tracks {
		if !said(s.At) {
			return false
		}
	}
	return said(it.Stage)
}

// earliest is when an item's waits can have begun.
func earliest(it *Item) time.Time {
	since := it.Since
	for _, s := range it.Tracks {
		if s.Since.Before(since) {
			since = s.Since
		}
	}
	return since
}

// The marks that a reminder leaves with an item: each is made once for a place
// and a journey.
const (
	ownerMark = "reminder/"      // the comment to the owner
	dayMark   = "reminded/"      // and its day
	roleMark  = "reminder-role/" // the word to those who can help
)

func mark(kind string, it *Item, node string) string {
	return fmt.Sprintf("%s%s/%d", kind, node, it.Journey)
}

// asksOwner reports whether the owner is to be reminded now.
func (t *Turn) asksOwner(it *Item, w Wait) bool {
	r := t.P.Settings.Reminders
	return w.Person != "" && t.WaitedFor(r.Owner, w.Since) &&
		!slices.Contains(it.Told, mark(ownerMark, it, w.Node)) && t.spent(w.Person) < r.Budget
}

// asksRole reports whether those who can help are to be told: after the owner,
// where there is one, has had time to answer.
func (t *Turn) asksRole(it *Item, w Wait) bool {
	r, days := t.P.Settings.Reminders, t.P.Settings.Schedule.Workdays
	if !t.WaitedFor(r.Role, w.Since) || slices.Contains(it.Told, mark(roleMark, it, w.Node)) {
		return false
	}
	if w.Person == "" || r.Owner.Days == 0 {
		return true
	}
	prefix := mark(dayMark, it, w.Node) + "/"
	at := slices.IndexFunc(it.Told, func(m string) bool { return strings.HasPrefix(m, prefix) })
	if at < 0 {
		return false
	}
	asked, err := calendar.ParseDate(strings.TrimPrefix(it.Told[at], prefix))
	wait := calendar.Span{Days: max(1, r.Role.Days-r.Owner.Days), Business: r.Role.Business}
	return err != nil || !t.day(t.Now()).Before(wait.After(asked, days))
}

// spent is how often a person has been mentioned today.
func (t *Turn) spent(login string) int {
	asked := t.Get(DeparturesID).Asked
	if asked == nil || asked.Day != t.day(t.Now()) {
		return 0
	}
	return asked.Spent[strings.ToLower(login)]
}

// asked are the facts of reminders, to change.
func (t *Turn) asked() *AskedFacts {
	board := t.Edit(t.Get(DeparturesID))
	if board.Asked == nil {
		board.Asked = &AskedFacts{}
	}
	return board.Asked
}

// remindOwner mentions the owner on the issue, once.
func (t *Turn) remindOwner(it *Item, w Wait) {
	today := t.day(t.Now())
	asked := t.asked()
	if asked.Day != today {
		asked.Day, asked.Spent = today, nil
	}
	if asked.Spent == nil {
		asked.Spent = map[string]int{}
	}
	asked.Spent[strings.ToLower(w.Person)]++
	it = t.Edit(it)
	it.Told = append(it.Told, mark(dayMark, it, w.Node)+"/"+today.String())
	t.Tell(it, mark(ownerMark, it, w.Node), Say("comment.reminder", "owner", w.Person, "stage", w.Stage, "what", w.What, "rule", w.Rule, "line", w.Line, "since", w.Since, "now", t.Now(), "roles", w.Roles))
}

// remindRole tells those who can help: the departures board shows it, and the
// chats hear of it. Nobody is mentioned.
func (t *Turn) remindRole(it *Item, w Wait) {
	roles := w.Roles
	if len(roles) == 0 {
		roles = []Role{Maintainer}
	}
	it = t.Edit(it)
	it.Told = append(it.Told, mark(roleMark, it, w.Node))
	t.Notify(NewsReminder, it, Say("notice.reminder", "item", it.Ref(), "what", w.What, "rule", w.Rule, "line", w.Line, "since", w.Since, "now", t.Now(), "owner", w.Person, "roles", roles), roles...)
}

// RoleReminded reports whether those who can help with a wait have been told.
func RoleReminded(it *Item, node string) bool {
	return slices.Contains(it.Told, mark(roleMark, it, node))
}
