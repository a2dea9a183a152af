package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

var later = time.Date(2026, 12, 8, 12, 0, 0, 0, time.UTC)

// written records so many entries.
func written(t *testing.T, s *sqlite.Store, from, to int) {
	t.Helper()
	lease, err := s.Acquire(t.Context(), 1, "test")
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < to; i++ {
		e := bot.Entry{Repo: "acme/releases", Event: process.Event{Key: fmt.Sprint("k", i), Actor: process.Actor{Login: "ann"}}}
		if err := s.Record(t.Context(), lease, e); err != nil {
			t.Fatal(err)
		}
	}
}

// holds counts the entries of a file that nobody has open.
func holds(t *testing.T, path string) int {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	if err := s.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
	all, err := s.Entries(t.Context(), "acme/releases", 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestABackupIsMadeWhileTheFileIsWritten(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "bot.db"), filepath.Join(dir, "what? 100% #1.db")
	s := open(t, path)
	written(t, s, 0, 3)
	made, err := sqlite.Backup(t.Context(), path, copied)
	if err != nil || made.Repos != 1 || made.Ledger != 3 || made.Bytes == 0 {
		t.Fatalf("made %+v, %v", made, err)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 || info.Size() != made.Bytes {
		t.Errorf("the copy is %v, %v", info.Mode(), err)
	}
	written(t, s, 3, 5)
	if _, err := sqlite.Backup(t.Context(), path, copied); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second backup to the same file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := sqlite.Restore(t.Context(), copied, path, later)
	if err != nil || back.Copy != made || back.AtWork || back.Kept != path+".before-20261208T120000Z" {
		t.Fatalf("restored %+v, %v", back, err)
	}
	for file, want := range map[string]int{path: 3, back.Kept: 5, copied: 3} {
		if got := holds(t, file); got != want {
			t.Errorf("%s has %d entries, want %d", filepath.Base(file), got, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*partial*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// A process that was killed leaves its log behind: what is in there must neither
// be lost from what is kept nor find its way into what is restored.
func TestRestoringOverADeadProcesssFileKeepsItsLog(t *testing.T) {
	for _, read := range []bool{false, true} {
		t.Run(fmt.Sprint("read meanwhile: ", read), func(t *testing.T) { restoreOverTheDead(t, read) })
	}
}

func restoreOverTheDead(t *testing.T, read bool) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "bot.db"), filepath.Join(dir, "copy.db")
	s := open(t, path)
	written(t, s, 0, 2)
	if _, err := sqlite.Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	written(t, s, 2, 4)
	killed := filepath.Join(t.TempDir(), "killed.db") // as a kill leaves it: with its log
	for _, part := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + part)
		if err == nil {
			err = os.WriteFile(killed+part, data, 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if read { // by somebody who looks into the ledger, say: then the log cannot be folded in
		db, err := sql.Open("sqlite", killed)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM ledger`).Scan(&n); err != nil || n != 4 {
			t.Fatal(n, err)
		}
	}
	back, err := sqlite.Restore(t.Context(), copied, killed, later)
	if err != nil {
		t.Fatal(err)
	}
	kept := back.Kept
	if info, err := os.Stat(killed); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("what was restored has mode %v, %v, want that of what was there", info.Mode(), err)
	}
	if log, err := os.Stat(kept + "-wal"); read && (err != nil || log.Size() == 0) {
		t.Errorf("the log of what was there is gone: %v", err)
	}
	if is, was := holds(t, killed), holds(t, kept); is != 2 || was != 4 {
		t.Errorf("restored has %d, kept has %d, want 2 and 4", is, was)
	}
}

func TestWhatIsNoSoundBackupIsNotRestored(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bot.db")
	s := open(t, path)
	written(t, s, 0, 3)
	copyTo := func(name string) string {
		file := filepath.Join(dir, name)
		if _, err := sqlite.Backup(t.Context(), path, file); err != nil {
			t.Fatal(err)
		}
		return file
	}
	forged, newer, torn := copyTo("forged.db"), copyTo("newer.db"), copyTo("torn.db")
	edit(t, forged, `UPDATE ledger SET body = replace(body, 'ann', 'bob') WHERE seq = 2`)
	edit(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if err := os.Truncate(torn, 3*4096); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	busy := open(t, other)
	defer busy.Close()
	written(t, busy, 0, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		forged: "line 2 has been changed", newer: store.ErrSchema.Error(), torn: "damaged", text: "damaged", empty: "no database of stationmaster",
		path: "the database itself", other: "a database at work", filepath.Join(dir, "none.db"): "no such file",
	} {
		if _, err := sqlite.Restore(t.Context(), from, path, later); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(from), err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*re*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if n := holds(t, path); n != 3 {
		t.Errorf("it has %d entries, want its 3", n)
	}
}

func TestABackupOfADamagedFileIsNone(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "bot.db"), filepath.Join(dir, "copy.db")
	s := open(t, path)
	defer s.Close()
	written(t, s, 0, 3)
	edit(t, path, `DELETE FROM ledger WHERE seq = 2`)
	if _, err := sqlite.Backup(t.Context(), path, copied); err == nil || !strings.Contains(err.Error(), "line 2 is missing") {
		t.Errorf("backed up: %v", err)
	}
	if left, _ := filepath.Glob(copied + "*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if _, err := sqlite.Backup(t.Context(), filepath.Join(dir, "none.db"), copied); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup of nothing: %v", err)
	}
}

// What was there may be older than this program, newer, nothing, or another's.
func TestWhatCannotBeReadIsRestoredOverAllTheSame(t *testing.T) {
	for what, c := range map[string]struct {
		change func(t *testing.T, path string)
		unread string // "" if the inbox is carried over
	}{
		"older": {func(t *testing.T, path string) {
			edit(t, path, `DROP INDEX deliveries_aside; DROP INDEX deliveries_whole; ALTER TABLE deliveries DROP COLUMN trouble;
				ALTER TABLE deliveries DROP COLUMN cut; DELETE FROM goose_db_version WHERE version_id = 3`)
		}, ""},
		"newer": {func(t *testing.T, path string) {
			edit(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		}, store.ErrSchema.Error()},
		"another's": {func(t *testing.T, path string) { edit(t, path, `DROP TABLE goose_db_version`) }, "no database of stationmaster"},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a database"},
		"nothing": {func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "no such file"},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWay(t, false)
			receives(t, w.s, "since")
			w.stops(t)
			c.change(t, w.path)
			r := restored(t, w.backup, w.path)
			w.s = open(t, w.path)
			if r.Unread == nil != (c.unread == "") || r.Unread != nil && !strings.Contains(r.Unread.Error(), c.unread) {
				t.Errorf("unread is %v, want %q", r.Unread, c.unread)
			}
			all, err := w.s.Undecided(t.Context(), 1, 0, 10)
			if err != nil || len(all) != 2+r.Again || r.Again == 1 != (c.unread == "") {
				t.Fatalf("undecided are %v, %v, and %d told of", all, err, r.Again)
			}
			// What nothing is known of may have been decided.
			if all[1].ID != "waiting still" || all[1].Again != (r.Unread != nil) {
				t.Errorf("%s comes again: %v", all[1].ID, all[1].Again)
			}
			if head, err := w.s.Head(t.Context(), "acme/releases"); err != nil || head != 3 {
				t.Errorf("the ledger ends at %d, %v", head, err)
			}
			if left, _ := filepath.Glob(w.path + ".restoring*"); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}
