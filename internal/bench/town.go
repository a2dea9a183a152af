package bench

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A town is an emulated GitHub with people, and a tracking repository with
// features of whose past the bot's database is full.
type town struct {
	*session
	number    int
	past      Railway
	github    *program
	databases int
	database  string
	traced    string // GODEBUG of the bot
	// settle is how long labels may settle. Below a second the bot writes living
	// pages at once, else it gathers what happens to them for a second.
	settle string
	sweep  string // how often the bot compares GitHub with its record
	level  string // of its log
	keys   string // what it signs snapshots with; none if ""
	client *http.Client
	cred   struct {
		BaseURL        string            `json:"base_url"`
		AppID          int64             `json:"app_id"`
		PrivateKeyFile string            `json:"private_key_file"`
		WebhookSecret  string            `json:"webhook_secret"`
		InstallationID int64             `json:"installation_id"`
		Owner          string            `json:"owner"`
		Repo           string            `json:"repo"`
		Users          map[string]string `json:"users"`
		AdminURL       string            `json:"admin_url"`
	}
}

// agent is what people's requests and ours are known by.
const agent = "stationmaster-bench"

// usual is how long labels settle unless it is set otherwise.
const usual = "3s"

// found makes a town whose bot has its past in the database.
func (s *session) found(ctx context.Context, features int) (*town, error) {
	t, err := s.raise(ctx, features)
	if err != nil {
		return nil, err
	}
	if err := t.emptied(ctx); err != nil {
		return nil, err
	}
	return t, s.Seed(ctx, t.database, t.cred.InstallationID, t.repo(), t.past)
}

// before is how long all of a town has been there: what a comparison with GitHub
// takes for new is not the town itself.
const before = time.Hour

// raise makes a town without a database.
func (s *session) raise(ctx context.Context, features int) (*town, error) {
	s.towns++
	t := &town{session: s, number: s.towns, settle: "20ms", sweep: "off", level: "info", client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: patience}}
	now := time.Now().UTC()
	t.past = Railway{Features: features, Now: now, Owners: []string{engineer}}
	world, cred := t.file("world.json"), t.file("credentials.json")
	data, err := World(t.past.Past(s.Process, "acme/"+tracking), s.Config)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(world, data, 0o600); err != nil {
		return nil, err
	}
	s.Log.Info().Int("features", features).Msg("a town is founded")
	if t.github, err = s.launch(ctx, nil, "emulator", "--world", world, "--credentials", cred, "--limits", "off", "--clock", now.Add(-before).Format(time.RFC3339)); err != nil {
		return nil, err
	}
	if _, err := t.github.says(ctx, "Credentials: "); err != nil {
		return nil, err
	}
	if data, err = os.ReadFile(cred); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &t.cred); err != nil {
		return nil, err
	}
	return t, t.admin(ctx, http.MethodPost, "/clock", map[string]string{"to": time.Now().UTC().Format(time.RFC3339Nano)}, nil)
}

// file is where a file of the town is.
func (t *town) file(name string) string {
	return filepath.Join(t.dir, fmt.Sprintf("%d-%s", t.number, name))
}

// emptied gives the town an empty database, and forgets the one that it had.
func (t *town) emptied(ctx context.Context) error {
	t.databases++
	dir := t.file(fmt.Sprintf("database-%d", t.databases))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	url, drop, err := t.Database(ctx, dir)
	if err != nil {
		return err
	}
	t.later(drop)
	t.database = url
	return nil
}

func (t *town) repo() string { return t.cred.Owner + "/" + t.cred.Repo }

// do makes a request of GitHub as a person, and reads the answer into out, which
// may be nil.
func (t *town) do(ctx context.Context, login, method, path string, in, out any) error {
	return t.request(ctx, t.cred.Users[login], method, t.cred.BaseURL+path, in, out)
}

// admin makes a request of the emulator itself.
func (t *town) admin(ctx context.Context, method, path string, in, out any) error {
	return t.request(ctx, "", method, t.cred.AdminURL+path, in, out)
}

func (t *town) request(ctx context.Context, token, method, url string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("User-Agent", agent)
	resp, err := t.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, r.URL.Path, resp.Status, strings.TrimSpace(string(data)))
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}

