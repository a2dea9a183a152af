package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// newTestWorld starts GitHub and the bot in this process: the clock stands still
// on a Tuesday, and labels settle at once. The test runs beside others. In the end GitHub must not have been
// asked for anything it does not have.
func newTestWorld(t *testing.T, changes ...func(*worldOptions)) *town {
	t.Helper()
	t.Parallel()
	return newTestWorldNow(t, changes...)
}

// newTestWorldNow is newTestWorld for a test that is parallel to others already.
func newTestWorldNow(t *testing.T, changes ...func(*worldOptions)) *town {
	t.Helper()
	o := worldOptions{
		github: emulator.Options{Seed: 1, Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true, TrackingConfig: demoConfig, Labels: ourLabels()},
		addr:   "127.0.0.1:0", database: filepath.Join(t.TempDir(), "bot.db"), log: zerolog.Nop(),
	}
	for _, change := range changes {
		change(&o)
	}
	contractKept := held(t, &o)
	w, err := newWorld(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
		contractKept(w)
		for _, route := range w.github.Unknown() {
			t.Errorf("GitHub was asked for what it does not have: %s", route)
		}
	})
	e := &town{world: w}
	e.calm(t)
	return e
}

// prepared changes the bot of a test world before it starts.
func prepared(change func(*station) error) func(*worldOptions) {
	return func(o *worldOptions) { o.prepare = change }
}

// calm waits until the bot has nothing more to do.
func (e *town) calm(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := e.settled(ctx); err != nil {
		t.Fatal(err)
	}
}

// does has a person act on the tracking repository, and waits for what follows.
func (e *town) does(t *testing.T, persona, method, path string, in, out any) {
	t.Helper()
	if err := e.people[persona].do(context.Background(), method, e.tracking(path), in, out); err != nil {
		t.Fatal(err)
	}
	e.calm(t)
}

// feature opens one and lets it come into scoping.
func (e *town) feature(t *testing.T, title string) int {
	t.Helper()
	n := e.opens(t, "engineer", title, "kind/feature")
	e.calm(t)
	if is := e.issue(t, n); !is.has("stage/alphanet-scoping") {
		t.Fatalf("#%d has %v", n, is.labels())
	}
	return n
}

// merged opens a feature and merges a pull request that names it.
func (e *town) merged(t *testing.T, title string) int {
	t.Helper()
	n := e.feature(t, title)
	s := &script{world: e.world, out: io.Discard}
	if err := s.merges(context.Background(), "Code for "+title, fmt.Sprintf("Feature: %s/%s#%d", e.cred.Owner, e.cred.Repo, n)); err != nil {
		t.Fatal(err)
	}
	return n
}

// An answer is what the bot did about a comment.
type answer struct {
	id      int64
	faces   []string
	replies []string // without their markers
}

// commands comments as a person and waits for the answer.
func (e *town) commands(t *testing.T, persona string, number int, lines ...string) answer {
	t.Helper()
	said := e.says(t, persona, number, strings.Join(lines, "\n"))
	e.calm(t)
	return e.answer(t, number, said.ID)
}

// answer reads what a comment has come to so far.
func (e *town) answer(t *testing.T, number int, id int64) answer {
	t.Helper()
	a := answer{id: id, faces: e.faces(t, id)}
	for _, c := range e.comments(t, number) {
		m := marker.FindStringSubmatch(c.Body)
		if c.User.Type == "Bot" && m != nil && strings.HasPrefix(m[1], fmt.Sprintf("reply/comment/%d/", id)) {
			a.replies = append(a.replies, strings.TrimSpace(c.Body[len(m[0]):]))
		}
	}
	return a
}

// isSilent expects neither reaction nor reply.
func (a answer) isSilent(t *testing.T) {
	t.Helper()
	if len(a.faces)+len(a.replies) > 0 {
		t.Errorf("it was answered by %v %q", a.faces, a.replies)
	}
}

// isDone expects a rocket and no word.
func (a answer) isDone(t *testing.T) {
	t.Helper()
	if !slices.Equal(a.faces, []string{"rocket"}) || len(a.replies) > 0 {
		t.Errorf("it was answered by %v %q", a.faces, a.replies)
	}
}

