package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/web/feed"
)

// timetableCmd prints what a repository's calendar comes to.
type timetableCmd struct {
	Config string `placeholder:"FILE" default:".github/stationmaster.yml" help:"The repository's file (default ${default})."`
	From   string `placeholder:"DATE" help:"The first day, as in 2026-12-01; today if none is given."`
	Months int    `default:"12" help:"How many months, 1 to 120."`
	Format string `default:"text" enum:"text,md,ics,json" help:"text, md, ics or json."`
}

// Run prints the timetable; a fault of the file or of an argument is exit 2.
func (k *timetableCmd) Run(c *console) error {
	data, err := os.ReadFile(k.Config)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", k.Config, errors.Unwrap(err))}
	}
	settings, err := config.LoadRepository(data)
	if err != nil {
		return usageError{errors.New(located(k.Config, err))}
	}
	from := calendar.DateOf(time.Now())
	if k.From != "" {
		if from, err = calendar.ParseDate(k.From); err != nil {
			return usageError{fmt.Errorf("--from: %w", err)}
		}
	}
	if k.Months < 1 || k.Months > 120 {
		return usageError{errors.New("--months must be a number from 1 to 120")}
	}
	to := calendar.DateOf(from.Time().AddDate(0, k.Months, -1))
	table := settings.Schedule.Timetable(from, to)
	switch k.Format {
	case "json":
		out := json.NewEncoder(c.out)
		out.SetIndent("", "  ")
		return out.Encode(table)
	case "ics":
		return printICS(c.out, settings, from)
	case "md":
		printMarkdown(c.out, table)
	default:
		return printTable(c.out, table)
	}
	return nil
}

// printTable writes one line for each entry, a blank line between months. A
// holiday stands there only where something else happens within a week.
func printTable(out io.Writer, table calendar.Timetable) error {
	entries := near(table.Entries())
	if len(entries) == 0 {
		_, err := fmt.Fprintln(out, nothingPlanned)
		return err
	}
	for i, e := range entries {
		gap := ""
		if i > 0 && e.Day.Month != entries[i-1].Day.Month {
			gap = "\n"
		}
		if _, err := fmt.Fprintf(out, "%s%-15s  %-11s  %s\n", gap, e.Day.Long(), e.Clock(), described(e)); err != nil {
			return err
		}
	}
	return nil
}

const nothingPlanned = "Nothing is planned: the file has neither alphanet nor meeting nor freezes."

// printMarkdown writes a table for a page.
func printMarkdown(out io.Writer, table calendar.Timetable) {
	fmt.Fprint(out, "| day | time | what |\n|---|---|---|\n")
	for _, e := range near(table.Entries()) {
		fmt.Fprintf(out, "| %s | %s | %s |\n", e.Day.Long(), e.Clock(), strings.NewReplacer("|", `\|`, "<", "&lt;", "@", "&#64;").Replace(described(e)))
	}
}

// described says an entry, with its rule and what is out of the ordinary.
func described(e calendar.Entry) string {
	words := e.Name
	switch e.Kind {
	case calendar.DepartureEntry:
		words += " departs"
	case calendar.HolidayEntry:
		words = "holiday: " + e.Name
	case calendar.FreezeEntry:
		words = "freeze: " + e.Name
		if e.Last != e.Day {
			words = "freeze until " + e.Last.Long() + ": " + e.Name
		}
	}
	if e.Rule != "" {
		words += " (" + e.Rule + ")"
	}
	for _, why := range e.Why {
		words += ", " + why
	}
	return words
}

// nearby is how close to something else a holiday has to be to be listed, in days.
const nearby = 7

// near leaves out the holidays that are nobody's concern.
func near(entries []calendar.Entry) []calendar.Entry {
	var out []calendar.Entry
	for _, e := range entries {
		if e.Kind == calendar.HolidayEntry && !amid(entries, e.Day) {
			continue
		}
		out = append(out, e)
	}
	return out
}

func amid(entries []calendar.Entry, day calendar.Date) bool {
	for _, e := range entries {
		if e.Kind != calendar.HolidayEntry && day.DaysSince(e.Day) <= nearby && e.Day.DaysSince(day) <= nearby {
			return true
		}
	}
	return false
}

// printICS writes the calendar feed of a repository in which nothing has
// happened yet, as of the first day.
func printICS(out io.Writer, settings config.Repository, from calendar.Date) error {
	body, err := feed.Encode("Releases", feed.Build(feed.View{
		Process: &process.Process{Settings: settingsOf(settings)}, Line: process.NewLine("timetable"), Now: from.Time(), Since: from.Time(),
	}))
	if err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}
