package scenario_test

import (
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func TestEveryFaultOfAStoryHasItsLine(t *testing.T) {
	tests := []struct{ text, want string }{
		{"ada dances on f1", `s.txt:1: no phrase of a story: "ada dances on f1"`},
		{"\n\nscenario empty\n", `s.txt:3: the story "empty" tells nothing`},
		{"", "s.txt:1: the file tells no story"},
		{"ada on f1: /stable → perhaps", `s.txt:1: "perhaps" is not what can be expected`},
		{"ada on f1: /stable → refused X9", `s.txt:1: "X9" is no rule's id`},
		{"ada on f1: /stable → refused D1, shouts", `s.txt:1: "shouts" is not what can be expected`},
		{"ada on f1:\nthen f1 open", "s.txt:1: the lines of the comment are missing"},
		{"ada on f1:\n  /stable → maybe\nthen f1 open", "s.txt:2:"},
		{"then f1 flies", `s.txt:1: "flies" is nothing that can be seen`},
		{"then f1 hears", `s.txt:1: "hears" is not whole`},
		{"on 2026-13-40", "s.txt:1: "},
		{"given numbers taken 9-3", `s.txt:1: "9-3" is no run of numbers`},
		{"given chains testnet", "s.txt:1: "},
		{"given alphanets monthly", "s.txt:1: "},
		{"ada labels f1 stage/x", `s.txt:1: "stage/x": write +label or -label`},
		{"zoe has roles engineer", "s.txt:1: nobody is called zoe"},
		{"ada merges acme/protocol#1 painting f1", `s.txt:1: "painting" is no option`},
		{"u1 carries f1 to the-moon", "s.txt:1: the-moon is no stage of an upgrade"},
		{"on 2026-11-02\non 2026-11-03; ada sings", `s.txt:2: no phrase of a story: "ada sings"`},
	}
	for _, tt := range tests {
		_, err := scenario.Parse("s.txt", tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestAllFaultsOfAFileAreNamed(t *testing.T) {
	_, err := scenario.Parse("s.txt", "ada dances\non 2026-11-02\nthen f1 flies\n")
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("faults: %v", err)
	}
}

func TestAStoryThatGoesOtherwiseSaysAtWhichLine(t *testing.T) {
	tests := []struct{ text, want string }{
		{"then f1 open", "s.txt:2: then f1 open: nothing is called f1"},
		{"feature f1 \"One\" by ada\nthen f1 at betanet-scoping", "s.txt:3: "},
		{"feature f1 \"One\" by ada\nthen f1 not open", "it does"},
		{"feature f1 \"One\" by ada\nada on f1: /stable", "was refused D2"},
		{"feature f1 \"One\" by ada\nada on f1: /submit alphanet → refused D1", "was done"},
		{"feature f1 \"One\" by ada\nada on f1: /stable → refused D1", `cites "D2"`},
		{"feature f1 \"One\" by ada\nada on f1: /help → nothing", "something followed"},
		{"feature f1 \"One\" by ada\nfeature f1 \"One\" by ada", "f1 is there already"},
		{"feature f1 \"One\" by ada\non 2026-11-01", "the clock only goes forward"},
		{"feature f1 \"One\" by ada\nada ticks \"nothing\" on f1", "no checklist"},
		{"feature f1 \"One\" by ada\nthen milestone \"Alphanet\" open", "there is none of that title"},
		{"feature f1 \"One\" by ada\nthen \"Two\" is opened as f2", "there are 0 of that title"},
		{"feature f1 \"One\" by ada\nf1 goes on to shipped", "nothing is usual"},
	}
	for _, tt := range tests {
		script, err := scenario.Parse("s.txt", "on 2026-11-02\n"+tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := scenario.Tell(scenario.NewPure(), "s.txt", script.Stories[0]); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}
