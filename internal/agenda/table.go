package agenda

import (
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Table returns the sections of every agenda, in order.
func Table() []process.Section {
	return []process.Section{
		{Name: "ready", Topics: ready},
		{Name: "results", News: results},
		{Name: "betanet", Topics: betanet},
		{Name: "at-work", News: atWork},
		{Name: "testnet-dates", Topics: testnetDates},
		{Name: "governance", News: governance},
		{Name: "mainnet-dates", Topics: mainnetDates},
		{Name: "concerns", Topics: concerns},
		{Name: "since", Topics: wishes, News: since},
	}
}

// key makes the key of a topic of an item, in the letters that hidden keys may
// have.
func key(parts ...string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', strings.ContainsRune("/._-", r):
			return r
		}
		return '-'
	}, strings.ToLower(strings.Join(parts, "/")))
}

// lately is a moment of which the agenda says the same as of now: its words stay as
// they are while nothing in them changes.
func lately(t *process.Turn, since time.Time) time.Time {
	return since.Add(calendar.Whole(t.Now().Sub(since)))
}

// onTheWay reports whether an item is there to be talked about.
func onTheWay(t *process.Turn, it *process.Item) bool {
	return !it.Shown.Gone && !t.P.Ended(it)
}

// running returns the upgrades that have not come to their end.
func running(t *process.Turn) []*process.Item {
	return slices.DeleteFunc(t.Line().Trains(process.Upgrade), func(it *process.Item) bool { return !onTheWay(t, it) })
}

func refs(items []*process.Item) []process.Ref {
	out := make([]process.Ref, 0, len(items))
	for _, it := range items {
		out = append(out, it.Ref())
	}
	return out
}
