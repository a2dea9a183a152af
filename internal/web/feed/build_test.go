package feed

import (
	"slices"
	"strings"
	"testing"

	ical "github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// told says the first events in a line each.
func told(t *testing.T, events []Event, n int) []string {
	t.Helper()
	body, err := Encode("test", events)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ical.NewDecoder(strings.NewReader(string(body))).Decode()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range c.Events() {
		uid, _ := e.Props.Text("UID")
		line := e.Props.Get("DTSTART").Value
		if end := e.Props.Get("DTEND"); end != nil {
			line += "-" + end.Value
		}
		summary, _ := e.Props.Text("SUMMARY")
		line += " " + strings.TrimSuffix(uid, "@acme/releases") + " " + summary
		if e.Props.Get("STATUS").Value == "CANCELLED" {
			line += " CANCELLED"
		}
		out = append(out, line)
	}
	return out[:min(n, len(out))]
}

func TestARailwayBecomesEvents(t *testing.T) {
	got := told(t, Build(railwayOf(t)), 20)
	want := []string{
		"20261020-20261021 issue/30/testnet Upgrade 16: testnet activation",
		"20261022-20261023 issue/30/testnet/meadow Upgrade 16: testnet activation on meadow",
		"20261120-20261212 issue/20/governance Upgrade 17 · Karst: governance review and vote",
		"20261124-20261202 issue/20/testnet-cut Upgrade 17 · Karst: the testnet release is cut",
		"20261201T140000Z-20261201T150000Z meeting/2026-12-01 Upgrade planning meeting",
		"20261210T090000Z alphanet/2026-12-10 Alphanet 2026-12 departs",
		"20261215-20261216 issue/20/testnet Upgrade 17 · Karst: testnet activation",
		"20261217-20261218 issue/11 Alphanet 2026-12b departs CANCELLED",
		"20261220-20261221 issue/30/mainnet Upgrade 16: mainnet activation CANCELLED",
		"20261221-20270104 freeze/2026-12-21/2027-01-03 Freeze: nothing is deployed or activated",
		"20261231T140000Z cutoff/meeting/2027-01-05 Submissions close (planning meeting)",
		"20270105T140000Z-20270105T150000Z meeting/2027-01-05 Upgrade planning meeting",
		"20270114T090000Z alphanet/2027-01-14 Alphanet 2027-01 departs",
	}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheFeedIsValidAndTellsNothingPrivate(t *testing.T) {
	body, err := Encode("acme/releases", Build(railwayOf(t)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(validate(t, body)); n < 40 {
		t.Errorf("%d events in more than a year", n)
	}
	text := strings.ReplaceAll(string(body), "\r\n ", "")
	for _, private := range []string{"secret", "private", "forum.example"} {
		if strings.Contains(text, private) {
			t.Errorf("the feed tells %q", private)
		}
	}
	if !strings.Contains(text, "URL:https://github.com/acme/releases/issues/20\r\n") {
		t.Error("an upgrade has no link")
	}
}

// A date that moves keeps its event and raises its sequence number.
func TestAMovedDateMovesItsEvent(t *testing.T) {
	v := railwayOf(t)
	find := func() Event {
		events := Build(v)
		i := slices.IndexFunc(events, func(e Event) bool { return e.UID == "issue/20/mainnet@acme/releases" })
		return events[i]
	}
	before := find()
	v.Line.Get("issue/20").T.Planned["mainnet"] = process.Plan{On: day("2027-02-09"), At: at("2026-11-30T10:00:00Z")}
	after := find()
	if after.First != day("2027-02-09") || after.Sequence() <= before.Sequence() {
		t.Errorf("moved from %s (%d) to %s (%d)", before.First, before.Sequence(), after.First, after.Sequence())
	}
	train := func(events []Event) Event {
		return events[slices.IndexFunc(events, func(e Event) bool { return e.UID == "alphanet/2027-01-14@acme/releases" })]
	}
	was := train(Build(v))
	v.Process.Settings.Schedule.Freezes = []calendar.Freeze{{Days: calendar.Window{First: day("2027-01-14"), Last: day("2027-01-15")}}}
	v.Since = v.Now
	if is := train(Build(v)); is.Start.Sub(was.Start).Hours() != 4*24 || is.Sequence() <= was.Sequence() {
		t.Errorf("frozen from %s (%d) to %s (%d)", was.Start, was.Sequence(), is.Start, is.Sequence())
	}
}

func TestOneFeatureHasTheEventsOfItsTrain(t *testing.T) {
	events := Build(railwayOf(t))
	if got := told(t, About(events, 12), 10); len(got) != 4 || !strings.Contains(got[0], "governance") {
		t.Errorf("the feature aboard upgrade 17: %q", got)
	}
	if got := About(events, 13); len(got) != 0 {
		t.Errorf("a feature aboard nothing: %v", got)
	}
	for kind, least := range map[string]int{"alphanet": 25, "meeting": 25, "upgrade": 6, "freeze": 1} {
		if got := Of(events, kind); len(got) < least {
			t.Errorf("%d events of kind %s", len(got), kind)
		}
	}
}

func TestACalendarWithoutEventsIsValidToo(t *testing.T) {
	body, err := Encode("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := validate(t, body); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Whatever is in a title, the calendar is valid and says it back.
func TestAnyTextMakesAValidCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("a ;,:\\\"\n\r\t<>é漢😀")), 0, 300, -1)).Draw(t, "text")
		e := Event{UID: "x@y", Kind: process.Upgrade, Summary: "Upgrade " + text, Description: text, Changed: at("2026-12-01T00:00:00Z"), First: day("2026-12-10")}
		body, err := Encode(text, []Event{e})
		if err != nil {
			t.Fatal(err)
		}
		got := validate(t, body)["x@y"]
		if summary, err := got.Props.Text("SUMMARY"); err != nil || summary != plain(e.Summary) {
			t.Fatalf("%q reads back as %q, %v", plain(e.Summary), summary, err)
		}
	})
}
