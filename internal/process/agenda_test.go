package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// A table of sections for one test: what is to be asked is given by keys.
func withSections(t *testing.T, keys ...*[]string) *process.Process {
	t.Helper()
	p, err := scenario.Bundled(process.Settings{Configured: true, Schedule: calendar.Schedule{Meetings: monthly(t, "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=16")}})
	if err != nil {
		t.Fatal(err)
	}
	p.Tables.Sections = nil
	for i, list := range keys {
		p.Tables.Sections = append(p.Tables.Sections, process.Section{Name: fmt.Sprint(i), Topics: func(*process.Turn, *process.Item) []process.Topic {
			var out []process.Topic
			for _, k := range *list {
				tp := process.Topic{Key: k, Question: process.Say("agenda.none.since")}
				if !strings.HasPrefix(k, "tell") {
					tp.Options = []process.Option{{Key: "yes"}, {Key: "no"}}
				}
				out = append(out, tp)
			}
			return out
		}})
	}
	return p
}

func numbersOf(p *process.Process, l *process.Line, m *process.Item) string {
	var out []string
	for _, tp := range process.Agenda(p, l, m, time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)) {
		out = append(out, strings.TrimSpace(tp.Number+" "+tp.Key))
	}
	return strings.Join(out, ", ")
}

// What people read and what they type must mean the same, whatever comes and goes
// in between: a number that was once given stays, and is never given again.
func TestANumberOnceGivenStays(t *testing.T) {
	asks := []string{"b", "tell", "d"}
	p := withSections(t, &asks)
	l := process.NewLine("acme/upgrades")
	at := time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	tick := func(minutes int) {
		d := process.Decide(p, l, process.Event{Key: fmt.Sprint("tick/", minutes), What: process.Tick, At: at.Add(time.Duration(minutes) * time.Minute), Repo: "acme/upgrades"}, process.Answers{})
		l = l.With(d.Changed)
	}
	tick(0)
	tick(1)
	for i, c := range []struct{ asks, want string }{
		{"b tell d", "1.1 b, tell, 1.2 d"},
		{"a b tell d", "1.1 b, 1.2 d, tell, 1.3 a"},
		{"a tell d", "1.2 d, tell, 1.3 a"},
		{"c a", "1.3 a, 1.4 c"},
		{"", ""},
		{"e b", "1.1 b, 1.5 e"},
	} {
		asks = strings.Fields(c.asks)
		tick(i + 2)
		if got := numbersOf(p, l, l.Meeting()); got != c.want {
			t.Errorf("of %q it asks %s, and not %s", c.asks, got, c.want)
		}
	}
}

func TestOfTooManyTopicsThoseWithANumberStay(t *testing.T) {
	var asks []string
	for n := range 70 {
		asks = append(asks, fmt.Sprintf("t%02d", n))
	}
	p := withSections(t, &asks)
	m := &process.Item{ID: "meeting/1", Kind: process.Meeting, M: &process.MeetingFacts{Numbers: map[string]string{"t69": "1.1"}}}
	topics := process.Agenda(p, process.NewLine("acme/upgrades"), m, time.Time{})
	if len(topics) != 60 || topics[0].Key != "t69" || topics[59].Key != "t58" || topics[59].More != 10 {
		t.Errorf("%d topics, the first is %s, the last %s with %d more", len(topics), topics[0].Key, topics[59].Key, topics[59].More)
	}
	if slices.ContainsFunc(topics[:59], func(tp process.Topic) bool { return tp.More != 0 }) {
		t.Error("it says more than once how many are left out")
	}
}

// boxed is an edit of the agenda by a person.
func boxed(who string, at time.Time, boxes ...process.Box) process.Event {
	return process.Event{
		Key: "ticked/" + at.String(), What: process.Ticked, At: at, Repo: "acme/upgrades", Actor: process.Actor{Login: who},
		Issue: &process.Issue{Number: 50}, Boxes: &process.Boxes{Marker: "item/meeting/1", Items: boxes},
	}
}

