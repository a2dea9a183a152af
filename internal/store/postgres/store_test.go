package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
)

const inst = int64(7)

func delivery(id string) bot.Delivery {
	return bot.Delivery{ID: id, Event: "issues", Installation: inst, Repo: "acme/releases", Payload: []byte("{}"), ReceivedAt: time.Now()}
}

// connect is a connection behind the store's back.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func sql(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func acquire(t *testing.T, s *postgres.Store) bot.Lease {
	t.Helper()
	l, err := s.Acquire(t.Context(), inst, "test")
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	return l
}

func TestWhoReadsOnNeverMissesADeliveryThatCommitsLater(t *testing.T) {
	const senders, each = 4, 60
	url := database(t)
	reader := open(t, url)
	defer reader.Close()
	var sending sync.WaitGroup
	for n := range senders {
		s := open(t, url)
		defer s.Close()
		for range 2 { // two of each, so that batches form
			sending.Go(func() {
				for i := range each {
					if _, err := s.Receive(t.Context(), delivery(fmt.Sprintf("d%d-%d", n, i))); err != nil {
						t.Errorf("receive: %v", err)
					}
				}
			})
		}
	}
	done := make(chan struct{})
	go func() { sending.Wait(); close(done) }()
	seen := map[string]bool{}
	for after, last := int64(0), false; ; {
		got, err := reader.Undecided(t.Context(), inst, after, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got {
			seen[d.ID], after = true, d.Seq
		}
		if len(got) == 0 && last {
			break
		}
		select {
		case <-done:
			last = len(got) == 0
		default:
		}
	}
	if len(seen) != senders*each {
		t.Errorf("the reader saw %d deliveries, want %d", len(seen), senders*each)
	}
}

func TestWhoTakesALeaseOverWaitsForTheWriterBefore(t *testing.T) {
	url := database(t)
	s := open(t, url)
	defer s.Close()
	acquire(t, s)
	writing := connect(t, url)
	sql(t, writing, `BEGIN`)
	sql(t, writing, `SELECT epoch FROM leases WHERE installation = 7 FOR SHARE`)
	if _, err := s.Acquire(t.Context(), inst, "test"); !errors.Is(err, bot.ErrHeld) {
		t.Errorf("while another writes: %v, want ErrHeld", err)
	}
	sql(t, writing, `COMMIT`)
	acquire(t, s)
}

func TestALeaseIsHeldByOneProcessAtATime(t *testing.T) {
	url := database(t)
	a, b := open(t, url), open(t, url)
	defer a.Close()
	defer b.Close()
	old := acquire(t, a)
	if _, err := b.Acquire(t.Context(), inst, "b"); !errors.Is(err, bot.ErrHeld) {
		t.Fatalf("the second gets %v, want ErrHeld", err)
	}
	if err := a.Release(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	now := acquire(t, b)
	if now.Epoch <= old.Epoch {
		t.Errorf("epoch went from %d to %d", old.Epoch, now.Epoch)
	}
	if err := a.Settle(t.Context(), old, nil, ""); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("the first writes on: %v", err)
	}
}

func TestALostSessionLosesItsLeases(t *testing.T) {
	url := database(t)
	a, b := open(t, url), open(t, url)
	defer a.Close()
	defer b.Close()
	old := acquire(t, a)
	conn := connect(t, url)
	sql(t, conn, `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	select {
	case <-old.Lost:
	case <-time.After(10 * time.Second):
		t.Fatal("the holder does not know that it has lost the lease")
	}
	takeOver(t, b) // it is told before the server has let go
	if err := a.Settle(t.Context(), old, nil, ""); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("the old holder writes on: %v", err)
	}
	if _, err := a.Acquire(t.Context(), inst, "a"); !errors.Is(err, bot.ErrHeld) {
		t.Errorf("with its new session the first gets %v, want ErrHeld", err)
	}
}

func TestTextThatPostgreSQLCannotHoldIsKeptAsNearAsCanBe(t *testing.T) {
	s := open(t, database(t))
	defer s.Close()
	d := delivery("odd\x00id\xff")
	for i, want := range []bool{true, false} {
		if fresh, err := s.Receive(t.Context(), d); err != nil || fresh != want {
			t.Errorf("time %d: fresh %v, %v", i, fresh, err)
		}
	}
	l := acquire(t, s)
	e := bot.Entry{Repo: "acme/releases", Event: process.Event{Key: "k"}, Decision: process.Decision{
		Keys: []string{"k\x00"}, Skipped: "a \x00 and \xff", Actions: []process.Action{{Key: "k/1", Body: "\x00"}},
	}, Deliveries: []int64{1}}
	if err := s.Record(t.Context(), l, e); err != nil {
		t.Fatal(err)
	}
	if seen, err := s.Seen(t.Context(), e.Repo, []string{"k\x00"}); err != nil || len(seen) != 1 {
		t.Errorf("seen %v, %v", seen, err)
	}
	if err := s.Verify(t.Context(), e.Repo); err != nil {
		t.Error(err)
	}
}

func TestManyCanMigrateAtOnce(t *testing.T) {
	url := pgtest.Shared(t).Database(t, "", nil)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), url)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			_ = s.Close()
		})
	}
	all.Wait()
}

func TestASchemaThatDoesNotFitIsRefusedWithWhatToDo(t *testing.T) {
	url := pgtest.Shared(t).Database(t, "", nil)
	if _, err := postgres.OpenAsItIs(t.Context(), url); !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), "stationmaster migrate") {
		t.Errorf("an empty database as it is: %v", err)
	}
	if before, now, err := postgres.Migrate(t.Context(), url); err != nil || before != 0 || now < 1 {
		t.Fatalf("migrated from %d to %d, %v", before, now, err)
	}
	if err := open(t, url).Close(); err != nil {
		t.Error(err)
	}
	sql(t, connect(t, url), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)`)
	for name, open := range map[string]func() error{
		"open":       func() error { _, err := postgres.Open(t.Context(), url); return err },
		"as it is":   func() error { _, err := postgres.OpenAsItIs(t.Context(), url); return err },
		"to migrate": func() error { _, _, err := postgres.Migrate(t.Context(), url); return err },
	} {
		if err := open(); !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), "newer stationmaster") {
			t.Errorf("%s, a newer schema: %v", name, err)
		}
	}
}

func TestNoErrorTellsThePassword(t *testing.T) {
	for _, address := range []string{
		"postgres://ann:hunter%2F2@127.0.0.1:1/x",
		"postgres://ann:hunter/2@127.0.0.1:port/x",
		"postgres://127.0.0.1:1/x?password=hunter%2F2&sslmode=none",
		"postgres://127.0.0.1:1/x?user=ann&password=hunter%2F2",
	} {
		_, err := postgres.Open(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("got %v", err)
		}
	}
}

func TestTwoInstallationsOfTheProgramShareADatabaseBySchema(t *testing.T) {
	url := pgtest.Shared(t).Database(t, "", nil)
	conn := connect(t, url)
	for _, schema := range []string{"one", "two"} {
		sql(t, conn, `CREATE SCHEMA `+schema)
		s, err := postgres.Open(t.Context(), url+"&search_path="+schema)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		acquire(t, s) // the same installation, and no ErrHeld
	}
}
