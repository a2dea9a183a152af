package rebuild_test

import (
	"fmt"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// BenchmarkRebuildingTenThousand features, once GitHub has been read.
func BenchmarkRebuildingTenThousand(b *testing.B) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	l := railway(p)
	for n := 100; n < 10_100; n++ {
		it := l.Get("issue/2").Clone()
		it.ID, it.Shown.Number = process.ID(fmt.Sprint("issue/", n)), n
		l.Put(it)
	}
	w := shown(p, l)
	b.ReportAllocs()
	for b.Loop() {
		if r := rebuild.From(p, keys, w, empty()); r.Proven != 10_004 {
			b.Fatalf("%d are proved: %v", r.Proven, r.Findings[:min(3, len(r.Findings))])
		}
	}
}

// BenchmarkSealing one snapshot of a feature.
func BenchmarkSealing(b *testing.B) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	l := railway(p)
	for b.Loop() {
		_ = sealed(p, l, l.Get("issue/2"), 40)
	}
}

// BenchmarkSealingTheBoard of ten thousand features, of which it lists the newest.
func BenchmarkSealingTheBoard(b *testing.B) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	l := railway(p)
	for n := 100; n < 10_100; n++ {
		it := l.Get("issue/2").Clone()
		it.ID, it.Shown.Number = process.ID(fmt.Sprint("issue/", n)), n
		l.Put(it)
	}
	for b.Loop() {
		_ = sealed(p, l, l.Get(process.DeparturesID), 40)
	}
}
