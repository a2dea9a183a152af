package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// The environment of a child process: its store, its GitHub, and the step at
// which it kills itself, "" for none.
const (
	childStore = "STATIONMASTER_TEST_CRASH_STORE"
	childURL   = "STATIONMASTER_TEST_CRASH_GITHUB"
	childStep  = "STATIONMASTER_TEST_CRASH_STEP"
)

// steps are where a child may be killed: around the decision's record, and
// around each step of an action.
var steps = []string{
	"received", "before record", "after record",
	"before start", "after start", "carried out", "before done", "after done",
}

// plan opens a train's issue and its milestone, puts a feature aboard, and says
// and shows it: every kind of action that must not be doubled.
var plan = map[string]process.Decision{"k": {
	Changed: []*process.Item{
		feature(1),
		{ID: "alphanet/2026-12", Kind: process.Alphanet, Ours: true, Title: "Alphanet", T: &process.TrainFacts{}},
	},
	Actions: []process.Action{
		{Do: process.OpenIssue, Item: "alphanet/2026-12", Marker: "item/alphanet/2026-12", Title: "Alphanet"},
		{Do: process.MakeMilestone, Item: "alphanet/2026-12", Title: "Alphanet"},
		{Do: process.SetMilestone, Item: "issue/1", Train: "alphanet/2026-12"},
		{Do: process.SayOnce, Item: "issue/1", Marker: "list", Body: "a checklist"},
		{Do: process.SayOnce, Issue: 1, Body: "a reply", Urgent: true},
		{Do: process.AddLabel, Item: "alphanet/2026-12", Label: "kind/alphanet"},
		{Do: process.Refresh, Item: "issue/1"},
	},
}}

