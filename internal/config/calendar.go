package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// defaultSchedule has no trains and no meetings, and the times that planning
// assumes while nobody has configured them. It names those as assumed.
func defaultSchedule() calendar.Schedule {
	return calendar.Schedule{
		Length: time.Hour,
		Lead: calendar.Lead{
			Alphanet: calendar.Span{Days: 14}, Betanet: calendar.Span{Days: 14}, Audit: calendar.Span{Days: 28},
			Testnet: calendar.Span{Days: 14}, Release: calendar.Span{Days: 7}, Notice: calendar.Span{Days: 14},
			Assumed: []string{
				"lead.alphanet", "lead.betanet", "lead.audit", "lead.testnet", "lead.release", "lead.notice",
				"governance.upgrade.review", "governance.upgrade.voting", "governance.upgrade.delay",
			},
		},
		Ballots: map[string]calendar.Ballot{"upgrade": {Review: calendar.Span{Days: 14}, Voting: calendar.Span{Days: 7}}},
		Ballot:  "upgrade",
	}
}

// defaultCutoff holds once meetings or a cut-off are configured (A7), and
// defaultShift once a recurrence is.
var defaultCutoff = calendar.Cutoff{Before: calendar.ToMeeting, By: calendar.Span{Days: 3, Business: true}}

const defaultShift = calendar.Next

// Bounds of the calendar's lists and lengths.
const (
	maxFreezes    = 200
	maxFreezeDays = 366
	maxMinutes    = 12 * 60
)

// recurring are the keys that a recurring date has, with what else it may have.
type recurring struct {
	rule, zone, start string
	shift             calendar.Shift
}

// series reads a recurring date: rule, zone and start, shift, and the further
// keys given. ok is false where there is none, or one with faults.
func (f *file) series(n *yaml.Node, what, thing string, more map[string]func(*yaml.Node)) (calendar.Series, bool) {
	r := recurring{zone: "UTC", shift: defaultShift}
	keys := map[string]func(*yaml.Node){
		"rule":  f.into(&r.rule, what+".rule", anyText),
		"zone":  f.into(&r.zone, what+".zone", anyText),
		"start": f.into(&r.start, what+".start", anyText),
		"shift": func(n *yaml.Node) {
			if v, ok := f.word(n, what+".shift", words(calendar.Shifts)); ok {
				r.shift = calendar.Shift(v)
			}
		},
	}
	maps.Copy(keys, more)
	f.mapping(n, what, keys)
	missing := func(key string) bool { v := find(n, key); return v.Kind == 0 || empty(v) }
	switch {
	case n.Kind != yaml.MappingNode || len(n.Content) == 0: // a fault already, or nothing is planned
	case missing("rule"):
		f.fault(n, "%s.rule is missing: write one such as FREQ=MONTHLY;BYDAY=2TH, or leave %s out", what, what)
	case missing("start"):
		f.fault(n, "%s.start is missing: write the day of the first %s, as in 2026-12-10", what, thing)
	case r.rule != "" && r.start != "":
		rule, ok := f.recurrence(n, what, r.rule, r.zone, r.start)
		return calendar.Series{Rule: rule, Shift: r.shift}, ok
	}
	return calendar.Series{}, false
}

// recurrence tries zone, start and rule each by itself, so that all faults are
// found and each has its place.
func (f *file) recurrence(n *yaml.Node, what, rule, zone, start string) (calendar.Recurrence, bool) {
	const plainRule, plainZone, plainStart = "FREQ=DAILY;COUNT=1", "UTC", "2026-01-01"
	fine := true
	try := func(key, rule, zone, start string) (r calendar.Recurrence) {
		r, err := calendar.ParseRecurrence(rule, zone, start)
		if err != nil {
			f.fault(find(n, key), "%s.%s: %v", what, key, err)
			fine = false
		}
		return r
	}
	try("zone", plainRule, zone, plainStart)
	try("start", plainRule, plainZone, start)
	if !fine {
		try("rule", rule, plainZone, plainStart)
		return calendar.Recurrence{}, false
	}
	r := try("rule", rule, zone, start)
	return r, fine
}

