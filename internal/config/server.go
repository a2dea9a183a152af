package config

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Server is what "stationmaster serve" runs with.
type Server struct {
	// APIURL is the address of GitHub's REST API; it ends in a slash.
	APIURL string
	// AppID is the GitHub App's id, above 0.
	AppID int64
	// PrivateKey is the App's RSA key in PEM form.
	PrivateKey Secret
	// WebhookSecrets has at least one; a delivery signed with any of them is taken.
	WebhookSecrets []Secret
	// Listen is host:port; the host may be empty.
	Listen string
	// MetricsListen is host:port to serve Prometheus on, never that of Listen;
	// empty is nowhere.
	MetricsListen string
	// TracesURL is where traces are sent, as OTLP over HTTP; empty is nowhere. It
	// comes from the standard OTEL_ variables.
	TracesURL string
	// Database is the path of the SQLite file; empty with Postgres.
	Database string
	// Postgres is the address of a PostgreSQL database, which several processes
	// may use at once; empty with a SQLite file.
	Postgres Secret
	// NoMigrate refuses a database whose schema is not up to date, instead of
	// bringing it up to date. It has a flag and no setting.
	NoMigrate bool
	// Pacing keeps to GitHub's limits for content by waiting.
	Pacing bool
	// Settle is how long labels may settle before they are decided as a set.
	Settle time.Duration
	// Unanswered is how long a request that GitHub did not answer may still be carried
	// out: before, it is neither looked for nor made again.
	Unanswered time.Duration
	// Sweep is how often GitHub is compared with the record, for what no webhook
	// told of; 0 is never.
	Sweep time.Duration
	// KeepPayloads is how long the payloads of webhooks are kept after they were
	// decided; 0 is for ever.
	KeepPayloads time.Duration
	// LogLevel is one of trace, debug, info, warn, error.
	LogLevel string
	// FeedToken is the part of the calendar feed's address that nobody guesses;
	// empty means that there is no feed.
	FeedToken Secret
	// OpenFeed serves the feed to anybody who reaches the server. There is no
	// setting for it: the demo is open, on its loopback address.
	OpenFeed bool
	// Channels are the chats that repositories may tell.
	Channels []Channel
	// SnapshotKeys sign the snapshots that pages carry, the first of them; none means
	// no snapshots.
	SnapshotKeys []SnapshotKey
	// Clock is the address of a clock to follow; empty means the machine's.
	Clock string
}

// ServerFromEnv reads the Settings and checks them together. lookup is asked
// for each by its Env name; a value from a flag comes first if lookup knows of
// flags. An empty value counts as none. readFile reads the private key's file.
// The error is of type Faults, without positions, and names every fault at once;
// no secret's value is in it.
func ServerFromEnv(lookup func(string) (string, bool), readFile func(string) ([]byte, error)) (Server, error) {
	r := &settingsReader{lookup: lookup, readFile: readFile}
	s := Server{
		APIURL:         r.apiURL(),
		AppID:          r.appID(),
		PrivateKey:     r.privateKey(),
		WebhookSecrets: r.webhookSecrets(),
		Listen:         r.listen(envListen),
		TracesURL:      r.tracesURL(),
		Pacing:         r.oneOf(envPacing, "on", "off") == "on",
		Settle:         r.short(envSettle, "3s or 500ms"),
		Unanswered:     r.short(envUnanswered, "11s"),
		Sweep:          r.sweep(),
		KeepPayloads:   r.keepPayloads(),
		LogLevel:       r.oneOf(envLogLevel, "trace", "debug", "info", "warn", "error"),
		FeedToken:      r.feedToken(),
		Channels:       r.channels(),
		SnapshotKeys:   r.snapshotKeys(),
	}
	s.MetricsListen = r.metricsListen(s.Listen)
	s.Database, s.Postgres = r.database()
	s.Clock = r.clock(s.APIURL)
	if err := r.faults.report(); err != nil {
		return Server{}, err
	}
	return s, nil
}

type settingsReader struct {
	lookup   func(string) (string, bool)
	readFile func(string) ([]byte, error)
	faults   Faults
}

// fault notes what is wrong with a setting, or with none.
func (r *settingsReader) fault(env, format string, args ...any) {
	r.faults = append(r.faults, Fault{Message: env + " " + fmt.Sprintf(format, args...)})
}

// value returns a setting without the space around it, or its default.
func (r *settingsReader) value(env string) string {
	if v, _ := r.lookup(env); strings.TrimSpace(v) != "" {
		return strings.TrimSpace(v)
	}
	i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Env == env })
	return Settings[i].Default
}

func (r *settingsReader) oneOf(env string, words ...string) string {
	v := strings.ToLower(r.value(env))
	if !slices.Contains(words, v) {
		r.fault(env, "is %s: write one of %s", quote(v), strings.Join(words, ", "))
	}
	return v
}

// apiURL refuses plain http for github.com alone: an emulator has no
// certificate.
func (r *settingsReader) apiURL() string {
	v := r.value(envAPIURL)
	u, err := webAddress(v)
	switch {
	case err != nil:
		r.fault(envAPIURL, "is %s: %v", quote(v), err)
		return ""
	case u.Hostname() == "github.com" || u.Hostname() == "www.github.com":
		r.fault(envAPIURL, "is GitHub's site and not its API: write https://api.github.com/")
	case atGitHub(u) && u.Scheme != "https":
		r.fault(envAPIURL, "would send tokens in the clear: write https://")
	}
	return strings.TrimRight(v, "/") + "/"
}

