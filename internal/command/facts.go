package command

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// onDate reads "on <date>" from the words of a fact that may be recorded late.
// Without it the fact is of today; a date to come is refused, for it is no fact.
func onDate(t *process.Turn, name, rest string) (calendar.Date, string, *process.Outcome) {
	date, rest, found, err := KeywordDate(rest, "on")
	switch {
	case err != nil:
		o := bad(t, name, err)
		return date, rest, &o
	case !found:
		return t.Today(), rest, nil
	case date.After(t.Today()):
		o := t.Form(name, process.Say("form.future", "date", date, "today", t.Today()))
		return date, rest, &o
	}
	return date, rest, nil
}

// network is the network of the stage where the item stands.
func network(t *process.Turn, it *process.Item) string {
	if n := t.P.Node(it.Stage); n != nil {
		return n.Network
	}
	return ""
}

// past reports whether the item stands behind the stage on the line.
func past(t *process.Turn, it *process.Item, stage string) bool {
	rank := t.P.Rank(stage)
	return rank >= 0 && t.P.Rank(it.Stage) > rank
}
