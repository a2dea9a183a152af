package fault_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

var then = time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)

func plan(t *testing.T, seed uint64, texts ...string) *fault.Plan {
	t.Helper()
	var rules []fault.Rule
	for _, text := range texts {
		r, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	p, err := fault.New(seed, rules...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func request(method, path string) fault.Occasion {
	return fault.Occasion{Method: method, Path: path, Who: fault.App, Fresh: -1}
}

func delivery(event, action string) fault.Occasion {
	return fault.Occasion{Event: event, Action: action}
}

// history draws n occasions of each of two sorts and writes down the hits of a
// kind; with none given, of all.
func history(p *fault.Plan, n int, only ...fault.Kind) []string {
	var out []string
	for i := range n {
		for _, o := range []fault.Occasion{request("POST", "/repos/acme/upgrades/issues"), delivery("issues", "opened")} {
			for _, h := range p.Strike(o, then) {
				if len(only) == 0 || slices.Contains(only, h.Kind) {
					out = append(out, fmt.Sprint(i, h))
				}
			}
		}
	}
	return out
}

func TestTheSameSeedMeetsTheSameFaults(t *testing.T) {
	rules := []string{"api.502=0.3,effect=either", "api.slow=0.2,by=1s..9s", "deliveries.doubled=0.5", "deliveries.delayed=0.1,by=1s..1h"}
	first := history(plan(t, 7, rules...), 500)
	if again := history(plan(t, 7, rules...), 500); !slices.Equal(first, again) {
		t.Error("two runs with one seed differ")
	}
	if other := history(plan(t, 8, rules...), 500); slices.Equal(first, other) {
		t.Error("another seed met the same faults")
	}
	p := plan(t, 7, rules...)
	history(p, 100)
	if err := p.Reset(7, parsed(t, rules)...); err != nil {
		t.Fatal(err)
	}
	if again := history(p, 500); !slices.Equal(first, again) {
		t.Error("a plan that begins anew goes another way")
	}
}

func parsed(t *testing.T, texts []string) []fault.Rule {
	var out []fault.Rule
	for _, text := range texts {
		r, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestARuleMoreDoesNotShiftTheOthers(t *testing.T) {
	alone := history(plan(t, 7, "deliveries.doubled=0.4"), 500)
	for _, more := range [][]string{
		{"api.502=0.5", "deliveries.doubled=0.4", "deliveries.missigned=0.3", "clock.skew=1"},
		{"deliveries.doubled=0.4", "deliveries.doubled=0,event=label"},
	} {
		if got := history(plan(t, 7, more...), 500, fault.Doubled); !slices.Equal(alone, got) {
			t.Errorf("with %v the doubled deliveries are others", more)
		}
	}
	two := plan(t, 7, "deliveries.doubled=0.4", "deliveries.doubled=0.4")
	history(two, 500)
	if r := two.Report().Rules; r[0].Struck == r[1].Struck {
		t.Error("two rules of a kind draw from one stream")
	}
}

func TestChanceIsKeptOverManyDraws(t *testing.T) {
	const n = 20_000
	for _, chance := range []float64{0, 0.01, 0.2, 0.5, 0.99, 1} {
		for seed := range uint64(5) {
			p := plan(t, seed, fmt.Sprintf("api.500=%v", chance))
			got := float64(len(history(p, n))) / n
			if got < chance-0.015 || got > chance+0.015 || chance == 1 && got != 1 || chance == 0 && got != 0 {
				t.Errorf("seed %d: %v of the requests failed, want %v", seed, got, chance)
			}
		}
	}
}

func TestEitherIsHalfBeforeAndHalfAfter(t *testing.T) {
	p, after := plan(t, 3, "api.cut=1,effect=either"), 0
	const n = 10_000
	for range n {
		if p.Strike(request("GET", "/meta"), then)[0].After {
			after++
		}
	}
	if after < n*48/100 || after > n*52/100 {
		t.Errorf("%d of %d came after the effect", after, n)
	}
}

func TestLengthsAreDrawnFromTheWholeSpan(t *testing.T) {
	p := plan(t, 3, "api.slow=1,by=1s..3s")
	s := fault.NewStream(3, "latency")
	for name, next := range map[string]func() time.Duration{
		"rule":   func() time.Duration { return p.Strike(request("GET", "/meta"), then)[0].By },
		"stream": func() time.Duration { return s.Next(fault.Span{Least: time.Second, Most: 3 * time.Second}) },
	} {
		low, high, sum := time.Hour, time.Duration(0), time.Duration(0)
		for range 5000 {
			d := next()
			low, high, sum = min(low, d), max(high, d), sum+d
		}
		mean := sum / 5000
		if low < time.Second || low > 1010*time.Millisecond || high > 3*time.Second || high < 2990*time.Millisecond || (mean-2*time.Second).Abs() > 50*time.Millisecond {
			t.Errorf("%s: from %s to %s, %s in the middle", name, low, high, mean)
		}
	}
}

func TestARuleStrikesOnlyWhatItIsNarrowedTo(t *testing.T) {
	comment := request("POST", "/repos/acme/upgrades/issues/12/comments")
	person := comment
	person.Who = fault.People
	fresh, old := comment, comment
	fresh.Fresh, old.Fresh = time.Second, time.Minute
	again := delivery("issues", "opened")
	again.Again = true
	tests := []struct {
		rule    string
		on      fault.Occasion
		strikes bool
	}{
		{"api.500", comment, true},
		{"api.500,method=POST", comment, true},
		{"api.500,method=GET|POST", comment, true},
		{"api.500,method=GET", comment, false},
		{"api.500,route=/repos/*/*/issues/*/comments", comment, true},
		{"api.500,route=POST /repos/ACME/upgrades/issues/12/comments", comment, true},
		{"api.500,route=GET /repos/acme/upgrades/issues/12/comments", comment, false},
		{"api.500,route=/repos/{owner}/{repo}/issues/{issue_number}/comments", comment, true},
		{"api.500,route=/repos/**", comment, true},
		{"api.500,route=/repos/*/*/issues/*", comment, false},
		{"api.500,route=/repos/*/*/issues/*/comments/*", comment, false},
		{"api.500,route=/orgs/**", comment, false},
		{"api.500", person, false},
		{"api.500,who=people", person, true},
		{"api.500,who=people", comment, false},
		{"api.500,who=anyone", person, true},
		{"api.500", delivery("issues", "opened"), false},
		{"deliveries.lost", comment, false},
		{"api.401", comment, false},
		{"api.401", fresh, true},
		{"api.401", old, false},
		{"api.401,within=2m", old, true},
		{"deliveries.lost", delivery("issues", "opened"), true},
		{"deliveries.lost,event=issues", delivery("issues", "opened"), true},
		{"deliveries.lost,event=issues.opened", delivery("issues", "opened"), true},
		{"deliveries.lost,event=issues.closed|label", delivery("issues", "opened"), false},
		{"deliveries.lost,event=push|ping", delivery("ping", ""), true},
		{"deliveries.lost", again, true},
		{"deliveries.lost,redeliveries=no", again, false},
		{"clock.skew", person, false},
	}
	for _, tc := range tests {
		if got := len(plan(t, 1, tc.rule).Strike(tc.on, then)) > 0; got != tc.strikes {
			t.Errorf("%s strikes %s (%+v): %v", tc.rule, tc.on, tc.on, got)
		}
	}
}

func TestARuleStrikesAtMostSoOften(t *testing.T) {
	p := plan(t, 1, "api.500=1,times=3", "api.502=0.5")
	hits := history(p, 50, fault.Error500)
	if len(hits) != 3 {
		t.Errorf("it struck %d times", len(hits))
	}
	r := p.Report()
	if left := r.Rules[0].Left; left == nil || *left != 0 || r.Rules[0].Met != 50 || r.Rules[1].Left != nil {
		t.Errorf("the report is %+v", r)
	}
	if r.Counts[fault.Error500] != 3 || r.Counts[fault.Error502] == 0 || r.Total != 3+r.Counts[fault.Error502] {
		t.Errorf("it counts %v, %d in all", r.Counts, r.Total)
	}
}

func TestAnAnswerHasOneFaultAndALostDeliveryNoOther(t *testing.T) {
	p := plan(t, 1, "api.502=1", "api.cut=1", "api.slow=1")
	if hits := p.Strike(request("GET", "/meta"), then); len(hits) != 2 || hits[0].Kind != fault.Error502 || hits[1].Kind != fault.Slow {
		t.Errorf("struck by %v", hits)
	}
	p = plan(t, 1, "deliveries.doubled=1", "deliveries.lost=1", "deliveries.missigned=1")
	if hits := p.Strike(delivery("ping", ""), then); len(hits) != 1 || hits[0].Kind != fault.Lost {
		t.Errorf("struck by %v", hits)
	}
	p = plan(t, 1, "deliveries.doubled=1", "deliveries.lost=1,effect=after")
	if hits := p.Strike(delivery("ping", ""), then); len(hits) != 2 {
		t.Errorf("struck by %v", hits)
	}
}

func TestWhatStruckIsRemembered(t *testing.T) {
	p := plan(t, 1, "api.cut=1,times=1,effect=after", "api.slow=1,by=2s")
	p.Strike(request("POST", "/repos/acme/upgrades/issues"), then)
	p.Strike(request("GET", "/meta"), then.Add(time.Second))
	want := []fault.Strike{
		{Number: 1, At: then, Kind: fault.Cut, Rule: 1, On: "POST /repos/acme/upgrades/issues", Effect: fault.After},
		{Number: 2, At: then, Kind: fault.Slow, Rule: 2, On: "POST /repos/acme/upgrades/issues", Effect: fault.After, By: "2s"},
		{Number: 3, At: then.Add(time.Second), Kind: fault.Slow, Rule: 2, On: "GET /meta", Effect: fault.After, By: "2s"},
	}
	if got := p.Struck(); !slices.Equal(got, want) {
		t.Errorf("remembered %+v", got)
	}
	p.Clear()
	if hits := p.Strike(request("GET", "/meta"), then); hits != nil || len(p.Struck()) != 3 {
		t.Errorf("cleared, it strikes with %v and remembers %d", hits, len(p.Struck()))
	}
	p = plan(t, 1, "api.500=1")
	history(p, 3100)
	if got := p.Struck(); len(got) != 1000 || got[999].Number != 3100 {
		t.Errorf("it remembers %d up to number %d", len(got), got[len(got)-1].Number)
	}
}

func TestRulesComeAndGo(t *testing.T) {
	p := plan(t, 1, "api.500=1")
	id, err := p.Add(fault.Rule{Kind: fault.Slow, Chance: 1})
	if err != nil || id != 2 {
		t.Fatalf("id %d, %v", id, err)
	}
	if _, err := p.Add(fault.Rule{Kind: fault.Slow, Chance: 2}); err == nil {
		t.Error("a chance of 2 is taken")
	}
	if !p.Remove(1) || p.Remove(1) {
		t.Error("a rule is removed once")
	}
	if err := p.Reset(1, fault.Rule{Kind: "x"}); err == nil || len(p.Report().Rules) != 1 {
		t.Errorf("a bad rule: %v, %+v", err, p.Report())
	}
	if hits := p.Strike(request("GET", "/meta"), then); len(hits) != 1 || hits[0].Kind != fault.Slow {
		t.Errorf("struck by %v", hits)
	}
}
