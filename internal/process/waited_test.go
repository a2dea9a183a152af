package process

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// What has waited for long is told by the days of the zone, wherever that is and
// however its clocks change: Kwajalein once had a day twice.
func TestWaitingIsCountedInDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Process{Settings: Settings{Reminders: Reminders{Zone: rapid.SampledFrom([]string{"", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kwajalein"}).Draw(t, "zone")}}}
		around := rapid.SampledFrom([]time.Time{
			time.Date(1969, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
		}).Draw(t, "around")
		span := calendar.Span{Days: rapid.IntRange(1, 9).Draw(t, "days"), Business: rapid.Bool().Draw(t, "business")}
		since := around.Add(-time.Duration(rapid.IntRange(0, 8*24*60).Draw(t, "before")) * time.Minute)
		turn := &Turn{P: p, E: Event{At: since.Add(time.Duration(rapid.IntRange(0, 16*24*60).Draw(t, "waited")) * time.Minute)}}
		want := !turn.day(turn.Now()).Before(span.After(turn.day(since), calendar.Workdays{}))
		if got := turn.WaitedFor(span, since); got != want {
			t.Fatalf("from %v to %v it has waited for %v: %v, want %v", since, turn.Now(), span, got, want)
		}
	})
}
