package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheBotAndGitHubWorkAsTwoProcesses(t *testing.T) {
	e := startTown(t)
	database := filepath.Join(t.TempDir(), "bot.db")
	env := e.settings(e.cred.BaseURL, database)
	bot, addr := e.serve(t, env, "127.0.0.1:0")

	t.Run("the credentials have the keys that were promised, for their owner's eyes only", e.credentialsAreSound)
	t.Run("it says that it lives and is ready", func(t *testing.T) {
		until(t, "ready", func() bool { return status(t, "http://"+addr+"/readyz") == http.StatusOK })
		if s := status(t, "http://"+addr+"/healthz"); s != http.StatusOK {
			t.Error("healthz answers", s)
		}
		if s := status(t, "http://"+addr+"/elsewhere"); s != http.StatusNotFound {
			t.Error("elsewhere answers", s)
		}
	})
	t.Run("a feature is opened and commanded", func(t *testing.T) {
		feature := e.opens(t, "engineer", "Cheaper withdrawals", "kind/feature")
		until(t, "the feature stands in Alphanet scoping", func() bool { return e.issue(t, feature).has("stage/alphanet-scoping") })
		said := e.says(t, "engineer", feature, "/layers l1 l2\n/submit alphanet")
		until(t, "a rocket", func() bool { return slices.Equal(e.faces(t, said.ID), []string{"rocket"}) })
		until(t, "the labels", func() bool {
			return e.issue(t, feature).has("layer/l1", "layer/l2", "submitted/alphanet")
		})
	})
	t.Run("what is no webhook is refused", func(t *testing.T) { e.refuses(t, "http://"+addr+hookPath) })
	t.Run("a second bot on the same database is refused politely", func(t *testing.T) {
		second := startProgram(t, env, "serve", "--listen", "127.0.0.1:0")
		if line := second.says(t, "in use by another process"); !strings.Contains(line, database) || strings.Contains(line, "panic") {
			t.Errorf("it says %q", line)
		}
		if code := second.ends(t); code != 1 {
			t.Errorf("it ends with %d", code)
		}
	})
	t.Run("both end cleanly within seconds", func(t *testing.T) {
		began := time.Now()
		bot.stops(t)
		e.github.stops(t)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestWithoutGitHubTheBotLivesTakesWebhooksAndIsNotReady(t *testing.T) {
	e := startTown(t)
	env := e.settings("http://127.0.0.1:1/api/v3", filepath.Join(t.TempDir(), "bot.db"))
	bot := startProgram(t, env, "serve", "--listen", "127.0.0.1:0")
	var line struct{ Addr string }
	if err := json.Unmarshal([]byte(bot.says(t, `"listening"`)), &line); err != nil {
		t.Fatal(err)
	}
	bot.says(t, "GitHub did not say who we are")
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		if s := status(t, "http://"+line.Addr+path); s != want {
			t.Errorf("%s answers %d", path, s)
		}
	}
	e.refuses(t, "http://"+line.Addr+hookPath)
	bot.stops(t)
}

// credentialsAreSound reads the file as somebody would who knows the issue only.
func (e *town) credentialsAreSound(t *testing.T) {
	data, err := os.ReadFile(e.file)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	want := []string{"admin_url", "app_id", "base_url", "client_id", "client_secret", "code_repo", "installation_id", "owner", "private_key_file", "repo", "users", "webhook_secret"}
	if got := slices.Sorted(maps.Keys(raw)); !slices.Equal(got, want) {
		t.Errorf("the keys are %v", got)
	}
	users, _ := raw["users"].(map[string]any)
	if got := slices.Sorted(maps.Keys(users)); !slices.Equal(got, []string{"engineer", "maintainer", "outsider", "reviewer", "security"}) {
		t.Errorf("the personas are %v", got)
	}
	if !strings.HasSuffix(e.cred.BaseURL, "/api/v3") || !filepath.IsAbs(e.cred.PrivateKeyFile) {
		t.Errorf("base_url %q, private_key_file %q", e.cred.BaseURL, e.cred.PrivateKeyFile)
	}
	for _, file := range []string{e.file, e.cred.PrivateKeyFile} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
}

// refuses posts to the hook what must not be let in.
func (e *town) refuses(t *testing.T, hook string) {
	body := []byte(`{"zen": "x"}`)
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"a sound ping":        {func(*http.Request) {}, http.StatusOK},
		"a wrong signature":   {func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", signature("guessed", body)) }, http.StatusUnauthorized},
		"SHA-1 alone":         {func(r *http.Request) { r.Header.Del("X-Hub-Signature-256"); r.Header.Set("X-Hub-Signature", "sha1=00") }, http.StatusUnauthorized},
		"no delivery id":      {func(r *http.Request) { r.Header.Del("X-GitHub-Delivery") }, http.StatusBadRequest},
		"a body that is vast": {func(r *http.Request) { r.ContentLength = 26 << 20; r.Body = io.NopCloser(endless{}) }, http.StatusRequestEntityTooLarge},
		"a GET":               {func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			req := e.webhook(t, hook, "ping", "delivery-of-"+strings.ReplaceAll(name, " ", "-"), body)
			req.Header.Set("Expect", "100-continue")
			c.change(req)
			client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience, DisableKeepAlives: true}}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("it answers %s", resp.Status)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// webhook is a request as GitHub makes it, signed.
func (w *world) webhook(t *testing.T, hook, event, delivery string, body []byte) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, hook, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", event)
	req.Header.Set("X-GitHub-Delivery", delivery)
	req.Header.Set("X-Hub-Signature-256", signature(w.cred.WebhookSecret, body))
	return req
}

func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// says comments as a person.
func (e *town) says(t *testing.T, persona string, number int, body string) comment {
	t.Helper()
	out, err := e.say(context.Background(), persona, number, body)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
