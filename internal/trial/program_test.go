package trial

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds a wait for one process; nothing waits that long unless it is
// broken.
const patience = time.Minute

// A program is ours running by itself. Its end is seen to by the test's.
type program struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	said  bytes.Buffer // the last of it
	lines chan string  // until somebody has heard what it waits for
	done  chan struct{}
}

// keptOutput is how much of what a program said is kept for a failure, in bytes.
const keptOutput = 2 << 10

// starts runs the program. env comes on top of ours.
func starts(t *testing.T, env []string, args ...string) (*program, error) {
	path, err := binary()
	if err != nil {
		return nil, err
	}
	p := &program{cmd: exec.Command(path, args...), lines: make(chan string, 1000), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Dir = t.TempDir()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = write, write
	err = p.cmd.Start()
	_ = write.Close()
	if err != nil {
		_ = read.Close()
		return nil, err
	}
	go p.listen(read)
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		p.dies()
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.said.Len() > 0 {
				t.Logf("%s said in the end:\n%s", args[0], p.said.String())
			}
		}
	})
	return p, nil
}

func (p *program) listen(r io.ReadCloser) {
	defer close(p.lines)
	defer r.Close()
	s := bufio.NewScanner(r)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		p.keep(s.Text())
		select {
		case p.lines <- s.Text():
		default: // nobody waits for a line any more
		}
	}
}

// keep remembers a line, unless it tells of what went as it should.
func (p *program) keep(line string) {
	if strings.Contains(line, `"level":"info"`) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.said.Len() > 2*keptOutput {
		p.said.Next(p.said.Len() - keptOutput)
	}
	p.said.WriteString(line[:min(len(line), 500)] + "\n")
}

// says waits for a line with the words.
func (p *program) says(words string) (string, error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return "", fmt.Errorf("it ended without saying %q", words)
			}
			if strings.Contains(line, words) {
				return line, nil
			}
		case <-limit.C:
			return "", fmt.Errorf("it did not say %q in %s", words, patience)
		}
	}
}

// dies kills it as the system would when memory runs out.
func (p *program) dies() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.done
}

// stops asks it to end, and returns how it did.
func (p *program) stops() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop it: %w", err)
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-p.done:
	case <-limit.C:
		return fmt.Errorf("it does not end within %s of SIGTERM", patience)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("it ended with %d after SIGTERM", code)
	}
	return nil
}
