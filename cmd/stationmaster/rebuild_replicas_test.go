package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

func TestReplicasWaitForARebuildingAndGoOn(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	url := pgtest.Shared(t).Database(t, "", nil)
	e := startTown(t)
	env := append(e.settings(e.cred.BaseURL, ""), "STATIONMASTER_DATABASE_URL="+url, "STATIONMASTER_SNAPSHOT_KEYS=2027.1:"+strings.Repeat("0f", 32))
	y := &yard{t: t, balancer: &balancer{}}
	front := httptest.NewServer(y.balancer)
	defer front.Close()
	e.admin(t, "webhook", map[string]string{"url": front.URL + hookPath})
	start := func() {
		y.replicas = nil
		for range 2 {
			y.replicas = append(y.replicas, e.replica(t, env))
		}
		y.balance()
	}
	start()
	feature := e.opens(t, "engineer", "On two machines", "kind/feature")
	until(t, "it stands in scoping", func() bool { return e.issue(t, feature).has("stage/alphanet-scoping") })
	first := e.says(t, "engineer", feature, "/layers l1")
	until(t, "it has a layer", func() bool { return e.issue(t, feature).has("layer/l1") })
	var err error
	if y.conn, err = pgx.Connect(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	defer y.conn.Close(context.Background())
	until(t, "nothing is left to be done", func() bool { return y.left() == 0 })
	for _, r := range y.replicas {
		r.stops(t)
	}
	if _, err := y.conn.Exec(t.Context(), `TRUNCATE lines, items, ledger, keys, actions, deliveries, marks, leases`); err != nil {
		t.Fatal(err)
	}

	start()
	waiting := e.says(t, "engineer", feature, "/layers l1 l2")
	said := func() (all string) {
		for _, r := range y.replicas {
			r.mu.Lock()
			all += r.said.String()
			r.mu.Unlock()
		}
		return all
	}
	until(t, "a replica says what to type", func() bool { return strings.Contains(said(), "stationmaster rebuild acme/upgrades") })
	if faces := e.faces(t, waiting.ID); len(faces) > 0 {
		t.Errorf("what waits was answered by %v", faces)
	}
	// No server is stopped: whoever has nothing else to do leaves the lease alone.
	rebuild := startProgram(t, env, "rebuild", "acme/upgrades", "--clock", e.cred.AdminURL)
	if code := rebuild.ends(t); code != 0 {
		t.Fatalf("rebuild ends with %d", code)
	}
	if report := rebuild.said.String(); !strings.Contains(report, "everything is proved") || !strings.Contains(report, "recorded as line ") {
		t.Errorf("rebuild says:\n%s", report)
	}
	until(t, "the command that waited is answered", func() bool { return strings.Contains(strings.Join(e.faces(t, waiting.ID), " "), "rocket") })
	until(t, "it has both layers", func() bool { return e.issue(t, feature).has("layer/l1", "layer/l2") })
	until(t, "nothing is left to be done", func() bool { return y.left() == 0 })
	if faces := fmt.Sprint(e.faces(t, first.ID)); faces != "[rocket]" {
		t.Errorf("the first command has been answered by %s", faces)
	}
	for _, r := range y.replicas {
		r.stops(t)
	}
	soundLedger(t, config.Server{Postgres: config.NewSecret(url)}, "acme/upgrades")
	e.github.stops(t)
}
