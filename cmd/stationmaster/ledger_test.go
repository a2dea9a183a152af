package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// The export is checked as somebody would who has nothing but it.
func TestAnExportedLedgerProvesItself(t *testing.T) {
	for name, settings := range databases(t) {
		stored(t, settings, exported+5)
		held, err := openStore(t.Context(), settings) // a server at work
		if err != nil {
			t.Fatal(err)
		}
		d := deskFor(settings)
		out := d.gets(t, "ledger", "export", "ACME/releases")
		if all := d.gets(t, "ledger", "export"); all != out {
			t.Errorf("%s: with no repository named it prints something else", name)
		}
		prev, n := "", 0
		for line := range strings.Lines(out) {
			var e struct {
				Repo, Prev, Hash string
				Seq              int
				Line             json.RawMessage
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%s: %v in %s", name, err, line)
			}
			n++
			sum := sha256.Sum256(append([]byte(prev+"\n"), e.Line...))
			if e.Repo != "acme/releases" || e.Seq != n || e.Prev != prev || e.Hash != hex.EncodeToString(sum[:]) {
				t.Fatalf("%s: line %d does not follow: %s", name, n, line)
			}
			prev = e.Hash
		}
		if n != exported+5 {
			t.Errorf("%s: %d lines", name, n)
		}
		if out := d.gets(t, "ledger", "verify"); out != "acme/releases: sound\n" {
			t.Errorf("%s: verified: %s", name, out)
		}
		if err := held.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAChangedLedgerIsNamedWithItsFirstBadLine(t *testing.T) {
	for name, settings := range databases(t) {
		stored(t, settings, 4)
		change(t, settings, `UPDATE ledger SET body = replace(body, 'ann', 'bob') WHERE seq IN (3, 4)`)
		out, fault, code := deskFor(settings).types(t, "ledger", "verify")
		if code != 1 || out != "" || !strings.Contains(fault, "ledger of acme/releases: line 3 has been changed") {
			t.Errorf("%s: exit %d, %s%s", name, code, out, fault)
		}
		_, fault, code = deskFor(settings).types(t, "ledger", "verify", "acme/none")
		if code != 1 || !strings.Contains(fault, "there is one of: acme/releases") {
			t.Errorf("%s, of none: exit %d, %s", name, code, fault)
		}
	}
}

// change edits a database behind everybody's back.
func change(t *testing.T, settings config.Server, statement string) {
	t.Helper()
	if settings.Postgres.IsZero() {
		db, err := sql.Open("sqlite", settings.Database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(t.Context(), settings.Postgres.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestABackupIsTakenOfAServerAtWorkAndRestored(t *testing.T) {
	settings := config.Server{Database: filepath.Join(t.TempDir(), "bot.db")}
	stored(t, settings, 3)
	held, err := openStore(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	d, copied := deskFor(settings), filepath.Join(t.TempDir(), "copy.db")
	if out := d.gets(t, "backup", copied); !strings.Contains(out, "repositories: 1, ledger: 3 entries") {
		t.Errorf("backed up: %s", out)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"backup", copied}, "is there already"},
		{[]string{"restore", copied + ".none"}, "no such file"},
	} {
		if _, fault, code := d.types(t, c.args...); code != 1 || !strings.Contains(fault, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, code, fault)
		}
	}
	for _, atWork := range []bool{true, false} {
		out := d.gets(t, "restore", copied)
		if !strings.Contains(out, "ledger: 3 entries") || !strings.Contains(out, "kept as "+settings.Database+".before-") || strings.Contains(out, "server") != atWork {
			t.Errorf("restored, with a server at work: %v: %s", atWork, out)
		}
		if atWork {
			if err := held.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for what, change := range map[string]func() error{
		"Nothing was there": func() error { return os.Remove(settings.Database) },
		"cannot be read":    func() error { return os.WriteFile(settings.Database, []byte("no database"), 0o600) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if out := d.gets(t, "restore", copied); !strings.Contains(out, what+", so ") {
			t.Errorf("restored: %s, want %q", out, what)
		}
	}
	before, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	d.gets(t, "ledger", "verify")
	if after, err := os.ReadFile(copied); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup has changed: %v", err)
	}
}

func TestPostgreSQLHasBackupToolsOfItsOwn(t *testing.T) {
	d := desk{"postgres://ann:hunter2@db/x"}
	for args, says := range map[string]string{"backup": "pg_dump", "restore": "pg_restore"} {
		if _, fault, code := d.types(t, args, "file"); code != 2 || !strings.Contains(fault, says) || strings.Contains(fault, "hunter2") {
			t.Errorf("%s: exit %d, %s", args, code, fault)
		}
	}
}
