package storetest

import (
	"fmt"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// BenchmarkLine loads a Line, as a worker does that takes over.
func BenchmarkLine(b *testing.B, s bot.Store, l *process.Line) {
	lease, err := s.Acquire(b.Context(), inst, "bench")
	if err != nil {
		b.Fatal(err)
	}
	all := l.Sorted(func(*process.Item) bool { return true })
	for i := 0; i < len(all); i += 500 {
		key := fmt.Sprint("k", i)
		e := bot.Entry{Repo: l.Repo, Event: process.Event{Key: key}, At: noon, Decision: process.Decision{
			Keys: []string{key}, Changed: all[i:min(i+500, len(all))],
		}}
		if err := s.Record(b.Context(), lease, e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		loaded, err := s.Line(b.Context(), l.Repo)
		if err != nil || loaded.Len() != len(all) {
			b.Fatal(loaded.Len(), err)
		}
	}
}
