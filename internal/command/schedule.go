package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func schedule() process.Command {
	return process.Command{
		Name: "schedule", Minuted: true, Usage: "/schedule testnet|mainnet <date> [reason] | none <reason>", Summary: "decide the day of an activation, or take it back",
		Examples: []string{"/schedule testnet 2026-12-15", "/schedule mainnet 2027-01-19", "/schedule mainnet none because governance asked for more time"}, By: maintainer, On: upgrades,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			words := strings.Fields(line.Rest)
			net := ""
			if len(words) >= 2 {
				net = strings.ToLower(words[0])
			}
			if net != "testnet" && net != "mainnet" {
				return t.Form("schedule", process.Say("form.schedule", "given", line.Rest))
			}
			if strings.EqualFold(words[1], "none") {
				return unschedule(t, net, strings.Join(words[2:], " "))
			}
			date, err := parseDate(words[1])
			if err != nil {
				return bad(t, "schedule", err)
			}
			it := t.Item()
			if date.Before(t.Today()) {
				return t.Form("schedule", process.Say("form.past", "date", date, "today", t.Today()))
			}
			if o := unscheduled(t, it, net); o != nil {
				return *o
			}
			reason, _ := Reason(strings.Join(words[2:], " "))
			it = t.Edit(it)
			was, moved := it.T.Planned[net]
			if it.T.Planned == nil {
				it.T.Planned = map[string]process.Plan{}
			}
			it.T.Planned[net] = process.Plan{On: date, By: t.By(), At: t.Now(), Reason: reason}
			if net == "testnet" {
				if o := t.Require(it, "cut-in-window"); o != nil {
					return *o
				}
				if _, cut := it.T.Released[net]; cut {
					t.Spend(it, "cut-in-window") // the cut has used its own already
				}
			}
			t.Note(it, process.Say("note.scheduled", "network", net, "on", date, "moved", moved, "was", was.On, "reason", reason))
			out := process.Did("did.schedule", "network", net, "on", date)
			if window := calendar.CutWindow(date); net == "testnet" {
				out.Head = out.Head.With("first", window.First).With("last", window.Last)
			}
			if line.DryRun {
				it.T.Planned[net] = was // the plan tells what is decided now from what would be
				if !moved {
					delete(it.T.Planned, net)
				}
				out.Body = slip(t, it, net, date)
			}
			return out
		},
	}
}

// unscheduled refuses a date for what has happened or will not happen (D2).
func unscheduled(t *process.Turn, it *process.Item, net string) *process.Outcome {
	if t.P.Ended(it) || past(t, it, net+"-activation") {
		o := process.Refuse("D2", process.Say("refusal.schedule-over", "network", net, "stage", t.P.Title(it.Stage)))
		return &o
	}
	return nil
}

// unschedule takes a date back: until another is decided, its gate is closed
// (T7, M2).
func unschedule(t *process.Turn, net, rest string) process.Outcome {
	it := t.Item()
	if o := unscheduled(t, it, net); o != nil {
		return *o
	}
	reason, o := reasonOf(t, "schedule", rest)
	if o != nil {
		return *o
	}
	plan, dated := it.T.Planned[net]
	if !dated {
		return process.Outcome{State: process.Already, Head: process.Say("already.undated", "network", net)}
	}
	it = t.Edit(it)
	delete(it.T.Planned, net)
	t.Note(it, process.Say("note.unscheduled", "network", net, "was", plan.On, "reason", reason))
	return process.Did("did.unschedule", "network", net)
}
