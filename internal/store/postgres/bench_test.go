package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
	"github.com/stationmaster-bot/stationmaster/internal/store/storetest"
)

// BenchmarkReceive is the durable acknowledgement, on a server that waits for
// its disk. Compare it with the one of the SQLite store.
func BenchmarkReceive(b *testing.B) {
	c := pgtest.Start(b)
	payload := []byte(`{"pad":"` + strings.Repeat("x", 8000) + `"}`)
	for _, stores := range []int{1, 3} {
		for _, parallel := range []int{1, 50} {
			b.Run(fmt.Sprintf("%d at once in each of %d processes", parallel, stores), func(b *testing.B) {
				url := c.Database(b, "bench", migrated)
				ids := make(chan string)
				go func() {
					defer close(ids)
					for i := range b.N {
						ids <- fmt.Sprint("d", i)
					}
				}()
				var mu sync.Mutex
				var took []time.Duration
				var all sync.WaitGroup
				var opened []*postgres.Store
				for range stores {
					s := open(b, url)
					defer s.Close()
					opened = append(opened, s)
				}
				b.ResetTimer()
				for _, s := range opened {
					for range parallel {
						all.Go(func() {
							for id := range ids {
								began := time.Now()
								if _, err := s.Receive(b.Context(), bot.Delivery{ID: id, Payload: payload}); err != nil {
									b.Error(err)
								}
								mu.Lock()
								took = append(took, time.Since(began))
								mu.Unlock()
							}
						})
					}
				}
				all.Wait()
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	}
}

// BenchmarkRecord is one small decision after another, as a worker records them.
func BenchmarkRecord(b *testing.B) {
	s := open(b, pgtest.Start(b).Database(b, "bench", migrated))
	defer s.Close()
	l, err := s.Acquire(b.Context(), inst, "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		key := fmt.Sprint("k", i)
		e := bot.Entry{Repo: "acme/releases", Event: process.Event{Key: key}, Decision: process.Decision{
			Keys: []string{key}, Changed: []*process.Item{{ID: "issue/1"}}, Actions: []process.Action{{Key: key + "/1", Body: "done"}},
		}}
		if err := s.Record(b.Context(), l, e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLine(b *testing.B) {
	s := open(b, pgtest.Start(b).Database(b, "bench", migrated))
	defer s.Close()
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	r := bench.Railway{Features: 10_000, Now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Owners: []string{"ada"}}
	storetest.BenchmarkLine(b, s, r.Line(p, "acme/releases"))
}
