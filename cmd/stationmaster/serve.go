package main

import (
	"context"
	"os"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// serveCmd runs the bot. Each flag stands for the environment variable beside
// it in the help; a flag comes first.
type serveCmd struct {
	GithubAPIURL   string `name:"github-api-url" placeholder:"URL" help:"Address of GitHub's REST API (STATIONMASTER_GITHUB_API_URL, default https://api.github.com/)."`
	AppID          string `name:"app-id" placeholder:"ID" help:"Id of the GitHub App (STATIONMASTER_APP_ID)."`
	PrivateKeyFile string `name:"private-key-file" placeholder:"FILE" help:"The App's private key in PEM form (STATIONMASTER_PRIVATE_KEY_FILE, or the key itself in STATIONMASTER_PRIVATE_KEY)."`
	Listen         string `placeholder:"ADDR" help:"Address to listen on (STATIONMASTER_LISTEN, default :8080)."`
	MetricsListen  string `name:"metrics-listen" placeholder:"ADDR" help:"Address to serve Prometheus on, /metrics (STATIONMASTER_METRICS_LISTEN); without it nowhere."`
	DatabaseURL    string `name:"database-url" placeholder:"URL" help:"Database: a SQLite file, or postgres://… for several machines (STATIONMASTER_DATABASE_URL, default sqlite:stationmaster.db)."`
	NoMigrate      bool   `name:"no-migrate" help:"Refuse a database whose schema is not up to date, instead of bringing it up to date."`
	Pacing         string `placeholder:"on|off" help:"Keep to GitHub's limits for content by waiting (STATIONMASTER_PACING, default on)."`
	Settle         string `placeholder:"3s" help:"How long labels may settle before they are decided as a set (STATIONMASTER_SETTLE)."`
	Unanswered     string `placeholder:"11s" help:"How long GitHub may take to carry out what it did not answer (STATIONMASTER_UNANSWERED)."`
	Sweep          string `placeholder:"5m" help:"How often GitHub is searched for what no webhook told of, or off (STATIONMASTER_SWEEP, default 5m)."`
	KeepPayloads   string `name:"keep-payloads" placeholder:"30d" help:"How long payloads of webhooks are kept after they were decided; 0 is for ever (STATIONMASTER_KEEP_PAYLOADS)."`
	LogLevel       string `name:"log-level" placeholder:"info" help:"trace, debug, info, warn or error (STATIONMASTER_LOG_LEVEL)."`
	NotifyURLsFile string `name:"notify-urls-file" placeholder:"FILE" help:"File with the addresses of chats (STATIONMASTER_NOTIFY_URLS_FILE, or the addresses themselves in STATIONMASTER_NOTIFY_URLS)."`
	Clock          string `placeholder:"URL" help:"Follow an emulator's clock (STATIONMASTER_CLOCK); never with github.com."`
}

// Run serves until it is told to stop. The webhook secret, the calendar feed's
// token, the chats' addresses and the keys of snapshots are taken from the
// environment or files alone, as a command line can be read by others.
func (s *serveCmd) Run(ctx context.Context, c *console) error {
	settings, world, err := s.read(ctx, c)
	if err != nil {
		return err
	}
	log := logger(c.err, settings.LogLevel, settings.Secrets()...)
	st, err := newStation(ctx, settings, world, log)
	if err != nil {
		return err
	}
	return st.run(ctx, func(addr string) { log.Info().Str("addr", addr).Str("hook", hookPath).Msg("listening") })
}

// read makes of flags and environment what the server would run with.
func (s *serveCmd) read(ctx context.Context, c *console) (config.Server, func() time.Time, error) {
	if config.HasPassword(s.DatabaseURL) {
		return config.Server{}, nil, usageError{errPasswordShown}
	}
	settings, err := config.ServerFromEnv(s.lookup(c.env), os.ReadFile)
	if err != nil {
		return config.Server{}, nil, usageError{err}
	}
	settings.NoMigrate = s.NoMigrate
	if settings.Clock == "" {
		return settings, time.Now, nil
	}
	follow, err := followClock(ctx, settings.Clock)
	return settings, follow, err
}

// lookup asks the flags first, then the environment.
func (s *serveCmd) lookup(env func(string) (string, bool)) func(string) (string, bool) {
	flags := map[string]string{
		"STATIONMASTER_GITHUB_API_URL": s.GithubAPIURL, "STATIONMASTER_APP_ID": s.AppID,
		"STATIONMASTER_PRIVATE_KEY_FILE": s.PrivateKeyFile, "STATIONMASTER_LISTEN": s.Listen,
		"STATIONMASTER_METRICS_LISTEN": s.MetricsListen,
		"STATIONMASTER_DATABASE_URL":   s.DatabaseURL, "STATIONMASTER_PACING": s.Pacing,
		"STATIONMASTER_SETTLE": s.Settle, "STATIONMASTER_SWEEP": s.Sweep, "STATIONMASTER_UNANSWERED": s.Unanswered,
		"STATIONMASTER_LOG_LEVEL": s.LogLevel, "STATIONMASTER_CLOCK": s.Clock,
		"STATIONMASTER_NOTIFY_URLS_FILE": s.NotifyURLsFile, "STATIONMASTER_KEEP_PAYLOADS": s.KeepPayloads,
	}
	return func(name string) (string, bool) {
		if v := flags[name]; v != "" {
			return v, true
		}
		return env(name)
	}
}
