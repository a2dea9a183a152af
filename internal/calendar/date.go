// Package calendar is the arithmetic of the railway's dates: days without a
// time or a zone, windows of days, recurrence rules that keep their local hour
// across clock changes, and durations in the words that people use. On these
// stand a repository's Schedule (trains, meetings, cut-offs, freezes, holidays),
// the Timetable that it comes to, the Plan that works back from an activation or
// forward to the earliest one, and the Slip between two plans.
//
// Nothing here reads a clock. Every function gets the time that it works with,
// so a decision about a date can be repeated later with the same result.
package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// isoDay is the one form in which a date is read and stored.
const isoDay = "2006-01-02"

// Date is a calendar day. It has no zone: where a day has to be found for a
// moment, that is the day in UTC (DateOf). The zero value is "no date"; it is
// before every other and prints as the empty string.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day in UTC on which t falls, and no date for the zero time.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.UTC().Date()
	return Date{y, m, d}
}

// ErrNoDate is for what is no date in form. It says how to write one, and can be
// read after what was written: "soon is" not a date.
var ErrNoDate = errors.New("not a date: write year-month-day, as in 2026-12-08")

// ParseDate reads a date written as 2026-12-08 and nothing else: 08.12.2026 and
// 12/08/26 mean different days to different readers, and a date that decides
// about a release is not guessed. The error says how to write it and never
// repeats unreadable text.
func ParseDate(s string) (Date, error) {
	var d Date
	if !readDigits(s, &d) {
		return Date{}, ErrNoDate
	}
	if d.Month < time.January || d.Month > time.December {
		return Date{}, fmt.Errorf("%s has no month %02d: write year-month-day, as in 2026-12-08", s, int(d.Month))
	}
	if last := daysIn(d.Year, d.Month); d.Day < 1 || d.Day > last {
		return Date{}, fmt.Errorf("%s does not exist: %s %d has the days 1 to %d; write year-month-day, as in 2026-12-08",
			s, d.Month, d.Year, last)
	}
	return d, nil
}

// readDigits splits dddd-dd-dd. It is stricter than time.Parse, and does not
// yet ask whether such a day exists.
func readDigits(s string, d *Date) bool {
	if len(s) != len(isoDay) || s[4] != '-' || s[7] != '-' {
		return false
	}
	number := func(digits string) (n int, ok bool) {
		for i := range len(digits) {
			if digits[i] < '0' || digits[i] > '9' {
				return 0, false
			}
			n = 10*n + int(digits[i]-'0')
		}
		return n, true
	}
	year, ok1 := number(s[:4])
	month, ok2 := number(s[5:7])
	day, ok3 := number(s[8:])
	*d = Date{year, time.Month(month), day}
	return ok1 && ok2 && ok3 && year > 0
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Time returns the first moment of the day in UTC, and the zero time for no date.
func (d Date) Time() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// String returns the day as 2026-12-08, the form that ParseDate reads.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(isoDay)
}

// Long returns the day as the bot writes it in sentences: Tue 8 Dec 2026.
func (d Date) Long() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("Mon 2 Jan 2006")
}

// AddDays returns the day n days later, earlier for a negative n. No date stays
// no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(d.Time().AddDate(0, 0, n))
}

// DaysSince returns how many days d lies after other, negative if before. With
// no date on either side it is 0.
func (d Date) DaysSince(other Date) int {
	if d.IsZero() || other.IsZero() {
		return 0
	}
	return int((d.Time().Unix() - other.Time().Unix()) / (24 * 60 * 60))
}

// Compare returns -1, 0 or +1 as d is before, the same as, or after other; it
// fits slices.SortFunc.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// MarshalText writes the form of String, so JSON and YAML hold "2026-12-08",
// or "" for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, with the errors of ParseDate.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
