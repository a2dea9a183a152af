package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// Run checks the backup, then changes it for the database, which it keeps. A server
// goes on from there.
func (r *restoreCmd) Run(ctx context.Context, c *console) error {
	file, address, err := r.which(c)
	switch {
	case err != nil:
		return err
	case !address.IsZero():
		return usageError{errors.New("stationmaster restore is for a SQLite file; restore PostgreSQL, with no server running, by: pg_restore --clean --if-exists --dbname=DATABASE FILE")}
	}
	done, err := sqlite.Restore(ctx, r.File, file, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: restored from %s: %s, sound\n", file, r.File, told(done.Copy))
	if done.Kept != "" {
		fmt.Fprintf(c.out, "What was there is kept as %s\n", done.Kept)
	}
	tellMore(c.out, done)
	return nil
}

// tellMore says how a server goes on from there.
func tellMore(out io.Writer, done sqlite.Restored) {
	if done.AtWork {
		fmt.Fprintln(out, "The server at work goes on from it within seconds.")
	}
	switch {
	case errors.Is(done.Unread, fs.ErrNotExist):
		fmt.Fprintln(out, "Nothing was there, so webhooks since the backup are left to the comparison with GitHub.")
	case done.Unread != nil:
		fmt.Fprintf(out, "What was there cannot be read, so its webhooks since the backup are left to the comparison with GitHub: %v\n", done.Unread)
	}
	if done.Again > 0 {
		fmt.Fprintf(out, "Webhooks that the backup does not know, which wait to be decided: %d\n", done.Again)
	}
	if len(done.Back) == 0 {
		return
	}
	for _, b := range done.Back {
		to := fmt.Sprint("line ", b.Is)
		if b.Is == 0 {
			to = "nothing, as the backup does not know it"
		}
		fmt.Fprintf(out, "%s: its ledger went back from line %d to %s\n", b.Repo, b.Was, to)
	}
	fmt.Fprintln(out, "Where GitHub shows more than that, the server writes nothing, and says so in its log and at /readyz. Then stop it, type this, and start it again:")
	for _, b := range done.Back {
		fmt.Fprintf(out, "  %s\n", bot.Lag{Repo: b.Repo}.Remedy())
	}
}

// told says what a copy holds.
func told(c sqlite.Copy) string {
	return fmt.Sprintf("repositories: %d, ledger: %d entries, %.1f MB", c.Repos, c.Ledger, float64(c.Bytes)/1e6)
}
