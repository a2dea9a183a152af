package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

// A balancer hands each webhook to the replicas in turn, and to the next one if
// nobody listens.
type balancer struct {
	mu    sync.Mutex
	addrs []string
	next  int
}

func (b *balancer) set(addrs ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.addrs = addrs
}

// turn is the order in which replicas are tried.
func (b *balancer) turn() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	var out []string
	for i := range b.addrs {
		out = append(out, b.addrs[(b.next+i)%len(b.addrs)])
	}
	return out
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	for _, addr := range b.turn() {
		var resp *http.Response
		req, fault := http.NewRequestWithContext(r.Context(), r.Method, "http://"+addr+r.URL.Path, bytes.NewReader(body))
		if err = fault; err != nil {
			break
		}
		req.Header = r.Header
		if resp, err = http.DefaultTransport.RoundTrip(req); err == nil {
			w.WriteHeader(resp.StatusCode)
			_, _ = io.Copy(w, resp.Body)
			_ = resp.Body.Close()
			return
		}
	}
	http.Error(w, fmt.Sprint(err), http.StatusBadGateway)
}

// A replica is one of several bots on one database.
type replica struct {
	*program
	addr string
}

// replica starts a bot without pointing the webhooks to it.
func (e *town) replica(t *testing.T, env []string) *replica {
	t.Helper()
	p := startProgram(t, env, "serve", "--listen", "127.0.0.1:0", "--clock", e.cred.AdminURL)
	var line struct{ Addr string }
	if err := json.Unmarshal([]byte(p.says(t, `"listening"`)), &line); err != nil {
		t.Fatal(err)
	}
	p.says(t, `"at work"`)
	return &replica{p, line.Addr}
}

// A yard is a database with replicas at work on it.
type yard struct {
	t        *testing.T
	conn     *pgx.Conn
	replicas []*replica
	balancer *balancer
}

func (y *yard) balance() {
	var addrs []string
	for _, r := range y.replicas {
		addrs = append(addrs, r.addr)
	}
	y.balancer.set(addrs...)
}

// holder is the place of the replica that has the lease; -1 for none of them.
func (y *yard) holder() int {
	y.t.Helper()
	var name string
	err := y.conn.QueryRow(context.Background(), `SELECT holder FROM leases WHERE installation <> 0`).Scan(&name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		y.t.Fatal(err)
	}
	return slices.IndexFunc(y.replicas, func(r *replica) bool {
		return strings.HasSuffix(name, fmt.Sprintf("process %d", r.cmd.Process.Pid))
	})
}

// killHolder kills whoever has the lease, and returns how long it takes until
// another has it.
func (y *yard) killHolder() time.Duration {
	y.t.Helper()
	n := -1
	until(y.t, "somebody has the lease", func() bool { n = y.holder(); return n >= 0 })
	victim := y.replicas[n]
	y.replicas = slices.Delete(y.replicas, n, n+1)
	victim.dies(y.t)
	began := time.Now()
	y.balance()
	until(y.t, "another has taken over", func() bool { return y.holder() >= 0 })
	return time.Since(began)
}

func (y *yard) left() (n int) {
	y.t.Helper()
	const count = "SELECT (SELECT count(*) FROM deliveries WHERE settled_at = 0) + (SELECT count(*) FROM actions WHERE state = 'pending')"
	if err := y.conn.QueryRow(context.Background(), count).Scan(&n); err != nil {
		y.t.Fatal(err)
	}
	return n
}

func TestKillingReplicasOnPostgreSQLLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	url := pgtest.Shared(t).Database(t, "", nil)
	e := startTown(t)
	env := append(e.settings(e.cred.BaseURL, ""), "STATIONMASTER_DATABASE_URL="+url)
	y := &yard{t: t, balancer: &balancer{}}
	for range 3 {
		y.replicas = append(y.replicas, e.replica(t, env))
	}
	y.balance()
	front := httptest.NewServer(y.balancer)
	defer front.Close()
	e.admin(t, "webhook", map[string]string{"url": front.URL + hookPath})
	var err error
	if y.conn, err = pgx.Connect(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	defer y.conn.Close(context.Background())

	var features []int
	for i := range 3 {
		features = append(features, e.opens(t, "engineer", fmt.Sprintf("Feature %d", i), "kind/feature"))
	}
	until(t, "all features stand in scoping", func() bool {
		return !slices.ContainsFunc(features, func(n int) bool { return !e.issue(t, n).has("stage/alphanet-scoping") })
	})
	var all []*typed
	next := 0
	for range 3 {
		for end := next + 10; next < end; next++ {
			if next == end-4 {
				t.Logf("another has taken over %s after the holder was killed", y.killHolder().Round(time.Millisecond))
			}
			kind := series[next/len(features)%len(series)]
			c := &typed{issue: features[next%len(features)], line: kind.line, face: kind.face, replies: kind.replies}
			if strings.Contains(c.line, "%") {
				c.line = fmt.Sprintf(c.line, next)
			}
			c.comment = e.says(t, "engineer", c.issue, c.line).ID
			all = append(all, c)
		}
		y.replicas = append(y.replicas, e.replica(t, env))
		y.balance()
	}
	e.admin(t, "settle", nil)
	heard, lost := e.acknowledged(t, all)
	t.Logf("%d commands acknowledged, %d not", len(heard), len(lost))
	e.answered(t, heard)
	e.redelivers(t)
	e.admin(t, "settle", nil)
	e.answered(t, all)
	until(t, "nothing is left to be done", func() bool { return y.left() == 0 })
	for _, r := range y.replicas {
		r.stops(t)
	}
	e.once(t, features, all)
	soundLedger(t, config.Server{Postgres: config.NewSecret(url)}, e.cred.Owner+"/"+e.cred.Repo)
	e.github.stops(t)
}
