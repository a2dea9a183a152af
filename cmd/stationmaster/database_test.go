package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/store"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

// databases are the settings of an empty database of each kind.
func databases(t *testing.T) map[string]config.Server {
	t.Helper()
	all := map[string]config.Server{"SQLite": {Database: filepath.Join(t.TempDir(), "bot.db")}}
	t.Run("PostgreSQL", func(t *testing.T) {
		url := pgtest.Shared(t).Database(t, "", nil)
		all["PostgreSQL"] = config.Server{Postgres: config.NewSecret(url)}
	})
	return all
}

func TestADatabaseIsMigratedAtTheStartUnlessToldNotTo(t *testing.T) {
	for name, settings := range databases(t) {
		settings.NoMigrate = true
		if s, err := openStore(t.Context(), settings); s != nil || !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), "stationmaster migrate") {
			t.Errorf("%s, empty, as it is: %v", name, err)
		}
		for _, as := range []bool{false, true} {
			settings.NoMigrate = as
			s, err := openStore(t.Context(), settings)
			if err != nil {
				t.Fatalf("%s, %v: %v", name, as, err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestASecondProcessIsRefusedAtAFileAndTakenAtPostgreSQL(t *testing.T) {
	for name, settings := range databases(t) {
		first, err := openStore(t.Context(), settings)
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		second, err := openStore(t.Context(), settings)
		if name == "PostgreSQL" && err == nil {
			_ = second.Close()
			continue
		}
		if name == "PostgreSQL" || !errors.Is(err, bot.ErrHeld) || !strings.Contains(err.Error(), "stop it first") {
			t.Errorf("%s: the second gets %v", name, err)
		}
	}
}

func TestTheLogShowsNoPasswordOfAnAddress(t *testing.T) {
	var out bytes.Buffer
	log := logger(&out, "info")
	log.Error().Str("to", "postgres://ann:hunter2/%2F@db:5432/x?sslmode=require").Msg("cannot connect")
	if text := out.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, "db:5432/x") {
		t.Errorf("the log has %s", text)
	}
}
