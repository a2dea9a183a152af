package feed

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// refresh is how often readers are asked to look again.
const refresh = "PT1H"

// Encode writes events as one iCalendar object of a name, in order of their
// days. Events with one UID must not occur twice. A calendar without events
// holds a time zone, since the RFC wants at least one component.
func Encode(name string, events []Event) ([]byte, error) {
	c := ics.NewCalendar()
	c.SetProductId("-//Stationmaster//Calendar feed//EN")
	c.SetCalscale("GREGORIAN")
	c.SetName(plain(name))
	c.SetXWRCalName(plain(name))
	c.SetRefreshInterval(refresh, ics.WithValue(string(ics.ValueDataTypeDuration)))
	c.SetXPublishedTTL(refresh)
	events = slices.SortedStableFunc(slices.Values(events), func(a, b Event) int {
		return cmp.Or(a.day().Compare(b.day()), a.Start.Compare(b.Start), cmp.Compare(a.UID, b.UID))
	})
	for _, e := range events {
		add(c, e)
	}
	if len(events) == 0 {
		standard := c.AddTimezone("UTC").AddStandard()
		standard.SetProperty(ics.ComponentPropertyDtStart, "19700101T000000")
		standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0000")
		standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0000")
	}
	var out bytes.Buffer
	if err := c.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write calendar %s: %w", name, err)
	}
	return out.Bytes(), nil
}

func add(c *ics.Calendar, e Event) {
	v := c.AddEvent(plain(e.UID))
	changed := e.Changed
	if changed.Before(epoch) {
		changed = epoch
	}
	v.SetDtStampTime(changed)
	v.SetLastModifiedAt(changed)
	v.SetSequence(e.Sequence())
	v.SetSummary(plain(e.Summary))
	if e.Description != "" {
		v.SetDescription(plain(e.Description))
	}
	if e.URL != "" {
		v.SetURL(e.URL)
	}
	v.AddCategory(strings.ToUpper(string(e.Kind)))
	status, transparency := ics.ObjectStatusConfirmed, ics.TransparencyTransparent
	if e.Cancelled {
		status = ics.ObjectStatusCancelled
	}
	if e.Busy && !e.Cancelled {
		transparency = ics.TransparencyOpaque
	}
	v.SetStatus(status)
	v.SetTimeTransparency(transparency)
	if !e.First.IsZero() {
		v.SetAllDayStartAt(e.First.Time())
		v.SetAllDayEndAt(later(e.Last, e.First).AddDays(1).Time()) // the end is the day after
		return
	}
	v.SetStartAt(e.Start)
	if e.End.After(e.Start) {
		v.SetEndAt(e.End)
	}
}

func later(a, b calendar.Date) calendar.Date {
	if b.After(a) {
		return b
	}
	return a
}

// plain keeps what may stand in a text of the format: no control characters, and
// nothing but UTF-8.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Of returns the events of a kind of item; a meeting's and an Alphanet's come
// with the cut-offs before them.
func Of(events []Event, kind string) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool {
		return string(e.Kind) != kind && (e.Kind != Cutoff || kind != "meeting" && kind != "alphanet")
	})
}

// About returns the events of the trains that a feature is or was aboard.
func About(events []Event, number int) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !slices.Contains(e.Features, number) })
}
