package pgtest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Pooler starts a PgBouncer before the database at the address, in the pool
// mode (session, transaction, statement) and with further lines of its
// configuration, and returns the address that leads through it. It ends with
// the test.
func Pooler(t testing.TB, database, mode, options string) string {
	t.Helper()
	need(t)
	program := "/usr/sbin/pgbouncer"
	if _, err := os.Stat(program); err != nil {
		Missing(t, "PgBouncer is not installed: no "+program)
	}
	to, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	dir, who := folder(t)
	config := fmt.Sprintf(`[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
default_pool_size = 20
%s
`, to.Hostname(), to.Port(), addr[len("127.0.0.1:"):], filepath.Join(dir, "users"), mode, options)
	write(t, filepath.Join(dir, "users"), fmt.Sprintf("%q \"\"\n", superuser))
	write(t, filepath.Join(dir, "pgbouncer.ini"), config)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, filepath.Join(dir, "pgbouncer.ini")) //nolint:gosec // for tests alone
	cmd.SysProcAttr, cmd.Dir = who.attributes(), "/"
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	listening(t, addr)
	to.Host = addr
	return to.String()
}

// folder makes one that the account of servers can read.
func folder(t testing.TB) (string, *account) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	who, err := unprivileged()
	if err == nil {
		err = who.own(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir, who
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil { //nolint:gosec // another account reads it, and it holds no secret
		t.Fatal(err)
	}
}

// listening waits until somebody answers at the address.
func listening(t testing.TB, addr string) {
	t.Helper()
	for tries := time.NewTicker(10 * time.Millisecond); ; <-tries.C {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = conn.Close()
			tries.Stop()
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}
