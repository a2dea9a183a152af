package feed

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests know the zones wherever they run
	"unicode/utf8"

	ical "github.com/emersion/go-ical"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func monthly(t testing.TB, rule string) calendar.Recurrence {
	t.Helper()
	r, err := calendar.ParseRecurrence(rule, "Europe/Berlin", "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// railwayOf is a railway in the middle of its work, on 1 December 2026.
func railwayOf(t testing.TB) View {
	t.Helper()
	line := process.NewLine("acme/releases")
	line.Put(
		&process.Item{ID: "alphanet/2026-12-10", Kind: process.Alphanet, Stage: "alphanet-scoping", Since: at("2026-11-12T09:00:00Z"),
			T: &process.TrainFacts{Name: "Alphanet 2026-12", Date: day("2026-12-10")}, Shown: process.Shown{Number: 10}},
		&process.Item{ID: "issue/11", Kind: process.Alphanet, Stage: "dropped", Since: at("2026-11-20T09:00:00Z"),
			T: &process.TrainFacts{Name: "Alphanet 2026-12b", Date: day("2026-12-17")}, Shown: process.Shown{Number: 11}},
		&process.Item{ID: "issue/20", Kind: process.Upgrade, Stage: "testnet-release", Since: at("2026-11-15T09:00:00Z"), Shown: process.Shown{Number: 20},
			T: &process.TrainFacts{
				Number: "17", Hardfork: "Karst",
				Planned:   map[string]process.Plan{"testnet": {On: day("2026-12-15"), At: at("2026-11-16T10:00:00Z")}, "mainnet": {On: day("2027-02-02"), At: at("2026-11-18T10:00:00Z"), Reason: "a private reason"}},
				Proposals: []process.Proposal{{On: day("2026-11-01"), Superseded: true}, {On: day("2026-11-20"), Link: "https://forum.example/secret"}},
			}},
		&process.Item{ID: "issue/30", Kind: process.Upgrade, Stage: "stopped", Since: at("2026-11-25T09:00:00Z"), Shown: process.Shown{Number: 30},
			T: &process.TrainFacts{Number: "16", Planned: map[string]process.Plan{"mainnet": {On: day("2026-12-20"), At: at("2026-11-01T10:00:00Z")}},
				Active: []process.Activation{{Network: "testnet", Chain: "harbour", On: day("2026-10-20")}, {Network: "testnet", Chain: "meadow", On: day("2026-10-22")}}}},
		&process.Item{ID: "meeting/3", Kind: process.Meeting, Since: at("2026-11-03T16:00:00Z"), M: &process.MeetingFacts{At: at("2026-12-01T14:00:00Z"), Date: day("2026-12-01")}, Shown: process.Shown{Number: 40}},
		&process.Item{ID: "issue/12", Kind: process.Feature, Title: "A secret feature, with \"quotes\"", F: &process.FeatureFacts{Train: "issue/20"}, Shown: process.Shown{Number: 12}},
		&process.Item{ID: "issue/13", Kind: process.Feature, Title: "Another secret", F: &process.FeatureFacts{}, Shown: process.Shown{Number: 13}},
	)
	end := func(name string) *process.Node { return &process.Node{Name: name, Kind: process.KindEnd} }
	return View{
		Line: line, Since: at("2026-11-01T00:00:00Z"), Now: at("2026-12-01T08:00:00Z"),
		Link: func(n int) string { return fmt.Sprintf("https://github.com/acme/releases/issues/%d", n) },
		Process: &process.Process{
			Nodes: map[string]*process.Node{"dropped": end("dropped"), "stopped": end("stopped"), "completed": end("completed"), "shipped": end("shipped")},
			Settings: process.Settings{Configured: true, Schedule: calendar.Schedule{
				Alphanets: calendar.Series{Rule: monthly(t, "FREQ=MONTHLY;BYDAY=2TH;BYHOUR=10"), Shift: calendar.Next},
				Meetings:  calendar.Series{Rule: monthly(t, "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=15"), Shift: calendar.Next},
				Length:    time.Hour,
				Cutoff:    calendar.Cutoff{Before: calendar.ToMeeting, By: calendar.Span{Days: 3, Business: true}},
				Freezes:   []calendar.Freeze{{Days: calendar.Window{First: day("2026-12-21"), Last: day("2027-01-03")}, Reason: "a private party; with, commas"}},
				Ballots:   map[string]calendar.Ballot{"upgrade": {Review: calendar.Span{Days: 14}, Voting: calendar.Span{Days: 7}}}, Ballot: "upgrade",
			}},
		},
	}
}

// checker is what validate needs of a test, rapid's or Go's.
type checker interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// validate holds a calendar to the rules of RFC 5545 that readers stumble over,
// and gives it to a parser that shares no code with the writer.
func validate(t checker, body []byte) map[string]ical.Event {
	t.Helper()
	if !utf8.Valid(body) || bytes.HasPrefix(body, []byte("\ufeff")) {
		t.Fatal("it is not plain UTF-8")
	}
	text := string(body)
	if !strings.HasSuffix(text, "\r\n") || strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, "\r") != strings.Count(text, "\r\n") {
		t.Error("a line does not end in CRLF (3.1)")
	}
	for i, l := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(l) > 75 || l == "" || !utf8.ValidString(l) {
			t.Errorf("line %d has %d octets, or half a character (3.1): %q", i+1, len(l), l)
		}
	}
	unfolded := strings.NewReplacer("\r\n ", "", "\r\n\t", "").Replace(text)
	for l := range strings.SplitSeq(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, _, ok := strings.Cut(l, ":")
		name, _, _ = strings.Cut(name, ";")
		if !ok || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			t.Errorf("no content line (3.1): %q", l)
		}
	}
	c, err := ical.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		t.Fatalf("the parser says: %v\n%s", err, text)
	}
	var again bytes.Buffer
	if err := ical.NewEncoder(&again).Encode(c); err != nil {
		t.Errorf("the parser would not write it: %v", err)
	}
	for _, name := range []string{"PRODID", "VERSION"} {
		if len(c.Props.Values(name)) != 1 {
			t.Errorf("%s occurs %d times (3.6)", name, len(c.Props.Values(name)))
		}
	}
	if len(c.Children) == 0 {
		t.Error("it has no component (3.6)")
	}
	events := map[string]ical.Event{}
	for _, e := range c.Events() {
		uid := validateEvent(t, e)
		if _, twice := events[uid]; twice {
			t.Errorf("UID %s occurs twice (3.8.4.7)", uid)
		}
		events[uid] = e
	}
	return events
}

