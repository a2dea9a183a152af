package config

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// defaultReminders are those of a repository that says nothing about them; their
// zone is the meeting's, or the Alphanets'.
func defaultReminders() process.Reminders {
	return process.Reminders{
		Owner: calendar.Span{Days: 7}, Role: calendar.Span{Days: 14}, Agenda: calendar.Span{Days: 28},
		Budget: 3, QuietFrom: "18:00", QuietTo: "08:00",
		Digest: process.Digest{Every: "week", On: time.Monday, At: "09:00"},
	}
}

// Bounds of reminders and routes.
const (
	maxMentions = 20
	maxRoutes   = 20
)

// off is what switches a reminder, or all of them, off.
const off = "off"

// reminders reads how long something may wait before somebody is reminded.
func (f *file) reminders(n *yaml.Node) {
	r := &f.settings.Reminders
	if n.Kind == yaml.ScalarNode && n.Value == off {
		*r = process.Reminders{}
		return
	}
	f.mapping(n, "reminders", map[string]func(*yaml.Node){
		"owner":  f.rung(&r.Owner, "reminders.owner"),
		"role":   f.rung(&r.Role, "reminders.role"),
		"agenda": f.rung(&r.Agenda, "reminders.agenda"),
		"mentions": func(n *yaml.Node) {
			if v, ok := f.number(n, "reminders.mentions", 1, maxMentions); ok {
				r.Budget = v
			}
		},
		"zone": func(n *yaml.Node) {
			v, ok := f.text(n, "reminders.zone")
			if _, err := time.LoadLocation(v); ok && (err != nil || v == "" || v == "Local") {
				f.fault(n, "reminders.zone: %s is no time zone that is known: write one such as Europe/Berlin", quote(v))
			} else if ok {
				r.Zone = v
			}
		},
		"quiet":  func(n *yaml.Node) { f.quiet(n, r) },
		"digest": func(n *yaml.Node) { f.digest(n, &r.Digest) },
	})
	later := func(key string, span calendar.Span, than string, before calendar.Span) {
		if span.Days > 0 && span.Business == before.Business && span.Days <= before.Days {
			f.fault(find(n, key), "reminders.%s is %s, which is not after reminders.%s, %s", key, span, than, before)
		}
	}
	later("role", r.Role, "owner", r.Owner)
	later("agenda", r.Agenda, "role", r.Role)
}

// rung reads a length of time, or that nobody is reminded then.
func (f *file) rung(target *calendar.Span, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Value == off {
			*target = calendar.Span{}
			return
		}
		f.span(target, what)(n)
	}
}

func (f *file) quiet(n *yaml.Node, r *process.Reminders) {
	if n.Kind == yaml.ScalarNode && n.Value == off {
		r.QuietFrom, r.QuietTo = "", ""
		return
	}
	f.mapping(n, "reminders.quiet", map[string]func(*yaml.Node){
		"from": f.clock(&r.QuietFrom, "reminders.quiet.from"),
		"to":   f.clock(&r.QuietTo, "reminders.quiet.to"),
	})
}

// clock reads a time of day.
func (f *file) clock(target *calendar.Clock, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, ok := f.text(n, what)
		if !ok {
			return
		}
		at, err := calendar.ParseClock(v)
		if err != nil {
			f.fault(n, "%s: %v", what, err)
			return
		}
		*target = at
	}
}

// weekdays are the names of the days on which a digest may come.
var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday"}

func (f *file) digest(n *yaml.Node, d *process.Digest) {
	if n.Kind == yaml.ScalarNode && n.Value == off {
		*d = process.Digest{}
		return
	}
	f.mapping(n, "reminders.digest", map[string]func(*yaml.Node){
		"every": func(n *yaml.Node) {
			if v, ok := f.word(n, "reminders.digest.every", []string{"day", "week"}); ok {
				d.Every = v
			}
		},
		"on": func(n *yaml.Node) {
			if v, ok := f.word(n, "reminders.digest.on", weekdays); ok {
				d.On = time.Weekday(1 + slices.Index(weekdays, v))
			}
		},
		"at": f.clock(&d.At, "reminders.digest.at"),
	})
}

// remindersZone is read after the calendar, whose zone it is by default.
func (f *file) remindersZone() {
	r, s := &f.settings.Reminders, f.settings.Schedule
	switch {
	case r.Zone != "":
	case !s.Meetings.Rule.IsZero():
		r.Zone = s.Meetings.Rule.Zone()
	case !s.Alphanets.Rule.IsZero():
		r.Zone = s.Alphanets.Rule.Zone()
	}
}

// notify reads which chats hear what.
func (f *file) notify(n *yaml.Node) {
	f.list(n, "notify", func(item *yaml.Node) {
		if len(f.settings.Routes) == maxRoutes {
			f.fault(item, "notify has more than %d entries: name several kinds in one", maxRoutes)
			return
		}
		if route, ok := f.route(item); ok {
			f.settings.Routes = append(f.settings.Routes, route)
		}
	})
}

func (f *file) route(n *yaml.Node) (process.Route, bool) {
	var out process.Route
	before := len(f.faults)
	f.mapping(n, "each of notify", map[string]func(*yaml.Node){
		"to": f.into(&out.To, "notify.to", channelName),
		"kinds": func(n *yaml.Node) {
			if n.Kind == yaml.ScalarNode && n.Value == "all" {
				out.Kinds = slices.Clone(process.AllNews)
				return
			}
			known := words(process.AllNews)
			for _, v := range f.names(n, "notify.kinds", func(n *yaml.Node, v string) bool {
				if !slices.Contains(known, v) {
					f.fault(n, "%s is no kind of news: write any of %s, or all in place of the list", quote(v), strings.Join(known, ", "))
					return false
				}
				return true
			}) {
				out.Kinds = append(out.Kinds, process.News(v))
			}
		},
		"roles": func(n *yaml.Node) {
			for _, v := range f.names(n, "notify.roles", f.form(roleName)) {
				out.Roles = append(out.Roles, process.Role(v))
			}
		},
	})
	switch {
	case len(f.faults) > before:
		return out, false
	case out.To == "":
		f.fault(n, "this entry of notify says not whom to tell: write to, the name of a channel that the server has")
	case len(out.Kinds) == 0:
		f.fault(n, "this entry of notify has no kinds: write kinds, as in kinds: [departed, minutes], or kinds: all")
	case len(out.Roles) > 0 && !slices.Contains(out.Kinds, process.NewsReminder):
		f.fault(find(n, "roles"), "notify.roles narrows reminders down, which this entry does not have: add reminder to its kinds, or leave roles out")
	}
	for _, r := range f.settings.Routes {
		for _, k := range out.Kinds {
			if r.To == out.To && slices.Contains(r.Kinds, k) && len(f.faults) == before {
				f.fault(n, "%s would hear of %s twice: name it in one entry", out.To, k)
			}
		}
	}
	return out, len(f.faults) == before
}

// routeRoles asks whether the routes' roles are held by anybody, once the roles
// are read, which may stand further down.
func (f *file) routeRoles(root *yaml.Node) {
	for _, item := range find(root, "notify").Content {
		for _, n := range find(item, "roles").Content {
			if _, known := f.settings.Roles[n.Value]; !known && roleName.matches(n.Value) {
				f.fault(n, "%s is no role here: roles does not name it", quote(n.Value))
			}
		}
	}
}
