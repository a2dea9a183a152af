package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func train() process.Command {
	return process.Command{
		Name: "train", Minuted: true, Usage: "/train alphanet|upgrade [date]", Summary: "make this issue a train", Examples: []string{"/train upgrade", "/train alphanet 2026-12-08"},
		By: maintainer,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			kind, date, err := trainArgs(line.Rest)
			if err != nil {
				return bad(t, "train", err)
			}
			if kind == "" {
				return t.Form("train", process.Say("form.train", "given", line.Rest))
			}
			if !date.IsZero() && date.Before(t.Today()) {
				return t.Form("train", process.Say("form.past", "date", date, "today", t.Today()))
			}
			return t.Adopt(kind, date)
		},
	}
}

// trainArgs reads the kind of a train and, for an Alphanet, the day it leaves.
// The kind is "" when it is not one.
func trainArgs(rest string) (process.Kind, calendar.Date, error) {
	words := strings.Fields(strings.ToLower(rest))
	if len(words) == 0 || len(words) > 2 {
		return "", calendar.Date{}, nil
	}
	kind := process.Kind(words[0])
	if !kind.Train() || len(words) == 2 && kind != process.Alphanet {
		return "", calendar.Date{}, nil
	}
	if len(words) == 1 {
		return kind, calendar.Date{}, nil
	}
	date, err := parseDate(words[1])
	return kind, date, err
}
