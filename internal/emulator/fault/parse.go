package fault

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longest is the longest delay or skew that a rule may ask for.
const longest = 24 * time.Hour

// maxTimes bounds how often a rule may be told to strike.
const maxTimes = 1_000_000

// Parse reads a rule as it is typed: the kind, its chance, and what narrows
// it, with commas between.
//
//	deliveries.lost=0.2
//	api.502=0.05,times=3,route=POST /repos/*/*/issues/*/comments
//	api.cut=1,times=1,effect=after
//
// Without a chance it is 1. The error says what may be written instead.
func Parse(text string) (Rule, error) {
	head, rest, more := strings.Cut(text, ",")
	name, chance, given := strings.Cut(head, "=")
	r := Rule{Kind: Kind(strings.TrimSpace(name)), Chance: 1}
	if _, known := r.Kind.Trait(); !known {
		return Rule{}, fmt.Errorf("there is no fault %q: there are %s", r.Kind, names())
	}
	if given {
		n, err := strconv.ParseFloat(strings.TrimSpace(chance), 64)
		if err != nil {
			return Rule{}, fmt.Errorf("%s: the chance %q is no number from 0 to 1, such as 0.05", r.Kind, chance)
		}
		r.Chance = n
	}
	if more {
		seen := map[string]bool{}
		for part := range strings.SplitSeq(rest, ",") {
			key, value, _ := strings.Cut(part, "=")
			key, value = strings.TrimSpace(key), strings.TrimSpace(value)
			set := fields[key]
			switch {
			case set == nil:
				return Rule{}, fmt.Errorf("%s: there is no %q: there are %s", r.Kind, key,
					strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			case seen[key]:
				return Rule{}, fmt.Errorf("%s: %s is given twice", r.Kind, key)
			case value == "":
				return Rule{}, fmt.Errorf("%s: %s has no value", r.Kind, key)
			}
			seen[key] = true
			if err := set(&r, value); err != nil {
				return Rule{}, fmt.Errorf("%s: %s=%s: %w", r.Kind, key, value, err)
			}
		}
	}
	return r, r.Check()
}

// names lists all kinds.
func names() string {
	var out []string
	for _, t := range Kinds {
		out = append(out, string(t.Kind))
	}
	return strings.Join(out, ", ")
}

// fields read what may follow the kind.
var fields = map[string]func(*Rule, string) error{
	"times": func(r *Rule, v string) (err error) {
		if r.Times, err = strconv.Atoi(v); err != nil || r.Times < 1 || r.Times > maxTimes {
			return fmt.Errorf("write a whole number from 1 to %d", maxTimes)
		}
		return nil
	},
	"method": func(r *Rule, v string) error { return r.setMethod(v) },
	"route": func(r *Rule, v string) error {
		if method, path, both := strings.Cut(v, " "); both {
			if err := r.setMethod(method); err != nil {
				return err
			}
			v = strings.TrimSpace(path)
		}
		r.Route = plainRoute(v)
		return nil
	},
	"event":  func(r *Rule, v string) error { r.Event = v; return nil },
	"who":    func(r *Rule, v string) error { r.Who = Who(v); return nil },
	"effect": func(r *Rule, v string) error { r.Effect = Effect(v); return nil },
	"by": func(r *Rule, v string) (err error) {
		if r.By, err = ParseSpan(v); err == nil && r.By == (Span{}) {
			return errors.New("by is a length of time above 0")
		}
		return err
	},
	"within": func(r *Rule, v string) (err error) {
		if r.Within, err = time.ParseDuration(v); err != nil || r.Within <= 0 {
			return errors.New("write a length of time, such as 5s")
		}
		return nil
	},
	"status": func(r *Rule, v string) (err error) {
		if r.Status, err = strconv.Atoi(v); err != nil {
			return errors.New("write 403 or 429")
		}
		return nil
	},
	"redeliveries": func(r *Rule, v string) error {
		if v != "yes" && v != "no" {
			return errors.New("write yes, they are struck too, or no")
		}
		r.Spare = v == "no"
		return nil
	},
}

func (r *Rule) setMethod(v string) error {
	if r.Method != "" {
		return errors.New("the method is given twice: by itself and before the route")
	}
	r.Method = strings.ToUpper(v)
	return nil
}

// plainRoute turns the documentation's {owner} into *, and takes the address's
// /api/v3 away.
func plainRoute(v string) string {
	parts := strings.Split(strings.TrimPrefix(v, "/api/v3"), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") && strings.HasSuffix(p, "...}") {
			parts[i] = "**"
		} else if strings.HasPrefix(p, "{") && strings.HasSuffix(p, "}") {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// ParseSpan reads a length of time: 50ms, or 20ms..200ms for one drawn from
// between.
func ParseSpan(text string) (Span, error) {
	first, last, two := strings.Cut(text, "..")
	if !two {
		last = first
	}
	least, err := time.ParseDuration(first)
	most, err2 := time.ParseDuration(last)
	if err = errors.Join(err, err2); err != nil || least > most || max(least.Abs(), most.Abs()) > longest {
		return Span{}, errors.New("write a length of time up to 24h, such as 2s, or two, such as 1s..5s")
	}
	return Span{least, most}, nil
}

// Check says what is wrong with a rule: a field that its kind does not have,
// or a value that it cannot have.
func (r Rule) Check() error {
	t, known := r.Kind.Trait()
	switch {
	case !known:
		return fmt.Errorf("there is no fault %q: there are %s", r.Kind, names())
	case math.IsNaN(r.Chance) || r.Chance < 0 || r.Chance > 1:
		return fmt.Errorf("%s: the chance is from 0 to 1, not %v", r.Kind, r.Chance)
	case r.Times < 0 || r.Times > maxTimes:
		return fmt.Errorf("%s: times is from 1 to %d", r.Kind, maxTimes)
	}
	for _, f := range []struct {
		given, fits bool
		why         string
	}{
		{r.Method != "", !t.Delivery && oneOf(r.Method, isMethod), "method is for the API's faults: GET, POST, PATCH, PUT, DELETE, several with | between"},
		{r.Route != "", !t.Delivery && isRoute(r.Route), "route is for the API's faults: a path with * for a part, such as POST /repos/*/*/issues"},
		{r.Event != "", t.Delivery && oneOf(r.Event, isEvent), "event is for deliveries: issues or issues.opened, several with | between"},
		{r.Who != "", !t.Delivery && (r.Who == App || r.Who == People || r.Who == Anyone), "who is for the API's faults: app, people or anyone"},
		{r.Spare, t.Delivery, "redeliveries is for deliveries"},
		{r.Effect != "", t.Effect != "" && (r.Effect == Before || r.Effect == After || r.Effect == Either), "effect is before, after or either, for those that know the difference"},
		{r.By != Span{}, t.By != Span{} && r.By.fits(r.Kind), "by is a length of time, for slow, delays, limits and the clock"},
		{r.Within != 0, t.Within != 0 && r.Within > 0 && r.Within <= longest, "within is how old a fresh token may be, for api.401"},
		{r.Status != 0, t.Status && (r.Status == 403 || r.Status == 429), "status is 403 or 429, for the limits"},
	} {
		if f.given && !f.fits {
			return fmt.Errorf("%s: %s", r.Kind, f.why)
		}
	}
	return nil
}

// fits reports whether a kind can last so long: only a clock may be behind.
func (s Span) fits(k Kind) bool {
	return s.Least <= s.Most && max(s.Least.Abs(), s.Most.Abs()) <= longest && (k == Skew || s.Least >= 0)
}

func isMethod(m string) bool {
	return slices.Contains([]string{"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"}, m)
}

// isRoute reports whether a pattern can match anything: ** ends it.
func isRoute(p string) bool {
	at := strings.Index(p, "**")
	return strings.HasPrefix(p, "/") && !strings.ContainsAny(p, ", \t\n{}?#") &&
		(at < 0 || at == len(p)-2 && p[at-1] == '/')
}

// isEvent reports whether a name is an event's, with or without an action.
func isEvent(e string) bool {
	return e != "" && strings.Trim(e, "abcdefghijklmnopqrstuvwxyz_.0123456789") == ""
}
