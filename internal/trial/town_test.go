package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// dawn is the world's time at the beginning of every script: the morning of the
// day on which the first Alphanet leaves. It lies in the future, as the world's
// clock may not be behind the machine's.
const dawn = "2035-02-13T08:00:00Z"

// A town is an emulated GitHub in a process of its own, with the people in it.
type town struct {
	cred   emulator.Credentials
	github *program
	client *http.Client
}

func startTown(t *testing.T) *town {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	p, err := starts(t, nil, "emulator", "--addr", "127.0.0.1:0", "--credentials", file, "--limits", "off", "--clock", dawn)
	if err == nil {
		_, err = p.says("Credentials: " + file)
	}
	if err != nil {
		t.Fatalf("start the emulator: %v", err)
	}
	w := &town{github: p, client: &http.Client{
		Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute},
	}}
	if err := json.Unmarshal(must(os.ReadFile(file)), &w.cred); err != nil {
		t.Fatal(err)
	}
	return w
}

// settings are the environment that a bot needs to work there, reaching GitHub
// at the address api.
func (w *town) settings(api, database string) []string {
	return []string{
		"STATIONMASTER_GITHUB_API_URL=" + api,
		fmt.Sprintf("STATIONMASTER_APP_ID=%d", w.cred.AppID),
		"STATIONMASTER_PRIVATE_KEY_FILE=" + w.cred.PrivateKeyFile,
		"STATIONMASTER_WEBHOOK_SECRET=" + w.cred.WebhookSecret,
		"STATIONMASTER_DATABASE_URL=" + database,
		"STATIONMASTER_PACING=off", // there are no limits to keep to
		"STATIONMASTER_SETTLE=20ms", "STATIONMASTER_UNANSWERED=3s",
		"STATIONMASTER_CLOCK=" + w.cred.AdminURL,
	}
}

// repository is the tracking repository's full name.
func (w *town) repository() string { return w.cred.Owner + "/" + w.cred.Repo }

// code is that of the one with the pull requests.
func (w *town) code() string { return w.cred.Owner + "/" + w.cred.CodeRepo }

// as sends a request to the API as a person, and reads the answer into out
// unless that is nil. A path that begins without a slash is one of the tracking
// repository.
func (w *town) as(ctx context.Context, persona, method, path string, in, out any) error {
	if !strings.HasPrefix(path, "/") {
		path = "/repos/" + w.repository() + "/" + path
	}
	return w.send(ctx, w.cred.BaseURL+path, "Bearer "+w.cred.Users[persona], method, in, out)
}

// admin sends a request to the emulator's admin address.
func (w *town) admin(ctx context.Context, method, path string, in, out any) error {
	return w.send(ctx, w.cred.AdminURL+path, "", method, in, out)
}

func (w *town) send(ctx context.Context, url, authorization, method string, in, out any) error {
	var body io.Reader
	if in != nil {
		body = bytes.NewReader(must(json.Marshal(in)))
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, data)
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}

// goesWrong puts faults in force in place of those that are.
func (w *town) goesWrong(ctx context.Context, rules ...string) error {
	return w.admin(ctx, http.MethodPut, "/faults", map[string]any{"seed": *seed, "rules": rules}, nil)
}

// struck tells how often each kind of fault has struck.
func (w *town) struck(ctx context.Context) (map[string]int, error) {
	var out struct{ Counts map[string]int }
	return out.Counts, w.admin(ctx, http.MethodGet, "/faults", nil, &out)
}

// named is a thing with a name, as GitHub lists labels.
type named struct{ Name string }

// an issue, as far as we look.
type issue struct {
	Number    int
	Title     string
	Body      string
	State     string
	Locked    bool
	Milestone *struct{ Title string }
	Labels    []named
	Assignees []struct{ Login string }
	User      struct{ Type string }
	PullReq   *struct{} `json:"pull_request"`
}

// labels are the issue's labels.
func (i issue) labels() []string {
	var out []string
	for _, l := range i.Labels {
		out = append(out, l.Name)
	}
	return out
}

// a comment on an issue.
type comment struct {
	ID        int64
	Body      string
	URL       string `json:"issue_url"`
	User      struct{ Login, Type string }
	Reactions struct {
		Rocket, Confused, Eyes int
		Total                  int `json:"total_count"`
	}
}

// markerForm is the hidden key in front of what the bot writes.
var markerForm = regexp.MustCompile(`^<!-- stationmaster:(\S+) -->`)

// marker is the hidden key of a comment of the bot's, "" if it is none.
func (c comment) marker() string {
	if m := markerForm.FindStringSubmatch(c.Body); m != nil && c.User.Type == "Bot" {
		return m[1]
	}
	return ""
}

// every reads all pages of a list of the tracking repository.
func every[T any](ctx context.Context, w *town, path string) ([]T, error) {
	var all []T
	for page := 1; ; page++ {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		var some []T
		err := w.as(ctx, "maintainer", http.MethodGet, fmt.Sprintf("%s%sper_page=100&page=%d", path, sep, page), nil, &some)
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(some) < 100 {
			return all, nil
		}
	}
}

// until asks again and again, at first quickly and then every half second, until
// ok or the patience is at its end.
func until(ctx context.Context, patience time.Duration, what string, ok func() (bool, error)) error {
	limit := time.Now().Add(patience)
	for wait := 10 * time.Millisecond; ; wait = min(wait*3/2, 500*time.Millisecond) {
		is, err := ok()
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", what, err)
		case is:
			return nil
		case time.Now().After(limit):
			return fmt.Errorf("in %s it did not come to this: %s", patience, what)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%s: %w", what, context.Cause(ctx))
		}
	}
}
