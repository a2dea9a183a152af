package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// letters makes up a secret of a length, the same one each time.
func letters(n int) string {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	dice := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	for range n {
		b.WriteByte(all[dice.IntN(len(all))])
	}
	return b.String()
}

// longToken is an installation token of the new form: an id and a JWT.
func longToken() string {
	return "ghs_123456_eyJ" + letters(97) + "." + letters(250) + "-_" + letters(60) + "." + letters(95)
}

// shows reports how much of a secret stands in a text: its longest part there.
func shows(text, secret string) int {
	most := 0
	for i := range secret {
		for most < len(secret)-i && strings.Contains(text, secret[i:i+most+1]) {
			most++
		}
	}
	return most
}

// clue is how much of a secret may be seen: as much as stands anywhere by chance.
const clue = 12

func TestNoFormOfASecretGetsIntoTheLog(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\n" + letters(64) + "\n" + letters(63) + "==\n-----END RSA PRIVATE KEY-----\n"
	forms := map[string]string{
		"installation token":       "ghs_" + letters(36),
		"installation token, new":  longToken(),
		"person's token":           "ghp_" + letters(36),
		"OAuth token":              "gho_" + letters(36),
		"App's token for a person": "ghu_" + letters(36),
		"refresh token":            "ghr_" + letters(76),
		"fine-grained token":       "github_pat_" + letters(22) + "_" + letters(59),
		"JWT":                      "eyJ" + letters(30) + "." + letters(120) + "." + letters(340),
		"private key":              key,
	}
	for name, secret := range forms {
		for way, text := range map[string]string{
			"by itself":     secret,
			"in an error":   `Post "https://api.github.com/x": 401 for ` + secret + `: try again`,
			"in a header":   "map[Authorization:[Bearer " + secret + "]]",
			"in quotes":     `{"token":"` + secret + `"}`,
			"in an address": "https://x-access-token:" + secret + "@github.com/acme/x.git",
		} {
			var out bytes.Buffer
			log := logger(&out, "debug")
			log.Error().Err(fmt.Errorf("outer: %w", errors.New(text))).Str("a", text).Strs("b", []string{text}).
				Interface("c", map[string]string{"d": text}).Msg("said: " + text)
			if n := shows(out.String(), secret); n > clue+len("-----BEGIN RSA PRIVATE KEY-----") || n > clue && name != "private key" {
				t.Errorf("%s %s: %d characters of it are seen in %s", name, way, n, &out)
			}
			if !json.Valid(out.Bytes()) {
				t.Errorf("%s %s: the line is no JSON any more: %s", name, way, &out)
			}
		}
	}
}

func TestALongTokenThatIsCutOrSplitOverFieldsStaysOut(t *testing.T) {
	token := longToken()
	for _, at := range []int{30, 101, 150, 300, 380, 420, 500} {
		var out bytes.Buffer
		log := logger(&out, "info")
		log.Info().Str("first", token[:at]).Str("second", token[at:]).Msg("")
		if n := shows(out.String(), token); n >= 80 {
			t.Errorf("split at %d, %d characters are seen: %s", at, n, &out)
		}
	}
}

func TestWhatTheSettingsHoldStaysOutWhereverItStands(t *testing.T) {
	secrets := map[string]string{
		"webhook secret": "correct horse", "next webhook secret": "battery-staple", "feed token": "0123456789abcdef-feed",
		"password": "hünter/2&3", "discord token": "AbCdEfGhIjKlMnOp", "slack token": "T1-B2-qwertyuiop", "query": "s3cr3t-in-a-query-0123",
	}
	s := config.Server{
		PrivateKey:     config.NewSecret("-----BEGIN RSA PRIVATE KEY-----\n" + letters(64) + "\n-----END RSA PRIVATE KEY-----"),
		WebhookSecrets: []config.Secret{config.NewSecret(secrets["webhook secret"]), config.NewSecret(secrets["next webhook secret"])},
		FeedToken:      config.NewSecret(secrets["feed token"]),
		Postgres:       config.NewSecret("postgres://stationmaster:" + url.QueryEscape(secrets["password"]) + "@db.internal/stationmaster"),
		Channels: []config.Channel{
			{URL: config.NewSecret("discord://" + secrets["discord token"] + "@99")},
			{URL: config.NewSecret("slack://hook:" + secrets["slack token"] + "@webhook")},
			{URL: config.NewSecret("generic+https://chat.example.org/hook?key=" + secrets["query"])},
		},
	}
	secrets["line of the key"] = letters(64)
	for name, secret := range secrets {
		for way, text := range map[string]string{"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret), "in Go's quotes": fmt.Sprintf("%q", secret)} {
			var out bytes.Buffer
			log := logger(&out, "info", s.Secrets()...)
			log.Info().Str("db", "stationmaster").Str("said", "before "+text+" after").Err(errors.New(text)).Msg(text)
			if strings.Contains(out.String(), text) || !strings.Contains(out.String(), "before ") || !strings.Contains(out.String(), " after") {
				t.Errorf("%s %s: %s", name, way, &out)
			}
			if !json.Valid(out.Bytes()) || !strings.Contains(out.String(), `"db":"stationmaster"`) {
				t.Errorf("%s %s: more than the secret is gone: %s", name, way, &out)
			}
		}
	}
}

func TestWhatIsNoSecretIsReadAsItWasWritten(t *testing.T) {
	for _, text := range []string{
		`hub: look up the App: no token: POST https://api.github.com/app/installations/7/access_tokens: 401`,
		`comment/3000000001/` + strings.Repeat("0af9", 16) + `/2`,
		`Get "http://127.0.0.1:4711/api/v3/app": dial tcp 127.0.0.1:4711: connect: connection refused`,
		`labels/12/9d8124e5-8286-40ce-b27c-36ba3135dd38`,
		`the signature does not match`, `postgres://db.internal:5432/stationmaster`, `see https://github.com/acme/x/issues/1 @ada`,
		`panic: runtime error: index out of range [3] with length 3` + "\n" + `github.com/stationmaster-bot/stationmaster/internal/process.Decide(...)`,
	} {
		if got := redact(text); got != text {
			t.Errorf("%q\nis read as %q", text, got)
		}
	}
}

func TestAnErrorOfTheProgramShowsNoSecret(t *testing.T) {
	var out bytes.Buffer
	token := "ghs_" + letters(36)
	env := func(string) (string, bool) { return "sqlite:/nowhere/" + token + "/x.db", true }
	code := run(context.Background(), []string{"migrate"}, &console{out: &out, err: &out, env: env})
	if code != 1 || !strings.Contains(out.String(), "/nowhere/") || strings.Contains(out.String(), token) {
		t.Errorf("exit %d: %s", code, &out)
	}
	if basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+letters(20))); redact(basic) == basic {
		t.Error("a header of a user's name and password is shown")
	}
}