// webAddress reads an address without user, query and fragment.
func webAddress(v string) (*url.URL, error) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("write an address such as https://api.github.com/")
	}
	return u, nil
}

// atGitHub tells GitHub's own hosts from servers of others.
func atGitHub(u *url.URL) bool {
	host := "." + strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return strings.HasSuffix(host, ".github.com") || strings.HasSuffix(host, ".ghe.com")
}

func (r *settingsReader) appID() int64 {
	v := r.value(envAppID)
	id, err := strconv.ParseInt(v, 10, 64)
	switch {
	case v == "":
		r.fault(envAppID, "is missing: write the App's id, as on the App's settings page")
	case err != nil || id < 1:
		r.fault(envAppID, "is %s: write the App's id, a number above 0", quote(v))
	}
	return id
}

func (r *settingsReader) privateKey() Secret {
	text, file := r.value(envPrivateKey), r.value(envPrivateKeyFile)
	env := envPrivateKey
	switch {
	case text != "" && file != "":
		r.fault(envPrivateKey, "and %s are both set: keep one of them", envPrivateKeyFile)
		return Secret{}
	case text == "" && file == "":
		r.fault(envPrivateKey, "is missing: set it to the App's private key, or %s to a file with it", envPrivateKeyFile)
		return Secret{}
	case file != "":
		env = envPrivateKeyFile
		data, err := r.readFile(file)
		if err != nil {
			r.fault(env, "cannot be read: %v", err)
			return Secret{}
		}
		text = string(data)
	case !strings.Contains(text, "\n"):
		// Where a variable can hold but one line, the line feeds are spelled out.
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	if err := checkRSA(text); err != nil {
		r.fault(env, "holds no key of a GitHub App: %v", err)
	}
	return NewSecret(text)
}

// checkRSA asks for an RSA private key in either of its PEM forms. The errors
// of the parsers are left out: nothing of a key belongs into a message.
func checkRSA(text string) error {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return errors.New("it must begin with -----BEGIN RSA PRIVATE KEY-----")
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return fmt.Errorf("a PEM block of type %s is not a private key that can be read", quote(block.Type))
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		return errors.New("the key is not an RSA key")
	}
	return nil
}

func (r *settingsReader) webhookSecrets() []Secret {
	v := r.value(envWebhookSecret)
	if v == "" {
		r.fault(envWebhookSecret, "is missing: write the App's webhook secret; without it anybody could send events")
		return nil
	}
	var secrets []Secret
	for i, part := range strings.Split(v, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			r.fault(envWebhookSecret, "has nothing in place %d of its list: remove the comma too many", i+1)
			continue
		}
		secrets = append(secrets, NewSecret(part))
	}
	return secrets
}

// short reads a length of no more than a minute.
func (r *settingsReader) short(env, example string) time.Duration {
	v := r.value(env)
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 || d > time.Minute {
		r.fault(env, "is %s: write a duration up to 1m, as in %s", quote(v), example)
	}
	return d
}

// sweep takes "off" too. Less than a tenth of a second would be all that is done.
func (r *settingsReader) sweep() time.Duration {
	v := r.value(envSweep)
	if strings.EqualFold(v, "off") {
		return 0
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 100*time.Millisecond || d > 24*time.Hour {
		r.fault(envSweep, "is %s: write a duration up to 24h, as in 5m, or off", quote(v))
		return 0
	}
	return d
}

// githubsLog is how long GitHub keeps a delivery, and may send it again.
const githubsLog = 3 * 24 * time.Hour

// keepPayloads reads days, or a duration as Go writes it.
func (r *settingsReader) keepPayloads() time.Duration {
	v := r.value(envKeepPayloads)
	d, err := time.ParseDuration(v)
	if days, isDays := strings.CutSuffix(v, "d"); isDays {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d != 0 && d <= githubsLog {
		r.fault(envKeepPayloads, "is %s: write days, as in 30d, more than the 3 for which GitHub may send a delivery again, or 0 for ever", quote(v))
	}
	return d
}

// feedToken asks for what cannot be guessed and needs no escape in an address.
func (r *settingsReader) feedToken() Secret {
	v := r.value(envFeedToken)
	if v != "" && !feedToken.matches(v) {
		r.fault(envFeedToken, "is not %s", feedToken.says)
	}
	return NewSecret(v)
}

// clock refuses to follow another clock where real releases happen.
func (r *settingsReader) clock(apiURL string) string {
	v := r.value(envClock)
	if v == "" {
		return ""
	}
	if _, err := webAddress(v); err != nil {
		r.fault(envClock, "is %s: write the address that the emulator gives as admin_url", quote(v))
	}
	if u, err := url.Parse(apiURL); err == nil && atGitHub(u) {
		r.fault(envClock, "is for an emulator and refused with GitHub itself: leave it out, or set %s", envAPIURL)
	}
	return v
}
