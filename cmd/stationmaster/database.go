package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

// databaseFlag names the database of a subcommand that needs nothing else.
type databaseFlag struct {
	DatabaseURL string `name:"database-url" placeholder:"URL" help:"Database (STATIONMASTER_DATABASE_URL, default sqlite:stationmaster.db)."`
}

// which returns the path of a SQLite file, or else the address of a PostgreSQL
// database.
func (d *databaseFlag) which(c *console) (file string, address config.Secret, err error) {
	if config.HasPassword(d.DatabaseURL) {
		return "", config.Secret{}, usageError{errPasswordShown}
	}
	serve := serveCmd{DatabaseURL: d.DatabaseURL}
	if file, address, err = config.DatabaseFromEnv(serve.lookup(c.env)); err != nil {
		return "", config.Secret{}, usageError{err}
	}
	return file, address, nil
}

// open opens it beside a server that may be at work on it.
func (d *databaseFlag) open(ctx context.Context, c *console) (bot.Store, error) {
	file, address, err := d.which(c)
	switch {
	case err != nil:
		return nil, err
	case !address.IsZero():
		return opened(postgres.OpenAsItIs(ctx, address.Reveal()))
	}
	s, err := sqlite.OpenBeside(ctx, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(file)
	}
	return opened(s, err)
}

// missing says of a SQLite file that it is not there.
func missing(file string) error {
	return fmt.Errorf("there is no database %s: name the server's with --database-url or STATIONMASTER_DATABASE_URL, as in sqlite:/var/lib/stationmaster/stationmaster.db", file)
}

// migrateCmd brings a database's schema up to date and does nothing else.
type migrateCmd struct {
	databaseFlag
}

// Run migrates, and says from what to what. Several at once wait for one another.
func (m *migrateCmd) Run(ctx context.Context, c *console) error {
	file, address, err := m.which(c)
	if err != nil {
		return err
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
