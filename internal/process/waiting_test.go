package process_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func day(d int) time.Time { return time.Date(2026, 11, d, 9, 0, 0, 0, time.UTC) }

// waits are what a line of these items waits for, in short: issue, key of what,
// person, and the line to paste.
func waits(t *testing.T, items ...*process.Item) string {
	t.Helper()
	p, err := scenario.Bundled(process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range process.Waits(p, process.NewLine("acme/upgrades").With(items), day(20)) {
		out = append(out, strings.Join([]string{string(w.On.ID), w.What.Key, w.Person, string(w.Line)}, " "))
	}
	return strings.Join(out, "\n")
}

func TestWhoIsWaitedFor(t *testing.T) {
	aboard := func(stage string, f process.FeatureFacts) *process.Item {
		f.Owner = "ada"
		return &process.Item{ID: "f", Kind: process.Feature, Stage: stage, Since: day(2), F: &f}
	}
	merged := []process.Pull{{Repo: "acme/protocol", Number: 1, Merged: true}}
	hold := process.Hold{By: "sam", Reason: "a bug", At: day(4), Name: "security"}
	tests := []struct {
		name  string
		items []*process.Item
		want  string
	}{
		{"nobody, when nothing is under way", nil, ""},
		{"the owner, to submit what is ready (A7)", []*process.Item{aboard("alphanet-scoping", process.FeatureFacts{Pulls: merged})}, "f queue.submit ada /submit alphanet"},
		{"the owner, to make the code complete (A3)", []*process.Item{aboard("alphanet-scoping", process.FeatureFacts{Pulls: []process.Pull{{Repo: "acme/protocol", Number: 1}}})}, "f gate.code-complete.open ada /submit alphanet"},
		{"the meeting, for what is submitted (A2)", []*process.Item{aboard("alphanet-scoping", process.FeatureFacts{Pulls: merged, Submitted: map[string]process.Submission{"alphanet": {By: "ada", At: day(3)}}})}, "f wait.boarding  /help"},
		{"somebody who will answer for it", []*process.Item{{ID: "f", Kind: process.Feature, Stage: "alphanet-scoping", F: &process.FeatureFacts{}}}, "f want.owner  /owner @login"},
		{"nobody, for an Alphanet that leaves by itself (A1)", []*process.Item{{ID: "a", Kind: process.Alphanet, Stage: "alphanet-scoping", T: &process.TrainFacts{Date: calendar.Date{Year: 2026, Month: 12, Day: 8}}}}, ""},
		{"the release manager, for a network to come up (A5)", []*process.Item{{ID: "a", Kind: process.Alphanet, Stage: "alphanet-deployment", T: &process.TrainFacts{}}}, "a queue.move  /deployed <link>… [on <date>]"},
		{"who holds it (D7)", []*process.Item{{ID: "a", Kind: process.Alphanet, Stage: "alphanet-deployment", Since: day(1), Holds: []process.Hold{hold}, T: &process.TrainFacts{}}}, "a queue.held sam /unhold security"},
		{"nobody, before the day of an activation (M2)", []*process.Item{{ID: "u", Kind: process.Upgrade, Stage: "mainnet-activation", T: &process.TrainFacts{Planned: map[string]process.Plan{"mainnet": {On: calendar.Date{Year: 2026, Month: 12, Day: 8}}}}}}, ""},
		{"nobody, for what is deleted or over", []*process.Item{
			{ID: "f", Kind: process.Feature, Stage: "alphanet-scoping", F: &process.FeatureFacts{}, Shown: process.Shown{Gone: true}},
			{ID: "g", Kind: process.Feature, Stage: "shipped", F: &process.FeatureFacts{}},
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := waits(t, tt.items...); got != tt.want {
				t.Errorf("waits for\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestTheLongestWaitComesFirst(t *testing.T) {
	young := &process.Item{ID: "a", Kind: process.Alphanet, Stage: "alphanet-deployment", Since: day(9), T: &process.TrainFacts{}}
	old := &process.Item{ID: "b", Kind: process.Alphanet, Stage: "alphanet-deployment", Since: day(1), T: &process.TrainFacts{}}
	if got := waits(t, young, old); !strings.HasPrefix(got, "b ") {
		t.Errorf("waits for\n%s", got)
	}
}

// A track has its own time.
func TestAWaitOnATrackBeganThere(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	u := &process.Item{
		ID: "u", Kind: process.Upgrade, Stage: "testnet-activation", Since: day(1), T: &process.TrainFacts{Number: "17"},
		Tracks: map[string]process.Standing{"governance": {At: "proposal-due", Since: day(7)}},
	}
	for _, w := range process.Waits(p, process.NewLine("acme/upgrades").With([]*process.Item{u}), day(20)) {
		want := day(1)
		if strings.HasPrefix(string(w.Line), "/governance") {
			want = day(7)
		}
		if !w.Since.Equal(want) {
			t.Errorf("%s waits since %s, not %s", w.Line, w.Since, want)
		}
	}
}
