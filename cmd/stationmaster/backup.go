package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// backupCmd copies the SQLite database while a server works on it.
type backupCmd struct {
	databaseFlag
	File string `arg:"" help:"New file for the copy."`
}

// Run makes the copy and checks it.
func (b *backupCmd) Run(ctx context.Context, c *console) error {
	file, address, err := b.which(c)
	switch {
	case err != nil:
		return err
	case !address.IsZero():
		return usageError{errors.New("stationmaster backup is for a SQLite file; back up PostgreSQL by: pg_dump --format=custom --file=FILE DATABASE")}
	}
	copied, err := sqlite.Backup(ctx, file, b.File)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already: name a new file, as a backup overwrites nothing", b.File)
	case errors.Is(err, fs.ErrNotExist):
		return missing(file)
	case err != nil:
		return err
	}
	fmt.Fprintf(c.out, "%s: %s, sound\n", b.File, told(copied))
	return nil
}

// restoreCmd puts a backup in place of the SQLite database.
type restoreCmd struct {
	databaseFlag
	File string `arg:"" help:"A backup."`
}

// Run checks the backup, then changes it for the database, which it keeps.
func (r *restoreCmd) Run(ctx context.Context, c *console) error {
	file, address, err := r.which(c)
	switch {
	case err != nil:
		return err
	case !address.IsZero():
		return usageError{errors.New("stationmaster restore is for a SQLite file; restore PostgreSQL, with no server running, by: pg_restore --clean --if-exists --dbname=DATABASE FILE")}
	}
	copied, kept, err := sqlite.Restore(ctx, r.File, file, time.Now())
	switch {
	case errors.Is(err, bot.ErrHeld):
		return fmt.Errorf("%s is %w: stop the server, restore, and start it again", file, bot.ErrHeld)
	case err != nil:
		return err
	}
	fmt.Fprintf(c.out, "%s: restored from %s: %s, sound\n", file, r.File, told(copied))
	if kept != "" {
		fmt.Fprintf(c.out, "What was there is kept as %s\n", kept)
	}
	return nil
}

// told says what a copy holds.
func told(c sqlite.Copy) string {
	return fmt.Sprintf("repositories: %d, ledger: %d entries, %.1f MB", c.Repos, c.Ledger, float64(c.Bytes)/1e6)
}
