package agenda

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Days after which something is worth a word.
const (
	stillDays  = 42 // a feature has not moved
	waiverDays = 35 // a waiver is about to expire: before the meeting after this one
)

// concerns asks about holds (D7) and about what has not moved, and tells of
// waivers about to expire.
func concerns(t *process.Turn, _ *process.Item) []process.Topic {
	var out []process.Topic
	items := t.Line().Sorted(func(it *process.Item) bool { return (it.F != nil || it.T != nil) && onTheWay(t, it) })
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
	for _, it := range items {
		if days := int(t.Now().Sub(it.Since).Hours() / 24); it.F != nil && it.F.Train == "" && days >= stillDays && len(it.Holds) == 0 {
			out = append(out, process.Topic{
				Key: key("still", string(it.ID)), About: it.Ref(),
				Question: process.Say("agenda.still", "feature", it.Ref(), "stage", t.P.Title(it.Stage), "since", it.Since, "now", t.Now(), "owner", it.F.Owner),
				Options: []process.Option{
					{Key: "keep", Say: process.Say("agenda.option.keep")},
					{Key: "drop", Say: process.Say("agenda.option.drop"), Steps: []process.Step{{On: it.ID, Line: fmt.Sprintf("/drop because nothing has moved for %d days", days)}}},
				},
			})
		}
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
