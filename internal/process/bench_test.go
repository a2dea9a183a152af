package process_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// BenchmarkDecide is one event on railways of several sizes, with an agenda open
// that shows it: one that nothing has been numbered on, or has been a moment ago.
func BenchmarkDecide(b *testing.B) {
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	p, err := scenario.Bundled(process.Settings{Roles: everyRole, Configured: true, Enough: 3, Reminders: process.Reminders{Agenda: calendar.Span{Days: 42}}})
	if err != nil {
		b.Fatal(err)
	}
	for _, features := range []int{100, 1000, 10_000} {
		fresh := bench.Railway{Features: features, Now: at, Owners: []string{"ada", "eve"}}.Line(p, scenario.Tracking)
		before := process.Decide(p, fresh, process.Event{Key: "tick/0", What: process.Tick, At: at, Repo: fresh.Repo}, allRoles())
		numbered := fresh.With(before.Changed)
		typed := func(number int, verb, rest string) process.Event {
			return process.Event{
				Key: "comment/1", What: process.Asked, Actor: process.Actor{Login: "mara"}, Comment: &process.Comment{ID: 1},
				Issue: &process.Issue{Number: number}, Lines: []process.Typed{{Text: "/" + verb + " " + rest, Verb: verb, Rest: rest}},
			}
		}
		for _, c := range []struct {
			name string
			l    *process.Line
			e    process.Event
		}{
			{"layers", fresh, typed(17, "layers", "l2")},
			{"layers, numbered", numbered, typed(17, "layers", "l2")},
			{"submit", fresh, typed(17, "submit", "alphanet")},
			{"submit, numbered", numbered, typed(17, "submit", "alphanet")},
			{"small talk", fresh, process.Event{Key: "comment/1", What: process.CommentDeleted, Issue: &process.Issue{Number: 17}}},
			{"first tick of a day", fresh, process.Event{Key: "tick/1", What: process.Tick}},
		} {
			b.Run(fmt.Sprintf("%s/%d features", c.name, features), func(b *testing.B) {
				c.e.At, c.e.Repo = at, c.l.Repo
				if c.e.What == process.Tick {
					c.e.At = at.AddDate(0, 0, 1)
				}
				b.ReportAllocs()
				for b.Loop() {
					if d := process.Decide(p, c.l, c.e, allRoles()); len(d.Changed) == 0 && c.e.What == process.Asked {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}

// BenchmarkWith is what a decision about a feature and the board makes of a Line.
func BenchmarkWith(b *testing.B) {
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	for _, features := range []int{1000, 10_000} {
		l := bench.Railway{Features: features, Now: at, Owners: []string{"ada", "eve"}}.Line(p, scenario.Tracking)
		l.Number(1) // from here on there is an index
		changed := []*process.Item{l.Number(17).Clone(), l.Get(process.DeparturesID).Clone()}
		b.Run(fmt.Sprintf("%d features", features), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.With(changed)
			}
		})
	}
}
