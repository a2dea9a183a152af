package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

const feedToken = "0123456789abcdef"

// pagesStand expects what can be read of the bot to be readable still.
func pagesStand(t *testing.T, addr string) {
	t.Helper()
	for _, path := range []string{"/healthz", "/calendar/" + feedToken + "/calendar.ics"} {
		if s := status(t, "http://"+addr+path); s != http.StatusOK {
			t.Errorf("%s answers %d", path, s)
		}
	}
}

// taken are the bot's answers to the webhook of a comment.
func (e *town) taken(t *testing.T, c *typed) (answers []int) {
	t.Helper()
	e.admin(t, "settle", nil)
	for _, d := range e.log(t) {
		if d.Event == "issue_comment" && d.Request.Payload.Comment.ID == c.comment {
			answers = append(answers, d.StatusCode)
		}
	}
	return answers
}

// outage has a bot answer a command, puts its database out of order, and expects
// what was acknowledged to be done, and what could not be stored to be refused
// and done once GitHub sends it again.
func (e *town) outage(t *testing.T, env []string, database config.Server, breakIt, mend func() error) {
	t.Helper()
	bot, addr := e.serve(t, append(env, "STATIONMASTER_FEED_TOKEN="+feedToken), "127.0.0.1:0")
	feature := e.opens(t, "engineer", "Outlasting", "kind/feature")
	until(t, "it stands in scoping", func() bool { return e.issue(t, feature).has("stage/alphanet-scoping") })
	pagesStand(t, addr)
	said := func(line string) *typed {
		return &typed{issue: feature, comment: e.says(t, "engineer", feature, line).ID, line: line, face: "rocket", replies: anyReplies}
	}
	first := said("/layers l1")
	if got := e.taken(t, first); !slices.Equal(got, []int{http.StatusOK}) {
		t.Fatalf("before, a webhook is answered by %d", got)
	}
	if err := breakIt(); err != nil {
		t.Fatal(err)
	}
	second := said("/submit alphanet")
	if got := e.taken(t, second); !slices.Equal(got, []int{http.StatusServiceUnavailable}) {
		t.Errorf("meanwhile, a webhook is answered by %d", got)
	}
	pagesStand(t, addr)
	req := e.webhook(t, "http://"+addr+hookPath, "star", "delivery-of-a-star", []byte(`{"action":"created"}`))
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != http.StatusAccepted {
		t.Errorf("meanwhile, a webhook that is none of ours is answered by %v, %v", resp, err)
	} else {
		_ = resp.Body.Close()
	}
	if err := mend(); err != nil {
		t.Fatal(err)
	}
	e.answered(t, []*typed{first})
	until(t, "the webhook is stored", func() bool { e.redelivers(t); return slices.Contains(e.taken(t, second), http.StatusOK) })
	e.answered(t, []*typed{first, second})
	e.once(t, []int{feature}, []*typed{first, second})
	bot.stops(t)
	soundLedger(t, database, e.cred.Owner+"/"+e.cred.Repo)
}

func TestWithPostgreSQLAwayWebhooksAreRefusedPagesStandAndWorkResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and stops a database server")
	}
	cluster := pgtest.Start(t)
	url := cluster.Database(t, "", nil)
	e := startTown(t)
	env := append(e.settings(e.cred.BaseURL, ""), "STATIONMASTER_DATABASE_URL="+url)
	e.outage(t, env, config.Server{Postgres: config.NewSecret(url)}, cluster.Stop, cluster.Resume)
}

func TestWithTheDiskFullWebhooksAreRefusedPagesStandAndWorkResumes(t *testing.T) {
	dir := smallDisk(t, "8m")
	filler := filepath.Join(dir, "filler")
	e := startTown(t)
	database := filepath.Join(dir, "bot.db")
	e.outage(t, e.settings(e.cred.BaseURL, database), config.Server{Database: database},
		func() error { return fill(filler) }, func() error { return os.Remove(filler) })
}

// smallDisk is a file system of its own, of a size as mount takes it.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		pgtest.Missing(t, fmt.Sprintf("no small file system can be made here, which needs root: %v: %s", err, out))
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v: %s", dir, err, out)
		}
	})
	return dir
}

// fill writes a file until nothing more fits.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, size := range []int{1 << 16, 1 << 10, 1} {
		block := make([]byte, size)
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, io.ErrShortWrite) {
			return err
		}
	}
	return nil
}

// A bot that is told to stop in the middle of a burst finishes what it has in
// hand and leaves the rest to the next one.
func TestAStopInABurstHandsTheRestToTheNextProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and stops processes")
	}
	e := startTown(t)
	database := filepath.Join(t.TempDir(), "bot.db")
	env := e.settings(e.cred.BaseURL, database)
	bot, addr := e.serve(t, env, "127.0.0.1:0")
	var features []int
	for i := range 4 {
		features = append(features, e.opens(t, "engineer", fmt.Sprintf("Feature %d", i), "kind/feature"))
	}
	until(t, "all features stand in scoping", func() bool {
		return !slices.ContainsFunc(features, func(n int) bool { return !e.issue(t, n).has("stage/alphanet-scoping") })
	})
	var all []*typed
	for i := range 60 {
		line := []string{"/status", "/layers l1", "/layers l2"}[i%3]
		n := features[i%len(features)]
		all = append(all, &typed{issue: n, comment: e.says(t, "engineer", n, line).ID, line: line, face: "rocket", replies: anyReplies})
	}
	began := time.Now()
	bot.stops(t)
	stopped := time.Since(began)
	e.admin(t, "settle", nil)
	done := 0
	for _, c := range all {
		if len(e.faces(t, c.comment)) > 0 {
			done++
		}
	}
	rest := left(t, database)
	began = time.Now()
	e.serve(t, env, addr)
	atWork := time.Since(began)
	if heard, _ := e.acknowledged(t, all); rest > 0 {
		e.answered(t, heard)
	}
	t.Logf("stopped in %s with %d of %d commands answered and %d deliveries and actions left; at work again after %s, with all of it after %s",
		stopped.Round(time.Millisecond), done, len(all), rest, atWork.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	until(t, "GitHub has sent all of it", func() bool {
		e.redelivers(t)
		e.admin(t, "settle", nil)
		_, lost := e.acknowledged(t, all)
		return len(lost) == 0
	})
	e.answered(t, all)
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	e.once(t, features, all)
}
