package agenda

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// waiverDays before its end a waiver is worth a word: before the meeting after
// this one.
const waiverDays = 35

// concerns asks about holds (D7) and about what has not moved, and tells of
// waivers about to expire.
func concerns(t *process.Turn, m *process.Item) []process.Topic {
	var out []process.Topic
	items := t.Talked(func(it *process.Item) bool { return (it.F != nil || it.T != nil) && onTheWay(t, it) })
	for _, it := range items {
		for _, h := range it.Holds {
			out = append(out, held(it, h))
		}
	}
	for _, it := range items {
		for _, w := range it.Waivers {
			if !w.Until.IsZero() && w.Until.DaysSince(t.Today()) <= waiverDays {
				out = append(out, process.Topic{
					Key: key("waiver", string(it.ID), fmt.Sprint(w.At.Unix()), w.Gate), About: it.Ref(),
					Question: process.Say("agenda.waiver", "item", it.Ref(), "gate", w.Gate, "until", w.Until, "by", w.By, "reason", w.Reason),
				})
			}
		}
	}
	return append(out, overdue(t, m, items)...)
}

// overdue asks about what nobody has moved for long: the last rung of the
// reminders. What travels with a train is told of, and not to be dropped here.
//
// Of thousands only so many are shown; what cannot be among them is only counted.
func overdue(t *process.Turn, m *process.Item, items []*process.Item) []process.Topic {
	after := t.P.Settings.Reminders.Agenda
	room, more := process.MaxTopics, 0
	var out []process.Topic
	for _, it := range items {
		days := int(t.Now().Sub(it.Since).Hours() / 24)
		switch {
		case len(it.Holds) > 0 || !t.WaitedFor(after, it.Since):
		case it.F != nil && it.F.Train == "":
			name := key("still", string(it.ID))
			if m.M.Numbers[name] == "" {
				if room--; room < 0 {
					more++
					continue
				}
			}
			out = append(out, process.Topic{
				Key: name, About: it.Ref(),
				Question: process.Say("agenda.still", "feature", it.Ref(), "stage", t.P.Title(it.Stage), "since", it.Since, "now", lately(t, it.Since), "owner", it.F.Owner),
				Options: []process.Option{
					{Key: "keep", Say: process.Say("agenda.option.keep")},
					{Key: "drop", Say: process.Say("agenda.option.drop"), Steps: []process.Step{{On: it.ID, Line: fmt.Sprintf("/drop because nothing has moved for %d days", days)}}},
				},
			})
		default:
			for _, w := range t.WaitsOf(it) {
				if !w.Meeting && t.WaitedFor(after, w.Since) {
					out = append(out, process.Topic{
						Key: key("waits", string(it.ID)), About: it.Ref(),
						Question: process.Say("agenda.waits", "item", it.Ref(), "stage", w.Stage, "what", w.What, "since", w.Since, "now", lately(t, w.Since), "owner", w.Person, "roles", w.Roles, "line", w.Line),
					})
					break
				}
			}
		}
	}
	if more > 0 {
		out[len(out)-1].More = more
	}
	return out
}

func held(it *process.Item, h process.Hold) process.Topic {
	line := "/unhold"
	if h.Name != "" {
		line += " " + h.Name
	}
	return process.Topic{
		Key: key("hold", string(it.ID), fmt.Sprint(h.At.Unix()), h.Name), About: it.Ref(),
		Question: process.Say("agenda.hold", "item", it.Ref(), "by", h.By, "since", h.At, "reason", h.Reason, "name", h.Name),
		Options: []process.Option{
			{Key: "keep", Say: process.Say("agenda.option.keep-hold")},
			{Key: "lift", Say: process.Say("agenda.option.lift"), Steps: []process.Step{{On: it.ID, Line: line}}},
		},
	}
}
