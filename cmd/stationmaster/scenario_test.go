package main

import (
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// sampled are the files told with -short: of each kind of happening one, as the
// race detector, which makes them five times as long, is given them.
var sampled = []string{"happy.txt", "levers.txt", "meeting.txt", "trouble.txt"}

// TestStoriesEndToEnd tells every story through webhook, bot, hub and the
// emulated GitHub; internal/scenario tells the same to the decision alone.
func TestStoriesEndToEnd(t *testing.T) {
	files, err := filepath.Glob("../../internal/scenario/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		if testing.Short() && !slices.Contains(sampled, filepath.Base(file)) {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel() // each story has a world of its own
			scenario.Run(t, newWholeWorld, file)
		})
	}
}

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
