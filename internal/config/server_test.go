package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v4"
)

// keys makes the key forms that occur, once for all tests.
var keys = sync.OnceValue(func() (k struct{ pkcs1, pkcs8, ec, public string }) {
	block := func(kind string, der []byte, err error) string {
		if err != nil {
			panic(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	k.pkcs1 = block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	k.pkcs8 = block("PRIVATE KEY", der, err)
	der, err = x509.MarshalPKCS8PrivateKey(ec)
	k.ec = block("PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(&key.PublicKey)
	k.public = block("PUBLIC KEY", der, err)
	return k
})

// least is the smallest environment that will do, with changes.
func least(changes map[string]string) func(string) (string, bool) {
	env := map[string]string{envAppID: "7", envPrivateKey: keys().pkcs1, envWebhookSecret: "hush"}
	for k, v := range changes {
		env[k] = v
	}
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func noFile(name string) ([]byte, error) {
	return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
}

func TestTheServerNeedsThreeSettingsAndHasDefaultsForTheRest(t *testing.T) {
	s, err := ServerFromEnv(least(nil), noFile)
	if err != nil {
		t.Fatal(err)
	}
	if s.APIURL != "https://api.github.com/" || s.AppID != 7 || s.PrivateKey.Reveal() == "" || s.Listen != ":8080" ||
		len(s.WebhookSecrets) != 1 || s.Database != "stationmaster.db" || !s.Pacing || s.Settle != 3*time.Second || s.KeepPayloads != 30*24*time.Hour ||
		s.LogLevel != "info" || s.Clock != "" {
		t.Errorf("defaults are %+v", s)
	}
}

func TestEveryFaultOfTheServersSettingsIsNamedAtOnce(t *testing.T) {
	empty := func(string) (string, bool) { return "", false }
	_, err := ServerFromEnv(empty, noFile)
	want := `STATIONMASTER_APP_ID is missing: write the App's id, as on the App's settings page
STATIONMASTER_PRIVATE_KEY is missing: set it to the App's private key, or STATIONMASTER_PRIVATE_KEY_FILE to a file with it
STATIONMASTER_WEBHOOK_SECRET is missing: write the App's webhook secret; without it anybody could send events`
	var faults Faults
	if !errors.As(err, &faults) || err.Error() != want {
		t.Errorf("with nothing set:\n%v", err)
	}

	_, err = ServerFromEnv(least(map[string]string{
		envAPIURL: "api.github.com", envAppID: "seven", envPrivateKeyFile: "key.pem", envWebhookSecret: "hush,,quiet",
		envListen: "8080", envDatabaseURL: "mysql://root:hunter2@db", envPacing: "yes", envSettle: "3", envLogLevel: "loud",
		envClock: "now",
	}), noFile)
	want = `STATIONMASTER_GITHUB_API_URL is "api.github.com": write an address such as https://api.github.com/
STATIONMASTER_APP_ID is "seven": write the App's id, a number above 0
STATIONMASTER_PRIVATE_KEY and STATIONMASTER_PRIVATE_KEY_FILE are both set: keep one of them
STATIONMASTER_WEBHOOK_SECRET has nothing in place 2 of its list: remove the comma too many
STATIONMASTER_LISTEN is "8080": write host:port or :port, as in :8080
STATIONMASTER_PACING is "yes": write one of on, off
STATIONMASTER_SETTLE is "3": write a duration up to 1m, as in 3s or 500ms
STATIONMASTER_LOG_LEVEL is "loud": write one of trace, debug, info, warn, error
STATIONMASTER_DATABASE_URL names neither a SQLite file nor a PostgreSQL database: write sqlite: and the path of a file, as in sqlite:stationmaster.db, or postgres://user@host:5432/database
STATIONMASTER_CLOCK is "now": write the address that the emulator gives as admin_url`
	if err == nil || err.Error() != want {
		t.Errorf("with everything wrong:\n%v", err)
	}
}

func TestEachServerSettingIsChecked(t *testing.T) {
	for _, c := range []struct {
		env, value, says string // an empty says: it is fine
	}{
		{envAPIURL, "http://127.0.0.1:4000/api/v3", ""},
		{envAPIURL, "https://github.example/api/v3/", ""},
		{envAPIURL, "http://api.github.com", "in the clear"},
		{envAPIURL, "https://github.com", "write https://api.github.com/"},
		{envAPIURL, "https://token@api.github.com/", "write an address"},
		{envAPIURL, "https://api.github.com/?x=1", "write an address"},
		{envAppID, "0", "above 0"},
		{envAppID, "-3", "above 0"},
		{envPrivateKey, keys().pkcs8, ""},
		{envPrivateKey, strings.ReplaceAll(keys().pkcs1, "\n", `\n`), ""},
		{envPrivateKey, "secret", "BEGIN RSA PRIVATE KEY"},
		{envPrivateKey, keys().ec, "not an RSA key"},
		{envPrivateKey, keys().public, "PUBLIC KEY"},
		{envWebhookSecret, "one, two", ""},
		{envWebhookSecret, ",", "place 1"},
		{envListen, "127.0.0.1:0", ""},
		{envListen, "[::1]:80", ""},
		{envListen, "::1:80", "host:port"},
		{envListen, ":65536", "host:port"},
		{envListen, "http://x:80", "host:port"},
		{envDatabaseURL, "sqlite:/var/lib/x.db", ""},
		{envDatabaseURL, "sqlite:///var/lib/x.db", ""},
		{envDatabaseURL, "postgres://localhost/x", ""},
		{envDatabaseURL, "postgresql://ann:secret@localhost:5432/x?sslmode=verify-full", ""},
		{envDatabaseURL, "postgres://ann:sec/ret@localhost/x", "%2F for a /"},
		{envDatabaseURL, "postgres:x", "no address that can be read"},
		{envDatabaseURL, "postgres://localhost/x#y", "no address that can be read"},
		{envDatabaseURL, "stationmaster.db", "write sqlite:"},
		{envDatabaseURL, "sqlite:", "write sqlite:"},
		{envDatabaseURL, "sqlite::memory:", "lost"},
		{envPacing, "OFF", ""},
		{envUnanswered, "11s", ""},
		{envUnanswered, "2m", "up to 1m"},
		{envSweep, "off", ""},
		{envSweep, "90s", ""},
		{envSweep, "0s", "or off"},
		{envSweep, "25h", "up to 24h"},
		{envSettle, "20ms", ""},
		{envSettle, "0s", ""},
		{envSettle, "-1s", "up to 1m"},
		{envSettle, "1h", "up to 1m"},
		{envKeepPayloads, "0", ""},
		{envKeepPayloads, "4d", ""},
		{envKeepPayloads, "100h", ""},
		{envKeepPayloads, "3d", "more than the 3"},
		{envKeepPayloads, "72h", "more than the 3"},
		{envKeepPayloads, "-5d", "write days"},
		{envKeepPayloads, "-5h", "write days"},
		{envKeepPayloads, "a month", "write days"},
		{envLogLevel, "DEBUG", ""},
		{envClock, "http://127.0.0.1:4000/admin", "refused with GitHub itself"},
	} {
		s, err := ServerFromEnv(least(map[string]string{c.env: c.value}), noFile)
		switch {
		case c.says == "" && (err != nil || !strings.HasSuffix(s.APIURL, "/")):
			t.Errorf("%s=%.40q: %v", c.env, c.value, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s=%.40q: %v, want %q", c.env, c.value, err, c.says)
		}
	}
}

func TestAClockIsFollowedBesideAnEmulatorOnly(t *testing.T) {
	const admin = "http://127.0.0.1:4000/admin"
	for api, allowed := range map[string]bool{
		"http://127.0.0.1:4000/api/v3": true, "https://github.example/api/v3": true,
		"https://api.github.com": false, "https://API.GitHub.com.": false, "https://api.acme.ghe.com": false,
	} {
		s, err := ServerFromEnv(least(map[string]string{envAPIURL: api, envClock: admin}), noFile)
		if (err == nil) != allowed || allowed && s.Clock != admin {
			t.Errorf("with %s: %v", api, err)
		}
	}
}

func TestThePrivateKeyComesFromAFile(t *testing.T) {
	read := func(name string) ([]byte, error) {
		if name != "/run/key.pem" {
			return noFile(name)
		}
		return []byte(keys().pkcs1), nil
	}
	s, err := ServerFromEnv(least(map[string]string{envPrivateKey: "", envPrivateKeyFile: "/run/key.pem"}), read)
	if err != nil || s.PrivateKey.Reveal() != keys().pkcs1 {
		t.Errorf("from a file: %v", err)
	}
	_, err = ServerFromEnv(least(map[string]string{envPrivateKey: "", envPrivateKeyFile: "gone"}), read)
	if err == nil || !strings.HasPrefix(err.Error(), "STATIONMASTER_PRIVATE_KEY_FILE cannot be read") {
		t.Errorf("from a file that is gone: %v", err)
	}
}

func TestNoSecretIsEverPrinted(t *testing.T) {
	const hush = "hunter2"
	type hidden struct{ inner Secret }
	s := NewSecret(hush)
	server := Server{PrivateKey: s, WebhookSecrets: []Secret{s}}
	var out bytes.Buffer
	for _, v := range []any{s, &s, server, &server, hidden{s}, []Secret{s}, map[string]Secret{"k": s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if raw, err := json.Marshal(v); err == nil {
			out.Write(raw)
		}
		if raw, err := yaml.Marshal(v); err == nil {
			out.Write(raw)
		}
		logger := zerolog.New(&out)
		logger.Info().Interface("v", v).Any("w", v).Stringer("s", s).Send()
	}
	for _, leak := range []string{hush, fmt.Sprintf("%x", hush), fmt.Sprintf("%X", hush), fmt.Sprintf("%v", []byte(hush))} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the secret is printed as %s in\n%s", leak, out.String())
		}
	}
	if !strings.Contains(out.String(), redacted) || s.Reveal() != hush || !(Secret{}).IsZero() || s.IsZero() {
		t.Error("a secret does not say that it is one, or is lost")
	}
	_, err := ServerFromEnv(least(map[string]string{envPrivateKey: "hunter2", envWebhookSecret: "hunter2,", envDatabaseURL: "x:hunter2"}), noFile)
	if err == nil || strings.Contains(err.Error(), hush) {
		t.Errorf("the faults print a secret: %v", err)
	}
}

func TestEverySettingIsListedOnceWithAWorkingDefault(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Settings {
		if seen[s.Env] || s.Flag != "" && seen[s.Flag] || !strings.HasPrefix(s.Env, "STATIONMASTER_") || s.Help == "" {
			t.Errorf("%+v is listed twice or lacks a word", s)
		}
		seen[s.Env], seen[s.Flag] = true, true
		_, err := ServerFromEnv(least(map[string]string{s.Env: s.Default}), noFile)
		if s.Default != "" && err != nil {
			t.Errorf("the default of %s is refused: %v", s.Env, err)
		}
	}
}

func TestAFeedTokenIsLongAndNeedsNoEscape(t *testing.T) {
	for token, fine := range map[string]bool{
		"": true, "0123456789abcdef": true, "a-b_c-d_e-f_g-h_i": true, "short": false, "0123456789abcde/": false, "0123456789abcd ef": false, strings.Repeat("x", 201): false,
	} {
		s, err := ServerFromEnv(least(map[string]string{envFeedToken: token}), noFile)
		if (err == nil) != fine || fine && s.FeedToken.Reveal() != token || err != nil && token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestTheDatabaseIsAFileOrAnAddressThatNoPrintShows(t *testing.T) {
	for _, c := range []struct{ value, file, postgres string }{
		{"", "stationmaster.db", ""},
		{"sqlite:/var/lib/x.db", "/var/lib/x.db", ""},
		{"postgres://ann:hunter2@db/x", "", "postgres://ann:hunter2@db/x"},
	} {
		file, postgres, err := DatabaseFromEnv(func(string) (string, bool) { return c.value, true })
		if err != nil || file != c.file || postgres.Reveal() != c.postgres {
			t.Errorf("%q is %q, %q, %v", c.value, file, postgres.Reveal(), err)
		}
		s, err := ServerFromEnv(least(map[string]string{envDatabaseURL: c.value}), noFile)
		if err != nil || s.Database != c.file || s.Postgres.Reveal() != c.postgres {
			t.Errorf("%q is %q, %q, %v", c.value, s.Database, s.Postgres.Reveal(), err)
		}
		if shown := fmt.Sprintf("%+v %#v", s, s); strings.Contains(shown, "hunter2") {
			t.Errorf("the password is printed in %s", shown)
		}
	}
	for _, wrong := range []string{"postgres://ann:hunter2@db:port/x", "mysql://ann:hunter2@db"} {
		if _, _, err := DatabaseFromEnv(func(string) (string, bool) { return wrong, true }); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	for address, has := range map[string]bool{
		"postgres://ann:hunter2@db/x": true, "postgres://db/x?password=hunter2": true, "postgres://ann:hun/ter2@db": true,
		"postgres://ann@db/x": false, "sqlite:x.db": false, "": false,
	} {
		if HasPassword(address) != has {
			t.Errorf("%s has a password: %v", address, !has)
		}
	}
}
