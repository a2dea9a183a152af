package scenario_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// heldMeetings is how a sequence with planning meetings begins: the departures are #1, the
// agenda #2 and the next Alphanet #3.
const heldMeetings = `on 2026-11-02
given hardforks Karst Lagoon
given numbers taken 16
given enough 2
given alphanets FREQ=MONTHLY/BYDAY=2TH/BYHOUR=10 from 2026-11-01 in Europe/Berlin ahead 1
given meetings FREQ=MONTHLY/BYDAY=1TU/BYHOUR=16 from 2026-11-01 in Europe/Berlin cutoff 4 days
on 2026-11-04
feature f1 "One" by ada layers l1
feature f2 "Two" by eve layers l2
ada merges acme/protocol#90 naming f1
eve merges acme/protocol#91 naming f2
`

// heldBeginnings are where the features may stand.
var heldBeginnings = []string{
	"ada on f1: /submit alphanet",
	"f1 passes an alphanet; f2 passes an alphanet",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to testnet-release",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to governance",
}

var heldLines = []string{
	"/adjourn", "/adjourn", "/agenda what about it?", "/agenda and this?", "/submit alphanet", "/submit betanet", "/hold because of it", "/unhold",
	"/depart", "/withdraw", "/undo", "/undo", "/layers l2", "/drop because of it", "/decide 9.9 yes", "/decide 5.1 2026-02-30", "/decide 5.1 2026-12-20", "/decide 7.1 2027-02-02",
}

// drawAtMeeting draws what somebody does with the open agenda, or any other act.
func drawAtMeeting(t *rapid.T, w *scenario.Pure, issues int) scenario.Act {
	m := w.Line.Meeting()
	if m == nil || m.Shown.Number == 0 || rapid.IntRange(0, 2).Draw(t, "elsewhere") == 0 {
		a := drawAct(t, issues)
		if a.Deed == scenario.Comments {
			a.Body = rapid.SampledFrom(heldLines).Draw(t, "line")
		}
		return a
	}
	a := scenario.Act{Who: rapid.SampledFrom([]string{"mara", "mara", "mara", "ada", "otto"}).Draw(t, "who"), Issue: m.Shown.Number}
	var answers, boxes []string
	for _, tp := range process.Agenda(w.Process, w.Line, m, w.Now()) {
		for _, o := range tp.Options {
			answers = append(answers, tp.Number+" "+o.Key)
			if tp.Decided == nil {
				boxes = append(boxes, tp.Number+" "+o.Key)
			}
		}
	}
	deed := rapid.IntRange(0, 9).Draw(t, "at the meeting")
	switch {
	case deed < 3 && len(boxes) > 0:
		a.Deed, a.On, a.Name = scenario.Ticks, rapid.IntRange(0, 4).Draw(t, "on") > 0, rapid.SampledFrom(boxes).Draw(t, "box")
	case deed < 7 && len(answers) > 0:
		a.Deed, a.Body = scenario.Comments, "/decide "+rapid.SampledFrom(answers).Draw(t, "answer")
	case deed == 7:
		a.Deed = rapid.SampledFrom([]scenario.Deed{scenario.Closes, scenario.Deletes, scenario.Transfers, scenario.Locks, scenario.Retitles}).Draw(t, "change")
		a.Title = "A title of mine"
	default:
		a.Deed, a.Body = scenario.Comments, rapid.SampledFrom(heldLines).Draw(t, "line")
	}
	return a
}

// TestWhatHoldsOfEveryMeeting lets people tick, decide, adjourn, delete and do
// anything else in any order, while time goes on: there always is one open agenda,
// a number means one thing for ever, nothing is decided twice, and what was
// adjourned stays as it was.
func TestWhatHoldsOfEveryMeeting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := scenario.NewPure()
		w.Checking(false)
		script, err := scenario.Parse("beginning", heldMeetings+rapid.SampledFrom(heldBeginnings).Draw(t, "beginning")+"\n")
		if err != nil {
			t.Fatal(err)
		}
		if err := scenario.Tell(w, "beginning", script.Stories[0]); err != nil {
			t.Fatal(err)
		}
		w.Checking(true)
		before := map[process.ID]*process.Item{}
		w.Check = func(e process.Event, _ process.Answers, d process.Decision) error {
			if err := numbered(w, e, d); err != nil {
				return fmt.Errorf("after %s: %w", e.Key, err)
			}
			for _, m := range w.Line.Sorted(func(it *process.Item) bool { return it.M != nil }) {
				if err := sound(before[m.ID], m); err != nil {
					return fmt.Errorf("%s after %s: %w", m.ID, e.Key, err)
				}
				before[m.ID] = m
			}
			return nil
		}
		issues := 8
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			if rapid.IntRange(0, 5).Draw(t, "wait") == 0 {
				if err := w.Advance(w.Now().AddDate(0, 0, rapid.IntRange(1, 20).Draw(t, "days"))); err != nil {
					t.Fatal(err)
				}
			}
			a := drawAtMeeting(t, w, issues)
			r, err := w.Do(a)
			if err != nil && !errors.Is(err, scenario.ErrNotThere) {
				t.Fatalf("%s %s on #%d %q %q: %v", a.Who, a.Deed, a.Issue, a.Name, a.Body, err)
			}
			issues = max(issues, r.Number)
			if open := w.Line.Sorted(func(it *process.Item) bool { return it.M != nil && it.M.Adjourned.IsZero() && !it.Shown.Gone }); len(open) != 1 || open[0].Shown.Closed {
				t.Fatalf("after %s %s on #%d %q there are %d open agendas", a.Who, a.Deed, a.Issue, a.Body, len(open))
			}
		}
	})
}

// numbered finds a question that the agenda shows after a decision, and whose
// number is not kept.
func numbered(w *scenario.Pure, e process.Event, d process.Decision) error {
	m := w.Line.Meeting()
	if m == nil || !slices.ContainsFunc(d.Changed, func(it *process.Item) bool { return it.F != nil || it.T != nil }) {
		return nil
	}
	for _, tp := range process.Agenda(w.Process, w.Line, m, e.At) {
		if len(tp.Options) > 0 && m.M.Numbers[tp.Key] == "" {
			return fmt.Errorf("%s is asked as %s, and that is not kept", tp.Key, tp.Number)
		}
	}
	return nil
}

// sound compares a meeting with what it was before.
func sound(was, is *process.Item) error {
	numbers := map[string]string{}
	for key, n := range is.M.Numbers {
		if numbers[n] != "" {
			return fmt.Errorf("%s is %s and %s", n, numbers[n], key)
		}
		numbers[n] = key
	}
	decided := map[string]bool{}
	for _, min := range is.M.Minutes {
		if min.Key != "" && !min.Failed && decided[min.Key] {
			return fmt.Errorf("%s is decided twice", min.Key)
		}
		decided[min.Key] = decided[min.Key] || !min.Failed
		if is.M.Drafts[min.Key].Option != "" && !min.Failed {
			return fmt.Errorf("%s is decided and drafted", min.Key)
		}
	}
	if was == nil {
		return nil
	}
	for key, n := range was.M.Numbers {
		if is.M.Numbers[key] != n {
			return fmt.Errorf("%s was %s and is %q", key, n, is.M.Numbers[key])
		}
	}
	if !was.M.Adjourned.IsZero() && !bytes.Equal(asJSON(was.M), asJSON(is.M)) {
		return errors.New("it was adjourned, and changed after that")
	}
	return nil
}