func (f *file) alphanet(n *yaml.Node) {
	ahead := aheadWithRule
	s, ok := f.series(n, "alphanet", "Alphanet", map[string]func(*yaml.Node){
		"ahead": func(n *yaml.Node) {
			if v, ok := f.number(n, "alphanet.ahead", 0, 12); ok {
				ahead = v
			}
		},
	})
	if ok {
		f.settings.Alphanet = Alphanet{Recurrence: s.Rule, Ahead: ahead}
		f.settings.Schedule.Alphanets = s
	}
}

func (f *file) meeting(n *yaml.Node) {
	s, ok := f.series(n, "meeting", "meeting", map[string]func(*yaml.Node){
		"minutes": func(n *yaml.Node) {
			if v, ok := f.number(n, "meeting.minutes", 5, maxMinutes); ok {
				f.settings.Schedule.Length = time.Duration(v) * time.Minute
			}
		},
	})
	if ok {
		f.settings.Schedule.Meetings = s
		f.settings.Schedule.Cutoff = defaultCutoff
	}
}

// cutoff is read after meeting, which it may be counted from.
func (f *file) cutoff(root *yaml.Node) {
	n := find(root, "cutoff")
	if n.Kind == 0 || empty(n) {
		return
	}
	c := defaultCutoff
	if len(find(root, "meeting").Content) == 0 {
		c.Before = calendar.ToDeparture
	}
	r := recurring{zone: "UTC"}
	f.mapping(n, "cutoff", map[string]func(*yaml.Node){
		"before": func(n *yaml.Node) {
			if v, ok := f.word(n, "cutoff.before", words(calendar.Anchors)); ok {
				if v == string(calendar.ToMeeting) && c.Before == calendar.ToDeparture {
					f.fault(n, "cutoff.before is meeting, and no meeting is planned: add meeting, or write departure")
				}
				c.Before = calendar.Anchor(v)
			}
		},
		"by":    f.span(&c.By, "cutoff.by"),
		"at":    f.clock(&c.At, "cutoff.at"),
		"rule":  f.into(&r.rule, "cutoff.rule", anyText),
		"zone":  f.into(&r.zone, "cutoff.zone", anyText),
		"start": f.into(&r.start, "cutoff.start", anyText),
	})
	if own := find(n, "rule"); own.Kind != 0 || find(n, "start").Kind != 0 || find(n, "zone").Kind != 0 {
		for _, key := range []string{"before", "by", "at"} {
			if other := find(n, key); other.Kind != 0 {
				f.fault(other, "cutoff.%s and a rule of its own exclude each other: keep one of them", key)
				return
			}
		}
		if r.rule == "" || r.start == "" {
			f.fault(n, "cutoff has a rule, a zone and a start, or by and before: write rule and start both, or neither")
			return
		}
		if rule, ok := f.recurrence(n, "cutoff", r.rule, r.zone, r.start); ok {
			c = calendar.Cutoff{Rule: rule, Before: c.Before}
		}
	}
	f.settings.Schedule.Cutoff = c
}

// span reads a length of time.
func (f *file) span(target *calendar.Span, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, ok := f.text(n, what)
		if !ok {
			return
		}
		span, err := calendar.ParseSpan(v)
		if err != nil {
			f.fault(n, "%s: %v", what, err)
			return
		}
		*target = span
	}
}

// word reads one of some words.
func (f *file) word(n *yaml.Node, what string, of []string) (string, bool) {
	v, ok := f.text(n, what)
	if ok && !slices.Contains(of, v) {
		f.fault(n, "%s is %s: write one of %s", what, quote(v), strings.Join(of, ", "))
		return "", false
	}
	return v, ok
}

func words[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}
