package render_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// BenchmarkPage renders the living pages that a command changes: the feature's
// status, the departures board and the open agenda, each a second later.
func BenchmarkPage(b *testing.B) {
	r, err := render.New(templates.Files)
	if err != nil {
		b.Fatal(err)
	}
	p, err := scenario.Bundled(process.Settings{Configured: true, Enough: 3})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	for _, features := range []int{100, 1000, 10_000} {
		l := bench.Railway{Features: features, Now: now, Owners: []string{"ada", "eve"}}.Line(p, scenario.Tracking)
		for _, page := range []struct {
			name string
			of   process.ID
		}{{"feature", "issue/17"}, {"departures", process.DeparturesID}, {"meeting", "meeting/1"}} {
			b.Run(fmt.Sprintf("%s/%d features", page.name, features), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					now = now.Add(time.Second)
					if _, body, err := r.Page(p, l, l.Get(page.of), now); err != nil || body == "" {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