// A draft is what a maintainer's edit changed: boxes that are gone or unknown say
// nothing, and of two that were put on one topic the last in the text counts.
func TestDraftsFollowTheBoxes(t *testing.T) {
	asks := []string{"a", "b"}
	box := func(key string, done bool) process.Box { return process.Box{Key: key, Done: done} }
	for _, c := range []struct {
		name   string
		drafts map[string]process.Draft
		boxes  []process.Box
		want   string
		told   string
	}{
		{"a tick", nil, []process.Box{box("a=yes", true), box("a=no", false)}, "a=yes", ""},
		{"two topics at once", nil, []process.Box{box("a=yes", true), box("b=no", true)}, "a=yes b=no", ""},
		{"another answer takes the place of the first", map[string]process.Draft{"a": {Option: "no"}}, []process.Box{box("a=yes", true), box("a=no", true)}, "a=yes", ""},
		{"an unticked box takes the draft back", map[string]process.Draft{"a": {Option: "no"}}, []process.Box{box("a=no", false)}, "", ""},
		{"boxes that were deleted take nothing back", map[string]process.Draft{"a": {Option: "no"}}, nil, "a=no", "by-hand"},
		{"a reworded box is known by its key", nil, []process.Box{{Key: "b=yes", Done: true, Text: "whatever"}}, "b=yes", ""},
		{"a box without a key, or of no topic, says nothing", nil, []process.Box{box("", true), box("c=yes", true), box("a=perhaps", true), box("a", true)}, "", "by-hand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l := withSections(t, &asks), process.NewLine("acme/upgrades")
			l.Put(&process.Item{ID: "meeting/1", Kind: process.Meeting, Shown: process.Shown{Number: 50}, M: &process.MeetingFacts{Drafts: c.drafts}})
			e := boxed("mara", time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC), c.boxes...)
			mara := process.Answers{Roles: map[string]map[process.Role]process.Verdict{"mara": {process.Maintainer: process.Yes}}}
			d := process.Decide(p, l, e, mara)
			var got []string
			for key, draft := range l.With(d.Changed).Get("meeting/1").M.Drafts {
				got = append(got, key+"="+draft.Option)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want {
				t.Errorf("the drafts are %q, and not %q", got, c.want)
			}
			told := slices.ContainsFunc(d.Actions, func(a process.Action) bool { return a.Marker == "by-hand" })
			if told != (c.told != "") {
				t.Errorf("told that the text is not theirs to change: %v", told)
			}
		})
	}
}

// What a meeting did not settle is on the next: wishes, steps still to be made.
func TestTheNextMeetingTakesOverWhatIsLeft(t *testing.T) {
	asks := []string{}
	p, l := withSections(t, &asks), process.NewLine("acme/upgrades")
	at := time.Date(2026, 12, 1, 16, 0, 0, 0, time.UTC)
	stands := &process.Item{ID: "issue/1", Kind: process.Feature, Stage: "alphanet-acceptance", Title: "One", Shown: process.Shown{Number: 1}, F: &process.FeatureFacts{Owner: "ada"}}
	gone := &process.Item{ID: "issue/2", Kind: process.Feature, Stage: "dropped", Title: "Two", Shown: process.Shown{Number: 2}, F: &process.FeatureFacts{}}
	m := &process.Item{ID: "meeting/1", Kind: process.Meeting, Shown: process.Shown{Number: 50}, M: &process.MeetingFacts{
		At: at, Date: calendar.DateOf(at), Wishes: []process.Wish{{ID: 1, Text: "open"}, {ID: 2, Text: "settled"}},
		Minutes: []process.Minute{
			{Key: "wish/2", Number: "9.2", By: "mara"}, {Key: "k", Number: "1.1", By: "mara", On: stands.Ref()},
			{Key: "l", Number: "1.2", By: "mara", On: gone.Ref()}, {Key: "f", Number: "1.3", By: "mara", On: stands.Ref(), Failed: true},
		},
		Todos: []process.Todo{{On: gone.Ref(), Stage: "alphanet-scoping", Line: "/submit alphanet"}},
	}}
	l.Put(stands, gone, m)
	e := process.Event{
		Key: "comment/1", What: process.Asked, At: at, Repo: "acme/upgrades", Actor: process.Actor{Login: "mara"}, Issue: &process.Issue{Number: 50},
		Comment: &process.Comment{ID: 1, Author: "mara"}, Lines: []process.Typed{{Text: "/adjourn", Verb: "adjourn", Hash: "h"}},
	}
	d := process.Decide(p, l, e, process.Answers{Roles: map[string]map[process.Role]process.Verdict{"mara": {process.Maintainer: process.Yes}}})
	l = l.With(d.Changed)
	next := l.Meeting()
	if next == nil || next.ID == "meeting/1" || !next.M.Since.Equal(at) {
		t.Fatalf("the next meeting is %+v", next)
	}
	if len(next.M.Wishes) != 1 || next.M.Wishes[0].Text != "open" {
		t.Errorf("it has the wishes %+v", next.M.Wishes)
	}
	if len(next.M.Todos) != 1 || next.M.Todos[0].On.ID != "issue/1" || next.M.Todos[0].Owner != "ada" {
		t.Errorf("it has the steps %+v", next.M.Todos)
	}
	if next.M.Date != (calendar.Date{Year: 2027, Month: 1, Day: 5}) || len(next.M.Drafts)+len(next.M.Numbers)+len(next.M.Minutes) != 0 {
		t.Errorf("it is not fresh: %+v", next.M)
	}
}
