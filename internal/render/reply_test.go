package render

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func part(text string, o process.Outcome) process.Part {
	return process.Part{Line: process.Typed{Text: text}, Outcome: o}
}

var (
	gatesClosed = process.Outcome{
		State: process.Refused, Rule: "T6", Head: say("refusal.gates", "move", process.Code("/stable"), "closed", 2, "of", 3),
		Why: process.Why{Gate: "stable", Verdict: process.No, Of: []process.Why{
			{
				Gate: "checklist", Rule: "A8", Verdict: process.No, Opens: []process.Role{"owner", "maintainer"},
				Evidence: say("gate.checklist.open", "open", 2, "all", 7, "items", []string{"The acceptance run is linked", "A rollback was rehearsed"}),
			},
			{
				Gate: "evidence", Rule: "A8", Verdict: process.No, Opens: []process.Role{"owner", "maintainer"}, Evidence: say("gate.evidence.no"),
				Next: []process.Code{"/stable https://link-to-the-acceptance-run"},
			},
			{Gate: "all-aboard-here", Verdict: process.Yes, Evidence: say("gate.all-aboard-here.yes")},
		}},
		Next: []process.Code{"/stable https://link-to-the-acceptance-run"},
	}
	misspelt = process.Outcome{
		State: process.Puzzled, Rule: "D4", Head: say("refusal.near", "typed", "/stabel", "meant", process.Code("/stable"), "usage", process.Code("/stable [link]")),
		Next: []process.Code{"/stable https://link-to-the-acceptance-run"},
	}
	misplaced = process.Outcome{
		State: process.Refused, Rule: "D3", Head: say("refusal.place", "move", process.Code("/deployed"), "kind", "alphanet", "here", "feature"),
		Next: []process.Code{"/deployed https://link-to-the-network"}, Where: &decemberT,
	}
	denied = process.Outcome{
		State: process.Refused, Rule: "D1", Head: say("refusal.role", "roles", maintainer, "holders", []string{"team acme/maintainers"}, "trouble", "", "user", "eve"),
		Why: process.Why{Gate: "role", Verdict: process.No, Opens: maintainer, Evidence: say("refusal.role")},
	}
	held = process.Outcome{
		State: process.Refused, Rule: "D7", Head: say("refusal.held", "by", "sam", "since", at(2, 9), "reason", reason, "item", blocksRef), Next: []process.Code{"/unhold"},
		Why: process.Why{Gate: "not-held", Verdict: process.No, Opens: maintainer, Evidence: say("refusal.held"), Next: []process.Code{"/unhold"}},
	}
	layersSaid = process.Outcome{State: process.Done, Head: say("did.layers", "layers", []string{"l1", "l2"})}
	submitted  = process.Outcome{State: process.Done, Head: say("did.submit", "network", "alphanet", "train", decemberT, "name", "Alphanet 2026-12")}
)

