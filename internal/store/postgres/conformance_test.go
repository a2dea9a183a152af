package postgres_test

import (
	"context"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
	"github.com/stationmaster-bot/stationmaster/internal/store/storetest"
)

// migrated makes the template that the tests' databases are copies of.
func migrated(ctx context.Context, url string) error {
	_, _, err := postgres.Migrate(ctx, url)
	return err
}

// database returns the address of a fresh database, up to date.
func database(t testing.TB) string {
	t.Helper()
	return pgtest.Shared(t).Database(t, "migrated", migrated)
}

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.OpenAsItIs(t.Context(), url)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestPostgreSQLConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) bot.Store { return open(t, database(t)) })
}
