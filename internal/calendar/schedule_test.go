package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// berlin is a schedule as a protocol might have it.
func berlin(t testing.TB) Schedule {
	t.Helper()
	return Schedule{
		Alphanets: Series{Rule: recurrence(t, "FREQ=MONTHLY;BYDAY=2TH;BYHOUR=10", "Europe/Berlin", "2026-01-01"), Shift: Next},
		Meetings:  Series{Rule: recurrence(t, "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=15", "Europe/Berlin", "2026-01-01"), Shift: Next},
		Length:    time.Hour,
		Cutoff:    Cutoff{Before: ToMeeting, By: Span{3, true}, At: "18:00"},
		Freezes:   []Freeze{{Days: Window{date(t, "2026-12-21"), date(t, "2027-01-03")}, Reason: "year's end"}},
		Workdays:  Workdays{Countries: []string{"DE"}},
		Lead:      Lead{Alphanet: Span{Days: 14}, Betanet: Span{Days: 14}, Audit: Span{Days: 28}, Testnet: Span{Days: 14}, Release: Span{Days: 7}, Notice: Span{Days: 14}},
		Ballots:   map[string]Ballot{"upgrade": {Review: Span{Days: 14}, Voting: Span{Days: 7}}, "maintenance": {Review: Span{Days: 7}}},
		Ballot:    "upgrade",
	}
}

func lines(table Timetable) []string {
	var out []string
	for _, e := range table.Entries() {
		line := e.Day.String() + " " + string(e.Kind) + " " + e.Name
		if c := e.Clock(); c != "" {
			line += " " + c
		}
		if len(e.Why) > 0 {
			line += " [" + strings.Join(e.Why, "; ") + "]"
		}
		out = append(out, line)
	}
	return out
}

