package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

// benchWorld is a world with features in it, warm.
func benchWorld(b *testing.B, features int) (*world, []int) {
	b.Helper()
	ctx := context.Background()
	w, err := newWorld(ctx, worldOptions{
		github: emulator.Options{Seed: 1, TrackingConfig: demoConfig, Workers: 8}, addr: "127.0.0.1:0",
		database: filepath.Join(b.TempDir(), "bot.db"), log: zerolog.Nop(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.close() })
	s := &script{world: w}
	var all []int
	for i := range features {
		n, err := s.opens(ctx, "engineer", fmt.Sprintf("Feature %d", i), "", "kind/feature")
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, n)
	}
	for _, line := range []string{"/layers l1", "/layers l2"} {
		if err := s.says(ctx, "engineer", all[0], line); err != nil {
			b.Fatal(err)
		}
	}
	return w, all
}

// report prints percentiles.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkAcknowledgement posts webhooks one at a time.
func BenchmarkAcknowledgement(b *testing.B) {
	w, _ := benchWorld(b, 1)
	var payload []byte
	var url string
	for _, d := range w.github.Deliveries() {
		if d.Event == "issue_comment" && bytes.Contains(d.Payload, []byte("/layers l2")) {
			payload, url = d.Payload, d.URL
		}
	}
	signed := signature(w.cred.WebhookSecret, payload)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		req := must(http.NewRequest(http.MethodPost, url, bytes.NewReader(payload)))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-GitHub-Event", "issue_comment")
		req.Header.Set("X-GitHub-Delivery", fmt.Sprintf("bench-%d", i))
		req.Header.Set("X-Hub-Signature-256", signed)
		began := time.Now()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		took = append(took, time.Since(began))
		if resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status)
		}
	}
	report(b, took)
}

// BenchmarkCommand measures from the comment to the bot's last write.
func BenchmarkCommand(b *testing.B) {
	w, features := benchWorld(b, 1)
	ctx := context.Background()
	before := w.station.hub.Counts()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if _, err := w.say(ctx, "engineer", features[0], fmt.Sprintf("/layers l%d", 1+i%2)); err != nil {
			b.Fatal(err)
		}
		if err := w.settled(ctx); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	report(b, took)
	b.ReportMetric(float64(w.station.hub.Counts().Requests-before.Requests)/float64(len(took)), "requests/op")
}

// BenchmarkBurst has 200 commands commented at once on 20 features.
func BenchmarkBurst(b *testing.B) {
	w, features := benchWorld(b, 20)
	ctx := context.Background()
	const burst = 200
	round := 0
	for b.Loop() {
		var all sync.WaitGroup
		room := make(chan struct{}, 16)
		for i := range burst {
			all.Go(func() {
				room <- struct{}{}
				defer func() { <-room }()
				line := fmt.Sprintf("/layers l%d", 1+(round+i/len(features))%2)
				if _, err := w.say(ctx, "engineer", features[i%len(features)], line); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
		if err := w.settled(ctx); err != nil {
			b.Fatal(err)
		}
		round++
	}
	b.ReportMetric(float64(burst*round)/b.Elapsed().Seconds(), "commands/s")
}

// many is how many features a crowded world has.
const many = 10_000

// crowded is a world with features of many years, as GitHub and the
// record both know them.
func crowded(b *testing.B, features int) *world {
	b.Helper()
	ctx := context.Background()
	r := bench.Railway{Features: features, Now: time.Now().UTC(), Owners: []string{"ada"}}
	p := must(benchProcess())
	town := must(genesis.Parse(must(bench.World(r.Past(p, "acme/upgrades"), demoConfig))))
	database := filepath.Join(b.TempDir(), "bot.db")
	gh := emulator.Options{Seed: 1, World: town, Workers: 8}
	probe, err := emulator.New(gh)
	if err != nil {
		b.Fatal(err)
	}
	if err := sow(ctx, p, "sqlite:"+database, probe.Credentials().InstallationID, "acme/upgrades", r); err != nil {
		b.Fatal(err)
	}
	w, err := newWorld(ctx, worldOptions{github: gh, addr: "127.0.0.1:0", database: database, settle: 3 * time.Second, log: zerolog.Nop()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.close() })
	if err := w.settled(ctx); err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkSweep compares ten thousand features with the record: all of them when
// none has changed, and when somebody has labelled each.
func BenchmarkSweep(b *testing.B) {
	ctx := context.Background()
	w := crowded(b, many)
	w.station.watch.Whole = time.Nanosecond // each round looks at all
	if err := w.station.watch.Round(ctx); err != nil {
		b.Fatal(err)
	}
	sweep := func(b *testing.B, before func(round int)) {
		requests, writes, rounds := int64(0), int64(0), 0
		for b.Loop() {
			b.StopTimer()
			w.github.Advance(time.Hour) // what happened before is over
			before(rounds)
			was := w.station.hub.Counts()
			b.StartTimer()
			if err := w.station.watch.Round(ctx); err != nil {
				b.Fatal(err)
			}
			is := w.station.hub.Counts()
			requests, writes, rounds = requests+is.Requests-was.Requests, writes+is.Writes-was.Writes, rounds+1
		}
		b.ReportMetric(float64(requests)/float64(rounds), "requests/op")
		b.ReportMetric(float64(writes)/float64(rounds), "writes/op")
	}
	b.Run("none has changed", func(b *testing.B) { sweep(b, func(int) {}) })
	b.Run("all have changed", func(b *testing.B) {
		sweep(b, func(round int) {
			for n := 1; n <= many; n++ {
				body := strings.NewReader(fmt.Sprintf(`{"labels":["seen-%d"]}`, round))
				r := httptest.NewRequest(http.MethodPost, fmt.Sprintf("/api/v3/repos/acme/upgrades/issues/%d/labels", n), body)
				r.Header.Set("User-Agent", "bench")
				r.Header.Set("Authorization", "token "+w.github.Token("mara"))
				rec := httptest.NewRecorder()
				if w.github.ServeHTTP(rec, r); rec.Code != http.StatusOK {
					b.Fatal(rec.Code, rec.Body)
				}
			}
			if err := w.settled(ctx); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkCommandAmongMany is BenchmarkCommand where there are ten thousand
// features.
func BenchmarkCommandAmongMany(b *testing.B) {
	ctx := context.Background()
	w := crowded(b, many)
	before := w.station.hub.Counts()
	n := 0
	b.ResetTimer()
	for b.Loop() {
		if _, err := w.say(ctx, "ada", 7+10*(n%100), fmt.Sprintf("/layers l%d", 1+(n/100+1)%2)); err != nil {
			b.Fatal(err)
		}
		n++
		if n%100 == 0 {
			if err := w.settled(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.settled(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(w.station.hub.Counts().Requests-before.Requests)/float64(n), "requests/op")
}
