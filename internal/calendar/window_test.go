package calendar

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// T1
func TestTheReleaseIsCutTwoToThreeWeeksBeforeActivation(t *testing.T) {
	w := CutWindow(date(t, "2026-12-08"))
	if got := w.String(); got != "2026-11-17 to 2026-11-24" {
		t.Errorf("window is %s", got)
	}
	if got := w.Long(); got != "Tue 17 Nov 2026 to Tue 24 Nov 2026" {
		t.Errorf("window is %s", got)
	}
	for day, in := range map[string]bool{
		"2026-11-16": false, "2026-11-17": true, "2026-11-20": true, "2026-11-24": true, "2026-11-25": false,
	} {
		if w.Contains(date(t, day)) != in {
			t.Errorf("%s in the window: %v, want %v", day, !in, in)
		}
	}
}

func TestAnEmptyWindowContainsNothing(t *testing.T) {
	for _, w := range []Window{{}, CutWindow(Date{}), {First: date(t, "2026-12-08")}} {
		if w.Contains(Date{}) || w.Contains(date(t, "2026-12-08")) {
			t.Errorf("%+v contains a day", w)
		}
	}
}

// T1
func TestACutWindowHasEightDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		activation := anyDate(t, "activation")
		cut := activation.AddDays(rapid.IntRange(-40, 5).Draw(t, "cut"))
		before := activation.DaysSince(cut)
		if got := CutWindow(activation).Contains(cut); got != (before >= 14 && before <= 21) {
			t.Fatalf("cut %d days before %v: %v", before, activation, got)
		}
	})
}

// B1
func TestAMonthIsACalendarMonthInUTC(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z", true},
		{"2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", false},
		{"2025-12-08T00:00:00Z", "2026-12-08T00:00:00Z", false},
		{"2026-12-31T23:30:00-02:00", "2026-12-08T00:00:00Z", false},
		{"2027-01-01T00:30:00+01:00", "2026-12-08T00:00:00Z", true},
	} {
		if SameMonth(at(c.a), at(c.b)) != c.same || SameMonth(at(c.b), at(c.a)) != c.same {
			t.Errorf("%s and %s in one month: want %v", c.a, c.b, c.same)
		}
	}
}

func TestDurationsAreSaidAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                              "less than a minute",
		59 * time.Second:               "less than a minute",
		time.Minute:                    "1 minute",
		59*time.Minute + time.Second:   "59 minutes",
		time.Hour:                      "1 hour",
		3*time.Hour + 20*time.Minute:   "3 hours",
		24 * time.Hour:                 "1 day",
		-9 * 24 * time.Hour:            "9 days",
		41 * 24 * time.Hour:            "41 days",
		60 * 24 * time.Hour:            "60 days",
		61 * 24 * time.Hour:            "2 months",
		90 * 24 * time.Hour:            "3 months",
		400 * 24 * time.Hour:           "13 months",
		2 * 365 * 24 * time.Hour:       "2 years",
		time.Duration(math.MaxInt64):   "292 years",
		time.Duration(math.MinInt64):   "292 years",
		25*time.Hour - time.Nanosecond: "1 day",
	} {
		if got := Ago(d); got != want {
			t.Errorf("Ago(%v) = %q, want %q", d, got, want)
		}
		whole := Whole(d)
		if got := Ago(whole); got != want || whole.Abs() > d.Abs() {
			t.Errorf("Ago(Whole(%v)) = Ago(%v) = %q, want %q", d, whole, got, want)
		}
	}
}
