package bot_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/store/sqlite"
)

// until waits for something that others bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(limit) {
			t.Fatal("it did not come to this: " + what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// brings restores a backup under the running bot.
func (k *kit) brings(backup string) {
	k.t.Helper()
	if r, err := sqlite.Restore(k.t.Context(), backup, k.path, time.Now()); err != nil || !r.AtWork {
		k.t.Fatalf("restored %+v, %v", r, err)
	}
}

func TestABackupUnderARunningBotIsGoneOnFrom(t *testing.T) {
	number := feature(1)
	k := newKit(t, does(map[string]process.Decision{
		"before": {Changed: []*process.Item{number}},
		"since": {Changed: []*process.Item{feature(2)}, Actions: []process.Action{
			{Do: process.SayOnce, Item: number.ID, Marker: "m", Body: "said"},
			tell("chat"),
			{Do: process.AddLabel, Issue: 1, Label: "l"},
		}},
	}))
	told, log := &chat{}, &bytes.Buffer{}
	k.config.Notifier = told
	k.config.Log = zerolog.New(zerolog.SyncWriter(log))
	k.run()
	k.send(asked("before"))
	k.idle()
	backup := filepath.Join(t.TempDir(), "copy.db")
	if _, err := sqlite.Backup(t.Context(), k.path, backup); err != nil {
		t.Fatal(err)
	}
	k.send(asked("since"))
	k.idle()
	want := k.keys()
	began := time.Now()
	k.brings(backup)
	until(t, "what came since is decided again", func() bool { return len(k.keys()) == len(want) })
	k.idle()
	equal(t, "ledger", k.keys(), want)
	if k.hub.count(process.SayOnce) != 1 || k.hub.finds != 1 || k.hub.count(process.AddLabel) != 2 || len(told.heard) != 1 {
		t.Errorf("done %q after %d searches, and told %q", k.hub.log(), k.hub.finds, told.heard)
	}
	if k.line().Get("issue/2") == nil {
		t.Error("what came since is not in the record")
	}
	// What was compared with the record of before is no mark for this one.
	if err := k.bot.SetMark(t.Context(), inst, repo, began, "swept", "x"); !errors.Is(err, bot.ErrBusy) {
		t.Errorf("a mark of before: %v", err)
	}
	if err := k.bot.SetMark(t.Context(), inst, repo, time.Now(), "swept", "x"); err != nil {
		t.Errorf("a mark of now: %v", err)
	}
	k.restart()
	k.idle()
	if !strings.Contains(log.String(), "a backup was brought back") || strings.Contains(log.String(), bot.ErrLeaseLost.Error()) {
		t.Errorf("the log says:\n%s", log.String())
	}
	if k.hub.count(process.SayOnce) != 1 || len(told.heard) != 1 {
		t.Errorf("after a restart done are %q, and told %q", k.hub.log(), told.heard)
	}
}

// Nothing makes an idle bot write; what the backup has pending is done all the same,
// unless it has been.
func TestAnIdleBotFindsABackupUnderIt(t *testing.T) {
	k := newKit(t, does(map[string]process.Decision{
		"k": {Changed: []*process.Item{feature(1)}, Actions: []process.Action{{Do: process.SayOnce, Item: "issue/1", Marker: "m", Body: "said"}}},
	}))
	backup := filepath.Join(t.TempDir(), "copy.db")
	k.hub.before = func(bot.Deed) error { // the action has left, and is pending in the backup
		k.hub.set(func(h *hub) { h.before = nil })
		_, err := sqlite.Backup(t.Context(), k.path, backup)
		return err
	}
	k.run()
	k.send(asked("k"))
	k.idle()
	k.brings(backup)
	until(t, "GitHub is searched", func() bool { k.hub.mu.Lock(); defer k.hub.mu.Unlock(); return k.hub.finds == 1 })
	k.idle()
	until(t, "nothing is pending", func() bool {
		work, err := k.store.Pending(t.Context(), inst)
		return err == nil && len(work) == 0
	})
	equal(t, "done", k.hub.log(), []string{"comment #1 said"})

	// So does one that has never heard of the installation, at another GitHub.
	other := newKit(t, nil).run()
	other.idle()
	other.brings(backup)
	until(t, "it is done there, too", func() bool { return other.hub.count(process.SayOnce) == 1 })
}