func TestATimetableListsWhatIsToCome(t *testing.T) {
	got := lines(berlin(t).Timetable(date(t, "2026-12-01"), date(t, "2027-01-31")))
	want := []string{
		"2026-12-01 meeting Planning meeting 15:00 CET",
		"2026-12-10 departure Alphanet 2026-12 10:00 CET",
		"2026-12-21 freeze year's end",
		"2026-12-25 holiday Weihnachtstag",
		"2026-12-26 holiday Zweiter Weihnachtsfeiertag",
		"2026-12-30 cutoff Submissions close (planning meeting) 18:00 CET",
		"2027-01-01 holiday Neujahrstag",
		"2027-01-05 meeting Planning meeting 15:00 CET",
		"2027-01-14 departure Alphanet 2027-01 10:00 CET",
		"2027-01-28 cutoff Submissions close (planning meeting) 18:00 CET",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A2, A7
func TestATrainKnowsTheMeetingThatDecidesItAndWhenSubmissionsClose(t *testing.T) {
	s := berlin(t)
	trains := s.TrainsBetween(date(t, "2027-01-01"), date(t, "2027-01-31"))
	if len(trains) != 1 || trains[0].Meeting != "meeting/2027-01-05" || trains[0].Cutoff.At.Format(time.RFC3339) != "2026-12-30T17:00:00Z" {
		t.Fatalf("%+v", trains)
	}
	s.Cutoff = Cutoff{Before: ToDeparture, By: Span{Days: 2}}
	if c := s.TrainsBetween(date(t, "2027-01-01"), date(t, "2027-01-31"))[0].Cutoff; c.At.Format(time.RFC3339) != "2027-01-12T09:00:00Z" {
		t.Errorf("two days before the departure, at its hour: %+v", c)
	}
	s.Cutoff = Cutoff{Rule: recurrence(t, "FREQ=WEEKLY;BYDAY=FR;BYHOUR=12", "America/New_York", "2026-01-01")}
	if c := s.TrainsBetween(date(t, "2027-01-01"), date(t, "2027-01-31"))[0].Cutoff; c.At.Format(time.RFC3339) != "2027-01-01T17:00:00Z" {
		t.Errorf("the last Friday noon before the meeting: %+v", c)
	}
	s.Cutoff = Cutoff{Before: ToMeeting, At: "23:00"}
	if m, _ := s.NextMeeting(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); !m.Cutoff.At.Equal(m.At) {
		t.Errorf("a cut-off after the meeting: %+v", m)
	}
}

func TestFreezesAndHolidaysMoveTrainsWithinTheirMonth(t *testing.T) {
	month := func(from, to, reason string, shift Shift) Train {
		s := berlin(t)
		s.Alphanets.Shift = shift
		s.Freezes = []Freeze{{Days: Window{date(t, from), date(t, to)}, Reason: reason}}
		trains := s.TrainsBetween(date(t, "2026-12-01"), date(t, "2026-12-31"))
		if len(trains) != 1 || trains[0].Key != "alphanet/2026-12-10" {
			t.Fatalf("trains in December: %+v", trains)
		}
		return trains[0]
	}
	for _, c := range []struct {
		from, to string
		shift    Shift
		want     string
		why      string
	}{
		{"2026-12-10", "2026-12-10", Next, "2026-12-11", "moved from Thu 10 Dec 2026 (freeze: a rest)"},
		{"2026-12-10", "2026-12-11", Next, "2026-12-14", "moved from Thu 10 Dec 2026 (freeze: a rest)"}, // past the weekend
		{"2026-12-10", "2026-12-10", Previous, "2026-12-09", "moved from Thu 10 Dec 2026 (freeze: a rest)"},
		{"2026-12-08", "2026-12-31", Next, "2026-12-07", "moved from Thu 10 Dec 2026 (freeze: a rest)"}, // not into January
		{"2026-12-01", "2026-12-31", Next, "2026-12-10", "on a closed day (freeze: a rest)"},
		{"2026-12-10", "2026-12-10", Keep, "2026-12-10", "on a closed day (freeze: a rest)"},
		{"2026-12-11", "2026-12-31", Next, "2026-12-10", ""},
	} {
		train := month(c.from, c.to, "a rest", c.shift)
		if train.Day.String() != c.want || strings.Join(train.Why(), "; ") != c.why {
			t.Errorf("frozen from %s to %s, %s: %s, %q", c.from, c.to, c.shift, train.Day, train.Why())
		}
		if wall := train.At.In(train.location(t)).Format("15:04"); wall != "10:00" {
			t.Errorf("it departs at %s", wall)
		}
	}
}

func (o Occurrence) location(t testing.TB) *time.Location {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestAHolidayMovesAMeetingAndAFreezeDoesNot(t *testing.T) {
	s := berlin(t)
	s.Meetings.Rule = recurrence(t, "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=15", "Europe/Berlin", "2026-01-01")
	m := s.MeetingsBetween(date(t, "2027-01-01"), date(t, "2027-01-31"))
	if len(m) != 1 || m[0].Day.String() != "2027-01-04" || m[0].Key != "meeting/2027-01-01" {
		t.Errorf("New Year's meeting: %+v", m)
	}
}

func TestARecurringFreezeCoversItsDays(t *testing.T) {
	f := Freeze{Rule: recurrence(t, "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", "UTC", "2020-01-01"), Length: 5, Reason: "year's end"}
	for day, frozen := range map[string]bool{"2026-12-29": false, "2026-12-30": true, "2027-01-03": true, "2027-01-04": false, "2019-12-31": false} {
		if f.Covers(date(t, day)) != frozen {
			t.Errorf("%s frozen: %v", day, !frozen)
		}
	}
	if got := f.Between(date(t, "2027-01-02"), date(t, "2027-12-31")); len(got) != 2 || got[0].String() != "2026-12-30 to 2027-01-03" {
		t.Errorf("runs of 2027: %v", got)
	}
}

func TestBusinessDaysKnowTheHolidaysOfCountries(t *testing.T) {
	us := Workdays{Countries: []string{"US"}}
	if got := (Span{3, true}).After(date(t, "2026-11-25"), us); got.String() != "2026-12-01" { // over Thanksgiving
		t.Errorf("three business days later: %s", got)
	}
	if got := (Span{1, true}).Before(date(t, "2028-01-03"), us); got.String() != "2027-12-30" { // 31 Dec stands for 1 Jan
		t.Errorf("the business day before: %s", got)
	}
	own := Workdays{Countries: []string{"US", "DE"}, Days: []Holiday{{On: date(t, "2026-11-27"), Name: "the day after"}}}
	for day, name := range map[string]string{"2026-11-26": "Thanksgiving Day", "2026-11-27": "the day after", "2026-10-03": "Tag der Deutschen Einheit", "2026-11-30": ""} {
		if h, ok := own.Holiday(date(t, day)); h.Name != name || ok != (name != "") {
			t.Errorf("%s: %+v", day, h)
		}
	}
	if got := (Span{2, true}).Before(date(t, "2026-11-30"), own); got.String() != "2026-11-24" {
		t.Errorf("two business days before: %s", got)
	}
}

func TestACountryThatIsNotKnownIsRefusedWithTheNearest(t *testing.T) {
	for in, says := range map[string]string{
		"Germany": "write DE for Germany", "Germny": "did you mean DE", "AU": "AU-NSW", "XX": "such as DE, US or DE-BY", "": "such as DE",
		strings.Repeat("x", 100000): "such as DE",
	} {
		if code, err := ParseCountry(in); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("ParseCountry(%.20q) = %q, %v; want an error with %q", in, code, err, says)
		}
	}
	for in, want := range map[string]string{"de": "DE", " de-by ": "DE-BY", "UK": "GB"} {
		if code, err := ParseCountry(in); code != want || err != nil {
			t.Errorf("ParseCountry(%q) = %q, %v", in, code, err)
		}
	}
}

func TestAZoneThatIsNotKnownIsRefusedWithTheNearest(t *testing.T) {
	for in, want := range map[string]string{
		"Berlin": "Europe/Berlin", "new york": "America/New_York", "Europe/Berln": "Europe/Berlin", "Berln": "Europe/Berlin", "europe/berlin": "Europe/Berlin",
		"buenos_aires": "America/Argentina/Buenos_Aires", "Mars/Olympus_Mons": "", "..": "", strings.Repeat("B", 100000): "",
	} {
		_, err := parseZone(in)
		if in == "europe/berlin" && err == nil {
			continue // a disk that does not tell capitals apart
		}
		if err == nil || want != "" != strings.Contains(err.Error(), "did you mean "+want) || len(err.Error()) > 200 {
			t.Errorf("%.20q: %v", in, err)
		}
	}
	for _, name := range cities {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s does not exist: %v", name, err)
		}
	}
}

func TestSpansReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]Span{
		"3 days": {3, false}, "1 day": {1, false}, "2 weeks": {14, false}, "2 business days": {2, true}, "1 Business Day": {1, true}, "0 days": {}, "400 days": {400, false},
	} {
		got, err := ParseSpan(in)
		if again, err2 := ParseSpan(want.String()); got != want || err != nil || again != want || err2 != nil {
			t.Errorf("ParseSpan(%q) = %v, %v; back %v, %v", in, got, err, again, err2)
		}
	}
	for _, in := range []string{"", "3", "days", "-3 days", "+3 days", "1.5 days", "3 months", "2 business weeks", "401 days", "58 weeks", "3d", "three days", "3 days 2", "99999999999999999999 days"} {
		if got, err := ParseSpan(in); err == nil {
			t.Errorf("ParseSpan(%q) = %v", in, got)
		}
	}
}