func TestRepliesReadAsTheirGoldens(t *testing.T) {
	dry := part("/stable --dry-run", process.Outcome{State: process.Done, Head: say("did.stable", "stage", "Betanet scoping")})
	dry.Line.DryRun = true
	dryRefused := part("/stable --dry-run", gatesClosed)
	dryRefused.Line.DryRun = true
	tests := []struct {
		name  string
		parts []process.Part
	}{
		{"refused by gates", []process.Part{part("/stable", gatesClosed)}},
		{"refused by another's gates", []process.Part{part("/board #24", process.Outcome{
			State: process.Refused, Rule: "F5", Head: say("refusal.gates", "move", process.Code("/board #24"), "closed", 1, "of", 2, "item", exitsRef), Where: &exitsRef, Next: []process.Code{"/layers l1 l2"},
			Why: process.Why{Verdict: process.No, Of: []process.Why{{Gate: "layers-known", Rule: "F5", Verdict: process.No, Opens: []process.Role{"owner", "maintainer"}, Evidence: say("gate.layers-known.no", "missing", both[1:]), Next: []process.Code{"/layers l1 l2"}}}},
		})}},
		{"a near miss", []process.Part{part("/stabel", misspelt)}},
		{"the wrong place", []process.Part{part("/deployed https://x.example.org", misplaced)}},
		{"no issue to point to", []process.Part{part("/schedule testnet", process.Outcome{
			State: process.Refused, Rule: "D3", Head: say("refusal.place", "move", process.Code("/schedule"), "kind", "upgrade", "here", "feature"),
			Next: []process.Code{"/schedule testnet 2026-12-15"},
		})}},
		{"an issue that is not tracked", []process.Part{part("/submit", process.Outcome{
			State: process.Refused, Rule: "D3", Head: say("refusal.untracked", "move", process.Code("/submit")), Next: []process.Code{"/feature"},
		})}},
		{"the wrong role", []process.Part{part("/board #12", denied)}},
		{"held", []process.Part{part("/stable", held)}},
		{"not from here", []process.Part{part("/released v1", process.Outcome{
			State: process.Refused, Rule: "D2", Head: say("refusal.stage", "move", process.Code("/released"), "stage", alphaTest, "from", []string{"Testnet release"}),
			Next: []process.Code{"/stable [link]", "/unstable <reason>"},
		})}},
		{"a form", []process.Part{part("/schedule soon", process.Outcome{
			State: process.Puzzled, Rule: "D4", Head: say("form.schedule", "given", "soon", "usage", usage), Next: []process.Code{"/schedule testnet 2026-12-15"},
		})}},
		{"already so", []process.Part{part("/layers l1", process.Outcome{State: process.Already, Head: say("already.layers", "layers", []string{"l1"})})}},
		{"an answer", []process.Part{part("/status", process.Outcome{
			State: process.Answered, Head: say("answer.status", "stage", alphaTest, "since", at(10, 9), "now", at(13, 9)),
			Body: say("answer.status-body", "kind", "feature", "ahead", prospects, "holds", []process.Hold{}, "train", decemberT, "name", "Alphanet 2026-12"),
		})}},
		{"a dry run", []process.Part{dry}},
		{"a dry run refused", []process.Part{dryRefused}},
		{"several features", []process.Part{part("/board #12 #24", process.Outcome{
			State: process.Done, Head: say("did.board-several", "parts", []process.Outcome{{}, {}}), Parts: []process.Outcome{
				{State: process.Done, Head: say("did.board", "feature", blocksRef, "train", decemberT)},
				{State: process.Refused, Rule: "P5", Head: say("refusal.gates", "move", process.Code("/board #21"), "closed", 1, "of", 2, "item", exitsRef), Where: &exitsRef,
					Why: process.Why{Verdict: process.No, Of: []process.Why{{Gate: "layers-known", Rule: "F5", Verdict: process.No, Opens: []process.Role{"owner", "maintainer"}, Evidence: say("gate.layers-known.no", "missing", both[1:]), Next: []process.Code{"/layers l1 l2"}}}}},
				{State: process.Refused, Rule: "P1", Head: say("refusal.departed", "train", decemberT, "feature", exitsRef), Next: []process.Code{"/submit alphanet"}},
			},
		})}},
		{"several commands", []process.Part{part("/layers l1 l2", layersSaid), part("/submit alphanet", submitted), part("/board #12 because @everyone | wants it", denied)}},
		{"many refusals", []process.Part{part("/layers l1 l2", layersSaid), part("/board #12", denied), part("/stabel", misspelt), part("/stable", gatesClosed), part("/deployed", misplaced)}},
	}
	r := bundled(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := r.Reply(tt.parts)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "replies/"+strings.NewReplacer(" ", "-", "'", "").Replace(tt.name), got)
			if lines := command.Parse(got); len(lines) > 0 {
				t.Errorf("the reply commands %q", lines[0].Text)
			}
			said, err := r.Render(say("reply", "parts", tt.parts, "user", "eve", "now", at(13, 9)))
			if err != nil || said != got {
				t.Errorf("as a text it reads %q, %v", said, err)
			}
		})
	}
}

func TestAReplyToNothingIsEmpty(t *testing.T) {
	if got, err := bundled(t).Reply(nil); got != "" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAReplyCanBeSaidFromTheLedger(t *testing.T) {
	r := bundled(t)
	data, err := json.Marshal(say("reply", "parts", []process.Part{part("/stable", gatesClosed)}))
	if err != nil {
		t.Fatal(err)
	}
	var back process.Text
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	got, err := r.Render(back)
	if err != nil || !strings.Contains(got, "2 of 7 checklist items open") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAReplyToHundredsOfCommandsStaysReadable(t *testing.T) {
	parts := make([]process.Part, 3000)
	for i := range parts {
		parts[i] = part("/stable "+strings.Repeat("x", 400), gatesClosed)
	}
	got, err := bundled(t).Reply(parts)
	if err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(got)); n > maxBody || !strings.Contains(got, "and 2940 more commands") {
		t.Errorf("%d characters, at most %d, and it must say what it leaves out", n, maxBody)
	}
}
