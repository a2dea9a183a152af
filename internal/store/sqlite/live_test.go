package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// soon bounds what has to be noticed within seconds.
const soon = 20 * time.Second

// atWork is a store that a process has open, with a backup of its first 3 entries;
// it has written 2 more since.
func atWork(t *testing.T) (s *sqlite.Store, path, backup string) {
	t.Helper()
	w := newWay(t, true)
	return w.s, w.path, w.backup
}

// A way of restoring is under a process that has the file open, or with none.
type way struct {
	s            *sqlite.Store
	path, backup string
	atWork       bool
}

func newWay(t *testing.T, atWork bool) *way {
	t.Helper()
	dir := t.TempDir()
	w := &way{path: filepath.Join(dir, "bot.db"), backup: filepath.Join(dir, "copy.db"), atWork: atWork}
	w.s = open(t, w.path)
	t.Cleanup(func() { w.stops(t) })
	receives(t, w.s, "waiting then", "waiting still")
	written(t, w.s, 0, 3)
	if _, err := sqlite.Backup(t.Context(), w.path, w.backup); err != nil {
		t.Fatal(err)
	}
	written(t, w.s, 3, 5)
	return w
}

// eachWay has a test be true of both.
func eachWay(t *testing.T, test func(t *testing.T, w *way)) {
	for _, atWork := range []bool{true, false} {
		t.Run(fmt.Sprint("at work: ", atWork), func(t *testing.T) { test(t, newWay(t, atWork)) })
	}
}

func (w *way) stops(t *testing.T) {
	t.Helper()
	if err := w.s.Close(); err != nil {
		t.Error(err)
	}
}

// restores brings the backup back, after which the store is open as before.
func (w *way) restores(t *testing.T) sqlite.Restored {
	t.Helper()
	if !w.atWork {
		w.stops(t)
	}
	r := restored(t, w.backup, w.path)
	if !w.atWork {
		w.s = open(t, w.path)
	}
	if r.AtWork != w.atWork || r.Unread != nil {
		t.Errorf("restored %+v", r)
	}
	return r
}

func receives(t *testing.T, s *sqlite.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		d := bot.Delivery{ID: id, Event: "issues", Installation: 1, Repo: "acme/releases", Payload: []byte(id), ReceivedAt: later}
		if _, err := s.Receive(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
}

func restored(t *testing.T, from, path string) sqlite.Restored {
	t.Helper()
	r, err := sqlite.Restore(t.Context(), from, path, later)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func undecided(t *testing.T, s *sqlite.Store) (ids []string, seqs []int64) {
	t.Helper()
	all, err := s.Undecided(t.Context(), 1, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if string(d.Payload) != d.ID {
			t.Errorf("%s has the payload %q", d.ID, d.Payload)
		}
		ids, seqs = append(ids, d.ID), append(seqs, d.Seq)
	}
	return ids, seqs
}

// ends waits until a lease is lost.
func ends(t *testing.T, lease bot.Lease) {
	t.Helper()
	select {
	case <-lease.Lost:
	case <-time.After(soon):
		t.Fatalf("the lease of installation %d is not lost", lease.Installation)
	}
}

func TestABackupIsRestoredIntoAFileAtWork(t *testing.T) {
	s, path, backup := atWork(t)
	lease, err := s.Acquire(t.Context(), 1, "server")
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(filepath.Dir(backup), "what's this? 100% #1.db")
	if err := os.Rename(backup, odd); err != nil {
		t.Fatal(err)
	}
	backup = odd
	r := restored(t, backup, path)
	if !r.AtWork || r.Repos != 1 || r.Ledger != 3 || len(r.Back) != 1 || r.Back[0] != (sqlite.Back{Repo: "acme/releases", Was: 5, Is: 3}) {
		t.Errorf("restored %+v", r)
	}
	entry := bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "late"}}
	if err := s.Record(t.Context(), lease, entry); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("written under the old lease: %v", err)
	}
	ends(t, lease)
	now, err := s.Acquire(t.Context(), 1, "server")
	if err != nil {
		t.Fatal(err)
	}
	if now.Epoch <= lease.Epoch+1 {
		t.Errorf("the epoch after %d is %d", lease.Epoch, now.Epoch)
	}
	if err := s.Record(t.Context(), now, entry); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
	if head, err := s.Head(t.Context(), "acme/releases"); err != nil || head != 4 {
		t.Errorf("the ledger goes on at %d, %v", head, err)
	}
	seen, err := s.Seen(t.Context(), "acme/releases", []string{"k2", "k4"})
	if err != nil || seen["k4"] {
		t.Errorf("it has seen %v, %v", seen, err)
	}
	for file, want := range map[string]int{r.Kept: 5, backup: 3} {
		if got := holds(t, file); got != want {
			t.Errorf("%s has %d entries, want %d", filepath.Base(file), got, want)
		}
	}
	if left, _ := filepath.Glob(path + ".restoring*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestWhoeverIsIdleLearnsThatABackupWasRestored(t *testing.T) {
	s, path, backup := atWork(t)
	edit(t, backup, `INSERT INTO lines (repo, installation, head_seq, head_hash) VALUES ('acme/other', 2, 0, '')`)
	news := make(chan int64, 10)
	defer s.Watch(func(installation int64) { news <- installation })()
	leases := map[int64]bot.Lease{}
	for _, installation := range []int64{1, 7} { // the backup has never heard of 7
		lease, err := s.Acquire(t.Context(), installation, "server")
		if err != nil {
			t.Fatal(err)
		}
		leases[installation] = lease
	}
	restored(t, backup, path)
	ends(t, leases[1])
	ends(t, leases[7])
	told := map[int64]bool{}
	for !told[1] || !told[2] { // something waits for 1, and nobody has worked for 2
		select {
		case id := <-news:
			told[id] = true
		case <-time.After(soon):
			t.Fatalf("news came of %v alone", told)
		}
	}
}

