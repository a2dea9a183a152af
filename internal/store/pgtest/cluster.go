package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// superuser is the role that the tests connect as, without a password: the
// server listens on loopback alone.
const superuser = "stationmaster"

// A Cluster is a running PostgreSQL server.
type Cluster struct {
	Addr string // host:port

	bin, dir string
	account  *account
	options  string
	pipe     *os.File // closing it ends the server

	mu        sync.Mutex
	databases int
	templates map[string]func() error
}

// shared is the one cluster of the test process.
var shared = sync.OnceValues(func() (*Cluster, error) { return start("-c fsync=off -c full_page_writes=off") })

// Shared returns the cluster that all tests of the process use. It does not
// wait for the disk: do not measure on it, and do not stop it.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	need(t)
	c, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return c
}

// Start returns a cluster for one test alone, as durable as a real one. It ends
// with the test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	need(t)
	c, err := start("")
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := c.pipe.Close(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	return c
}

// need skips the test, or fails it in CI, where PostgreSQL is not installed.
func need(t testing.TB) {
	t.Helper()
	if _, err := binaries(); err != nil {
		Missing(t, err.Error())
	}
}

// Missing ends a test that cannot run here: it is skipped, and in CI it fails.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// binaries finds the folder with the server's programs.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/postgres, and no postgres on PATH")
}

func start(options string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, dir: dir, options: options, templates: map[string]func() error{}}
	if c.account, err = unprivileged(); err != nil {
		return nil, err
	}
	if err := c.account.own(dir); err != nil {
		return nil, err
	}
	if c.pipe, err = c.watch(); err != nil {
		return nil, err
	}
	err = c.run("initdb", "-D", c.data(), "-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	if err != nil {
		return nil, err
	}
	for range 5 { // another process may take the port before the server does
		if c.Addr, err = freeAddr(); err != nil {
			return nil, err
		}
		if err = c.Resume(); err == nil {
			return c, nil
		}
	}
	return nil, err
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// watch starts the shell that cleans up when the returned pipe closes.
func (c *Cluster) watch() (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	const script = `trap '' INT TERM HUP; read -r _; "$1/pg_ctl" -D "$2/data" -m immediate stop; rm -rf "$2"`
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", c.bin, c.dir) //nolint:gosec // folders that we have made or found
	cmd.Stdin, cmd.SysProcAttr, cmd.Dir = r, c.account.attributes(), "/"
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	go func() { _ = cmd.Wait() }() // it ends when we do, or with the test
	return w, nil
}

// run runs one of the server's programs as its account.
func (c *Cluster) run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log, err := os.OpenFile(filepath.Join(c.dir, name+".out"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...) //nolint:gosec // for tests alone
	// A file and not a pipe: the server inherits it, and a pipe would stay open.
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr, cmd.Dir = log, log, c.account.attributes(), "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}

// Resume starts the server again after [Cluster.Stop], at the same address.
func (c *Cluster) Resume() error {
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return err
	}
	return c.run("pg_ctl", "-D", c.data(), "-l", filepath.Join(c.dir, "server.log"), "-w", "-o",
		"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c log_min_messages=panic -p "+port+" "+c.options, "start")
}

// Stop ends the server at once, as a crash of its machine would.
func (c *Cluster) Stop() error { return c.run("pg_ctl", "-D", c.data(), "-m", "immediate", "stop") }

// URL is the address of a database of the cluster.
func (c *Cluster) URL(database string) string {
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Host: c.Addr, Path: "/" + database, RawQuery: "sslmode=disable"}).String()
}

// Database makes a new database and returns its address. Template, unless nil,
// is run once on a database that the new one is then a copy of; name tells
// templates apart.
func (c *Cluster) Database(t testing.TB, name string, template func(ctx context.Context, url string) error) string {
	t.Helper()
	like := "template0"
	if template != nil {
		like = "template_" + name
		if err := c.template(like, template); err != nil {
			t.Fatalf("make the template %s: %v", name, err)
		}
	}
	c.mu.Lock()
	c.databases++
	own := "test_" + strconv.Itoa(c.databases)
	c.mu.Unlock()
	if err := c.create(own, like); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	return c.URL(own)
}

func (c *Cluster) template(like string, make func(ctx context.Context, url string) error) error {
	c.mu.Lock()
	once := c.templates[like]
	if once == nil {
		once = sync.OnceValue(func() error {
			if err := c.create(like, "template0"); err != nil {
				return err
			}
			return make(context.Background(), c.URL(like))
		})
		c.templates[like] = once
	}
	c.mu.Unlock()
	return once()
}

func (c *Cluster) create(name, like string) error {
	return c.Exec("postgres", "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE "+pgx.Identifier{like}.Sanitize())
}

// Exec runs one statement in a database of the cluster.
func (c *Cluster) Exec(database, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func freeAddr() (string, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
