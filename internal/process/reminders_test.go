package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// A watch is a line whose clock is moved by ticks, and what they said.
type watch struct {
	t    *testing.T
	p    *process.Process
	line *process.Line
	said []process.Action
}

// keepWatch begins with a departures board and the items, and reminds after 7 and 14
// days, in Berlin's working hours.
func keepWatch(t *testing.T, settings process.Settings, items ...*process.Item) *watch {
	t.Helper()
	settings.Configured = true
	if settings.Reminders.Budget == 0 {
		settings.Reminders = process.Reminders{
			Owner: calendar.Span{Days: 7}, Role: calendar.Span{Days: 14}, Budget: 3,
			Zone: "Europe/Berlin", QuietFrom: "18:00", QuietTo: "08:00",
		}
	}
	p, err := scenario.Bundled(settings)
	if err != nil {
		t.Fatal(err)
	}
	board := &process.Item{ID: process.DeparturesID, Kind: process.Departures, Shown: process.Shown{Number: 99}}
	return &watch{t: t, p: p, line: process.NewLine("acme/upgrades").With(append(items, board))}
}

// at ticks at a moment, twice, and returns what was said: marker or channel.
func (w *watch) at(moment time.Time) string {
	w.t.Helper()
	var out []string
	for i := range 2 {
		d := process.Decide(w.p, w.line, process.Event{Key: fmt.Sprint("tick/", moment, i), What: process.Tick, At: moment, Repo: "acme/upgrades"}, process.Answers{})
		w.line = w.line.With(d.Changed)
		for _, a := range d.Actions {
			switch {
			case a.Do == process.SayOnce && strings.HasPrefix(a.Marker, "reminder"):
				out = append(out, string(a.Item)+" "+fmt.Sprint(a.Words.Args["owner"]))
				w.said = append(w.said, a)
			case a.Do == process.Notify:
				out = append(out, "to "+a.To+" "+string(a.News)+" "+string(a.Item))
				w.said = append(w.said, a)
			}
		}
	}
	return strings.Join(out, ", ")
}

// berlin is a moment there in November 2026, which began on a Sunday.
func berlin(t *testing.T, day, hour int) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, day, hour, 30, 0, 0, zone).UTC()
}

// ready is a feature that waits for its owner to submit it since the first.
func ready(n int, owner string) *process.Item {
	return &process.Item{
		ID: process.ID(fmt.Sprint("f", n)), Kind: process.Feature, Title: "One", Stage: "alphanet-scoping", Since: day(1), Journey: 1, Shown: process.Shown{Number: n},
		F: &process.FeatureFacts{Owner: owner, Pulls: []process.Pull{{Repo: "acme/protocol", Number: n, Merged: true}}},
	}
}

func TestNobodyIsRemindedInQuietHoursOrOnDaysOff(t *testing.T) {
	s := process.Settings{Schedule: calendar.Schedule{Workdays: calendar.Workdays{Days: []calendar.Holiday{{On: calendar.Date{Year: 2026, Month: 11, Day: 9}, Name: "off"}}}}}
	w := keepWatch(t, s, ready(1, "ada"))
	for _, quiet := range [][2]int{{7, 12}, {8, 12}, {9, 12}, {10, 7}} { // Saturday, Sunday, the day off, before eight
		if said := w.at(berlin(t, quiet[0], quiet[1])); said != "" {
			t.Errorf("on the %dth at %d: %s", quiet[0], quiet[1], said)
		}
	}
	if said := w.at(berlin(t, 10, 8)); said != "f1 ada" {
		t.Errorf("in the morning after: %q", said)
	}
	late := keepWatch(t, process.Settings{}, ready(1, "ada"))
	if said := late.at(berlin(t, 10, 18)); said != "" {
		t.Errorf("in the evening: %s", said)
	}
}

func TestAPersonIsMentionedAFewTimesADay(t *testing.T) {
	var items []*process.Item
	for n := range 5 {
		items = append(items, ready(n+1, "Ada"))
	}
	w := keepWatch(t, process.Settings{}, append(items, ready(9, "eve"))...)
	if said := w.at(berlin(t, 9, 10)); said != "f1 Ada, f2 Ada, f3 Ada, f9 eve" {
		t.Errorf("on the first day: %s", said)
	}
	if said := w.at(berlin(t, 9, 12)); said != "" {
		t.Errorf("later that day: %s", said)
	}
	if said := w.at(berlin(t, 10, 10)); said != "f4 Ada, f5 Ada" {
		t.Errorf("on the next: %s", said)
	}
}

func TestOneTickRemindsOfAFewThings(t *testing.T) {
	var items []*process.Item
	for n := range 20 {
		items = append(items, ready(n+1, fmt.Sprint("p", n)))
	}
	w := keepWatch(t, process.Settings{}, items...)
	if said := strings.Split(w.at(berlin(t, 9, 10)), ", "); len(said) != 10 {
		t.Errorf("two ticks remind of %d: %q", len(said), said)
	}
}