func TestALeaseThatNobodyOvertakesIsKept(t *testing.T) {
	s, path, _ := atWork(t)
	lease, err := s.Acquire(t.Context(), 1, "server")
	if err != nil {
		t.Fatal(err)
	}
	news := make(chan int64, 10)
	defer s.Watch(func(installation int64) { news <- installation })()
	receives(t, beside(t, path), "another's")
	<-news // the look that found it has looked at the leases before
	select {
	case <-lease.Lost:
		t.Error("it is lost")
	default:
	}
	if _, err := s.Acquire(t.Context(), 1, "the same"); err != nil {
		t.Fatal(err)
	}
	ends(t, lease)
}

// What was received since the backup is in no ledger then, and GitHub sends it once.
func TestWhatTheBackupDoesNotKnowIsUndecided(t *testing.T) {
	eachWay(t, whatIsUndecided)
}

func whatIsUndecided(t *testing.T, w *way) {
	s := w.s
	receives(t, s, "decided since", "aside since", "cut since", "waiting now")
	lease, err := s.Acquire(t.Context(), 1, "server")
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{"own, settled", "own, waiting"} {
		if _, err := s.Receive(t.Context(), bot.Delivery{ID: own, Event: bot.Injected, Installation: 1, Payload: []byte(own)}); err != nil {
			t.Fatal(err)
		}
	}
	_, seqs := undecided(t, s)
	for seq, change := range map[int]func(int64) error{
		0: func(n int64) error { return s.Settle(t.Context(), lease, []int64{n}, "decided") }, // "waiting then"
		2: func(n int64) error { return s.Settle(t.Context(), lease, []int64{n}, "decided") },
		3: func(n int64) error { return s.SetAside(t.Context(), lease, []int64{n}, "why") },
		4: func(n int64) error { return s.Settle(t.Context(), lease, []int64{n}, "decided") },
		6: func(n int64) error { return s.Settle(t.Context(), lease, []int64{n}, "decided") },
	} {
		if err := change(seqs[seq]); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, w.path, `UPDATE deliveries SET payload = x'', cut = 1 WHERE id = 'cut since'`)

	r := w.restores(t)
	s = w.s
	ids, after := undecided(t, s)
	if want := []string{"waiting then", "waiting still", "decided since", "aside since", "waiting now", "own, waiting"}; !slices.Equal(ids, want) || r.Again != 4 {
		t.Errorf("undecided are %q, want %q, and %d are told of", ids, want, r.Again)
	}
	if after[0] != seqs[0] || after[2] <= slices.Max(seqs) {
		t.Errorf("they have the numbers %v, after %v", after, seqs)
	}
	all, err := s.Undecided(t.Context(), 1, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, again := range []bool{true, false, true, true, false, false} {
		if all[i].Again != again {
			t.Errorf("%s comes again: %v", all[i].ID, !again)
		}
	}
	known, err := s.Known(t.Context(), []string{"cut since", "own, settled"})
	if err != nil || !known["cut since"] || known["own, settled"] {
		t.Errorf("known are %v, %v", known, err)
	}
	if all, err := s.Aside(t.Context(), 1, 10); err != nil || len(all) > 0 {
		t.Errorf("aside are %v, %v", all, err)
	}
	receives(t, s, "new")
	if ids, seqs := undecided(t, s); ids[len(ids)-1] != "new" || seqs[len(seqs)-1] <= after[len(after)-1] {
		t.Errorf("what comes next has a place of %v among %q", seqs, ids)
	}
}

// An action that the backup has as pending was done by the server since, or not.
func TestWhatWasPendingInTheBackupMayBeDone(t *testing.T) {
	eachWay(t, func(t *testing.T, w *way) {
		edit(t, w.backup, `INSERT INTO actions (repo, key, body) VALUES ('acme/releases', 'a', '{}')`)
		w.restores(t)
		work, err := w.s.Pending(t.Context(), 1)
		if err != nil || len(work) != 1 || !work[0].StartedAt.Equal(later) {
			t.Errorf("pending is %+v, %v", work, err)
		}
	})
}

// Every table is filled with something else before and after, whatever tables
// there are; so one that a migration adds is not forgotten.
func TestEveryTableIsRestored(t *testing.T) { eachWay(t, everyTable) }

func everyTable(t *testing.T, w *way) {
	path, backup := w.path, w.backup
	skip := []string{"goose_db_version", "leases", "deliveries"}
	tables := column(t, path, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
	for _, fill := range []struct{ path, with string }{{path, "live"}, {backup, "backup"}} {
		for _, table := range tables {
			if slices.Contains(skip, table) {
				continue
			}
			var names, values []string
			for _, c := range column(t, fill.path, `SELECT name || ' ' || type FROM pragma_table_info('`+table+`') WHERE NOT (pk = 1 AND type = 'INTEGER')`) {
				name, kind, _ := strings.Cut(c, " ")
				value := fmt.Sprintf("'%s'", fill.with)
				switch {
				case name == "state":
					value = "'done'"
				case kind == "INTEGER":
					value = "7"
				}
				names, values = append(names, name), append(values, value)
			}
			edit(t, fill.path, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(names, ", "), strings.Join(values, ", ")))
		}
	}
	// Lines and ledger of one's own making belong together, else the file is refused.
	edit(t, backup, `DELETE FROM ledger WHERE repo = 'backup'; UPDATE lines SET head_seq = 0, head_hash = '' WHERE repo = 'backup'`)
	w.restores(t)
	for _, table := range tables {
		if slices.Contains(skip, table) {
			continue
		}
		all := `SELECT * FROM ` + table
		if is, want := rows(t, path, all), rows(t, backup, all); is != want || strings.Contains(is, "live") || table != "ledger" && !strings.Contains(is, "backup") {
			t.Errorf("%s is\n%s\nwant\n%s", table, is, want)
		}
	}
}

func TestARestoringIntoAFileAtWorkThatFailsChangesNothing(t *testing.T) {
	s, path, backup := atWork(t)
	lease, err := s.Acquire(t.Context(), 1, "server")
	if err != nil {
		t.Fatal(err)
	}
	edit(t, backup, `INSERT INTO marks VALUES ('acme/releases', 'swept', 'then'); INSERT INTO rounds VALUES ('redeliver', 1)`)
	var tables []string
	everything := func() (all string) {
		for _, table := range tables {
			all += table + "\n" + rows(t, path, `SELECT * FROM `+table)
		}
		return all
	}
	tables = column(t, path, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	before := everything()
	for what, c := range map[string]struct{ trouble, mended, want string }{
		"in the midst": {
			`CREATE TRIGGER full BEFORE INSERT ON rounds BEGIN SELECT raise(ABORT, 'the disk is full'); END`, `DROP TRIGGER full`, "the disk is full",
		},
		"another schema": {
			`INSERT INTO goose_db_version (id, version_id, is_applied) VALUES (99, 99, 1)`, `DELETE FROM goose_db_version WHERE id = 99`, store.ErrSchema.Error(),
		},
	} {
		edit(t, path, c.trouble)
		if _, err := sqlite.Restore(t.Context(), backup, path, later); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
		edit(t, path, c.mended+`; UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM goose_db_version) WHERE name = 'goose_db_version'`)
		if after := everything(); after != before {
			t.Errorf("%s: it is\n%s\nand was\n%s", what, after, before)
		}
	}
	if left, _ := filepath.Glob(path + ".[br]*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := s.Record(t.Context(), lease, bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "on"}}); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	// What has that name already is somebody's, and stays.
	taken := path + ".before-20261208T120000Z"
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := restored(t, backup, path); r.Kept != taken+"-2" {
		t.Errorf("what was there is kept as %s", r.Kept)
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "mine" {
		t.Errorf("it is %q, %v", text, err)
	}
}

func TestADamagedFileAtWorkIsNotRestoredInto(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "bot.db"), filepath.Join(dir, "copy.db")
	s := open(t, path)
	written(t, s, 0, 50)
	if _, err := sqlite.Backup(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	edit(t, path, `PRAGMA wal_checkpoint(TRUNCATE)`)
	page := column(t, path, `SELECT (rootpage - 1) * 4096 FROM sqlite_master WHERE name = 'ledger'`)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var at int64
	if _, err := fmt.Sscan(page[0], &at); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 4096), at); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Restore(t.Context(), backup, path, later); err == nil || !strings.Contains(err.Error(), "is damaged: stop the server") {
		t.Errorf("restored: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := restored(t, backup, path); r.AtWork || r.Unread == nil || holds(t, path) != 50 {
		t.Errorf("restored %+v", r)
	}
}

// childRestores names, in the environment of a child process, the file that it
// restores its neighbour copy.db into until it is killed.
const childRestores = "STATIONMASTER_TEST_RESTORE_INTO"

// restoreForEver prints a line when it begins.
func restoreForEver(path string) {
	fmt.Fprintln(os.Stdout, "begins")
	for i := 0; ; i++ {
		_, err := sqlite.Restore(context.Background(), filepath.Join(filepath.Dir(path), "copy.db"), path, later.Add(time.Duration(i)*time.Second))
		if err != nil {
			fmt.Fprintln(os.Stderr, "restore:", err)
			os.Exit(1)
		}
	}
}

// Whenever it is killed, the file has all of one or all of the other.
func TestKillingARestoringLeavesOneOfBothWhole(t *testing.T) { eachWay(t, killing) }

func killing(t *testing.T, w *way) {
	path, backup := w.path, w.backup
	mark := func(path, value string) {
		edit(t, path, `INSERT INTO marks VALUES ('acme/releases', 'is', '`+value+`') ON CONFLICT DO UPDATE SET value = '`+value+`'`)
	}
	mark(backup, "backup")
	for i := range 6 {
		edit(t, path, `DELETE FROM deliveries WHERE id LIKE 'live%'`)
		receives(t, w.s, fmt.Sprint("live", i))
		mark(path, "live")
		if !w.atWork {
			w.stops(t)
		}
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), childRestores+"="+path)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 7)); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(7*i) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		if !w.atWork {
			w.s = open(t, path)
		}
		is, head := column(t, path, `SELECT value FROM marks`)[0], column(t, path, `SELECT head_seq FROM lines`)[0]
		if sound := column(t, path, `PRAGMA integrity_check`); sound[0] != "ok" || is == "backup" && head != "3" {
			t.Errorf("it is %v with the mark %s and line %s", sound, is, head)
		}
		if ids, _ := undecided(t, w.s); !slices.Contains(ids, fmt.Sprint("live", i)) {
			t.Errorf("undecided are %q", ids)
		}
	}
	w.restores(t)
	written(t, w.s, 3, 4)
	if err := w.s.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
}

