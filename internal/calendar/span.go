package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxSpan bounds how far apart two dates of one plan may lie, in days.
const maxSpan = 400

// Span is a length of time in days: calendar days, or business days as Workdays
// has them. The zero Span is no time at all.
type Span struct {
	Days     int
	Business bool
}

// ParseSpan reads "3 days", "1 day", "2 weeks", "2 business days" and nothing
// else, at most 400 days.
func ParseSpan(s string) (Span, error) {
	words := strings.Fields(strings.ToLower(s))
	span := Span{}
	if len(words) == 3 && words[1] == "business" {
		span.Business = true
		words = []string{words[0], words[2]}
	}
	wrong := errors.New("not a length of time: write days, weeks or business days, as in 3 days, 2 weeks or 2 business days")
	if len(words) != 2 {
		return Span{}, wrong
	}
	n, err := strconv.ParseUint(words[0], 10, 16)
	if err != nil || words[0][0] == '+' {
		return Span{}, wrong
	}
	span.Days = int(n)
	switch words[1] {
	case "day", "days":
	case "week", "weeks":
		if span.Business {
			return Span{}, wrong
		}
		span.Days *= 7
	default:
		return Span{}, wrong
	}
	if span.Days > maxSpan {
		return Span{}, fmt.Errorf("%s is too long: at most %d days can be planned with", s, maxSpan)
	}
	return span, nil
}

// String returns the form that ParseSpan reads: "1 day", "14 days", "2 business days".
func (s Span) String() string {
	unit := "day"
	if s.Business {
		unit = "business day"
	}
	return count(s.Days, unit)
}

// Before returns the day that lies the span before d. Business days are counted
// without d itself; none at all is d. No date stays no date.
func (s Span) Before(d Date, w Workdays) Date { return s.from(d, w, -1) }

// After returns the day that lies the span after d, as Before does.
func (s Span) After(d Date, w Workdays) Date { return s.from(d, w, +1) }

func (s Span) from(d Date, w Workdays, step int) Date {
	if !s.Business {
		return d.AddDays(step * s.Days)
	}
	for range s.Days {
		d = w.next(d, step)
	}
	return d
}

// MarshalText writes the form of String.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes, with the errors of ParseSpan.
func (s *Span) UnmarshalText(text []byte) error {
	parsed, err := ParseSpan(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
