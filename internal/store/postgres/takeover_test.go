package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
)

// childURL names, in the environment of a child process, the database whose
// lease it takes.
const childURL = "STATIONMASTER_TEST_HOLD_LEASE_OF"

// soon is how long a takeover may take. A machine that has much else to do may
// need more than one try.
const (
	soon  = 2 * time.Second
	tries = 4
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		if err := child(url); err != nil {
			fmt.Fprintln(os.Stdout, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child joins, takes the lease, receives a delivery, and then settles nothing
// for each line that it reads, and says how that went.
func child(url string) error {
	ctx := context.Background()
	s, err := postgres.OpenAsItIs(ctx, url)
	if err != nil {
		return err
	}
	defer s.Join(func(int64) {})()
	if _, err := s.Receive(ctx, delivery("child")); err != nil {
		return err
	}
	var lease bot.Lease
	for lease.Epoch == 0 {
		if lease, err = s.Acquire(ctx, inst, "child"); err != nil && !errors.Is(err, bot.ErrHeld) {
			return err
		}
	}
	fmt.Fprintln(os.Stdout, "has it")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := s.Settle(ctx, lease, nil, ""); err != nil {
			fmt.Fprintln(os.Stdout, err)
			continue
		}
		fmt.Fprintln(os.Stdout, "written")
	}
	return nil
}

// A holder is a child process with the lease.
type holder struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Scanner
}

func hold(t *testing.T, url string) *holder {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childURL+"="+url)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &holder{t, cmd, in, bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	h.hears("has it")
	return h
}

func (h *holder) hears(want string) {
	h.t.Helper()
	if !h.out.Scan() || !strings.Contains(h.out.Text(), want) {
		h.t.Fatalf("the holder says %q, want %q", h.out.Text(), want)
	}
}

func (h *holder) signal(s syscall.Signal) {
	h.t.Helper()
	if err := h.cmd.Process.Signal(s); err != nil {
		h.t.Fatal(err)
	}
}

// takeOver joins and waits until the lease is ours.
func takeOver(t *testing.T, s *postgres.Store) (bot.Lease, time.Duration) {
	t.Helper()
	began := time.Now()
	free := make(chan struct{}, 1)
	leave := s.Join(func(int64) {
		select {
		case free <- struct{}{}:
		default:
		}
	})
	t.Cleanup(leave)
	for limit := time.After(30 * time.Second); ; {
		l, err := s.Acquire(t.Context(), inst, "heir")
		if err == nil {
			return l, time.Since(began)
		}
		if !errors.Is(err, bot.ErrHeld) {
			t.Fatal(err)
		}
		select {
		case <-free:
		case <-limit:
			t.Fatal("the lease never became free")
		}
	}
}

// inTime tries until a takeover was soon enough.
func inTime(t *testing.T, try func(t *testing.T) time.Duration) {
	t.Helper()
	best := time.Hour
	for n := 0; n < tries && best > soon; n++ {
		t.Run(fmt.Sprint("try ", n+1), func(t *testing.T) {
			took := try(t)
			t.Logf("taken over after %s", took.Round(time.Millisecond))
			best = min(best, took)
		})
	}
	if best > soon {
		t.Errorf("taken over after %s at best, want %s", best, soon)
	}
}

func TestAKilledProcessIsSucceededInTime(t *testing.T) {
	inTime(t, func(t *testing.T) time.Duration {
		url := database(t)
		h := hold(t, url)
		s := open(t, url)
		defer s.Close()
		h.signal(syscall.SIGKILL)
		_, took := takeOver(t, s)
		return took
	})
}

func TestAStoppedProcessIsSucceededInTimeAndWritesNothingWhenItWakes(t *testing.T) {
	inTime(t, func(t *testing.T) time.Duration {
		url := database(t)
		h := hold(t, url)
		fmt.Fprintln(h.in, "write")
		h.hears("written")
		s := open(t, url)
		defer s.Close()
		h.signal(syscall.SIGSTOP)
		l, took := takeOver(t, s)
		fmt.Fprintln(h.in, "write")
		h.signal(syscall.SIGCONT)
		h.hears(bot.ErrLeaseLost.Error())
		if err := s.Settle(t.Context(), l, nil, ""); err != nil {
			t.Errorf("the heir cannot write: %v", err)
		}
		return took
	})
}

// wire is a proxy before a database that can be cut.
func wire(t *testing.T, url string) (*toxiproxy.Proxy, string) {
	t.Helper()
	from := strings.Split(strings.SplitAfter(url, "@")[1], "/")[0]
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "wire", "127.0.0.1:0", from)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p, strings.Replace(url, from, p.Listen, 1)
}