func TestSeveralRestoringsIntoAFileAtWorkFollowEachOther(t *testing.T) {
	s, path, backup := atWork(t)
	done, stop := make(chan error), make(chan struct{})
	go func() { // who works, meanwhile
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			d := bot.Delivery{ID: fmt.Sprint("d", i), Event: "issues", Installation: 1, Payload: fmt.Append(nil, "d", i)}
			if _, err := s.Receive(t.Context(), d); err != nil {
				done <- err
				return
			}
		}
	}()
	for i := range 3 {
		go func() {
			_, err := sqlite.Restore(t.Context(), backup, path, later.Add(time.Duration(i)*time.Second))
			done <- err
		}()
	}
	if _, err := sqlite.Backup(t.Context(), path, filepath.Join(t.TempDir(), "meanwhile.db")); err != nil {
		t.Error(err)
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Verify(t.Context(), "acme/releases"); err != nil {
		t.Error(err)
	}
	if got := column(t, path, `SELECT count(*) || ' of ' || max(substr(id, 2) + 1) FROM deliveries WHERE id LIKE 'd%' AND settled_at = 0`); !func() bool {
		n, of, _ := strings.Cut(got[0], " of ")
		return n == of
	}() {
		t.Errorf("of what was received meanwhile there are %s", got[0])
	}
}

func TestAFileAtWorkIsTheSameByAnotherName(t *testing.T) {
	s, path, backup := atWork(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	if _, err := sqlite.Open(t.Context(), link); !errors.Is(err, bot.ErrHeld) {
		t.Errorf("opened by another name: %v", err)
	}
	r := restored(t, backup, link)
	if head, err := s.Head(t.Context(), "acme/releases"); err != nil || head != 3 || !r.AtWork || r.Kept != path+".before-20261208T120000Z" {
		t.Errorf("line %d, %+v, %v", head, r, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}

// column reads strings of a file that others have open.
func column(t *testing.T, path, query string) (out []string) {
	t.Helper()
	for line := range strings.Lines(rows(t, path, query)) {
		out = append(out, strings.TrimSuffix(line, "\n"))
	}
	return out
}

// rows reads a file that others have open, a row a line.
func rows(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for found.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, c := range cells {
			if b, ok := c.([]byte); ok {
				cells[i] = string(b)
			}
		}
		out.WriteString(strings.Trim(fmt.Sprint(cells), "[]") + "\n")
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
