package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
	"github.com/palantir/go-githubapp/githubapp"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A tripwire stands between the bot and GitHub and counts what the bot writes.
// When the count is reached it cuts: before the request arrives, or after it was
// carried out and before the bot hears of it.
type tripwire struct {
	proxy *httputil.ReverseProxy

	mu    sync.Mutex
	left  int // writes until it cuts; 0 lets all pass
	after bool
	cut   func()
}

func newTripwire(t *testing.T, api string) (w *tripwire, address string) {
	t.Helper()
	target, err := url.Parse(api)
	if err != nil {
		t.Fatal(err)
	}
	w = &tripwire{proxy: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})}
	w.proxy.ErrorLog = log.New(io.Discard, "", 0) // whoever is killed hangs up
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return w, server.URL + target.Path
}

func (w *tripwire) set(writes int, after bool, cut func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left, w.after, w.cut = writes, after, cut
}

func (w *tripwire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	cut := false
	if w.left > 0 && r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/access_tokens") {
		w.left--
		cut = w.left == 0
	}
	w.mu.Unlock()
	switch {
	case cut && w.after:
		w.proxy.ServeHTTP(httptest.NewRecorder(), r)
		w.cut()
		panic(http.ErrAbortHandler)
	case cut:
		w.cut()
		panic(http.ErrAbortHandler)
	}
	w.proxy.ServeHTTP(out, r)
}

// A typed is a command that somebody has commented, and what is to come of it.
type typed struct {
	issue   int
	comment int64
	line    string
	face    string
	replies int // anyReplies is none or one
}

const anyReplies = -1

// series is what people type, chosen so that each comes out the same whatever
// came before it: what was lost in between is sent again later, out of order.
// Only /layers may find that nothing is left to do, and then says so.
var series = []struct {
	line, face string
	replies    int
}{
	{"/layers l1", "rocket", anyReplies},
	{"/status", "rocket", 1},
	{"/layers l2", "rocket", anyReplies},
	{"/stabel", "confused", 1},
	{"/hold h%d because it waits for another", "rocket", 0},
	{"/layers l1 l2", "rocket", anyReplies},
	{"/submit betanet", "confused", 1},
}

// The moments of the deaths come from a seed; STATIONMASTER_TEST_SEED tries others.
func TestKillingTheBotInAnyWriteLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	seed := uint64(34)
	if v := os.Getenv("STATIONMASTER_TEST_SEED"); v != "" {
		seed = must(strconv.ParseUint(v, 10, 64))
	}
	dice := rand.New(rand.NewPCG(seed, seed))
	e := startTown(t)
	wire, api := newTripwire(t, e.cred.BaseURL)
	database := filepath.Join(t.TempDir(), "bot.db")
	env := e.settings(api, database)
	bot, addr := e.serve(t, env, "127.0.0.1:0")

	var features []int
	for i := range 3 {
		features = append(features, e.opens(t, "engineer", fmt.Sprintf("Feature %d", i), "kind/feature"))
	}
	until(t, "all features stand in scoping", func() bool {
		return !slices.ContainsFunc(features, func(n int) bool { return !e.issue(t, n).has("stage/alphanet-scoping") })
	})

	var all []*typed
	say := func(i int) {
		kind := series[i/len(features)%len(series)]
		c := &typed{issue: features[i%len(features)], line: kind.line, face: kind.face, replies: kind.replies}
		if strings.Contains(c.line, "%") {
			c.line = fmt.Sprintf(c.line, i)
		}
		c.comment = e.says(t, "engineer", c.issue, c.line).ID
		all = append(all, c)
	}
	next := 0
	for round := range 4 {
		writes, after := 1+dice.IntN(14), dice.IntN(2) == 0
		victim, dead := bot, make(chan struct{})
		wire.set(writes, after, func() { victim.dies(t); close(dead) })
		t.Logf("seed %d, round %d: killed in write %d, carried out: %v", seed, round, writes, after)
		killed := func() bool {
			select {
			case <-dead:
				return true
			default:
				return false
			}
		}
		for end := next + 10; next < end; next++ {
			say(next)
		}
		until(t, "it is dead", killed)
		bot, _ = e.serve(t, env, addr)
	}

	e.admin(t, "settle", nil)
	heard, lost := e.acknowledged(t, all)
	t.Logf("%d commands acknowledged, %d not", len(heard), len(lost))
	e.answered(t, heard)
	e.redelivers(t)
	e.admin(t, "settle", nil)
	e.answered(t, all)

	for _, n := range features {
		all = append(all, &typed{issue: n, comment: e.says(t, "engineer", n, "/layers l2").ID, line: "/layers l2", face: "rocket", replies: anyReplies})
	}
	e.answered(t, all)
	until(t, "the labels are those of the last command", func() bool {
		return !slices.ContainsFunc(features, func(n int) bool {
			is := e.issue(t, n)
			return !is.has("kind/feature", "stage/alphanet-scoping", "layer/l2") || is.has("layer/l1")
		})
	})
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	bot.stops(t)
	e.once(t, features, all)
	soundLedger(t, config.Server{Database: database}, e.cred.Owner+"/"+e.cred.Repo)
	e.github.stops(t)
}

