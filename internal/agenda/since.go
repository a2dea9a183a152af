package agenda

import (
	"slices"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// maxNews bounds what is told of the time since the last meeting.
const maxNews = 30

// news are the notes of an item's history that a meeting wants to hear of.
var news = []string{"note.moved", "note.track", "note.passed", "note.number", "note.hardfork", "note.scheduled", "note.left-behind"}

// wishes asks about what people put on the agenda.
func wishes(_ *process.Turn, m *process.Item) []process.Topic {
	var out []process.Topic
	for _, w := range m.M.Wishes {
		out = append(out, process.Topic{
			Key: w.Key(), About: w.On,
			Question: process.Say("agenda.wish", "text", w.Text, "by", w.By, "at", w.At, "on", w.On),
			Options: []process.Option{
				{Key: "settled", Say: process.Say("agenda.option.settled")},
				{Key: "dropped", Say: process.Say("agenda.option.no-action")},
			},
		})
	}
	return out
}

// since tells which steps of the last meeting are still to be made, and what has
// changed since.
func since(t *process.Turn, m *process.Item) []process.Topic {
	var out []process.Topic
	for _, d := range m.M.Todos {
		if d.Open(t.P, t.Line()) {
			out = append(out, process.Topic{
				Key: key("todo", string(d.On.ID), d.Stage), About: d.On,
				Question: process.Say("agenda.todo", "on", d.On, "line", d.Line, "by", d.By, "owner", d.Owner),
			})
		}
	}
	return append(out, changes(t, m)...)
}

// changes are the latest moves since the last meeting, one topic an item.
func changes(t *process.Turn, m *process.Item) []process.Topic {
	trains := slices.DeleteFunc(t.Line().Trains(), func(it *process.Item) bool { return !hasNews(it, m) })
	var out []process.Topic
	for _, it := range t.Talked(func(it *process.Item) bool { return hasNews(it, m) }) {
		if len(out) == maxNews {
			break
		}
		var facts []process.Text
		for _, n := range it.History {
			if isNews(n, m) && !withTrain(it, n, trains) {
				facts = append(facts, process.Say("agenda.fact.note", "at", n.At, "by", n.By, "what", n.What))
			}
		}
		if len(facts) > 0 {
			out = append(out, process.Topic{Key: key("changed", string(it.ID)), About: it.Ref(), Question: process.Say("agenda.changed", "item", it.Ref(), "stage", t.P.Title(it.Stage)), Facts: facts[max(0, len(facts)-5):]})
		}
	}
	return out
}

// isNews reports whether the meeting wants to hear of a note, and hasNews whether
// there is such a note in an item's history.
func isNews(n process.Note, m *process.Item) bool {
	return n.At.After(m.M.Since) && slices.Contains(news, n.What.Key)
}

func hasNews(it, m *process.Item) bool {
	return (it.F != nil || it.T != nil) && slices.ContainsFunc(it.History, func(n process.Note) bool { return isNews(n, m) })
}

// withTrain reports whether a feature only went along with one of the trains, of
// which the same is told; or a train has only come on the timetable.
func withTrain(it *process.Item, n process.Note, trains []*process.Item) bool {
	if n.What.Key != "note.moved" {
		return false
	}
	if it.F == nil {
		return n.What.Args["from"] == ""
	}
	return slices.ContainsFunc(trains, func(train *process.Item) bool {
		rode := it.F.Train == train.ID || slices.Contains(train.T.Past, it.ID)
		return rode && slices.ContainsFunc(train.History, func(o process.Note) bool {
			return o.At.Equal(n.At) && o.What.Key == n.What.Key && o.What.Args["move"] == n.What.Args["move"]
		})
	})
}
