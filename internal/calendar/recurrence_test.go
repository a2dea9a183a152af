package calendar

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the tests know the zones wherever they run

	"pgregory.net/rapid"
)

func recurrence(t testing.TB, rule, zone, start string) Recurrence {
	t.Helper()
	r, err := ParseRecurrence(rule, zone, start)
	if err != nil {
		t.Fatalf("ParseRecurrence(%q, %q, %q): %v", rule, zone, start, err)
	}
	return r
}

// year lists the occurrences of a year, in the zone's own time.
func year(r Recurrence, y int) []string {
	var list []string
	loc, _ := time.LoadLocation(r.Zone())
	for _, t := range r.Between(time.Date(y, 1, 1, 0, 0, 0, 0, loc), time.Date(y+1, 1, 1, 0, 0, 0, 0, loc)) {
		list = append(list, t.In(loc).Format("01-02 15:04 -0700"))
	}
	return list
}

func TestTheLocalHourStaysWhenTheClocksChange(t *testing.T) {
	for _, c := range []struct {
		name, rule, zone, start string
		year                    int
		want                    []string
	}{
		{"monthly in Berlin", "FREQ=MONTHLY;BYDAY=2TH;COUNT=3", "Europe/Berlin", "2026-09-01 10:00", 2026,
			[]string{"09-10 10:00 +0200", "10-08 10:00 +0200", "11-12 10:00 +0100"}},
		{"an hour that does not exist", "FREQ=DAILY;COUNT=3", "Europe/Berlin", "2027-03-27 02:30", 2027,
			[]string{"03-27 02:30 +0100", "03-28 03:30 +0200", "03-29 02:30 +0200"}},
		{"an hour that comes twice", "FREQ=DAILY;COUNT=3", "Europe/Berlin", "2026-10-24 02:30", 2026,
			[]string{"10-24 02:30 +0200", "10-25 02:30 +0200", "10-26 02:30 +0100"}},
		{"a midnight that does not exist", "FREQ=DAILY;COUNT=2", "Africa/Cairo", "2026-04-24", 2026,
			[]string{"04-24 01:00 +0300", "04-25 00:00 +0300"}},
		{"a day that does not exist", "FREQ=DAILY;COUNT=3", "Pacific/Apia", "2011-12-29 10:00", 2011,
			[]string{"12-29 10:00 -1000", "12-31 10:00 +1400"}},
		{"half an hour of summer time", "FREQ=WEEKLY;COUNT=2", "Australia/Lord_Howe", "2026-09-27 09:00", 2026,
			[]string{"09-27 09:00 +1030", "10-04 09:00 +1100"}},
		{"the last Friday of a quarter", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;BYHOUR=16", "America/New_York", "2026-03-01", 2026,
			[]string{"03-27 16:00 -0400", "06-26 16:00 -0400", "09-25 16:00 -0400", "12-25 16:00 -0500"}},
		{"the last day of February", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "UTC", "2026-01-01", 2028,
			[]string{"02-29 00:00 +0000"}},
	} {
		if got := year(recurrence(t, c.rule, c.zone, c.start), c.year); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUntilIncludesItsDayAndIsReadInItsZone(t *testing.T) {
	for until, want := range map[string]int{
		"20260310": 10, "20260309T095959": 8, "20260309T100000": 9, "20260310T145959Z": 9, "20260310T150000Z": 10,
	} {
		r := recurrence(t, "FREQ=DAILY;UNTIL="+until, "America/Bogota", "2026-03-01 10:00") // five hours behind UTC
		if got := len(year(r, 2026)); got != want {
			t.Errorf("UNTIL=%s gives %d days, want %d", until, got, want)
		}
	}
}

func TestNextIsLaterAndEndsWithTheRule(t *testing.T) {
	r := recurrence(t, "rrule:freq=monthly;byday=2th;count=2", "UTC", "2026-12-01")
	first, ok := r.Next(time.Time{})
	if !ok || DateOf(first) != date(t, "2026-12-10") {
		t.Fatalf("first is %v, %v", first, ok)
	}
	if at, _ := r.Next(first.Add(-time.Nanosecond)); !at.Equal(first) {
		t.Errorf("just before the first comes %v", at)
	}
	second, ok := r.Next(first)
	if !ok || DateOf(second) != date(t, "2027-01-14") {
		t.Errorf("second is %v, %v", second, ok)
	}
	if at, ok := r.Next(second); ok {
		t.Errorf("after the last comes %v", at)
	}
	if r.Rule() != "FREQ=MONTHLY;BYDAY=2TH;COUNT=2" {
		t.Errorf("the rule reads %s", r.Rule())
	}
}

func TestNoRuleNeverFires(t *testing.T) {
	var none Recurrence
	if _, ok := none.Next(time.Time{}); ok || none.Between(time.Time{}, time.Unix(1e10, 0)) != nil || none.String() != "never" {
		t.Error("the zero recurrence fires")
	}
}

func TestARuleThatCannotBeMeantIsRefusedWithAWayOut(t *testing.T) {
	for _, c := range []struct{ rule, zone, start, says string }{
		{"", "UTC", "2026-12-10", "write one such as FREQ=MONTHLY;BYDAY=2TH"},
		{"every second Thursday", "UTC", "2026-12-10", "write one such as"},
		{"BYDAY=TH", "UTC", "2026-12-10", "no FREQ of DAILY, WEEKLY"},
		{"FREQ=FORTNIGHTLY", "UTC", "2026-12-10", "no FREQ of DAILY, WEEKLY"},
		{"FREQ=HOURLY", "UTC", "2026-12-10", "use DAILY, WEEKLY, MONTHLY or YEARLY"},
		{"FREQ=SECONDLY;INTERVAL=5", "UTC", "2026-12-10", "use DAILY, WEEKLY"},
		{"FREQ=DAILY;BYHOUR=8,20", "UTC", "2026-12-10", "one value each"},
		{"FREQ=MONTHLY;BYEASTER=1", "UTC", "2026-12-10", "not one of FREQ"},
		{"FREQ=MONTHLY;DTSTART=20260101", "UTC", "2026-12-10", "not one of FREQ"},
		{"FREQ=MONTHLY\nFREQ=MONTHLY", "UTC", "2026-12-10", "write one such as"},
		{"FREQ=MONTHLY;", "UTC", "2026-12-10", "write one such as"},
		{"FREQ=MONTHLY;BYDAY", "UTC", "2026-12-10", "BYDAY has no value"},
		{"FREQ=MONTHLY;BYDAY=MO;BYDAY=TU", "UTC", "2026-12-10", "given twice"},
		{"FREQ=MONTHLY;BYDAY=XX", "UTC", "2026-12-10", "cannot be read"},
		{"FREQ=MONTHLY;BYDAY=6MO", "UTC", "2026-12-10", "beyond 5"},
		{"FREQ=MONTHLY;BYDAY=-53MO", "UTC", "2026-12-10", "beyond 5"},
		{"FREQ=WEEKLY;BYDAY=2MO", "UTC", "2026-12-10", "beyond 0"},
		{"FREQ=MONTHLY;BYMONTHDAY=32", "UTC", "2026-12-10", "never fires"},
		{"FREQ=MONTHLY;INTERVAL=0", "UTC", "2026-12-10", "INTERVAL must be between"},
		{"FREQ=YEARLY;INTERVAL=9223372036854775807", "UTC", "2026-12-10", "INTERVAL must be between"},
		{"FREQ=MONTHLY;COUNT=0", "UTC", "2026-12-10", "COUNT is less than 1"},
		{"FREQ=MONTHLY;COUNT=3;UNTIL=20300101", "UTC", "2026-12-10", "exclude each other"},
		{"FREQ=MONTHLY;UNTIL=soon", "UTC", "2026-12-10", "UNTIL=20271231"},
		{"FREQ=MONTHLY;UNTIL=20200101", "UTC", "2026-12-10", "never fires"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "UTC", "2026-12-10", "never fires"},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "UTC", "2026-12-10", "never fires"},
		{"FREQ=MONTHLY", "", "2026-12-10", "such as Europe/Berlin"},
		{"FREQ=MONTHLY", "Local", "2026-12-10", "such as Europe/Berlin"},
		{"FREQ=MONTHLY", "Berlin", "2026-12-10", "such as Europe/Berlin"},
		{"FREQ=MONTHLY", "../etc/passwd", "2026-12-10", "such as Europe/Berlin"},
		{"FREQ=MONTHLY", "UTC", "", "as in 2026-12-08"},
		{"FREQ=MONTHLY", "UTC", "10.12.2026", "as in 2026-12-08"},
		{"FREQ=MONTHLY", "UTC", "2026-12-10 25:00", "as in 2026-12-10 10:00"},
		{"FREQ=MONTHLY", "UTC", "2026-12-10 9:00", "as in 2026-12-10 10:00"},
		{"FREQ=MONTHLY", "UTC", "2026-12-10 10:00:00", "as in 2026-12-10 10:00"},
		{"FREQ=MONTHLY", "UTC", "0026-12-10", "between 1970 and 2200"},
	} {
		r, err := ParseRecurrence(c.rule, c.zone, c.start)
		if err == nil || !strings.Contains(err.Error(), c.says) || !r.IsZero() {
			t.Errorf("ParseRecurrence(%q, %q, %q) = %v, %v; want an error with %q", c.rule, c.zone, c.start, r, err, c.says)
		}
	}
}

func TestARecurrenceSurvivesJSON(t *testing.T) {
	want := recurrence(t, "FREQ=MONTHLY;BYDAY=2TH", "Europe/Berlin", "2026-12-10 10:00")
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Recurrence
	if err := json.Unmarshal(raw, &got); err != nil || !got.Equal(want) || !slices.Equal(year(got, 2027), year(want, 2027)) {
		t.Errorf("%s reads back as %v, %v", raw, got, err)
	}
	if err := json.Unmarshal([]byte("null"), &got); err != nil || !got.IsZero() {
		t.Errorf("null reads as %v, %v", got, err)
	}
	for _, bad := range []string{`{"rule":"FREQ=HOURLY","zone":"UTC","start":"2026-12-10"}`, `3`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s reads as %v", bad, got)
		}
	}
}

