package calendar

import (
	"fmt"
	"math"
	"time"
)

const (
	day         = 24 * time.Hour
	daysInMonth = 365.25 / 12
)

// Ago says a duration as people do, in one unit and without a "for" or an
// "ago": "less than a minute", "3 hours", "1 day", "41 days", "3 months". Up to
// two months days are counted, since who waits counts them. The sign does not
// matter.
func Ago(d time.Duration) string {
	d = d.Abs()
	days := int(d / day)
	months := int(math.Round(float64(days) / daysInMonth))
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < day:
		return count(int(d/time.Hour), "hour")
	case months < 2 || days <= 60:
		return count(days, "day")
	case months < 24:
		return count(months, "month")
	}
	return count(months/12, "year")
}

// Whole is the shortest duration of which Ago says the same.
func Whole(d time.Duration) time.Duration {
	switch {
	case d.Abs() < time.Hour:
		return d.Truncate(time.Minute)
	case d.Abs() < day:
		return d.Truncate(time.Hour)
	}
	return d.Truncate(day)
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
