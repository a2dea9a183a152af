package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/recovery"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// benchCmd measures the bot on this machine.
type benchCmd struct {
	What []string `arg:"" optional:"" help:"What to measure, of those listed below; everything if left out."`

	For      time.Duration `default:"10s" placeholder:"LENGTH" help:"How long each rate is kept up."`
	Rates    []int         `default:"50,200,500" placeholder:"N,…" help:"Deliveries a second."`
	Burst    int           `default:"1000" placeholder:"N" help:"Deliveries at once."`
	Commands int           `default:"50" placeholder:"N" help:"Commands one at a time."`
	Features int           `default:"10000" placeholder:"N" help:"Features of the repository that has many."`
	Latency  time.Duration `default:"5ms" placeholder:"LENGTH" help:"How long each answer of GitHub takes."`
	JSON     bool          `name:"json" help:"Print JSON instead of a table."`

	DatabaseURL string `name:"database-url" placeholder:"URL" help:"A PostgreSQL server to measure on, postgres://…, where a database may be made and dropped (STATIONMASTER_BENCH_DATABASE_URL). Without it SQLite in a temporary folder."`
}

// Help is what follows the flags: what can be measured.
func (b *benchCmd) Help() string {
	var out strings.Builder
	out.WriteString("It starts the bot and an emulated GitHub as processes of their own, and measures:\n\n")
	names, about := bench.What()
	for i, name := range names {
		fmt.Fprintf(&out, "    %-10s %s\n", name, about[i])
	}
	out.WriteString("\nThe budgets beside the figures are for two cores. A quick look: stationmaster bench --for 1s --burst 200 --commands 10 --features 1000")
	return out.String()
}

// Run measures and prints.
func (b *benchCmd) Run(ctx context.Context, c *console) error {
	if config.HasPassword(b.DatabaseURL) {
		return usageError{errors.New("--database-url: others can read a command line: put an address with a password into STATIONMASTER_BENCH_DATABASE_URL")}
	}
	server := b.DatabaseURL
	if server == "" {
		server, _ = c.env("STATIONMASTER_BENCH_DATABASE_URL")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	settings := make([]string, 0, len(config.Settings))
	for _, s := range config.Settings {
		settings = append(settings, s.Env)
	}
	p, err := benchProcess()
	if err != nil {
		return err
	}
	report, err := bench.Run(ctx, bench.Options{
		What: b.What, For: b.For, Rates: b.Rates, Burst: b.Burst, Commands: b.Commands, Features: b.Features, Latency: b.Latency,
		Program: program, Settings: settings, Config: demoConfig, Process: p, Shared: server != "", Log: logger(c.err, "info"),
		Seed: func(ctx context.Context, url string, installation int64, repo string, r bench.Railway) error {
			return sow(ctx, p, url, installation, repo, r)
		},
		Database: func(ctx context.Context, dir string) (string, func() error, error) {
			if server == "" {
				return "sqlite:" + filepath.Join(dir, "bot.db"), func() error { return nil }, nil
			}
			return freshDatabase(ctx, server)
		},
	})
	if errors.Is(err, bench.ErrAsked) {
		return usageError{err}
	}
	if len(report.Figures) > 0 { // also those before a fault
		if b.JSON {
			out := json.NewEncoder(c.out)
			out.SetIndent("", "  ")
			err = errors.Join(err, out.Encode(report))
		} else {
			err = errors.Join(err, report.Write(c.out))
		}
	}
	return err
}

// freshDatabase makes an empty database on a PostgreSQL server, and returns its
// address and what drops it.
func freshDatabase(ctx context.Context, server string) (address string, drop func() error, err error) {
	settings, err := pgx.ParseConfig(server)
	at, unread := url.Parse(server)
	if err != nil || unread != nil {
		return "", nil, usageError{errors.New("the bench's PostgreSQL server has an address that cannot be read: write postgres://user@host:5432/postgres")}
	}
	name := fmt.Sprintf("stationmaster_bench_%d_%d", os.Getpid(), time.Now().UnixNano())
	do := func(ctx context.Context, statement string) error {
		db, err := pgx.ConnectConfig(ctx, settings)
		if err != nil {
			return err
		}
		_, err = db.Exec(ctx, statement)
		return errors.Join(err, db.Close(ctx))
	}
	if err := do(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, fmt.Errorf("make a database for the bench: %w", err)
	}
	at.Path = "/" + name
	return at.String(), func() error {
		return do(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

// benchProcess is in force in the tracking repository of the bench.
func benchProcess() (*process.Process, error) {
	c, err := config.LoadRepository([]byte(demoConfig))
	if err != nil {
		return nil, err
	}
	return loadProcess(templates.Files, nil, settingsOf(c))
}

// sown is how many items are written at a time.
const sown = 500

// sow fills a database with the past of a railway, as if decided. All that happened
// before is accounted for, but all issues were compared long ago: a sweep begins with
// them.
func sow(ctx context.Context, p *process.Process, address string, installation int64, repo string, r bench.Railway) error {
	file, postgres, err := config.DatabaseFromEnv(func(name string) (string, bool) { return address, name == "STATIONMASTER_DATABASE_URL" })
	if err != nil {
		return err
	}
	store, err := openStore(ctx, config.Server{Database: file, Postgres: postgres})
	if err != nil {
		return err
	}
	lease, err := store.Acquire(ctx, installation, holder())
	if err != nil {
		return errors.Join(err, store.Close())
	}
	all := r.Past(p, repo).Sorted(func(*process.Item) bool { return true })
	for n := 0; len(all) > 0 && err == nil; n++ {
		part := all[:min(sown, len(all))]
		all = all[len(part):]
		key := fmt.Sprintf("bench/%d", n)
		err = store.Record(ctx, lease, bot.Entry{
			Repo: repo, Process: p.Hash, At: time.Now(), Event: process.Event{Key: key, What: process.Receipt, At: r.Now, Repo: repo},
			Decision: process.Decision{Keys: []string{key}, Changed: part},
		})
	}
	if err == nil {
		err = store.SetMark(ctx, lease, repo, recovery.MarkName, recovery.Reach(r.Now, time.Time{}))
	}
	return errors.Join(err, store.Release(ctx, lease), store.Close())
}
