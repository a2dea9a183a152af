package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
	"github.com/stationmaster-bot/stationmaster/internal/store/storetest"
)

// childFile names, in the environment of a child process, the store that it
// writes to until it is killed.
const childFile = "STATIONMASTER_TEST_RECEIVE_INTO"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		receiveForEver(path)
	}
	if path := os.Getenv(childRestores); path != "" {
		restoreForEver(path)
	}
	os.Exit(m.Run())
}

// receiveForEver prints the id of each delivery once Receive has returned.
func receiveForEver(path string) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "open:", err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		d := bot.Delivery{ID: fmt.Sprint("d", i), Event: "push", Installation: 1, Payload: []byte("{}"), ReceivedAt: time.Now()}
		if _, err := s.Receive(ctx, d); err != nil {
			fmt.Fprintln(os.Stderr, "receive:", err)
			os.Exit(1)
		}
		fmt.Fprintln(os.Stdout, d.ID)
	}
}

func TestKillLosesNothingThatWasReceived(t *testing.T) {
	path := filepath.Join(t.TempDir(), "killed.db")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childFile+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		acknowledged = append(acknowledged, lines.Text())
		if len(acknowledged) == 50 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if len(acknowledged) < 50 {
		t.Fatalf("the child said only %q", acknowledged)
	}
	s := open(t, path) // the dead child's lock is gone with it
	defer s.Close()
	kept, err := s.Undecided(t.Context(), 1, 0, len(acknowledged)+100)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) < len(acknowledged) {
		t.Fatalf("%d deliveries were acknowledged, %d are kept", len(acknowledged), len(kept))
	}
	for i, id := range acknowledged {
		if kept[i].ID != id {
			t.Errorf("delivery %d is %s, want %s", i, kept[i].ID, id)
		}
	}
}

func TestSecondOpenerIsRefusedPolitely(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	s := open(t, path)
	_, err := sqlite.Open(t.Context(), path)
	if !errors.Is(err, bot.ErrHeld) || !strings.Contains(err.Error(), path) {
		t.Errorf("the second opener gets %v, want ErrHeld with the path", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Errorf("after the first has closed: %v", err)
	}
}

func TestOddPathsAreTakenAsTheyAre(t *testing.T) {
	path := filepath.Join(t.TempDir(), "what? 100% #1.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	if _, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "none", "x.db")); err == nil {
		t.Error("a file in a missing folder was opened")
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "closed.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Receive(t.Context(), bot.Delivery{ID: "late"}); err == nil {
		t.Error("a closed store took a delivery")
	}
}

func TestVerifyFindsEveryEdit(t *testing.T) {
	tests := []struct{ name, edit, want string }{
		{"nothing edited", `SELECT 1`, ""},
		{"a line changed", `UPDATE ledger SET body = replace(body, 'ann', 'bob') WHERE seq = 2`, "line 2 has been changed"},
		{"a line dropped", `DELETE FROM ledger WHERE seq = 2`, "line 2 is missing"},
		{"the last line dropped", `DELETE FROM ledger WHERE seq = 3`, "ends at line 2, but 3 were written"},
		{"a hash changed", `UPDATE ledger SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 1`, "line 1 has been changed"},
		{"another repository's line put in", `UPDATE ledger SET body = b.body, hash = b.hash
			FROM ledger b WHERE ledger.repo = 'acme/releases' AND ledger.seq = 1 AND b.repo = 'acme/other' AND b.seq = 1`, "line 1 belongs elsewhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "edited.db")
			s := open(t, path)
			defer s.Close()
			lease, err := s.Acquire(t.Context(), 1, "test")
			if err != nil {
				t.Fatal(err)
			}
			for _, repo := range []string{"acme/releases", "acme/other"} {
				for i := range 3 {
					e := process.Event{Key: fmt.Sprint("k", i), Actor: process.Actor{Login: "ann"}}
					if err := s.Record(t.Context(), lease, bot.Entry{Repo: repo, Event: e}); err != nil {
						t.Fatal(err)
					}
				}
			}
			edit(t, path, tt.edit)
			err = s.Verify(t.Context(), "acme/releases")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("verify says %v, want %q", err, tt.want)
			}
		})
	}
}

// What is to be written may be malformed by a fault of ours. The writer is one
// goroutine for all of the process, and goes on.
func TestAPanicInAWriteIsThatWritesOwn(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "panic.db"))
	defer s.Close()
	lease, err := s.Acquire(t.Context(), 1, "test")
	if err != nil {
		t.Fatal(err)
	}
	bad := bot.Entry{Repo: "acme/releases", Decision: process.Decision{Changed: []*process.Item{nil}}}
	for range 2 {
		if err := s.Record(t.Context(), lease, bad); !errors.Is(err, bot.ErrUnfit) {
			t.Errorf("recorded: %v", err)
		}
	}
	if err := s.Record(t.Context(), lease, bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "k"}}); err != nil {
		t.Error(err)
	}
	if err := s.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
}

// edit changes the file behind the store's back.
func edit(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkReceive(b *testing.B) {
	payload := []byte(`{"pad":"` + strings.Repeat("x", 8000) + `"}`)
	for _, parallel := range []int{1, 50} {
		b.Run(fmt.Sprint(parallel, " at once"), func(b *testing.B) {
			s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			ids := make(chan string)
			go func() {
				defer close(ids)
				for i := range b.N {
					ids <- fmt.Sprint("d", i)
				}
			}()
			b.ResetTimer()
			done := make(chan error)
			for range parallel {
				go func() {
					for id := range ids {
						if _, err := s.Receive(context.Background(), bot.Delivery{ID: id, Payload: payload}); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range parallel {
				if err := <-done; err != nil {
					b.Error(err)
				}
			}
		})
	}
}

func BenchmarkLine(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		b.Fatal(err)
	}
	r := bench.Railway{Features: 10_000, Now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Owners: []string{"ada"}}
	storetest.BenchmarkLine(b, s, r.Line(p, "acme/releases"))
}
