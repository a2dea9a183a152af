package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// openStore opens the database of the settings, and brings its schema up to date
// unless that is left to "stationmaster migrate".
func openStore(ctx context.Context, s config.Server) (bot.Store, error) {
	if s.Postgres.IsZero() {
		open := sqlite.Open
		if s.NoMigrate {
			open = sqlite.OpenAsItIs
		}
		return opened(open(ctx, s.Database))
	}
	open := postgres.Open
	if s.NoMigrate {
		open = postgres.OpenAsItIs
	}
	return opened(open(ctx, s.Postgres.Reveal()))
}

// opened keeps a store that could not be opened from becoming one that is there.
func opened[S bot.Store](s S, err error) (bot.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// holder names this process to people who look into the leases.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("%s, process %d", host, os.Getpid())
}

// errPasswordShown refuses a password where it would be seen.
var errPasswordShown = errors.New("--database-url: others can read a command line: put an address with a password into STATIONMASTER_DATABASE_URL")

// migrateCmd brings a database's schema up to date and does nothing else.
type migrateCmd struct {
	DatabaseURL string `name:"database-url" placeholder:"URL" help:"Database (STATIONMASTER_DATABASE_URL, default sqlite:stationmaster.db)."`
}

// Run migrates, and says from what to what. Several at once wait for one another.
func (m *migrateCmd) Run(ctx context.Context, c *console) error {
	serve := serveCmd{DatabaseURL: m.DatabaseURL}
	if config.HasPassword(m.DatabaseURL) {
		return usageError{errPasswordShown}
	}
	file, address, err := config.DatabaseFromEnv(serve.lookup(c.env))
	if err != nil {
		return usageError{err}
	}
	var name string
	var before, now int64
	if address.IsZero() {
		name = "sqlite:" + file
		before, now, err = sqlite.Migrate(ctx, file)
	} else {
		name = "the PostgreSQL database"
		before, now, err = postgres.Migrate(ctx, address.Reveal())
	}
	switch {
	case err != nil:
		return err
	case before == now:
		fmt.Fprintf(c.out, "%s: schema version %d, up to date\n", name, now)
	default:
		fmt.Fprintf(c.out, "%s: schema version %d → %d\n", name, before, now)
	}
	return nil
}
