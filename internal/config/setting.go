package config

// Setting is one setting of the server.
type Setting struct {
	// Env is the environment variable, and the name that a lookup is asked for.
	Env string
	// Flag is the command line flag without its hyphens.
	Flag string
	// Default holds where nothing is set; empty means that there is none.
	Default string
	// Help says what it is, in one line.
	Help string
}

// The names of the settings.
const (
	envAPIURL         = "STATIONMASTER_GITHUB_API_URL"
	envAppID          = "STATIONMASTER_APP_ID"
	envPrivateKey     = "STATIONMASTER_PRIVATE_KEY"
	envPrivateKeyFile = "STATIONMASTER_PRIVATE_KEY_FILE"
	envWebhookSecret  = "STATIONMASTER_WEBHOOK_SECRET"
	envListen         = "STATIONMASTER_LISTEN"
	envMetricsListen  = "STATIONMASTER_METRICS_LISTEN"
	envDatabaseURL    = "STATIONMASTER_DATABASE_URL"
	envPacing         = "STATIONMASTER_PACING"
	envSettle         = "STATIONMASTER_SETTLE"
	envSweep          = "STATIONMASTER_SWEEP"
	envUnanswered     = "STATIONMASTER_UNANSWERED"
	envLogLevel       = "STATIONMASTER_LOG_LEVEL"
	envFeedToken      = "STATIONMASTER_FEED_TOKEN"
	envNotifyURLs     = "STATIONMASTER_NOTIFY_URLS"
	envNotifyURLsFile = "STATIONMASTER_NOTIFY_URLS_FILE"
	envKeepPayloads   = "STATIONMASTER_KEEP_PAYLOADS"
	envSnapshotKeys   = "STATIONMASTER_SNAPSHOT_KEYS"
	envClock          = "STATIONMASTER_CLOCK"
)

// Settings lists the server's settings, each with its default. Secrets have no
// flag: other users of a machine can read a command line.
var Settings = []Setting{
	{envAPIURL, "github-api-url", "https://api.github.com/", "address of GitHub's REST API"},
	{envAppID, "app-id", "", "id of the GitHub App"},
	{envPrivateKey, "", "", "the App's private key in PEM form; or name a file"},
	{envPrivateKeyFile, "private-key-file", "", "file with the App's private key in PEM form"},
	{envWebhookSecret, "", "", "the App's webhook secret; several with commas, while one replaces another"},
	{envListen, "listen", ":8080", "address to listen on"},
	{envMetricsListen, "metrics-listen", "", "address to serve Prometheus on, another than listen; without it nowhere"},
	{envDatabaseURL, "database-url", "sqlite:stationmaster.db", "database: a SQLite file, or postgres://… for several machines"},
	{envPacing, "pacing", "on", "on or off: keep to GitHub's limits for content by waiting"},
	{envSettle, "settle", "3s", "how long labels may settle before they are decided as a set"},
	{envSweep, "sweep", "5m", "how often GitHub is searched for what no webhook told of; or off"},
	{envUnanswered, "unanswered", "11s", "how long GitHub may take to carry out what it did not answer, before that is looked for"},
	{envLogLevel, "log-level", "info", "trace, debug, info, warn or error"},
	{envFeedToken, "", "", "secret part of the calendar feed's address; without it there is no feed"},
	{envNotifyURLs, "", "", "addresses of chats, a line each: NAME=address, or NAME@owner/repo=address"},
	{envNotifyURLsFile, "notify-urls-file", "", "file with the addresses of chats"},
	{envKeepPayloads, "keep-payloads", "30d", "how long the payloads of webhooks are kept after they were decided; 0 is for ever"},
	{envSnapshotKeys, "", "", "keys that sign snapshots, ID:SECRET with commas; the first signs, all are believed; without one there are no snapshots"},
	{envClock, "clock", "", "address of an emulator's clock to follow; never with github.com"},
}
