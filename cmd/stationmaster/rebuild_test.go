package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sleep stops the bot.
func (e *town) sleep(t *testing.T) {
	t.Helper()
	e.calm(t)
	e.stop()
	if err := <-e.stopped; err != nil {
		t.Fatal(err)
	}
	e.stopped <- nil // for whoever closes the world
}

// lose deletes the database of a bot that sleeps.
func (e *town) lose(t *testing.T) {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(e.station.settings.Database + end); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// rebuild rebuilds what a sleeping bot has lost, and returns what is printed.
func (e *town) rebuild(t *testing.T, dry bool) string {
	t.Helper()
	last := e.station
	st, err := newStation(context.Background(), last.settings, last.world, last.log)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = st.rebuild(context.Background(), &out, e.cred.Owner+"/"+e.cred.Repo, dry)
	if cerr := st.store.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr, out.String())
	}
	return out.String()
}

// wake starts the bot again.
func (e *town) wake(t *testing.T) {
	t.Helper()
	last := e.station
	again, err := newStation(context.Background(), last.settings, last.world, last.log)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(context.Background())
	e.station, e.stop, e.stopped = again, stop, make(chan error, 1)
	listening := make(chan string, 1)
	go func() { e.stopped <- again.run(running, func(addr string) { listening <- addr }) }()
	select {
	case addr := <-listening:
		e.home = "http://" + addr
		e.world.github.SetWebhookURL(e.home + hookPath)
	case err := <-e.stopped:
		t.Fatal(err)
	}
	e.calm(t)
}

// sight is what people see of an issue, in short.
type sight struct {
	Title, State, Aboard  string
	Labels, Owners, Heard []string
}

// sights are all issues with what the bot has said on them: the hidden keys of its
// comments, each as often as it was said.
func (e *town) sights(t *testing.T) []sight {
	t.Helper()
	var out []sight
	for _, is := range must(e.issues(context.Background(), "")) {
		s := sight{Title: is.Title, State: is.State, Labels: is.labels()}
		if is.Milestone != nil {
			s.Aboard = is.Milestone.Title
		}
		for _, a := range is.Assignees {
			s.Owners = append(s.Owners, a.Login)
		}
		for _, c := range e.comments(t, is.Number) {
			if m := marker.FindStringSubmatch(c.Body); c.User.Type == "Bot" && m != nil {
				s.Heard = append(s.Heard, clockless.ReplaceAllString(m[1], "/…"))
			}
		}
		slices.Sort(s.Labels)
		slices.Sort(s.Heard)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b sight) int { return strings.Compare(a.Title, b.Title) })
	return out
}

// clockless drops what hangs on the ids of comments and on the second.
var clockless = regexp.MustCompile(`/[0-9]+/(created|ticks/|[0-9a-f]{8,}).*$`)

// acts are those of the demo's story.
func (s *script) acts() []func(context.Context) error {
	return []func(context.Context) error{
		s.opening, s.merging, s.boarding, s.departing, s.proving, s.betanet, s.auditing, s.testnet, s.voting, s.mainnet,
	}
}

// played plays the story, and does something between two acts.
func played(t *testing.T, between func(e *town, act int)) []sight {
	t.Helper()
	e := newTestWorldNow(t)
	var out bytes.Buffer
	s := &script{world: e.world, out: &out}
	for i, act := range s.acts() {
		if err := act(context.Background()); err != nil {
			t.Fatalf("act %d: %v\n%s", i, err, out.String())
		}
		between(e, i)
	}
	if s.failed > 0 {
		t.Errorf("the story went wrong:\n%s", out.String())
	}
	e.nobodyFailed(t)
	return e.sights(t)
}

func TestAStoryGoesOnAfterTheDatabaseIsLost(t *testing.T) {
	t.Parallel()
	want := played(t, func(*town, int) {})
	cuts := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	if testing.Short() {
		cuts = []int{2, 6}
	}
	for _, cut := range cuts {
		t.Run(fmt.Sprintf("after act %d", cut+1), func(t *testing.T) {
			t.Parallel()
			got := played(t, func(e *town, act int) {
				if act != cut {
					return
				}
				e.sleep(t)
				e.lose(t)
				report := e.rebuild(t, false)
				if !strings.Contains(report, "everything is proved") {
					t.Errorf("not everything is proved:\n%s", report)
				}
				if again := e.rebuild(t, false); !strings.Contains(again, "nothing to rebuild") {
					t.Errorf("a second time:\n%s", again)
				}
				e.wake(t)
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the story ends otherwise (-undisturbed +rebuilt):\n%s", diff)
			}
		})
	}
}
