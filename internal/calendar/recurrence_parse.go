package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Bounds of a rule; the last two keep the library's arithmetic from running
// away.
const (
	maxRule     = 300
	maxInterval = 1000
	firstYear   = 1970
	lastYear    = 2200
)

// ruleParts are what a rule may consist of.
var ruleParts = []string{
	"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",
	"BYSETPOS", "BYHOUR", "BYMINUTE", "BYSECOND",
}

const ruleExample = "write one such as FREQ=MONTHLY;BYDAY=2TH, the second Thursday of each month"

// ParseRecurrence reads an RFC 5545 rule, the IANA name of a time zone, and the
// start as a day, 2026-12-10, or a day and a time in that zone, 2026-12-10 10:00.
// A day without a time starts at midnight, unless the rule has BYHOUR. UNTIL as a
// day includes that day. Refused are rules that would fire more than once a day,
// and those that never fire. The errors say what to write instead.
func ParseRecurrence(rule, zone, start string) (Recurrence, error) {
	loc, err := parseZone(zone)
	if err != nil {
		return Recurrence{}, err
	}
	wall, err := parseStart(start)
	if err != nil {
		return Recurrence{}, err
	}
	rule = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(rule)), "RRULE:")
	options, err := parseRule(rule, loc)
	if err != nil {
		return Recurrence{}, err
	}
	options.Dtstart = wall
	if end := wall.AddDate(horizonYears, 0, 0); options.Until.IsZero() || options.Until.After(end) {
		options.Until = end
	}
	r := Recurrence{rule: rule, zone: zone, start: start, options: options, loc: loc}
	if err := r.walk(); err != nil {
		return Recurrence{}, err
	}
	if len(r.days) == 0 {
		return Recurrence{}, fmt.Errorf("the rule %s from %s never fires: %s, and check COUNT and UNTIL", rule, start, ruleExample)
	}
	return r, nil
}

// parseStart returns the start's wall clock time, noted in UTC.
func parseStart(start string) (time.Time, error) {
	form := "write a day, as in 2026-12-10, or a day and a time, as in 2026-12-10 10:00"
	on, clock := start, "00:00"
	if len(start) > len(isoDay) && (start[len(isoDay)] == ' ' || start[len(isoDay)] == 'T') {
		on, clock = start[:len(isoDay)], start[len(isoDay)+1:]
	}
	d, err := ParseDate(on)
	if err != nil {
		return time.Time{}, fmt.Errorf("the start cannot be read: %w; or with a time, as in 2026-12-10 10:00", err)
	}
	at, err := time.Parse("15:04", clock)
	if err != nil || len(clock) != len("15:04") {
		return time.Time{}, fmt.Errorf("the start has no time that can be read: %s", form)
	}
	if d.Year < firstYear || d.Year > lastYear {
		return time.Time{}, fmt.Errorf("the start lies in the year %d: %s, between %d and %d", d.Year, form, firstYear, lastYear)
	}
	return d.Time().Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute), nil
}

// parseRule reads the rule alone; loc is needed for an UNTIL in UTC.
func parseRule(rule string, loc *time.Location) (rrule.ROption, error) {
	parts, err := splitRule(rule)
	if err != nil {
		return rrule.ROption{}, err
	}
	switch parts["FREQ"] {
	case "DAILY", "WEEKLY", "MONTHLY", "YEARLY":
	case "HOURLY", "MINUTELY", "SECONDLY":
		return rrule.ROption{}, fmt.Errorf("FREQ=%s fires more than once a day: use DAILY, WEEKLY, MONTHLY or YEARLY", parts["FREQ"])
	default:
		return rrule.ROption{}, fmt.Errorf("the rule has no FREQ of DAILY, WEEKLY, MONTHLY or YEARLY: %s", ruleExample)
	}
	until, err := parseUntil(parts["UNTIL"], loc)
	if err != nil {
		return rrule.ROption{}, err
	}
	options, err := rrule.StrToROption(rule)
	if err != nil {
		return rrule.ROption{}, fmt.Errorf("the rule cannot be read (%w): %s", err, ruleExample)
	}
	options.Until = until
	if err := checkOptions(*options, parts); err != nil {
		return rrule.ROption{}, err
	}
	return *options, nil
}

// splitRule takes the rule's parts apart and refuses what the library would pass
// over: unknown and repeated parts.
func splitRule(rule string) (map[string]string, error) {
	if rule == "" || len(rule) > maxRule {
		return nil, fmt.Errorf("the rule is missing or longer than %d characters: %s", maxRule, ruleExample)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rule, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case !slices.Contains(ruleParts, name):
			return nil, fmt.Errorf("the rule has a part that is not one of %s: %s", strings.Join(ruleParts, ", "), ruleExample)
		case value == "":
			return nil, fmt.Errorf("%s has no value: %s", name, ruleExample)
		case parts[name] != "":
			return nil, fmt.Errorf("%s is given twice: list its values with commas, as in BYDAY=MO,TH", name)
		}
		parts[name] = value
	}
	return parts, nil
}

func parseUntil(value string, loc *time.Location) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if d, err := time.Parse(rrule.DateFormat, value); err == nil {
		return d.Add(day - time.Second), nil
	}
	if t, err := time.Parse(rrule.LocalDateTimeFormat, value); err == nil {
		return t, nil
	}
	t, err := time.Parse(rrule.DateTimeFormat, value)
	if err != nil {
		return time.Time{}, errors.New("UNTIL is not a date: write it as in UNTIL=20271231")
	}
	return wallOf(t, loc), nil
}

// checkOptions refuses what the RFC forbids and the library lets pass.
func checkOptions(o rrule.ROption, parts map[string]string) error {
	if several(o) {
		return errors.New("the rule fires more than once a day: give BYHOUR, BYMINUTE and BYSECOND one value each")
	}
	if parts["COUNT"] != "" && parts["UNTIL"] != "" {
		return errors.New("COUNT and UNTIL exclude each other: keep one of them")
	}
	if parts["COUNT"] != "" && o.Count < 1 {
		return errors.New("COUNT is less than 1: the rule never fires")
	}
	if parts["INTERVAL"] != "" && (o.Interval < 1 || o.Interval > maxInterval) {
		return fmt.Errorf("INTERVAL must be between 1 and %d", maxInterval)
	}
	most := 0 // the highest ordinal before a weekday
	switch {
	case o.Freq == rrule.MONTHLY, o.Freq == rrule.YEARLY && len(o.Bymonth) > 0:
		most = 5
	case o.Freq == rrule.YEARLY && len(o.Byweekno) == 0:
		most = 53
	}
	for _, weekday := range o.Byweekday {
		if n := weekday.N(); n > most || n < -most {
			return fmt.Errorf("BYDAY numbers a weekday beyond %d, which this rule cannot have: %s", most, ruleExample)
		}
	}
	return nil
}
