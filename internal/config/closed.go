package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// freezes reads the days on which nothing is deployed or activated.
func (f *file) freezes(n *yaml.Node) {
	f.list(n, "freezes", func(item *yaml.Node) {
		if len(f.settings.Schedule.Freezes) == maxFreezes {
			f.fault(item, "freezes has more than %d entries: write a rule for those that come again", maxFreezes)
			return
		}
		if freeze, ok := f.freeze(item); ok {
			f.settings.Schedule.Freezes = append(f.settings.Schedule.Freezes, freeze)
		}
	})
}

// freeze reads one of three forms: a day, a period, or a rule with a length.
func (f *file) freeze(n *yaml.Node) (calendar.Freeze, bool) {
	var out calendar.Freeze
	var on calendar.Date
	rule, start := "", ""
	before := len(f.faults)
	f.mapping(n, "each of freezes", map[string]func(*yaml.Node){
		"on":    f.date(&on, "freezes.on"),
		"from":  f.date(&out.Days.First, "freezes.from"),
		"to":    f.date(&out.Days.Last, "freezes.to"),
		"rule":  f.into(&rule, "freezes.rule", anyText),
		"start": f.into(&start, "freezes.start", anyText),
		"days": func(n *yaml.Node) {
			if v, ok := f.number(n, "freezes.days", 1, maxFreezeDays); ok {
				out.Length = v
			}
		},
		"reason": f.into(&out.Reason, "freezes.reason", reason),
	})
	if len(f.faults) > before {
		return out, false
	}
	period := !out.Days.First.IsZero() || !out.Days.Last.IsZero()
	switch {
	case out.Reason == "":
		f.fault(n, "this freeze has no reason: say why, as in reason: year's end")
	case !on.IsZero() && !period && rule == "":
		out.Days = calendar.Window{First: on, Last: on}
	case on.IsZero() && period && rule == "":
		f.period(n, out.Days)
	case on.IsZero() && !period && rule != "" && start != "":
		out.Rule, _ = f.recurrence(n, "freezes", rule, "UTC", start)
	default:
		f.fault(n, "a freeze has one of three forms: on; from and to; or rule and start, with days for its length")
	}
	if rule == "" && (out.Length != 0 || start != "") {
		f.fault(n, "start and days belong to a freeze with a rule: write from and to")
	}
	return out, len(f.faults) == before
}

func (f *file) period(n *yaml.Node, w calendar.Window) {
	switch {
	case w.First.IsZero() || w.Last.IsZero():
		f.fault(n, "a freeze from a day needs one that it lasts to, and the reverse: write from and to, or on for one day")
	case w.Last.Before(w.First):
		f.fault(find(n, "to"), "freezes.to is %s, before freezes.from, %s", w.Last, w.First)
	case w.Last.DaysSince(w.First) >= maxFreezeDays:
		f.fault(find(n, "to"), "this freeze lasts longer than %d days: nothing would ever leave", maxFreezeDays)
	}
}

// date reads a day.
func (f *file) date(target *calendar.Date, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, ok := f.text(n, what)
		if !ok {
			return
		}
		d, err := calendar.ParseDate(v)
		if err != nil {
			f.fault(n, "%s: %v", what, err)
			return
		}
		*target = d
	}
}

// holidays reads the countries whose public holidays count, and further days.
func (f *file) holidays(n *yaml.Node) {
	days := &f.settings.Schedule.Workdays
	f.mapping(n, "holidays", map[string]func(*yaml.Node){
		"countries": func(n *yaml.Node) {
			f.list(n, "holidays.countries", func(item *yaml.Node) {
				v, ok := f.text(item, "each of holidays.countries")
				if !ok {
					return
				}
				code, err := calendar.ParseCountry(v)
				switch {
				case err != nil:
					f.fault(item, "%s: %v", quote(v), err)
				case slices.Contains(days.Countries, code):
					f.fault(item, "%s is listed twice in holidays.countries", code)
				default:
					days.Countries = append(days.Countries, code)
				}
			})
		},
		"days": func(n *yaml.Node) {
			f.list(n, "holidays.days", func(item *yaml.Node) {
				if h, ok := f.holiday(item); ok {
					days.Days = append(days.Days, h)
				}
			})
		},
	})
}

