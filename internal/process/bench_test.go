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
	for _, text := range []string{"/layers l1", "/board #1"} {
		b.Run(text[1:6], func(b *testing.B) {
			issue := featureTwo
			if text[1] == 'b' {
				issue = theUpgrade
			}
			for b.Loop() {
				if typeLine(p, l, typedOn{"mara", issue, text, ""}, at) == nil {
					b.Fatal("refused")
				}
			}
		})
	}
}
