package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Run holds a store against the contract of bot.Store. Open returns a store on
// a database of its own each time; Run closes what it has opened.
func Run(t *testing.T, open func(t *testing.T) bot.Store) {
	tests := []struct {
		name string
		test func(t *testing.T, s bot.Store)
	}{
		{"a delivery is kept as it came", deliveryIsKept},
		{"a delivery is taken once", deliveryOnce},
		{"many deliveries at once all arrive, each once", manyAtOnce},
		{"deliveries are read in order of arrival, page by page", inOrder},
		{"a settled delivery is not read again", settled},
		{"what was settled long ago can be forgotten", forgotten},
		{"the inbox tells which ids it knows", knownIDs},
		{"marks are kept per repository", marks},
		{"a round is claimed once", claims},
		{"what was set aside is listed with its reason", setAside},
		{"what was set aside can be recalled, and nothing else", recalled},
		{"payloads can be cut, but for what was set aside", cut},
		{"a record is all or nothing", recordIsWhole},
		{"a line comes back as it was recorded", lineComesBack},
		{"keys are settled per repository", keysPerRepo},
		{"an action recorded twice is one action", actionOnce},
		{"the state of pending work is kept", workState},
		{"of what other work covers no work is made", workCovered},
		{"what may be done already is known to be", workMayBeDone},
		{"what is done is no longer pending", workDone},
		{"what has ended is written in one with what goes on", workEndsWithUpdate},
		{"what failed for good can be run again", workRevived},
		{"a receipt ends its action in the same record", receipt},
		{"the ledger is chained and read in order", ledger},
		{"several decisions are one record, in their order", recordedTogether},
		{"numbers of the ledger may be missing before a rebuilding alone", headOfLedger},
		{"a lost lease writes nothing", lostLease},
		{"what waits is counted", backlog},
		{"installations are those with something to do", installations},
		{"a repository's new installation takes its line and work along", moved},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			tt.test(t, s)
		})
	}
}

const (
	inst = int64(7)
	repo = "acme/releases"
)

// noon is a moment with all the digits that a store has to keep.
var noon = time.Date(2026, 12, 8, 12, 0, 0, 123456789, time.UTC)

var day = calendar.DateOf(noon)

func must[T any](t *testing.T, doing string) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, doing, err)
		return v
	}
}

func ok(t *testing.T, doing string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

func fails(t *testing.T, doing string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: got error %v, want %v", doing, err, want)
	}
}

func lease(t *testing.T, s bot.Store, installation int64) bot.Lease {
	t.Helper()
	return must[bot.Lease](t, "acquire")(s.Acquire(t.Context(), installation, "test"))
}

func delivery(id string) bot.Delivery {
	return bot.Delivery{
		ID: id, Event: "issues", Installation: inst, Repo: repo,
		Payload: []byte(`{"action":"labeled"}`), ReceivedAt: noon,
	}
}

// entry is a decision that puts one item on the line and asks for one action.
func entry(key string, id process.ID) bot.Entry {
	return bot.Entry{
		Repo: repo, At: noon, Process: "p1",
		Event: process.Event{Key: key, What: process.Asked, Repo: repo, At: noon},
		Decision: process.Decision{
			Keys:    []string{key},
			Changed: []*process.Item{{ID: id, Kind: process.Feature, Title: "Faster <proofs> & more"}},
			Actions: []process.Action{{Key: key + "/1", Do: process.AddLabel, Item: id, Label: "kind/feature"}},
		},
	}
}
