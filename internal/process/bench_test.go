package process_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// BenchmarkDecide is one command on a railway with 10,000 features.
func BenchmarkDecide(b *testing.B) {
	p := bundled(b)
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	l := station(p, at)
	for n := 10; n < 10010; n++ {
		l.Put(&process.Item{ID: process.ID(fmt.Sprintf("issue/%d", n)), Kind: process.Feature, Stage: "alphanet-scoping",
			F: &process.FeatureFacts{Owner: "ada"}, Shown: process.Shown{Number: n}})
	}
	for name, e := range map[string]process.Event{
		"layers": {Issue: &process.Issue{Number: featureTwo}, Lines: []process.Typed{{Text: "/layers l1", Verb: "layers", Rest: "l1"}}},
		"board":  {Issue: &process.Issue{Number: theUpgrade}, Lines: []process.Typed{{Text: "/board #1", Verb: "board", Rest: "#1"}}},
	} {
		e.Key, e.What, e.At, e.Actor, e.Comment = "comment/1", process.Asked, at, process.Actor{Login: "mara"}, &process.Comment{ID: 1}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if d := process.Decide(p, l, e, allRoles()); len(d.Changed) == 0 {
					b.Fatal("refused")
				}
			}
		})
	}
}