func TestARecurrenceMayBeUsedFromManySides(t *testing.T) {
	r := recurrence(t, "FREQ=WEEKLY;BYDAY=TU;COUNT=20", "Europe/Berlin", "2026-12-10 10:00")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if n := len(year(r, 2027)); n != 17 {
				t.Errorf("%d Tuesdays", n)
			}
		})
	}
	wg.Wait()
}

var (
	someZone = rapid.SampledFrom([]string{
		"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
	})
	someRule = rapid.SampledFrom([]string{
		"FREQ=MONTHLY;BYDAY=2TH", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=16", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=WEEKLY",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=DAILY;INTERVAL=10",
	})
)

func TestOccurrencesAgreeOverYearsAndZones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := Date{2005, time.January, 1}.AddDays(rapid.IntRange(0, 9000).Draw(t, "start")).String() +
			rapid.SampledFrom([]string{"", " 00:30", " 02:30", " 10:00", " 23:59"}).Draw(t, "clock")
		zone := someZone.Draw(t, "zone")
		r, err := ParseRecurrence(someRule.Draw(t, "rule"), zone, start)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(1104537600+rapid.Int64Range(0, 9000*86400).Draw(t, "from"), 0)
		middle := from.AddDate(0, rapid.IntRange(0, 30).Draw(t, "months"), 0)
		to := middle.AddDate(0, rapid.IntRange(0, 30).Draw(t, "more months"), 0)

		all := r.Between(from, to)
		if parts := append(r.Between(from, middle), r.Between(middle, to)...); !slices.Equal(all, parts) {
			t.Fatalf("two halves give %v, the whole %v", parts, all)
		}
		at := from.Add(-time.Nanosecond)
		loc, _ := time.LoadLocation(zone)
		for i, want := range all {
			next, ok := r.Next(at)
			if !ok || !next.Equal(want) || next.Location() != time.UTC {
				t.Fatalf("occurrence %d is %v by Next, %v, and %v by Between", i, next, ok, want)
			}
			wall := instant(wallOf(want, loc), loc)
			if !wall.Equal(want) {
				t.Fatalf("%v is %v on the wall and back %v", want, wallOf(want, loc), wall)
			}
			at = next
		}
		if next, ok := r.Next(at); ok && next.Before(to) {
			t.Fatalf("Next knows %v before %v, Between does not", next, to)
		}
	})
}

func FuzzParseRecurrence(f *testing.F) {
	for _, s := range []string{
		"FREQ=MONTHLY;BYDAY=2TH", "FREQ=YEARLY;BYDAY=-53MO", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "FREQ=DAILY;BYSETPOS=-366",
		"FREQ=YEARLY;BYYEARDAY=-366;BYSETPOS=1", "FREQ=WEEKLY;WKST=SU;UNTIL=20270101T000000Z",
	} {
		f.Add(s, "Europe/Berlin", "2026-12-10 10:00")
	}
	f.Fuzz(func(t *testing.T, rule, zone, start string) {
		r, err := ParseRecurrence(rule, zone, start)
		if err != nil {
			return
		}
		first, ok := r.Next(time.Time{})
		if !ok {
			t.Fatalf("%v never fires", r)
		}
		if second, ok := r.Next(first); ok && second.Sub(first) < 20*time.Hour {
			t.Fatalf("%v fires at %v and %v", r, first, second)
		}
	})
}
