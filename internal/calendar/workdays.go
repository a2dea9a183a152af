package calendar

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Workdays tells business days from days off: Saturdays and Sundays, the public
// holidays of the countries, and further days. A day off in one country is a day
// off. The zero Workdays has the weekends alone.
type Workdays struct {
	// Countries are codes that ParseCountry knows: "DE", "US", "DE-BY".
	Countries []string
	// Days are further days off, such as those of a company.
	Days []Holiday
}

// Holiday is a day off with its name.
type Holiday struct {
	On   Date   `json:"on"`
	Name string `json:"name"`
	// Country is the code of the country that has it; "" for a day of one's own.
	Country string `json:"country,omitempty"`
}

// ParseCountry reads the ISO 3166 code of a country, or of a part of one, whose
// holidays are known: DE, US, DE-BY. The error offers the nearest.
func ParseCountry(s string) (string, error) {
	code := strings.ToUpper(strings.TrimSpace(s))
	if code == "UK" {
		code = "GB"
	}
	if _, ok := countries[code]; ok {
		return code, nil
	}
	for known, c := range countries {
		if strings.EqualFold(c.name, strings.TrimSpace(s)) {
			return "", fmt.Errorf("not a country's code: write %s for %s", known, c.name)
		}
	}
	if parts := partsOf(code); len(parts) > 0 {
		return "", fmt.Errorf("holidays in %s differ by region: write one of %s", code, strings.Join(parts, ", "))
	}
	hint := "write a code of ISO 3166, such as DE, US or DE-BY"
	if near := nearestCountry(s); near != "" {
		hint = "did you mean " + near + "? W" + hint[1:]
	}
	return "", fmt.Errorf("the holidays of this country are not known: %s; list other countries' days under holidays.days", hint)
}

// partsOf lists the regions of a country, sorted.
func partsOf(country string) []string {
	var out []string
	for code := range countries {
		if strings.HasPrefix(code, country+"-") {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

func nearestCountry(s string) string {
	names := map[string]string{}
	var list []string
	for code, c := range countries {
		names[c.name] = code
		list = append(list, c.name)
	}
	slices.Sort(list)
	if name := nearest(strings.TrimSpace(s), list); name != "" {
		return names[name]
	}
	return ""
}

// Holiday returns the holiday on a day, if it is one; of several the first in
// the order of Days and Countries.
func (w Workdays) Holiday(d Date) (Holiday, bool) {
	for _, h := range w.Days {
		if h.On == d {
			return h, true
		}
	}
	for _, code := range w.Countries {
		if name, ok := holidaysOf(code, d.Year)[d]; ok {
			return Holiday{On: d, Name: name, Country: code}, true
		}
	}
	return Holiday{}, false
}

// A countryYear is a year of a country.
type countryYear struct {
	code string
	year int
}

// reckoned are the holidays of the years that have been asked for: they never
// change, and one plan asks about hundreds of days.
var reckoned sync.Map // countryYear → map[Date]string

// holidaysOf returns the names of a country's holidays in a year, by the days on
// which they fall, or are kept in another day's place, which may lie in the year
// beside; of several the first.
func holidaysOf(code string, year int) map[Date]string {
	if known, ok := reckoned.Load(countryYear{code, year}); ok {
		return known.(map[Date]string)
	}
	names := map[Date]string{}
	for _, rule := range countries[code].holidays {
		for _, of := range []int{year, year + 1, year - 1} {
			if of != year && len(rule.Observed) == 0 {
				continue
			}
			actual, instead := rule.Calc(of)
			if actual.IsZero() {
				continue
			}
			for _, d := range []Date{dayOf(actual), dayOf(instead)} {
				if names[d] == "" && d.Year == year {
					names[d] = rule.Name
				}
			}
		}
	}
	if year >= 2000 && year < 2100 { // people may ask about any year
		reckoned.Store(countryYear{code, year}, names)
	}
	return names
}

// dayOf reads the day of a library's result. It begins with the day in the
// machine's zone, where a change of the clocks may put midnight into the evening
// before; noon is the same day everywhere.
func dayOf(t time.Time) Date {
	y, m, d := t.Add(day / 2).Date()
	return Date{y, m, d}
}

// Workday reports whether a day is a business day.
func (w Workdays) Workday(d Date) bool {
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	_, off := w.Holiday(d)
	return !off
}

// Holidays returns the holidays from one day to another, both included, in
// order, one for a day.
func (w Workdays) Holidays(from, to Date) []Holiday {
	var out []Holiday
	for d := from; !d.After(to); d = d.AddDays(1) {
		if h, ok := w.Holiday(d); ok {
			out = append(out, h)
		}
	}
	return out
}

// next returns the next business day in a direction, +1 or -1. Where none is
// found for longer than any list of holidays, the last day looked at is taken.
func (w Workdays) next(d Date, step int) Date {
	for range 2 * maxSpan {
		d = d.AddDays(step)
		if w.Workday(d) {
			break
		}
	}
	return d
}