func TestMain(m *testing.M) {
	if os.Getenv(childStore) != "" {
		if err := child(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is a bot that takes one delivery in and ends when there is nothing left
// to do, if it lives that long.
func child() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	s, err := sqlite.Open(ctx, os.Getenv(childStore))
	if err != nil {
		return err
	}
	step, at, _ := strings.Cut(os.Getenv(childStep), "@")
	d := &doom{step: step, left: len(at)}
	b := bot.New(bot.Config{
		Store: doomedStore{s, d}, GitHub: wire{os.Getenv(childURL), d}, Translator: plain{}, Renderer: plain{}, Processes: plain{},
		Log: zerolog.Nop(), Rules: rules(does(plan)), Parallel: 1, Timing: bot.Timing{Retry: time.Millisecond, Stop: time.Second, Owed: time.Minute},
	})
	run, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- b.Run(run) }()
	payload, err := json.Marshal([]process.Event{asked("k")})
	if err != nil {
		return err
	}
	if _, err := b.Receive(ctx, bot.Delivery{ID: "d1", Event: "test", Installation: inst, Repo: repo, Payload: payload}); err != nil {
		return err
	}
	d.reach("received")
	if err := b.Idle(ctx); err != nil {
		return err
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	return s.Close()
}

// doom kills the process when a step is reached for the given time.
type doom struct {
	mu   sync.Mutex
	step string
	left int
}

func (d *doom) reach(step string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if step != d.step {
		return
	}
	if d.left--; d.left == 0 {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		fmt.Fprintln(os.Stderr, "dying:", err)
		select {} // the signal is on its way
	}
}

type doomedStore struct {
	bot.Store
	*doom
}

func (s doomedStore) Record(ctx context.Context, l bot.Lease, entries ...bot.Entry) error {
	before, after := "before record", "after record"
	if entries[0].Finished != nil {
		before, after = "before done", "after done"
	}
	s.reach(before)
	err := s.Store.Record(ctx, l, entries...)
	s.reach(after)
	return err
}

func (s doomedStore) Update(ctx context.Context, l bot.Lease, w bot.Work, ended ...process.Result) error {
	s.reach("before start")
	err := s.Store.Update(ctx, l, w, ended...)
	s.reach("after start")
	return err
}

func (s doomedStore) Finish(ctx context.Context, l bot.Lease, repo string, ended ...process.Result) error {
	s.reach("before done")
	err := s.Store.Finish(ctx, l, repo, ended...)
	s.reach("after done")
	return err
}

// wire is a GitHub in another process, so that it outlives this one.
type wire struct {
	url string
	*doom
}

type letter struct {
	Deed   bot.Deed
	Result process.Result
	Found  bool
}

func (w wire) post(ctx context.Context, path string, l letter) (letter, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return letter{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+path, bytes.NewReader(body))
	if err != nil {
		return letter{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return letter{}, err
	}
	defer resp.Body.Close()
	var back letter
	return back, json.NewDecoder(resp.Body).Decode(&back)
}

func (w wire) Do(ctx context.Context, _ int64, _ string, d bot.Deed, leaving func() error) (process.Result, error) {
	if err := leaving(); err != nil {
		return process.Result{}, err
	}
	back, err := w.post(ctx, "/do", letter{Deed: d})
	w.reach("carried out")
	return back.Result, err
}

func (w wire) Find(ctx context.Context, _ int64, _ string, d bot.Deed, _ time.Time) (process.Result, bool, error) {
	back, err := w.post(ctx, "/find", letter{Deed: d})
	return back.Result, back.Found, err
}

func (w wire) Answer(context.Context, int64, string, process.Questions, bot.RoleSource) (process.Answers, error) {
	return process.Answers{}, nil
}

func (w wire) File(context.Context, int64, string, string) ([]byte, error) {
	return nil, bot.ErrNotFound
}

// world serves a hub over HTTP.
func world(t *testing.T, h *hub) string {
	mux := http.NewServeMux()
	serve := func(path string, f func(l *letter) error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var l letter
			err := json.NewDecoder(r.Body).Decode(&l)
			if err == nil {
				err = f(&l)
			}
			if err == nil {
				err = json.NewEncoder(w).Encode(l)
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	serve("/do", func(l *letter) (err error) {
		l.Result, err = h.Do(context.Background(), inst, repo, l.Deed, nil)
		return err
	})
	serve("/find", func(l *letter) (err error) {
		l.Result, l.Found, err = h.Find(context.Background(), inst, repo, l.Deed, time.Time{})
		return err
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// spawn runs a child to its end and returns what it said.
func spawn(t *testing.T, path, url, step string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childStore+"="+path, childURL+"="+url, childStep+"="+step)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestKillingTheProcessAtAnyStepDoublesAndLosesNothing(t *testing.T) {
	for _, step := range steps {
		times := len(plan["k"].Actions)
		if strings.HasSuffix(step, " start") {
			times -= 2 // the label and the milestone can be repeated, and bear no mark
		}
		if strings.HasSuffix(step, " done") {
			times -= 2 // the ends of the reply and of a label are written with what comes next
		}
		if step == "received" || strings.HasSuffix(step, " record") {
			times = 1
		}
		if testing.Short() {
			times = 1
		}
		for n := 1; n <= times; n++ {
			t.Run(fmt.Sprint(step, " ", n), func(t *testing.T) {
				t.Parallel()
				h := newHub()
				path, url := filepath.Join(t.TempDir(), "crash.db"), world(t, h)
				if out, err := spawn(t, path, url, step+"@"+strings.Repeat("x", n)); err == nil {
					t.Fatalf("the child was not killed: %s", out)
				}
				if out, err := spawn(t, path, url, ""); err != nil {
					t.Fatalf("the second child: %v: %s", err, out)
				}
				check(t, h, path)
			})
		}
	}
}

// check holds the world and the store against the plan.
func check(t *testing.T, h *hub, path string) {
	t.Helper()
	made := map[string]int{}
	var harmless []string
	for _, d := range h.done {
		switch d.Do {
		case process.OpenIssue, process.MakeMilestone, process.SayOnce:
			made[string(d.Do)+" "+d.Title+d.Body]++
		default:
			harmless = append(harmless, string(d.Do)+" "+d.Label)
		}
	}
	want := []string{"open-issue Alphanet", "make-milestone Alphanet", "comment a checklist", "comment a reply", "comment page: Feature 1"}
	for _, w := range want {
		if made[w] != 1 {
			t.Errorf("%s: %d times, want once; all: %q", w, made[w], h.log())
		}
	}
	if len(made) != len(want) {
		t.Errorf("made %v", made)
	}
	for _, w := range []string{"set-milestone ", "add-label kind/alphanet"} {
		if !slices.Contains(harmless, w) {
			t.Errorf("%q is missing in %q", w, h.log())
		}
	}
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Verify(t.Context(), repo); err != nil {
		t.Error(err)
	}
	l, err := s.Line(t.Context(), repo)
	if err != nil {
		t.Fatal(err)
	}
	train, f := l.Get("alphanet/2026-12"), l.Get("issue/1")
	if train.Shown.Number == 0 || train.T.Milestone == 0 || f.Shown.Comments["status"] == 0 {
		t.Errorf("the line has not heard of everything: %+v, %+v", train.Shown, f.Shown)
	}
	pending, _ := s.Pending(t.Context(), inst)
	failed, _ := s.Failed(t.Context(), inst)
	left, _ := s.Undecided(t.Context(), inst, 0, 10)
	if len(pending)+len(failed)+len(left) != 0 {
		t.Errorf("left over: %+v, %+v, %+v", pending, failed, left)
	}
}