// says expects one reaction and one reply with all of the words.
func (a answer) says(t *testing.T, face string, words ...string) {
	t.Helper()
	if !slices.Equal(a.faces, []string{face}) || len(a.replies) != 1 {
		t.Errorf("it was answered by %v %q", a.faces, a.replies)
		return
	}
	for _, w := range words {
		if !strings.Contains(a.replies[0], w) {
			t.Errorf("the reply does not say %q:\n%s", w, a.replies[0])
		}
	}
}

// posts sends a payload to the hook as GitHub would, and waits for what follows.
func (e *town) posts(t *testing.T, event, delivery string, payload []byte) {
	t.Helper()
	req := e.webhook(t, e.hookURL(t), event, delivery, payload)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", event, delivery, resp.Status, text)
	}
	e.calm(t)
}

// hookURL is where the emulator sends its webhooks.
func (e *town) hookURL(t *testing.T) string {
	t.Helper()
	all := e.world.github.Deliveries()
	return all[len(all)-1].URL
}

// last returns the payload of the newest delivery of an event and action.
func (e *town) last(t *testing.T, event, action string) (payload map[string]any) {
	t.Helper()
	for _, d := range slices.Backward(e.world.github.Deliveries()) {
		if d.Event == event && d.Action == action {
			if err := json.Unmarshal(d.Payload, &payload); err != nil {
				t.Fatal(err)
			}
			return payload
		}
	}
	t.Fatalf("no %s.%s was sent", event, action)
	return nil
}

// pushes has the maintainer commit a file to the tracking repository.
func (e *town) pushes(t *testing.T, path, content string) {
	t.Helper()
	in := map[string]string{"message": "change " + path, "content": base64.StdEncoding.EncodeToString([]byte(content))}
	var there struct{ SHA string }
	if err := e.people["maintainer"].do(context.Background(), http.MethodGet, e.tracking("/contents/"+path), nil, &there); err == nil {
		in["sha"] = there.SHA
	}
	e.does(t, "maintainer", http.MethodPut, "/contents/"+path, in, nil)
}

// board returns the departures issue as it is after a tick.
func (e *town) board(t *testing.T) issue {
	t.Helper()
	if err := e.station.beat(context.Background()); err != nil {
		t.Fatal(err)
	}
	e.calm(t)
	all, err := e.issues(context.Background(), "kind/departures")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

// nobodyFailed expects that no action is dead and no decision failed.
func (e *town) nobodyFailed(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	for _, w := range must(e.station.store.Failed(ctx, e.cred.InstallationID)) {
		t.Errorf("an action is dead: %s %s: %s", w.Action.Do, w.Action.Key, w.LastError)
	}
	for _, trace := range e.failures(t) {
		t.Errorf("a decision failed: %s", trace)
	}
}

// failures are the traces of the decisions that failed.
func (e *town) failures(t *testing.T) (traces []string) {
	t.Helper()
	for _, entry := range must(e.station.store.Entries(context.Background(), e.cred.Owner+"/"+e.cred.Repo, 0, 10_000)) {
		if entry.Event.What == process.Dead {
			traces = append(traces, entry.Event.Trace)
		}
	}
	return traces
}

// What GitHub does not read for mentions and references.
var (
	unseen  = regexp.MustCompile(`(?s)<!--.*?-->`)
	blocks  = regexp.MustCompile("(?ms)^ {0,3}```.*?^ {0,3}```[ \t]*$")
	spans   = regexp.MustCompile("``[^\n]*?``|`[^`\n]+`")
	mention = regexp.MustCompile(`(?:^|[^\w/@.-])(@[A-Za-z0-9][\w-]*(?:/[\w.-]+)?)`)
	tag     = regexp.MustCompile(`(?i)<(script|img|a |/)`)
)

// prose is a text as GitHub reads it for mentions.
func prose(s string) string {
	return spans.ReplaceAllString(blocks.ReplaceAllString(unseen.ReplaceAllString(s, ""), ""), "")
}

// botTexts are all that the bot has written, by where it stands.
func (e *town) botTexts(t *testing.T) map[string]string {
	t.Helper()
	var all []issue
	e.sees(t, "/issues?state=all&per_page=100", &all)
	out := map[string]string{}
	for _, is := range all {
		if is.User.Type == "Bot" {
			out[fmt.Sprintf("#%d", is.Number)] = is.Title + "\n" + is.Body
		}
		for _, c := range e.comments(t, is.Number) {
			if c.User.Type == "Bot" {
				out[fmt.Sprintf("#%d, comment %d", is.Number, c.ID)] = c.Body
			}
		}
	}
	return out
}