// acknowledged tells the commands whose webhook was taken from those whose was
// refused or cut off.
func (e *town) acknowledged(t *testing.T, all []*typed) (heard, lost []*typed) {
	t.Helper()
	taken := map[int64]bool{}
	for _, d := range e.log(t) {
		if d.StatusCode == http.StatusOK && d.Event == "issue_comment" {
			taken[d.Request.Payload.Comment.ID] = true
		}
	}
	for _, c := range all {
		if taken[c.comment] {
			heard = append(heard, c)
		} else {
			lost = append(lost, c)
		}
	}
	return heard, lost
}

// logged is a delivery in the emulator's log.
type logged struct {
	ID         int64
	GUID       string
	Event      string
	StatusCode int `json:"status_code"`
	Request    struct {
		Payload struct {
			Comment struct{ ID int64 }
		}
	}
}

func (e *town) log(t *testing.T) []logged {
	t.Helper()
	var out []logged
	admin := &person{base: e.cred.AdminURL, client: &http.Client{}}
	if err := admin.do(context.Background(), http.MethodGet, "/deliveries", nil, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// answered waits until each command has its reaction and its reply.
func (e *town) answered(t *testing.T, all []*typed) {
	t.Helper()
	for _, c := range all {
		until(t, fmt.Sprintf("%s in comment %d is answered by %s and %d replies", c.line, c.comment, c.face, c.replies), func() bool {
			return slices.Contains(e.faces(t, c.comment), c.face) && (c.replies == anyReplies || e.replies(t, c) == c.replies)
		})
	}
}

// replies counts what the bot said to a command.
func (e *town) replies(t *testing.T, c *typed) int {
	t.Helper()
	n := 0
	for _, said := range e.comments(t, c.issue) {
		if said.User.Type == "Bot" && strings.HasPrefix(said.Body, fmt.Sprintf("<!-- stationmaster:reply/comment/%d/", c.comment)) {
			n++
		}
	}
	return n
}

// once checks in the end that everything stands there once.
func (e *town) once(t *testing.T, features []int, all []*typed) {
	t.Helper()
	for _, c := range all {
		faces := e.faces(t, c.comment)
		replies := e.replies(t, c)
		if !slices.Equal(faces, []string{c.face}) || replies > 1 || c.replies != anyReplies && replies != c.replies {
			t.Errorf("%s in comment %d has %v and %d replies", c.line, c.comment, faces, replies)
		}
	}
	for _, n := range features {
		seen := map[string]int{}
		for _, said := range e.comments(t, n) {
			if m := marker.FindStringSubmatch(said.Body); m != nil {
				seen[m[1]]++
			}
		}
		for key, times := range seen {
			if times != 1 {
				t.Errorf("#%d: %s stands there %d times", n, key, times)
			}
		}
		if seen["status"] != 1 {
			t.Errorf("#%d has no status: %v", n, seen)
		}
	}
}

// redelivers asks GitHub, as the App, to send again what has failed, oldest first.
func (e *town) redelivers(t *testing.T) {
	t.Helper()
	key, err := os.ReadFile(e.cred.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	client, err := githubapp.NewClientCreator(e.cred.BaseURL+"/", e.cred.BaseURL+"/graphql", e.cred.AppID, key,
		githubapp.WithClientTimeout(10*time.Second)).NewAppClient()
	if err != nil {
		t.Fatal(err)
	}
	var failed []*github.HookDelivery
	for cursor := ""; ; {
		page, resp, err := client.Apps.ListHookDeliveries(context.Background(), &github.ListCursorOptions{Cursor: cursor, PerPage: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			if d.GetStatus() != "OK" {
				failed = append(failed, d)
			}
		}
		if cursor = resp.Cursor; cursor == "" {
			break
		}
	}
	slices.Reverse(failed)
	for _, d := range failed {
		if _, resp, err := client.Apps.RedeliverHookDelivery(context.Background(), d.GetID()); err != nil && resp.StatusCode != http.StatusAccepted {
			t.Fatal(err)
		}
	}
	t.Logf("%d deliveries sent again", len(failed))
}

// left counts what a running bot has still to decide and to do. What was cut
// off is looked for some seconds later.
func left(t *testing.T, path string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const count = "SELECT (SELECT count(*) FROM deliveries WHERE settled_at = 0) + (SELECT count(*) FROM actions WHERE state = 'pending')"
	if err := db.QueryRow(count).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// soundLedger checks the chain that a stopped bot left behind, and that nothing
// failed for good.
func soundLedger(t *testing.T, database config.Server, repo string) {
	t.Helper()
	ctx := context.Background()
	store, err := openStore(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.Verify(ctx, repo); err != nil {
		t.Error(err)
	}
	for _, id := range must(store.Installations(ctx)) {
		if dead := must(store.Failed(ctx, id)); len(dead) > 0 {
			t.Errorf("%d actions have failed: %+v", len(dead), dead[0])
		}
	}
	for _, entry := range must(store.Entries(ctx, repo, 0, 10_000)) {
		if entry.Event.What == process.Dead {
			t.Errorf("a decision failed: %s", entry.Event.Trace)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
