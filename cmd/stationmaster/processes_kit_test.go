package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// patience bounds every wait for another process; nothing waits that long
// unless it is broken.
const patience = 2 * time.Minute

// A program is ours running by itself.
type program struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	said  bytes.Buffer
	lines chan string // of both outputs; closed at the end
	done  chan struct{}
}

// startProgram starts this test binary as the program. env comes on top of ours.
func startProgram(t *testing.T, env []string, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.Command(os.Args[0], args...), lines: make(chan string, 10_000), done: make(chan struct{})}
	p.cmd.Env = append(append(os.Environ(), runAsProgram+"=1"), env...)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = write, write, t.TempDir()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	go p.listen(read)
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("%s said:\n%s", args[0], tail(p.said.String(), 8000))
		}
	})
	return p
}

func tail(s string, most int) string { return s[max(0, len(s)-most):] }

func (p *program) listen(r io.ReadCloser) {
	defer close(p.lines)
	defer r.Close()
	for s := bufio.NewScanner(r); s.Scan(); {
		p.mu.Lock()
		p.said.WriteString(s.Text() + "\n")
		p.mu.Unlock()
		select {
		case p.lines <- s.Text():
		default: // nobody waits for a line any more
		}
	}
}

// says waits for a line with the words.
func (p *program) says(t *testing.T, words string) string {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("it ended without saying %q", words)
			}
			if strings.Contains(line, words) {
				return line
			}
		case <-limit:
			t.Fatalf("it did not say %q", words)
		}
	}
}

// ends waits for the end and returns the exit status.
func (p *program) ends(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// stops asks it to end, and expects a clean one.
func (p *program) stops(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.ends(t); code != 0 {
		t.Errorf("it ended with %d after SIGTERM", code)
	}
}

// dies kills it as the system would when memory runs out.
func (p *program) dies(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-p.done
}

// A town is an emulator in a process of its own, with the people in it.
type town struct {
	*world // its credentials and people; there is no station in it
	github *program
	file   string
}

func startTown(t *testing.T) *town {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	e := &town{file: file}
	e.github = startProgram(t, nil, "emulator", "--addr", "127.0.0.1:0", "--credentials", file, "--limits", "off")
	e.github.says(t, "Credentials: "+file)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cred emulator.Credentials
	if err := json.Unmarshal(data, &cred); err != nil {
		t.Fatal(err)
	}
	e.world = &world{cred: cred, people: people(cred)}
	return e
}

// settings are the environment that a bot needs to work there, reaching GitHub
// at the address api.
func (e *town) settings(api, database string) []string {
	return []string{
		"STATIONMASTER_GITHUB_API_URL=" + api,
		fmt.Sprintf("STATIONMASTER_APP_ID=%d", e.cred.AppID),
		"STATIONMASTER_PRIVATE_KEY_FILE=" + e.cred.PrivateKeyFile,
		"STATIONMASTER_WEBHOOK_SECRET=another one," + e.cred.WebhookSecret,
		"STATIONMASTER_DATABASE_URL=sqlite:" + database,
		"STATIONMASTER_PACING=off",
		"STATIONMASTER_SETTLE=20ms", "STATIONMASTER_UNANSWERED=3s",
	}
}

// serve starts the bot and points the webhooks to it. It returns its address.
func (e *town) serve(t *testing.T, env []string, listen string) (*program, string) {
	t.Helper()
	p := startProgram(t, env, "serve", "--listen", listen, "--clock", e.cred.AdminURL)
	var line struct{ Addr string }
	if err := json.Unmarshal([]byte(p.says(t, `"listening"`)), &line); err != nil {
		t.Fatal(err)
	}
	e.admin(t, "webhook", map[string]string{"url": "http://" + line.Addr + hookPath})
	p.says(t, `"at work"`)
	return p, line.Addr
}

// admin posts to the emulator's admin address.
func (e *town) admin(t *testing.T, path string, in any) {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(e.cred.AdminURL+"/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s: %s", path, resp.Status)
	}
}

// opens has a person open an issue.
func (e *town) opens(t *testing.T, persona, title string, labels ...string) int {
	t.Helper()
	var made issue
	in := map[string]any{"title": title, "body": "", "labels": labels}
	if err := e.people[persona].do(context.Background(), http.MethodPost, e.tracking("/issues"), in, &made); err != nil {
		t.Fatal(err)
	}
	return made.Number
}

// until asks again and again until ok; each time it asks over the network.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !ok(); {
		if time.Now().After(limit) {
			t.Fatal("it did not come to this: " + what)
		}
		timer := time.NewTimer(5 * time.Millisecond)
		<-timer.C
	}
}

// sees reads something of the tracking repository as the maintainer.
func (e *town) sees(t *testing.T, path string, out any) {
	t.Helper()
	if err := e.people["maintainer"].do(context.Background(), http.MethodGet, e.tracking(path), nil, out); err != nil {
		t.Fatal(err)
	}
}

func (e *town) issue(t *testing.T, number int) issue {
	t.Helper()
	var out issue
	e.sees(t, fmt.Sprintf("/issues/%d", number), &out)
	return out
}

func (e *town) comments(t *testing.T, number int) []comment {
	t.Helper()
	var out []comment
	e.sees(t, fmt.Sprintf("/issues/%d/comments?per_page=100", number), &out)
	return out
}

// faces are the bot's reactions to a comment, without the eyes that say on a slow
// machine that it has been heard.
func (e *town) faces(t *testing.T, id int64) []string {
	t.Helper()
	var all []struct {
		Content string
		User    struct{ Type string }
	}
	e.sees(t, fmt.Sprintf("/issues/comments/%d/reactions", id), &all)
	var out []string
	for _, f := range all {
		if f.User.Type == "Bot" && f.Content != "eyes" {
			out = append(out, f.Content)
		}
	}
	return out
}