// say comments on an issue as a person, and returns the comment's id.
func (t *town) say(ctx context.Context, login string, issue int, body string) (int64, error) {
	var made struct{ ID int64 }
	err := t.do(ctx, login, http.MethodPost, fmt.Sprintf("/repos/%s/issues/%d/comments", t.repo(), issue), map[string]string{"body": body}, &made)
	return made.ID, err
}

// slow sets how long GitHub takes for each answer.
func (t *town) slow(ctx context.Context, latency time.Duration) error {
	return t.admin(ctx, http.MethodPatch, "/settings", map[string]string{"latency": latency.String()}, nil)
}

// hooks sets where GitHub posts its webhooks.
func (t *town) hooks(ctx context.Context, url string) error {
	return t.admin(ctx, http.MethodPost, "/webhook", map[string]string{"url": url}, nil)
}

// stillness is how long nothing may happen for a town to be quiet: longer than
// the bot gathers what happens to a page.
const stillness = 1200 * time.Millisecond

// quiet waits until nothing happens at GitHub any more, and returns when the last
// thing did, to a few milliseconds.
func (t *town) quiet(ctx context.Context) (last time.Time, err error) {
	seen := -1
	last = time.Now()
	for limit := time.Now().Add(10 * time.Minute); time.Now().Before(limit); {
		var counts struct{ Total int }
		if err := t.admin(ctx, http.MethodGet, "/requests", nil, &counts); err != nil {
			return last, err
		}
		if counts.Total != seen {
			seen, last = counts.Total, time.Now()
		}
		if time.Since(last) > stillness {
			return last, nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return last, err
		}
	}
	return last, errors.New("GitHub has no rest for ten minutes")
}

// pause waits until the time has passed or the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A bot is the program at work in a town.
type bot struct {
	*program
	hook string // where it takes webhooks
}

// hookPath is where the bot takes webhooks.
const hookPath = "/api/github/hook"

// listening finds the address in the line that tells it, whatever else is in it:
// what the runtime says comes between.
var listening = regexp.MustCompile(`"addr":"([^"]+)"`)

// serve starts the bot, and returns when it listens.
func (t *town) serve(ctx context.Context) (*bot, error) {
	p, err := t.launch(ctx, t.settings(), "serve")
	if err != nil {
		return nil, err
	}
	line, err := p.says(ctx, `"listening"`)
	if err != nil {
		return nil, err
	}
	addr := listening.FindStringSubmatch(line)
	if addr == nil {
		return nil, p.fault("it does not say where it listens")
	}
	return &bot{p, "http://" + addr[1] + hookPath}, nil
}

// settings are the variables of the environment of a bot.
func (t *town) settings() []string {
	all := []string{
		"STATIONMASTER_GITHUB_API_URL=" + t.cred.BaseURL,
		fmt.Sprintf("STATIONMASTER_APP_ID=%d", t.cred.AppID),
		"STATIONMASTER_PRIVATE_KEY_FILE=" + t.cred.PrivateKeyFile,
		"STATIONMASTER_WEBHOOK_SECRET=" + t.cred.WebhookSecret,
		"STATIONMASTER_DATABASE_URL=" + t.database,
		"STATIONMASTER_SWEEP=" + t.sweep,
		"STATIONMASTER_LISTEN=127.0.0.1:0", "STATIONMASTER_PACING=off", "STATIONMASTER_SETTLE=" + t.settle,
		"STATIONMASTER_LOG_LEVEL=" + t.level,
		"GODEBUG=" + t.traced,
	}
	if t.keys != "" {
		all = append(all, "STATIONMASTER_SNAPSHOT_KEYS="+t.keys)
	}
	return all
}

// settled starts the bot, has the webhooks go to it, and returns when it has done
// all that it does at the start: it opens the board, the next trains, the agenda.
func (t *town) settled(ctx context.Context) (*bot, error) {
	b, err := t.serve(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.hooks(ctx, b.hook); err != nil {
		return nil, err
	}
	if _, err := b.says(ctx, `"at work"`); err != nil {
		return nil, err
	}
	if err := pause(ctx, stillness); err != nil {
		return nil, err
	}
	_, err = t.quiet(ctx)
	return b, err
}

// dismiss ends a bot before the measure does.
func (t *town) dismiss(b *bot) error {
	t.ends = t.ends[:len(t.ends)-1] // it was the last to begin
	return b.stop()
}

// signature is how GitHub signs a webhook.
func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
