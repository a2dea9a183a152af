package bot_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// labelling decides to put a label on the feature, and puts right what is compared.
func labelling(l *process.Line, e process.Event, _ process.Answers) process.Decision {
	it := feature(12)
	if was := l.Get(it.ID); was != nil {
		it = was.Clone()
	}
	it.Title = e.Key
	return process.Decision{Changed: []*process.Item{it}, Actions: []process.Action{{Do: process.AddLabel, Item: it.ID, Label: "kind/feature"}}}
}

func seen12() []bot.Sight { return []bot.Sight{{Issue: process.Issue{Number: 12, Title: "another"}}} }

func (k *kit) differ(at time.Time) (drifts []process.Drift, restless []int) {
	k.t.Helper()
	drifts, restless, err := k.bot.Differ(k.t.Context(), inst, repo, at, seen12())
	if err != nil {
		k.t.Fatal(err)
	}
	return drifts, restless
}

func TestAnIssueWithSomethingStillToBeDoneIsNoDrift(t *testing.T) {
	k := newKit(t, labelling)
	began, open := make(chan bool), make(chan bool)
	k.hub.before = func(bot.Deed) error { began <- true; <-open; return nil }
	k.run()
	k.send(asked("a"))
	<-began // the label is on its way
	if drifts, restless := k.differ(time.Now()); len(drifts) != 0 || !slices.Equal(restless, []int{12}) {
		t.Errorf("it differs by %+v, restless are %v", drifts, restless)
	}
	if n, err := k.bot.Repair(t.Context(), inst, repo, time.Now(), seen12()); n != 0 || err != nil {
		t.Errorf("%d were put right, %v", n, err)
	}
	before := time.Now()
	close(open)
	k.idle()
	if _, restless := k.differ(before); !slices.Equal(restless, []int{12}) {
		t.Errorf("what was seen before the label was there is believed: restless are %v", restless)
	}
	if drifts, restless := k.differ(time.Now()); len(drifts) != 1 || !drifts[0].Title || len(restless) != 0 {
		t.Errorf("afterwards it differs by %+v, restless are %v", drifts, restless)
	}
}

func TestWhatComesBackEachTimeIsPutRightAFewTimesOnly(t *testing.T) {
	k := newKit(t, labelling).run()
	k.send(asked("a"))
	k.idle()
	total := 0
	for range 12 {
		n, err := k.bot.Repair(t.Context(), inst, repo, time.Now(), seen12())
		if err != nil {
			t.Fatal(err)
		}
		total += n
		k.idle()
	}
	if total == 0 || total > 6 {
		t.Errorf("it was put right %d times", total)
	}
}

func TestWhatWasDecidedBeforeIsNotMissed(t *testing.T) {
	k := newKit(t, labelling).run()
	k.send(asked("a"))
	k.idle()
	for _, tt := range []struct {
		key  string
		want bool
	}{{"a", false}, {"b", true}, {"b", false}} {
		d := k.letter("swept/"+tt.key, asked(tt.key))
		got, err := k.bot.Missed(t.Context(), d)
		if err != nil || got != tt.want {
			t.Errorf("%s was missed: %t, %v", tt.key, got, err)
		}
		k.idle()
	}
	equal(t, "decided", k.keys(), []string{"a", "b"})
}

func TestOnlyWhoSeesToAnInstallationCompares(t *testing.T) {
	k := newKit(t, labelling).run()
	if _, _, err := k.bot.Differ(t.Context(), 99, repo, time.Now(), nil); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("of an installation that nobody knows: %v", err)
	}
	if err := k.bot.SetMark(t.Context(), 99, repo, time.Now(), "swept", "x"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a mark of it: %v", err)
	}
}
