package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func rule(t *testing.T, rule, zone, start string) calendar.Recurrence {
	t.Helper()
	r, err := calendar.ParseRecurrence(rule, zone, start)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheCalendarIsReadWhole(t *testing.T) {
	got, err := LoadRepository([]byte(`
alphanet: {rule: FREQ=MONTHLY;BYDAY=2TH, zone: Europe/Berlin, start: 2026-12-10 10:00, shift: previous}
meeting: {rule: FREQ=MONTHLY;BYDAY=1TU, zone: America/New_York, start: 2026-12-01 15:00, shift: keep, minutes: 90}
cutoff: {by: 2 business days, at: "18:00"}
freezes:
  - {on: 2026-11-26, reason: a feast}
  - {from: 2026-12-21, to: 2027-01-03, reason: year's end}
  - {rule: FREQ=YEARLY;BYMONTH=8;BYDAY=1MO, start: 2026-01-01, days: 14, reason: summer}
holidays: {countries: [de-by, US], days: [2026-12-24, {on: 2026-12-31, name: New Year's Eve}]}
lead: {audit: 6 weeks, notice: 10 business days}
governance:
  usual: upgrade
  kinds: {upgrade: {review: 21 days, voting: 7 days, delay: 1 day}, maintenance: {review: 7 days}, note: }
`))
	if err != nil {
		t.Fatal(err)
	}
	want := defaultSchedule()
	want.Alphanets = calendar.Series{Rule: rule(t, "FREQ=MONTHLY;BYDAY=2TH", "Europe/Berlin", "2026-12-10 10:00"), Shift: calendar.Previous}
	want.Meetings = calendar.Series{Rule: rule(t, "FREQ=MONTHLY;BYDAY=1TU", "America/New_York", "2026-12-01 15:00"), Shift: calendar.Keep}
	want.Length = 90 * time.Minute
	want.Cutoff = calendar.Cutoff{Before: calendar.ToMeeting, By: calendar.Span{Days: 2, Business: true}, At: "18:00"}
	want.Freezes = []calendar.Freeze{
		{Days: calendar.Window{First: day(t, "2026-11-26"), Last: day(t, "2026-11-26")}, Reason: "a feast"},
		{Days: calendar.Window{First: day(t, "2026-12-21"), Last: day(t, "2027-01-03")}, Reason: "year's end"},
		{Rule: rule(t, "FREQ=YEARLY;BYMONTH=8;BYDAY=1MO", "UTC", "2026-01-01"), Length: 14, Reason: "summer"},
	}
	want.Workdays = calendar.Workdays{Countries: []string{"DE-BY", "US"}, Days: []calendar.Holiday{
		{On: day(t, "2026-12-24"), Name: "day off"}, {On: day(t, "2026-12-31"), Name: "New Year's Eve"},
	}}
	want.Lead.Audit, want.Lead.Notice = calendar.Span{Days: 42}, calendar.Span{Days: 10, Business: true}
	want.Lead.Assumed = []string{"lead.alphanet", "lead.betanet", "lead.testnet", "lead.release"}
	want.Ballots = map[string]calendar.Ballot{
		"upgrade":     {Review: calendar.Span{Days: 21}, Voting: calendar.Span{Days: 7}, Delay: calendar.Span{Days: 1}},
		"maintenance": {Review: calendar.Span{Days: 7}},
		"note":        {},
	}
	if diff := cmp.Diff(want, got.Schedule); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A7: the cut-off that nobody configured is three business days before the
// meeting; without meetings there is none but the departure.
func TestTheCutoffFollowsFromWhatThereIs(t *testing.T) {
	const meeting = "meeting: {rule: FREQ=MONTHLY;BYDAY=1TU, start: 2026-12-01}\n"
	for data, want := range map[string]calendar.Cutoff{
		"":                                      {},
		meeting:                                 {Before: calendar.ToMeeting, By: calendar.Span{Days: 3, Business: true}},
		"cutoff: {by: 2 days}":                  {Before: calendar.ToDeparture, By: calendar.Span{Days: 2}},
		meeting + "cutoff: {at: 12:00}":         {Before: calendar.ToMeeting, By: calendar.Span{Days: 3, Business: true}, At: "12:00"},
		meeting + "cutoff: {before: departure}": {Before: calendar.ToDeparture, By: calendar.Span{Days: 3, Business: true}},
		meeting + "cutoff: {rule: FREQ=WEEKLY, start: 2026-12-04 12:00}": {Before: calendar.ToMeeting, Rule: rule(t, "FREQ=WEEKLY", "UTC", "2026-12-04 12:00")},
	} {
		got, err := LoadRepository([]byte(data))
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if diff := cmp.Diff(want, got.Schedule.Cutoff); diff != "" {
			t.Errorf("%q: -want +got\n%s", data, diff)
		}
	}
}

// A rule that never comes true is a fault at its place, not a train that nobody
// ever sees.
func TestARuleThatNeverFiresIsAFault(t *testing.T) {
	for _, key := range []string{"alphanet", "meeting"} {
		_, err := LoadRepository([]byte(key + ":\n  start: 2026-12-01\n  rule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"))
		if err == nil || !strings.Contains(err.Error(), "3:9: "+key+".rule: ") || !strings.Contains(err.Error(), "never fires") {
			t.Errorf("%s: %v", key, err)
		}
	}
	_, err := LoadRepository([]byte("cutoff:\n  start: 2026-12-01\n  rule: FREQ=MONTHLY;BYMONTHDAY=32\n"))
	if err == nil || !strings.Contains(err.Error(), "cutoff.rule: ") {
		t.Errorf("cutoff: %v", err)
	}
}
