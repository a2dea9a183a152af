package agenda

import (
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Days from a decision to an activation: a testnet's release is cut two to three
// weeks before (T1); three weeks leave the whole window.
const (
	leastLead = 14
	wholeLead = 21
	offered   = 3 // dates on the agenda
)

// testnetDates asks for the days of testnet activations (T7), each with the
// window that the rules leave.
func testnetDates(t *process.Turn, _ *process.Item) []process.Topic {
	return dates(t, "testnet", "betanet-acceptance", "testnet-activation", func(u *process.Item) calendar.Window {
		if cut, made := u.T.Released["testnet"]; made {
			return calendar.Window{First: cut.On.AddDays(leastLead), Last: cut.On.AddDays(wholeLead)}
		}
		return calendar.Window{First: t.Today().AddDays(leastLead)}
	})
}

// mainnetDates asks for the days of mainnet activations (M2).
func mainnetDates(t *process.Turn, _ *process.Item) []process.Topic {
	return dates(t, "mainnet", "testnet-activation", "mainnet-activation", func(*process.Item) calendar.Window {
		return calendar.Window{First: t.Today().AddDays(leastLead)}
	})
}

// dates asks for the day of a network's activation of each upgrade between two
// stages that has none yet.
func dates(t *process.Turn, network, from, to string, window func(*process.Item) calendar.Window) []process.Topic {
	var out []process.Topic
	for _, u := range running(t) {
		at := t.P.Rank(u.Stage)
		if _, dated := u.T.Planned[network]; dated || at < t.P.Rank(from) || at > t.P.Rank(to) {
			continue
		}
		w := window(u)
		tp := process.Topic{
			Key: key(network, string(u.ID)), About: u.Ref(),
			Question: process.Say("agenda.date", "network", network, "train", u.Ref(), "name", t.P.TrainName(u), "stage", t.P.Title(u.Stage)),
			Facts:    []process.Text{process.Say("agenda.fact.window", "network", network, "first", w.First, "last", w.Last)},
			Other: func(answer string) (process.Option, bool) {
				d, err := calendar.ParseDate(answer)
				return onDate(network, u, d), err == nil
			},
		}
		for _, d := range offers(t, w) {
			tp.Options = append(tp.Options, onDate(network, u, d))
		}
		tp.Options = append(tp.Options, process.Option{Key: "later", Say: process.Say("agenda.option.later")})
		if len(tp.Options) > 1 {
			tp.Suggest, tp.Why = tp.Options[0].Key, process.Say("agenda.why.first-date", "network", network)
		}
		tp.Facts = append(tp.Facts, closed(t, u)...)
		out = append(out, tp)
	}
	return out
}

func onDate(network string, u *process.Item, d calendar.Date) process.Option {
	return process.Option{
		Key: d.String(), Say: process.Say("agenda.option.date", "on", d),
		Steps: []process.Step{{On: u.ID, Line: "/schedule " + network + " " + d.String()}},
	}
}

// offers are open days in the middle of the week, a week apart, the first with the
// whole cut window ahead where the rules leave room for that.
func offers(t *process.Turn, w calendar.Window) []calendar.Date {
	first := w.First
	if whole := t.Today().AddDays(wholeLead); whole.After(first) && (w.Last.IsZero() || !whole.After(w.Last)) {
		first = whole
	}
	var out []calendar.Date
	for d := first; len(out) < offered && d.DaysSince(first) < 60; d = d.AddDays(1) {
		if !w.Last.IsZero() && d.After(w.Last) {
			break
		}
		midweek := slices.Contains([]time.Weekday{time.Tuesday, time.Wednesday, time.Thursday}, d.Weekday())
		apart := len(out) == 0 || d.DaysSince(out[len(out)-1]) >= 7
		if midweek && apart && !d.Before(t.Today()) && t.P.Settings.Schedule.Closed(d).Why == "" {
			out = append(out, d)
		}
	}
	return out
}
