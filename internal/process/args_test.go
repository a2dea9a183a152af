package process_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestArgumentsMeanTheSameWhenReadAgain(t *testing.T) {
	args := process.Args{
		"move": process.Code("/stable"), "next": []process.Code{"/a", "/b"}, "item": process.Ref{ID: "issue/12", Number: 12, Title: "Opcodes"},
		"aboard": []process.Ref{{Number: 3}}, "on": calendar.Date{Year: 2026, Month: 12, Day: 8}, "never": calendar.Date{},
		"at":   time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC),
		"last": process.Say("note.moved", "move", process.Code("/depart"), "times", 2), "roles": []process.Role{process.Owner},
		"words": "a person's {\"$code\": \"words\"}", "open": 2, "of": true, "list": []string{"@everyone"}, "none": nil,
	}
	data, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	var back process.Args
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(args, back); diff != "" {
		t.Error(diff)
	}
}
