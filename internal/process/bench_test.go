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
// that shows it.
func BenchmarkDecide(b *testing.B) {
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	p, err := scenario.Bundled(process.Settings{Roles: everyRole, Configured: true, Enough: 3, Reminders: process.Reminders{Agenda: calendar.Span{Days: 42}}})
	if err != nil {
		b.Fatal(err)
	}
	for _, features := range []int{100, 1000, 10_000} {
		l := bench.Railway{Features: features, Now: at, Owners: []string{"ada", "eve"}}.Line(p, scenario.Tracking)
		typed := func(number int, verb, rest string) process.Event {
			return process.Event{
				Key: "comment/1", What: process.Asked, Actor: process.Actor{Login: "mara"}, Comment: &process.Comment{ID: 1},
				Issue: &process.Issue{Number: number}, Lines: []process.Typed{{Text: "/" + verb + " " + rest, Verb: verb, Rest: rest}},
			}
		}
		for _, c := range []struct {
			name string
			e    process.Event
		}{
			{"layers", typed(17, "layers", "l2")},
			{"submit", typed(17, "submit", "alphanet")},
			{"small talk", process.Event{Key: "comment/1", What: process.CommentDeleted, Issue: &process.Issue{Number: 17}}},
			{"first tick of a day", process.Event{Key: "tick/1", What: process.Tick}},
		} {
			b.Run(fmt.Sprintf("%s/%d features", c.name, features), func(b *testing.B) {
				c.e.At, c.e.Repo = at, l.Repo
				if c.e.What == process.Tick {
					c.e.At = at.AddDate(0, 0, 1)
				}
				b.ReportAllocs()
				for b.Loop() {
					if d := process.Decide(p, l, c.e, allRoles()); len(d.Changed) == 0 && c.e.What == process.Asked {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}