// validateEvent holds one VEVENT to section 3.6.1.
func validateEvent(t checker, e ical.Event) string {
	t.Helper()
	uid, _ := e.Props.Text("UID")
	for _, name := range []string{"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS", "TRANSP"} {
		if len(e.Props.Values(name)) != 1 {
			t.Errorf("%s: %s occurs %d times", uid, name, len(e.Props.Values(name)))
		}
	}
	start, err := e.DateTimeStart(time.UTC)
	if err != nil {
		t.Errorf("%s: DTSTART: %v", uid, err)
	}
	if p := e.Props.Get("DTSTART"); p.ValueType() != ical.ValueDate && !strings.HasSuffix(p.Value, "Z") {
		t.Errorf("%s: DTSTART %s is in no zone", uid, p.Value)
	}
	if end := e.Props.Get("DTEND"); end != nil {
		to, err := end.DateTime(time.UTC)
		if err != nil || !to.After(start) || end.ValueType() != e.Props.Get("DTSTART").ValueType() {
			t.Errorf("%s: ends at %s, begins at %s: %v", uid, to, start, err)
		}
	}
	if stamp, err := e.Props.DateTime("DTSTAMP", time.UTC); err != nil || stamp.Year() < 2020 {
		t.Errorf("%s: DTSTAMP is %v, %v", uid, stamp, err)
	}
	if seq, err := e.Props.Get("SEQUENCE").Int(); err != nil || seq < 0 || seq > 1<<31-1 {
		t.Errorf("%s: SEQUENCE is %d, %v", uid, seq, err)
	}
	return uid
}
