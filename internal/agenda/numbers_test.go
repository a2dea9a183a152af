package agenda_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// Every question that an agenda shows has a number that is kept, however it came up:
// by a decision about one feature, for there is room again, or with time or the
// configuration, when the next decision is about something else.
func TestAQuestionHasItsNumberHoweverItCameUp(t *testing.T) {
	const last = 165 // of features that stand still: more than an agenda asks about
	p, l, now := loaded(t), process.NewLine(scenario.Tracking), day(5)
	p.Settings.Reminders.Zone = "America/Los_Angeles"
	for n := 100; n <= last; n++ {
		l.Put(feature(n, "alphanet-scoping", func(it *process.Item) { it.Since = now.AddDate(0, 0, -50) }))
	}
	// In California it is the fifth until eight in the morning.
	fresh, later := feature(1, "alphanet-scoping", nil), feature(2, "alphanet-scoping", nil)
	fresh.Since, later.Since = day(6).AddDate(0, 0, -42), day(6).AddDate(0, 0, -30)
	l.Put(fresh, later, meeting())
	asks := map[string]bool{}
	happens := func(e process.Event) []process.Part {
		t.Helper()
		e.Repo, e.Actor = scenario.Tracking, process.Actor{Login: "ada"}
		d := process.Decide(p, l, e, process.Answers{Roles: map[string]map[process.Role]process.Verdict{"ada": {process.Engineer: process.Yes}}})
		l = l.With(d.Changed)
		m := l.Meeting()
		clear(asks)
		for _, tp := range process.Agenda(p, l, m, e.At) {
			asks[tp.Key] = true
			if len(tp.Options) > 0 && m.M.Numbers[tp.Key] == "" {
				t.Errorf("after %s, %s is asked as %s, and that is not kept", e.Key, tp.Key, tp.Number)
			}
		}
		return d.Parts
	}
	types := func(at time.Time, n int, body string) {
		t.Helper()
		verb, rest, _ := strings.Cut(strings.TrimPrefix(body, "/"), " ")
		parts := happens(process.Event{
			Key: fmt.Sprintf("comment/%d/%s", n, body), What: process.Asked, At: at,
			Issue: &process.Issue{Number: n}, Comment: &process.Comment{ID: 1, Author: "ada"},
			Lines: []process.Typed{{Text: body, Verb: verb, Rest: rest, Hash: body}},
		})
		if len(parts) != 1 || parts[0].Outcome.State != process.Done {
			t.Fatalf("%s on #%d: %+v", body, n, parts)
		}
	}
	comesUp := func(key string, before bool) {
		t.Helper()
		if before || !asks[key] {
			t.Fatalf("%s comes up too early, or not at all", key)
		}
	}
	types(now, 160, "/layers l2")
	was := asks["hold/issue/101/"+fmt.Sprint(now.Unix())+"/"]
	types(now, 101, "/hold because of it")
	comesUp("hold/issue/101/"+fmt.Sprint(now.Unix())+"/", was)
	for i, gone := range []int{100, 103} { // they leave room
		up := fmt.Sprintf("still/issue/%d", 160+i)
		was = asks[up]
		happens(process.Event{Key: fmt.Sprint("gone/", gone), What: process.Gone, At: now, Issue: &process.Issue{Number: gone}})
		comesUp(up, was)
	}
	for n := 104; n < 140; n++ { // and enough of it for what comes
		types(now, n, "/drop because of it")
	}
	was = asks["still/issue/1"]
	types(time.Date(2026, 12, 6, 8, 30, 0, 0, time.UTC), 161, "/layers l2")
	comesUp("still/issue/1", was)
	was = asks["still/issue/2"]
	p.Settings.Reminders.Agenda = calendar.Span{Days: 30}
	types(time.Date(2026, 12, 6, 8, 40, 0, 0, time.UTC), 162, "/layers l2")
	comesUp("still/issue/2", was)
}