// holiday reads a day, or a day with its name.
func (f *file) holiday(n *yaml.Node) (calendar.Holiday, bool) {
	h := calendar.Holiday{Name: "day off"}
	before := len(f.faults)
	if n.Kind == yaml.MappingNode {
		f.mapping(n, "each of holidays.days", map[string]func(*yaml.Node){
			"on":   f.date(&h.On, "holidays.days.on"),
			"name": f.into(&h.Name, "holidays.days.name", reason),
		})
		if len(f.faults) == before && h.On.IsZero() {
			f.fault(n, "this day off has no day: write on, as in {on: 2026-12-24, name: Christmas Eve}")
		}
	} else {
		f.date(&h.On, "each of holidays.days")(n)
	}
	if slices.ContainsFunc(f.settings.Schedule.Workdays.Days, func(o calendar.Holiday) bool { return o.On == h.On }) {
		f.fault(n, "%s is listed twice in holidays.days", h.On)
	}
	if len(f.settings.Schedule.Workdays.Days) == maxFreezes {
		f.fault(n, "holidays.days has more than %d entries: name countries", maxFreezes)
	}
	return h, len(f.faults) == before
}

// lead reads the times that planning counts with. What is read is assumed no
// more.
func (f *file) lead(n *yaml.Node) {
	lead := &f.settings.Schedule.Lead
	keys := map[string]func(*yaml.Node){}
	for key, target := range map[string]*calendar.Span{
		"alphanet": &lead.Alphanet, "betanet": &lead.Betanet, "audit": &lead.Audit,
		"testnet": &lead.Testnet, "release": &lead.Release, "notice": &lead.Notice,
	} {
		keys[key] = func(n *yaml.Node) {
			f.span(target, "lead."+key)(n)
			f.decided("lead." + key)
		}
	}
	f.mapping(n, "lead", keys)
}

// decided takes names off the list of what is assumed; one that ends in a dot
// takes all that begin with it.
func (f *file) decided(name string) {
	lead := &f.settings.Schedule.Lead
	lead.Assumed = slices.DeleteFunc(lead.Assumed, func(a string) bool {
		return a == name || strings.HasSuffix(name, ".") && strings.HasPrefix(a, name)
	})
}

// governance reads how long governance takes over each kind of proposal (G1).
// Kinds that are given take the place of the default.
func (f *file) governance(n *yaml.Node) {
	s := &f.settings.Schedule
	usual := ""
	f.mapping(n, "governance", map[string]func(*yaml.Node){
		"usual": f.into(&usual, "governance.usual", proposalKind),
		"kinds": func(n *yaml.Node) {
			s.Ballots = map[string]calendar.Ballot{}
			f.decided("governance.")
			f.entries(n, "governance.kinds", func(key, value *yaml.Node) {
				if f.form(proposalKind)(key, key.Value) {
					s.Ballots[key.Value] = f.ballot(key.Value, value)
				}
			})
		},
	})
	_, known := s.Ballots[usual]
	switch {
	case len(s.Ballots) == 0:
		f.fault(n, "governance.kinds names no kind: write one such as upgrade: {review: 14 days, voting: 7 days}")
	case usual == "" && len(s.Ballots) == 1:
		for kind := range s.Ballots {
			s.Ballot = kind
		}
	case usual == "":
		if _, ok := s.Ballots[s.Ballot]; !ok {
			f.fault(n, "governance.usual is missing: say which of the kinds a proposal is where nobody says")
		}
	case !known:
		f.fault(find(n, "usual"), "governance.usual is %s, which governance.kinds does not have", quote(usual))
	default:
		s.Ballot = usual
	}
}

func (f *file) ballot(kind string, n *yaml.Node) (b calendar.Ballot) {
	if empty(n) {
		return b
	}
	what := "governance.kinds." + kind
	f.mapping(n, what, map[string]func(*yaml.Node){
		"review": f.span(&b.Review, what+".review"),
		"voting": f.span(&b.Voting, what+".voting"),
		"delay":  f.span(&b.Delay, what+".delay"),
	})
	return b
}