// The ladder: the owner, then those who can help, by chat and on the board.
func TestAfterTheOwnerThoseWhoCanHelpAreTold(t *testing.T) {
	routes := []process.Route{
		{To: "all", Kinds: process.AllNews}, {To: "maint", Kinds: []process.News{process.NewsReminder}, Roles: []process.Role{process.Maintainer}},
		{To: "sec", Kinds: []process.News{process.NewsReminder}, Roles: []process.Role{process.Security}}, {To: "trains", Kinds: []process.News{process.NewsDeparted}},
	}
	w := keepWatch(t, process.Settings{Routes: routes}, ready(1, "ada"))
	for _, step := range []struct {
		day  int
		want string
	}{{6, ""}, {9, "f1 ada"}, {13, ""}, {16, "to all reminder f1, to maint reminder f1"}, {17, ""}, {24, ""}} {
		if said := w.at(berlin(t, step.day, 10)); said != step.want {
			t.Errorf("on the %dth: %q, not %q", step.day, said, step.want)
		}
	}
	if !process.RoleReminded(w.line.Get("f1"), "alphanet-scoping") {
		t.Error("the board does not show it")
	}
	// A journey begun anew has a ladder of its own.
	again := w.line.Get("f1").Clone()
	again.Journey, again.Since = 2, day(16)
	w.line = w.line.With([]*process.Item{again})
	if said := w.at(berlin(t, 25, 10)); said != "f1 ada" {
		t.Errorf("on the next journey: %q", said)
	}
}

// Where the bot comes late, the owner still has the time between the rungs.
func TestALateLadderIsClimbedStepByStep(t *testing.T) {
	w := keepWatch(t, process.Settings{Routes: []process.Route{{To: "all", Kinds: process.AllNews}}}, ready(1, "ada"))
	if said := w.at(berlin(t, 23, 10)); said != "f1 ada" {
		t.Errorf("at first: %q", said)
	}
	if said := w.at(berlin(t, 27, 10)); said != "" {
		t.Errorf("four days later: %q", said)
	}
	if said := w.at(berlin(t, 30, 10)); said != "to all reminder f1" {
		t.Errorf("a week later: %q", said)
	}
}

func TestNobodyIsRemindedOfWhatIsStoppedClosedOrGone(t *testing.T) {
	held, closed, gone, submitted := ready(1, "ada"), ready(2, "ada"), ready(3, "ada"), ready(4, "ada")
	held.Holds = []process.Hold{{By: "sam", Reason: "a bug", At: day(1)}}
	closed.Shown.Closed, gone.Shown.Gone = true, true
	submitted.F.Submitted = map[string]process.Submission{"alphanet": {By: "ada", At: day(1)}}
	w := keepWatch(t, process.Settings{Routes: []process.Route{{To: "all", Kinds: process.AllNews}}}, held, closed, gone, submitted)
	for d := 9; d < 28; d++ {
		if said := w.at(berlin(t, d, 10)); said != "" {
			t.Errorf("on the %dth: %s", d, said)
		}
	}
}

func TestARepositoryWithoutAConfigurationIsLeftAlone(t *testing.T) {
	w := keepWatch(t, process.Settings{Routes: []process.Route{{To: "all", Kinds: process.AllNews}}}, ready(1, "ada"))
	w.p.Settings.Configured = false
	if said := w.at(berlin(t, 30, 10)); said != "" {
		t.Errorf("said %s", said)
	}
}

func TestADigestComesOnceForEachTimeSetForIt(t *testing.T) {
	routes := []process.Route{{To: "all", Kinds: []process.News{process.NewsDigest}}}
	digest := func(every string) process.Settings {
		return process.Settings{
			Routes:    routes,
			Reminders: process.Reminders{Budget: 1, Zone: "Europe/Berlin", Digest: process.Digest{Every: every, On: time.Monday, At: "09:00"}},
			Schedule:  calendar.Schedule{Workdays: calendar.Workdays{Days: []calendar.Holiday{{On: calendar.Date{Year: 2026, Month: 11, Day: 16}, Name: "off"}}}},
		}
	}
	for every, want := range map[string][]int{"week": {9, 17, 23}, "day": {4, 5, 6, 9, 10, 11, 12, 13, 17, 18, 19, 20, 23, 24}, "": nil} {
		w := keepWatch(t, digest(every), ready(1, "ada"))
		var got []int
		for d := 3; d < 25; d++ {
			for _, hour := range []int{8, 9, 12} {
				if said := w.at(berlin(t, d, hour)); said == "to all digest departures" && hour == 9 {
					got = append(got, d)
				} else if said != "" && d > 3 {
					t.Errorf("%s: on the %dth at %d: %s", every, d, hour, said)
				}
			}
		}
		if d := 3; every == "day" && len(got) > 0 && got[0] == d {
			got = got[1:] // the first hour sets the beginning
		}
		if !slices.Equal(got, want) {
			t.Errorf("every %q it comes on %v, not %v", every, got, want)
		}
	}
	w := keepWatch(t, digest("week"), ready(1, "ada"))
	w.at(berlin(t, 3, 10))
	w.at(berlin(t, 9, 10))
	if waits, _ := w.said[0].Words.Args["waits"].([]process.Wait); len(waits) != 1 || waits[0].Person != "ada" {
		t.Errorf("it tells of %+v", w.said[0].Words.Args)
	}
}

func TestADigestThatNobodyWantsLeavesNoTrace(t *testing.T) {
	w := keepWatch(t, process.Settings{Reminders: process.Reminders{Budget: 1, Digest: process.Digest{Every: "day", At: "09:00"}}})
	w.at(berlin(t, 3, 10))
	if asked := w.line.Get(process.DeparturesID).Asked; asked != nil {
		t.Errorf("it keeps %+v", asked)
	}
}
