package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience bounds every wait for another process.
const patience = 2 * time.Minute

// A program is ours, running as a process of its own.
type program struct {
	name  string
	cmd   *exec.Cmd
	began time.Time
	lines chan string // closed at its end
	ended chan struct{}
	over  bool // it was to end before it is stopped

	mu   sync.Mutex
	last []string // lines that it said
	live int64    // bytes in use after the last collection of its garbage, 0 if there was none
}

// launch starts the program. env comes on top of ours.
func (s *session) launch(ctx context.Context, env []string, args ...string) (*program, error) {
	p := &program{name: args[0], cmd: exec.CommandContext(ctx, s.Program, args...), lines: make(chan string, 100), ended: make(chan struct{})} //nolint:gosec // it is ourselves
	inherited := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(s.Settings, name)
	})
	p.cmd.Env = append(inherited, env...)
	p.cmd.Dir = s.dir
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 15 * time.Second
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = write, write
	p.began = time.Now()
	err = p.cmd.Start()
	_ = write.Close()
	if err != nil {
		_ = read.Close()
		return nil, err
	}
	go p.listen(read)
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	s.later(p.stop)
	return p, nil
}

// collected is what the runtime says of a collection with GODEBUG=gctrace=1:
// "gc 7 @1.2s 1%: … 12->13->6 MB, …", where the last is what is in use.
var collected = regexp.MustCompile(`^gc \d+ @.* \d+->\d+->(\d+) MB`)

func (p *program) listen(r io.ReadCloser) {
	defer close(p.lines)
	defer r.Close()
	for in := bufio.NewScanner(r); in.Scan(); {
		line := in.Text()
		if m := collected.FindStringSubmatch(line); m != nil {
			mb, _ := strconv.ParseInt(m[1], 10, 64)
			p.mu.Lock()
			p.live = mb << 20
			p.mu.Unlock()
			continue
		}
		p.mu.Lock()
		p.last = append(p.last[max(0, len(p.last)-9):], line)
		p.mu.Unlock()
		select {
		case p.lines <- line:
		default: // nobody waits for a line any more
		}
	}
}

// says waits for a line with the words.
func (p *program) says(ctx context.Context, words string) (string, error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return "", p.fault("it ended")
			}
			if strings.Contains(line, words) {
				return line, nil
			}
		case <-limit.C:
			return "", p.fault("it did not say " + strconv.Quote(words))
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// fault is an error with what the program said last.
func (p *program) fault(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Errorf("%s: %s; its last words:\n%s", p.name, what, strings.Join(p.last, "\n"))
}

// heard reports whether a line with all the words is among those that it said since
// somebody listened last.
func (p *program) heard(words ...string) bool {
	found := false
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return found
			}
			found = found || !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) })
		default:
			return found
		}
	}
}

// kill ends it without a word of warning.
func (p *program) kill() error {
	p.over = true
	err := p.cmd.Process.Kill()
	<-p.ended
	return err
}

// finished waits until it has ended by itself, as it should.
func (p *program) finished(ctx context.Context) error {
	select {
	case <-p.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !p.cmd.ProcessState.Success() {
		return p.fault(p.cmd.ProcessState.String())
	}
	p.over = true
	return nil
}

// stop ends it; that it has ended already is a fault, unless it was to.
func (p *program) stop() error {
	select {
	case <-p.ended:
		if p.over {
			return nil
		}
		return p.fault("it ended by itself")
	default:
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
		return p.fault("it did not stop")
	}
}

// resident is its memory as the system counts it, in MB; not ok where that
// cannot be told.
func (p *program) resident() (mb float64, ok bool) {
	kb, ok := field(p.status(), "VmRSS:")
	return float64(kb) / 1024, ok
}

// status is where the system tells of its memory.
func (p *program) status() string { return fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid) }

// heap is what it has in use by itself after the last collection, in MB.
func (p *program) heap() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return float64(p.live) / (1 << 20)
}

// ticks are what the system counts processor time in.
const ticks = 100

// processor is the time that it has had of all processors; not ok where that
// cannot be told.
func (p *program) processor() (time.Duration, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(data), ") ") // the name may have blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks, err1 == nil && err2 == nil
}

// watch measures the memory again and again until told to stop, and returns the
// most that was seen, in MB.
func (p *program) watch() (stop func() (most float64, ok bool)) {
	done, result := make(chan struct{}), make(chan float64, 1)
	_, ok := p.resident()
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		most := 0.0
		for {
			now, _ := p.resident()
			most = max(most, now)
			select {
			case <-tick.C:
			case <-done:
				result <- most
				return
			}
		}
	}()
	return func() (float64, bool) { close(done); return <-result, ok }
}