// silent lets nothing more through in either direction, and closes nothing.
func silent(t *testing.T, p *toxiproxy.Proxy) (heal func()) {
	t.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		toxic := `{"name": "` + stream + `", "type": "timeout", "stream": "` + stream + `", "attributes": {"timeout": 0}}`
		if _, err := p.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			t.Fatal(err)
		}
	}
	return func() { p.Toxics.ResetToxics(context.Background()) }
}

func TestAProcessThatIsCutOffIsSucceededInTimeAndComesBack(t *testing.T) {
	inTime(t, func(t *testing.T) time.Duration {
		direct := database(t)
		p, through := wire(t, direct)
		a, b := open(t, through), open(t, direct)
		defer a.Close()
		defer b.Close()
		defer a.Join(func(int64) {})()
		if _, err := a.Receive(t.Context(), delivery("d1")); err != nil {
			t.Fatal(err)
		}
		old := acquire(t, a)
		heal := silent(t, p)
		began := time.Now()
		now, took := takeOver(t, b)
		select {
		case <-old.Lost:
		case <-time.After(30 * time.Second):
			t.Fatal("the one cut off does not know that it has lost the lease")
		}
		t.Logf("known to the one cut off after %s", time.Since(began).Round(time.Millisecond))
		if _, err := a.Receive(t.Context(), delivery("d2")); err == nil {
			t.Error("the one cut off acknowledged a delivery")
		}
		heal()
		for fresh := false; !fresh; { // until the pool has found out
			var err error
			if fresh, err = a.Receive(t.Context(), delivery("d3")); err == nil {
				break
			}
		}
		if err := a.Settle(t.Context(), old, nil, ""); !errors.Is(err, bot.ErrLeaseLost) {
			t.Errorf("the old holder writes on: %v", err)
		}
		if err := b.Release(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		return took
	})
}

func TestADatabaseThatIsRestartedIsLivedThrough(t *testing.T) {
	c := pgtest.Start(t)
	url := c.Database(t, "", nil)
	s, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Receive(t.Context(), delivery("before")); err != nil {
		t.Fatal(err)
	}
	old := acquire(t, s)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	<-old.Lost
	if _, err := s.Receive(t.Context(), delivery("while it was away")); err == nil {
		t.Error("a delivery was acknowledged without a database")
	}
	if _, err := s.Acquire(t.Context(), inst, "test"); err == nil {
		t.Error("a lease was given without a database")
	}
	if err := c.Resume(); err != nil {
		t.Fatal(err)
	}
	for _, err := s.Receive(t.Context(), delivery("after")); err != nil; _, err = s.Receive(t.Context(), delivery("after")) {
		t.Log(err)
	}
	l, _ := takeOver(t, s)
	if l.Epoch <= old.Epoch {
		t.Errorf("epoch went from %d to %d", old.Epoch, l.Epoch)
	}
	got, err := s.Undecided(t.Context(), inst, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range got {
		ids = append(ids, d.ID)
	}
	if strings.Join(ids, " ") != "before after" {
		t.Errorf("kept are %q, want what was acknowledged", ids)
	}
}
