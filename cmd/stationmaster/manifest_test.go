package main

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// manifest is what app.yml asks for.
func manifest(t *testing.T) (permissions map[string]string, events []string) {
	t.Helper()
	data, err := os.ReadFile("../../app.yml")
	if err != nil {
		t.Fatal(err)
	}
	var app struct {
		Permissions map[string]string `yaml:"default_permissions"`
		Events      []string          `yaml:"default_events"`
	}
	if err := yaml.Load(data, &app); err != nil {
		t.Fatal(err)
	}
	return app.Permissions, app.Events
}

// TestTheManifestAsksForExactlyThePermissionsThatAreUsed tells the demo's story,
// one more command and a comparison with the App's permissions and events alone. GitHub says
// by which of them each request was let in.
func TestTheManifestAsksForExactlyThePermissionsThatAreUsed(t *testing.T) {
	permissions, events := manifest(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w, err := newWorld(ctx, worldOptions{
		github: emulator.Options{Seed: 1, TrackingConfig: demoConfig, Permissions: permissions, Events: events},
		addr:   "127.0.0.1:0", database: filepath.Join(t.TempDir(), "app.db"), settle: 20 * time.Millisecond, log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	s := &script{world: w, out: io.Discard}
	if err := s.play(ctx); err != nil || s.failed > 0 {
		t.Fatalf("%d checks failed: %v", s.failed, err)
	}
	feature, err := s.opens(ctx, "engineer", "One more", "", "kind/feature")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.says(ctx, "engineer", feature, "/link acme/protocol#1"); err != nil {
		t.Fatal(err)
	}
	if err := w.station.watch.Round(ctx); err != nil { // it must get along with them too
		t.Fatal(err)
	}
	used := map[string]string{"metadata": "read"} // GitHub gives it to every App
	for set := range w.github.Requests().Permissions {
		for one := range strings.SplitSeq(set, ",") {
			name, level, _ := strings.Cut(strings.TrimSpace(one), "=")
			if used[name] != "write" {
				used[name] = level
			}
		}
	}
	if diff := cmp.Diff(used, permissions); diff != "" {
		t.Errorf("used (-) and asked for (+), %v:\n%s", slices.Sorted(maps.Keys(w.github.Requests().Permissions)), diff)
	}
}
