package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

func beside(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.OpenBeside(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestBesideWhoeverHasTheFileItCanBeReadAndSentTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "busy.db")
	s := open(t, path)
	defer s.Close()
	news := make(chan int64, 10)
	unwatch := s.Watch(func(installation int64) { news <- installation })
	defer unwatch()
	lease, err := s.Acquire(t.Context(), 7, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), lease, bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "k"}}); err != nil {
		t.Fatal(err)
	}

	b := beside(t, path)
	if entries, err := b.Entries(t.Context(), "acme/releases", 0, 10); err != nil || len(entries) != 1 {
		t.Errorf("read beside: %+v, %v", entries, err)
	}
	if err := b.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
	if _, err := b.Acquire(t.Context(), 7, "test"); !errors.Is(err, bot.ErrHeld) {
		t.Errorf("a lease beside: %v", err)
	}
	if err := s.Record(t.Context(), lease, bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "k2"}}); err != nil {
		t.Errorf("after that the lease is %v", err)
	}
	if fresh, err := b.Receive(t.Context(), bot.Delivery{ID: "d1", Event: "test", Installation: 9}); err != nil || !fresh {
		t.Fatalf("received beside: %v, %v", fresh, err)
	}
	if id := <-news; id != 9 {
		t.Errorf("told of installation %d, want 9", id)
	}
}

func TestBesideNothingThereIsNothingToRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := sqlite.OpenBeside(t.Context(), path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("it was made")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.OpenBeside(t.Context(), path); !errors.Is(err, store.ErrSchema) {
		t.Errorf("an empty file: %v", err)
	}
}