func TestTheClocksChangeByARule(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		clock     Clock
		want      string
		odd       Oddity
	}{
		{"Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30:00Z", Skipped},
		{"Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z", Repeated},
		{"Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z", ""},
		{"America/New_York", "2027-03-14", "02:00", "2027-03-14T07:00:00Z", Skipped},
		{"America/New_York", "2026-11-01", "01:59", "2026-11-01T05:59:00Z", Repeated},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z", Skipped},
		{"Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45:00Z", Repeated},
		{"Asia/Kolkata", "2027-03-28", "02:30", "2027-03-27T21:00:00Z", ""},
		{"Pacific/Apia", "2011-12-30", "10:00", "2011-12-30T20:00:00Z", Skipped},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, odd := At(date(t, c.day), c.clock, zone)
		if at.Format(time.RFC3339) != c.want || odd != c.odd || (odd == "") != (odd.String() == "") {
			t.Errorf("%s %s in %s: %s %q, want %s %q", c.day, c.clock, c.zone, at.Format(time.RFC3339), odd, c.want, c.odd)
		}
	}
	if at, _ := At(Date{}, "10:00", time.UTC); !at.IsZero() {
		t.Error("no date has a moment")
	}
}

func TestClocksAndComingDatesAreReadInOneForm(t *testing.T) {
	for _, bad := range []string{"", "9:30", "24:00", "12:60", "6 pm", "09:30:00", "0930"} {
		if c, err := ParseClock(bad); err == nil {
			t.Errorf("ParseClock(%q) = %q", bad, c)
		}
	}
	if c, err := ParseClock("09:30"); c != "09:30" || err != nil {
		t.Errorf("09:30 reads as %q, %v", c, err)
	}
	today := date(t, "2026-12-08")
	for in, says := range map[string]string{"2026-12-08": "", "2026-12-07": "has passed, today is 2026-12-08", "03/04/2026": "write year-month-day", "2026-02-30": "does not exist"} {
		_, err := ParseFuture(in, today)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("ParseFuture(%q): %v", in, err)
		}
	}
}

func TestAnEmptyScheduleHasAnEmptyTimetable(t *testing.T) {
	var s Schedule
	if got := s.Timetable(date(t, "2026-01-01"), date(t, "2026-12-31")); len(got.Entries()) != 0 {
		t.Errorf("%v", lines(got))
	}
	if _, ok := s.NextMeeting(time.Unix(0, 0)); ok {
		t.Error("a meeting without a rule")
	}
	if _, ok := s.NextTrain(time.Unix(0, 0)); ok {
		t.Error("a train without a rule")
	}
	if got := berlin(t).Timetable(date(t, "2026-12-31"), date(t, "2026-01-01")); len(got.Entries()) != 0 {
		t.Errorf("back in time: %v", lines(got))
	}
}
