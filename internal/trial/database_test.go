package trial

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

// (b) Three replicas work on one database, and one of them is killed every few
// seconds; another is started in its place.
func TestKillingReplicasLosesAndDoublesNothing(t *testing.T) {
	begins(t)
	tr := startTrial(t, records{url: pgtest.Shared(t).Database(t, "", nil)}, theScript(), 3, false)
	d, killed := dice(20), 0
	tr.isAsInCalmWeather(tr.plays(tr.helps, func(ctx context.Context) error {
		if !tr.reaches(ctx, 0.2) {
			return nil
		}
		every := time.NewTicker(2 * time.Second)
		defer every.Stop()
		for {
			tr.bots.kills(d.IntN(3))
			killed++
			if err := tr.bots.starts(); err != nil {
				return err
			}
			select {
			case <-every.C:
			case <-ctx.Done():
				return nil
			}
		}
	}))
	t.Logf("killed %d times", killed)
	if killed == 0 {
		t.Error("none was killed")
	}
}

// (e) The database is ended as by a crash and started again, and its connections
// are cut and stay cut for a while.
func TestADatabaseThatGoesAwayLosesAndDoublesNothing(t *testing.T) {
	begins(t)
	cluster := pgtest.Start(t)
	wire, address := between(t, cluster.Database(t, "", nil))
	tr := startTrial(t, records{url: address}, theScript(), 2, false)
	troubles := 0
	tr.isAsInCalmWeather(tr.plays(tr.helps, func(ctx context.Context) error {
		for i, share := range shares(whole(40, 3), 30) {
			if !tr.reaches(ctx, share) {
				return nil
			}
			troubles++
			var err error
			if i%3 == 0 {
				err = restarts(cluster)
			} else {
				err = tr.isCutOff(ctx, wire)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	t.Logf("the database went away %d times; %d webhooks were answered 503", troubles, tr.bots.front.answered(503))
	if troubles == 0 {
		t.Error("it never went away")
	}
}

func restarts(c *pgtest.Cluster) error {
	if err := c.Stop(); err != nil {
		return err
	}
	return c.Resume()
}

// between puts a wire that can be cut between the bots and a database.
func between(t *testing.T, database string) (*toxiproxy.Proxy, string) {
	t.Helper()
	at := must(url.Parse(database))
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	wire := toxiproxy.NewProxy(server, "database", "127.0.0.1:0", at.Host)
	if err := wire.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wire.Stop)
	at.Host = wire.Listen
	if _, _, err := net.SplitHostPort(at.Host); err != nil {
		t.Fatal(err)
	}
	return wire, at.String()
}

// isCutOff cuts all connections to the database until webhooks have been refused
// for it, or a second is over.
func (tr *trial) isCutOff(ctx context.Context, wire *toxiproxy.Proxy) error {
	before := tr.bots.front.answered(503)
	wire.Stop()
	_ = until(ctx, time.Second, "webhooks are refused", func() (bool, error) { return tr.bots.front.answered(503) > before, nil })
	if err := wire.Start(); err != nil {
		return fmt.Errorf("mend the wire: %w", err)
	}
	return nil
}
