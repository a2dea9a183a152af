package fault_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

func TestARuleReadsAsItIsTyped(t *testing.T) {
	tests := []struct {
		text string
		want fault.Rule
	}{
		{"deliveries.lost=0.2", fault.Rule{Kind: fault.Lost, Chance: 0.2}},
		{"deliveries.lost", fault.Rule{Kind: fault.Lost, Chance: 1}},
		{"api.502=0.05,times=3,route=POST /repos/*/*/issues/*/comments", fault.Rule{Kind: fault.Error502, Chance: 0.05, Times: 3,
			Method: "POST", Route: "/repos/*/*/issues/*/comments"}},
		{"api.cut=1, effect=either, method=post|patch", fault.Rule{Kind: fault.Cut, Chance: 1, Effect: fault.Either, Method: "POST|PATCH"}},
		{"api.slow=1,by=1s..5s,who=anyone", fault.Rule{Kind: fault.Slow, Chance: 1, By: fault.Span{Least: time.Second, Most: 5 * time.Second}, Who: fault.Anyone}},
		{"api.500=1,route=/api/v3/repos/{owner}/{repo}/contents/{path...}", fault.Rule{Kind: fault.Error500, Chance: 1, Route: "/repos/*/*/contents/**"}},
		{"api.401=1,within=3s", fault.Rule{Kind: fault.Unauthorized, Chance: 1, Within: 3 * time.Second}},
		{"api.secondary-limit=1,status=429,by=1s", fault.Rule{Kind: fault.Secondary, Chance: 1, Status: 429, By: fault.Span{Least: time.Second, Most: time.Second}}},
		{"deliveries.doubled=1e-3,event=issues.opened|issue_comment,redeliveries=no", fault.Rule{Kind: fault.Doubled, Chance: 0.001,
			Event: "issues.opened|issue_comment", Spare: true}},
		{"clock.skew=1,by=-90s", fault.Rule{Kind: fault.Skew, Chance: 1, By: fault.Span{Least: -90 * time.Second, Most: -90 * time.Second}}},
	}
	for _, tc := range tests {
		got, err := fault.Parse(tc.text)
		if err != nil || got != tc.want {
			t.Errorf("%s: got %+v, %v", tc.text, got, err)
		}
		if again, err := fault.Parse(got.String()); err != nil || again != got {
			t.Errorf("%s: its own form %s reads as %+v, %v", tc.text, got, again, err)
		}
	}
}

func TestAFaultyRuleIsToldWhatToWrite(t *testing.T) {
	tests := []struct{ text, says string }{
		{"", `no fault "": there are deliveries.lost`},
		{"api.503=1", "there is no fault"},
		{"api.502=often", "no number from 0 to 1"},
		{"api.502=1.5", "from 0 to 1"},
		{"api.502=NaN", "from 0 to 1"},
		{"api.502=1,", `there is no ""`},
		{"api.502=1,time=3", "there are by, effect, event"},
		{"api.502=1,times=3,times=4", "given twice"},
		{"api.502=1,times", "no value"},
		{"api.502=1,times=0", "from 1 to"},
		{"api.502=1,method=FETCH", "GET, POST"},
		{"api.502=1,route=repos", "a path with *"},
		{"api.502=1,route=/repos/**/issues", "a path with *"},
		{"api.502=1,method=GET,route=POST /repos", "method is given twice"},
		{"api.502=1,route=GET /repos,method=POST", "method is given twice"},
		{"api.502=1,event=issues", "event is for deliveries"},
		{"api.502=1,by=1s", "by is a length"},
		{"api.502=1,effect=sometimes", "before, after or either"},
		{"api.502=1,who=me", "app, people or anyone"},
		{"api.502=1,status=403", "for the limits"},
		{"api.primary-limit=1,status=404", "403 or 429"},
		{"api.primary-limit=1,status=x", "write 403 or 429"},
		{"api.401=1,within=-3s", "write a length of time"},
		{"api.401=1,within=48h", "within is how old"},
		{"api.slow=1,by=0s", "by is a length"},
		{"api.slow=1,by=5s..1s", "or two, such as 1s..5s"},
		{"api.slow=1,by=25h", "up to 24h"},
		{"api.slow=1,by=-1s", "by is a length"},
		{"deliveries.lost=1,route=/x", "route is for the API"},
		{"deliveries.lost=1,method=GET", "method is for the API"},
		{"deliveries.lost=1,event=Issues!", "issues or issues.opened"},
		{"deliveries.lost=1,redeliveries=maybe", "write yes"},
		{"api.500=1,redeliveries=no", "for deliveries"},
		{"deliveries.doubled=1,effect=after", "for those that know"},
	}
	for _, tc := range tests {
		if _, err := fault.Parse(tc.text); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: got %v, want it to say %s", tc.text, err, tc.says)
		}
	}
}

func TestEveryKindIsDescribedAndHasAFormOfItsOwn(t *testing.T) {
	for _, k := range fault.Kinds {
		if k.About == "" {
			t.Errorf("%s has no description", k.Kind)
		}
		if r, err := fault.Parse(string(k.Kind)); err != nil || r.Kind != k.Kind {
			t.Errorf("%s: %v", k.Kind, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("api.502=0.05,times=3,route=POST /repos/*/*/issues/*/comments")
	f.Add("deliveries.delayed=1,by=1s..5s,event=issues.opened|label,redeliveries=no")
	f.Add("clock.skew=1,by=-90s")
	f.Add("api.401,within=3s,who=anyone,method=GET|PUT")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := fault.Parse(text)
		if err != nil {
			return
		}
		if again, err := fault.Parse(r.String()); err != nil || again != r {
			t.Fatalf("%q reads as %+v, whose form %q reads as %+v, %v", text, r, r, again, err)
		}
		if _, err := fault.New(1, r); err != nil {
			t.Fatalf("%q parses but no plan takes it: %v", text, err)
		}
	})
}
