package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// keptAs finds where restore has kept what was there.
var keptAs = regexp.MustCompile(`(?m)^What was there is kept as (.+)$`)

// An old backup under a running server is found out as at a start; and the way back
// is the same.
func TestABackupIsRestoredUnderARunningServer(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	e := startTown(t)
	database, backup := filepath.Join(t.TempDir(), "bot.db"), filepath.Join(t.TempDir(), "backup.db")
	env := append(e.settings(e.cred.BaseURL, database), "STATIONMASTER_SNAPSHOT_KEYS=2027.1:"+strings.Repeat("0f", 32))
	d := desk{"sqlite:" + database}
	server, addr := e.serve(t, env, "127.0.0.1:0")
	e.home = "http://" + addr
	var all []*typed
	say := func(feature int, line, face string, replies int) *typed {
		c := &typed{issue: feature, comment: e.says(t, "engineer", feature, line).ID, line: line, face: face, replies: replies}
		all = append(all, c)
		return c
	}
	calm := func() {
		t.Helper()
		e.admin(t, "settle", nil)
		until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	}
	asksForRebuilding := func() bool {
		_, says := e.readyz(t)
		return strings.Contains(says, "type: stationmaster rebuild acme/upgrades")
	}

	feature := e.opens(t, "engineer", "In the backup", "kind/feature")
	until(t, "it stands in scoping", func() bool { return e.issue(t, feature).has("stage/alphanet-scoping") })
	say(feature, "/layers l1", "rocket", 0)
	e.answered(t, all)
	calm()
	d.gets(t, "backup", backup)
	say(feature, "/layers l1 l2", "rocket", 0)
	other := e.opens(t, "engineer", "Not in the backup", "kind/feature")
	until(t, "it stands in scoping", func() bool { return e.issue(t, other).has("stage/alphanet-scoping") })
	say(other, "/status", "rocket", 1)
	e.answered(t, all)
	calm()
	want := e.sights(t)

	out := d.gets(t, "restore", backup)
	if !strings.Contains(out, "goes on from it") || !strings.Contains(out, "acme/upgrades: its ledger went back from line ") ||
		!strings.Contains(out, "\n  stationmaster rebuild acme/upgrades\n") {
		t.Errorf("restore says:\n%s", out)
	}
	until(t, "it has noticed that GitHub is ahead", asksForRebuilding)
	waiting := say(other, "/layers l2", "rocket", 0)
	e.admin(t, "settle", nil)
	if now := e.sights(t); cmp.Diff(want, now) != "" || len(e.faces(t, waiting.comment)) > 0 {
		t.Errorf("it has done something: %s", cmp.Diff(want, now))
	}

	out = d.gets(t, "restore", keptAs.FindStringSubmatch(out)[1])
	if strings.Contains(out, "rebuild") {
		t.Errorf("on the way back restore says:\n%s", out)
	}
	e.answered(t, all)
	until(t, "nothing waits to be rebuilt", func() bool { return !asksForRebuilding() })
	until(t, "it has a layer", func() bool { return e.issue(t, other).has("layer/l2") })
	calm()
	e.once(t, []int{feature, other}, all)

	d.gets(t, "restore", backup)
	until(t, "it has noticed once more", asksForRebuilding)
	server.stops(t)
	rebuild := startProgram(t, env, "rebuild", "acme/upgrades", "--clock", e.cred.AdminURL)
	if code := rebuild.ends(t); code != 0 || !strings.Contains(rebuild.said.String(), "everything is proved") {
		t.Fatalf("rebuild ends with %d and says:\n%s", code, rebuild.said.String())
	}
	server, _ = e.serve(t, env, addr)
	say(feature, "/layers l2", "rocket", 0)
	e.answered(t, all)
	calm()
	e.once(t, []int{feature, other}, all)
	server.stops(t)
	soundLedger(t, config.Server{Database: database}, "acme/upgrades")
	e.github.stops(t)
}

// Where no page tells that GitHub is ahead, what was received since the backup is
// decided again, and what was said about it is found instead of said twice.
func TestWhatWasAnsweredSinceTheBackupIsNotAnsweredTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	for _, atWork := range []bool{true, false} {
		t.Run(fmt.Sprint("at work: ", atWork), func(t *testing.T) { answeredOnce(t, atWork) })
	}
}

func answeredOnce(t *testing.T, atWork bool) {
	e := startTown(t)
	database, backup := filepath.Join(t.TempDir(), "bot.db"), filepath.Join(t.TempDir(), "backup.db")
	env := append(e.settings(e.cred.BaseURL, database), "STATIONMASTER_SNAPSHOT_KEYS=2027.1:"+strings.Repeat("0f", 32))
	d := desk{"sqlite:" + database}
	server, addr := e.serve(t, env, "127.0.0.1:0")
	feature := e.opens(t, "engineer", "Asked about", "kind/feature")
	until(t, "it stands in scoping", func() bool { return e.issue(t, feature).has("stage/alphanet-scoping") })
	e.admin(t, "settle", nil)
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	d.gets(t, "backup", backup)
	all := []*typed{{issue: feature, comment: e.says(t, "engineer", feature, "/status").ID, line: "/status", face: "rocket", replies: 1}}
	e.answered(t, all)
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	if !atWork {
		server.stops(t)
	}
	if out := d.gets(t, "restore", backup); !strings.Contains(out, "wait to be decided: ") || strings.Contains(out, "server at work") != atWork {
		t.Errorf("restore says:\n%s", out)
	}
	if !atWork {
		server, _ = e.serve(t, env, addr)
	}
	until(t, "it is in the ledger again", func() bool {
		return strings.Contains(d.gets(t, "ledger", "export"), fmt.Sprintf(`comment/%d/created`, all[0].comment))
	})
	all = append(all, &typed{issue: feature, comment: e.says(t, "engineer", feature, "/layers l2").ID, line: "/layers l2", face: "rocket"})
	e.answered(t, all)
	e.admin(t, "settle", nil)
	until(t, "nothing is left to be done", func() bool { return left(t, database) == 0 })
	e.once(t, []int{feature}, all)
	server.stops(t)
	soundLedger(t, config.Server{Database: database}, "acme/upgrades")
	e.github.stops(t)
}
