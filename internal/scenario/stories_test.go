package scenario_test

import (
	"path/filepath"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func TestStoriesGoAsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			scenario.Run(t, func(*testing.T) scenario.World { return scenario.NewPure() }, file)
		})
	}
}
