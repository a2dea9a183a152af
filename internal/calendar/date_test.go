package calendar

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anyDate draws a day from 400 years, so that every leap year rule occurs.
func anyDate(t *rapid.T, label string) Date {
	return Date{1900, time.January, 1}.AddDays(rapid.IntRange(0, 146097).Draw(t, label))
}

func TestParseDateReadsTheOneForm(t *testing.T) {
	for _, s := range []string{"2026-12-08", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"} {
		if got := date(t, s).String(); got != s {
			t.Errorf("ParseDate(%q) prints as %q", s, got)
		}
	}
}

func TestParseDateRefusesWhatIsAmbiguousOrDoesNotExist(t *testing.T) {
	for _, s := range []string{
		"", "today", "8.12.2026", "08/12/2026", "12/08/26", "2026/12/08", "26-12-08", "2026-12-8", "2026-2-08",
		"2026-12-08 ", " 2026-12-08", "2026-12-08T00:00:00Z", "20261208", "+026-12-08", "2026--1-08",
		"2026-02-30", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-12-00", "2026-12-32",
		"0000-01-01", "２026-12-08", "2026‑12‑08", strings.Repeat("9", 10000),
	} {
		d, err := ParseDate(s)
		if err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, d)
			continue
		}
		if !strings.Contains(err.Error(), "write year-month-day, as in 2026-12-08") {
			t.Errorf("ParseDate(%q): the error %q does not say which form to use", s, err)
		}
		if len(err.Error()) > 120 {
			t.Errorf("ParseDate repeats what it could not read: %d bytes", len(err.Error()))
		}
	}
}

func TestParseDateSaysHowManyDaysTheMonthHas(t *testing.T) {
	_, err := ParseDate("2026-02-30")
	if err == nil || !strings.Contains(err.Error(), "February 2026 has the days 1 to 28") {
		t.Errorf("got %v", err)
	}
}

func TestDatesPrintAsTheBotSpeaks(t *testing.T) {
	d := date(t, "2026-12-08")
	if got := d.Long(); got != "Tue 8 Dec 2026" {
		t.Errorf("Long() = %q", got)
	}
	if got := (Date{}).String() + (Date{}).Long(); got != "" {
		t.Errorf("no date prints as %q", got)
	}
}

func TestDateOfIsTheDayInUTC(t *testing.T) {
	late := time.Date(2026, 12, 8, 23, 30, 0, 0, time.FixedZone("west", -3600))
	if got := DateOf(late); got != date(t, "2026-12-09") {
		t.Errorf("DateOf(%v) = %v", late, got)
	}
	if !DateOf(time.Time{}).IsZero() {
		t.Error("the zero time has a date")
	}
}

func TestNoDateStaysNoDate(t *testing.T) {
	var none Date
	if !none.AddDays(5).IsZero() || none.DaysSince(date(t, "2026-12-08")) != 0 || !none.Time().IsZero() {
		t.Error("arithmetic made a date out of none")
	}
	if !none.Before(date(t, "0001-01-01")) {
		t.Error("no date is not before every other")
	}
}

func TestDatesAreTextInJSONAndYAML(t *testing.T) {
	type holder struct {
		On   Date `json:"on" yaml:"on"`
		None Date `json:"none" yaml:"none"`
	}
	want := holder{On: date(t, "2026-12-08")}
	raw, err := json.Marshal(want)
	if err != nil || string(raw) != `{"on":"2026-12-08","none":""}` {
		t.Fatalf("JSON is %s, %v", raw, err)
	}
	var got holder
	if err := json.Unmarshal(raw, &got); err != nil || got != want {
		t.Errorf("from JSON: %+v, %v", got, err)
	}
	for _, doc := range []string{"on: 2026-12-08\nnone: ''\n", "on: \"2026-12-08\"\n"} {
		got = holder{}
		if err := yaml.Unmarshal([]byte(doc), &got); err != nil || got != want {
			t.Errorf("from YAML %q: %+v, %v", doc, got, err)
		}
	}
	if err := yaml.Unmarshal([]byte("on: 8.12.2026\n"), &got); err == nil {
		t.Error("YAML accepts an ambiguous date")
	}
}

func TestDateArithmeticAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, n := anyDate(t, "a"), rapid.IntRange(-5000, 5000).Draw(t, "n")
		b := a.AddDays(n)
		if b.DaysSince(a) != n || b.AddDays(-n) != a {
			t.Fatalf("%v + %d days = %v, which is %d days later", a, n, b, b.DaysSince(a))
		}
		if a.Before(b) != (n > 0) || a.After(b) != (n < 0) || (a == b) != (n == 0) {
			t.Fatalf("%v and %v compare wrongly", a, b)
		}
		if again, err := ParseDate(a.String()); err != nil || again != a {
			t.Fatalf("%v does not read back: %v, %v", a, again, err)
		}
		if (a.String() < b.String()) != a.Before(b) {
			t.Fatalf("%v and %v sort differently as text", a, b)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-12-08", "2026-02-30", "", "12/08/26", "2026-12-08\n", "\xff\xfe26-12-08"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if !d.IsZero() {
				t.Fatalf("ParseDate(%q) gives %v with an error", s, d)
			}
			return
		}
		if std, stdErr := time.Parse(time.DateOnly, s); d.String() != s || stdErr != nil || !std.Equal(d.Time()) {
			t.Fatalf("ParseDate(%q) = %v, the standard library says %v, %v", s, d, std, stdErr)
		}
	})
}
