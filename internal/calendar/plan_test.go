package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func told(p Plan) []string {
	var out []string
	for _, s := range p.Steps {
		days := "by " + s.Last.String()
		switch {
		case s.First == s.Last:
			days = "on " + s.Last.String()
		case !s.First.IsZero():
			days = s.Days().String()
		}
		line := fmt.Sprintf("%s %s %s", s.Name, days, s.Rule)
		if s.Known {
			line += " known"
		}
		if !s.Moved.IsZero() {
			line += fmt.Sprintf(" moved from %s (%s)", s.Moved, s.Closed)
		}
		out = append(out, line)
	}
	for _, t := range p.Troubles {
		out = append(out, "! "+t.String())
	}
	return out
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func plan(t *testing.T, s Schedule, target Target, today string) Plan {
	t.Helper()
	p, err := s.WorkBack(target, date(t, today))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// T1, T5, T7, T9, G1, M1, M2
func TestAMainnetDateIsPlannedBackToTheAlphanet(t *testing.T) {
	p := plan(t, berlin(t), Target{Network: "mainnet", On: date(t, "2027-06-15")}, "2026-12-01")
	same(t, told(p),
		"alphanet-cutoff on 2027-02-25 A7",
		"alphanet-departure on 2027-03-11 P5",
		"betanet-decision on 2027-04-06 B1",
		"betanet-deployed by 2027-04-13 B5",
		"audit-request by 2027-04-13 F6",
		"audits-complete by 2027-05-11 T5",
		"testnet-decision on 2027-05-04 T7",
		"testnet-cut 2027-05-04 to 2027-05-11 T1",
		"testnet-notice by 2027-05-11 T9",
		"testnet-activation by 2027-05-25 T7",
		"proposal-posted by 2027-05-18 G1",
		"vote-start by 2027-06-01 G1",
		"vote-end by 2027-06-08 G2",
		"mainnet-decision on 2027-06-01 M2",
		"mainnet-notice by 2027-06-01 T9",
		"mainnet-release by 2027-06-08 M1",
		"mainnet-activation on 2027-06-15 M2",
	)
}

func TestAPlanSaysWithWhatItCounts(t *testing.T) {
	s := berlin(t)
	s.Lead.Assumed = []string{"lead.audit"}
	p := plan(t, s, Target{Network: "mainnet", On: date(t, "2027-06-15"), Proposal: "maintenance"}, "2026-12-01")
	var got []string
	for _, a := range p.Assumptions() {
		got = append(got, a.String())
	}
	same(t, got,
		"governance.maintenance.delay 0 days", "governance.maintenance.review 7 days", "governance.maintenance.voting 0 days",
		"lead.alphanet 14 days", "lead.audit 28 days (assumed)", "lead.notice 14 days", "lead.release 7 days", "lead.testnet 14 days")
	if posted, ok := p.Step(ProposalPosted); !ok || posted.Last.String() != "2027-06-01" || posted.From != VoteStart {
		t.Errorf("a maintenance proposal has a week's review: %+v", posted)
	}
	if _, err := s.WorkBack(Target{Network: "mainnet", On: date(t, "2027-06-15"), Proposal: "wish"}, date(t, "2026-12-01")); err == nil || !strings.Contains(err.Error(), "maintenance, upgrade") {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := s.WorkBack(Target{Network: "devnet", On: date(t, "2027-06-15")}, date(t, "2026-12-01")); err == nil {
		t.Error("an activation of a devnet is planned")
	}
}

// T1
func TestATestnetDateTooSoonBreaksWhatLiesBeforeIt(t *testing.T) {
	p := plan(t, berlin(t), Target{Network: "testnet", On: date(t, "2027-01-02")}, "2026-12-15")
	var got []string
	for _, tr := range p.Troubles {
		got = append(got, tr.String())
	}
	same(t, got,
		"Submissions close for the Alphanet: Thu 1 Oct 2026 has passed (A7)",
		"The Alphanet departs: Thu 8 Oct 2026 has passed (P5)",
		"A meeting decides the Betanet: Tue 3 Nov 2026 has passed (B1)",
		"The Betanet is deployed: Fri 20 Nov 2026 has passed (B5)",
		"Audits are requested: Fri 20 Nov 2026 has passed (F6)",
		"A meeting sets the testnet date: Tue 1 Dec 2026 has passed (T7)",
		"Testnet activation: Sat 2 Jan 2027 is closed (freeze: year's end) (T7)",
	)
}

func TestWhatIsKnownStandsAndWhatLedToItIsOver(t *testing.T) {
	known := map[StepName]Date{TestnetCut: date(t, "2027-05-12"), TestnetActivation: date(t, "2027-05-25"), ProposalPosted: date(t, "2027-05-24")}
	p := plan(t, berlin(t), Target{Network: "mainnet", On: date(t, "2027-06-15"), Known: known}, "2027-05-20")
	same(t, told(p),
		"testnet-cut on 2027-05-12 T1 known",
		"testnet-notice by 2027-05-11 T9",
		"testnet-activation on 2027-05-25 T7 known",
		"proposal-posted on 2027-05-24 G1 known",
		"vote-start on 2027-06-07 G1",
		"vote-end on 2027-06-14 G2",
		"mainnet-decision on 2027-06-01 M2",
		"mainnet-notice by 2027-06-01 T9",
		"mainnet-release by 2027-06-08 M1",
		"mainnet-activation on 2027-06-15 M2",
		"! The testnet release is cut: Wed 12 May 2027 is outside Tue 4 May 2027 to Tue 11 May 2027 (T1)",
		"! Partners are told of the testnet: Tue 11 May 2027 has passed (T9)",
		"! Governance is through: Mon 14 Jun 2027 is later than Tue 8 Jun 2027 (G2)",
	)
	known[TestnetActivation] = date(t, "2027-05-19")
	p = plan(t, berlin(t), Target{Network: "mainnet", On: date(t, "2027-06-15"), Known: known}, "2027-05-20")
	if _, ok := p.Step(TestnetCut); ok {
		t.Error("a testnet that is active still has its release planned")
	}
}

func TestASlipTellsWhatMovesBreaksAndMends(t *testing.T) {
	s, today := berlin(t), "2026-12-01"
	before := plan(t, s, Target{Network: "testnet", On: date(t, "2027-05-26")}, today)
	after := plan(t, s, Target{Network: "testnet", On: date(t, "2027-05-22")}, today)
	slip := Compare(before, after)
	var got []string
	for _, m := range slip.Moves {
		got = append(got, fmt.Sprintf("%s %s -> %s (%+d)", m.Step, m.Before.Last, m.After.Last, m.Days))
	}
	for _, b := range slip.Breaks {
		got = append(got, "! "+b.String())
	}
	same(t, got,
		"betanet-deployed 2027-04-14 -> 2027-04-09 (-5)",
		"audit-request 2027-04-14 -> 2027-04-09 (-5)",
		"audits-complete 2027-05-12 -> 2027-05-07 (-5)",
		"testnet-decision 2027-05-04 -> 2027-04-06 (-28)",
		"testnet-cut 2027-05-12 -> 2027-05-07 (-5)",
		"testnet-notice 2027-05-12 -> 2027-05-07 (-5)",
		"testnet-activation 2027-05-26 -> 2027-05-22 (-4)",
		"! Testnet activation: Sat 22 May 2027 is closed (weekend: Saturday) (T7)",
	)
	back := Compare(after, before)
	if len(back.Breaks) != 0 || len(back.Mends) != 1 || len(Compare(before, before).Moves) != 0 {
		t.Errorf("the way back: %+v", back)
	}
}

// P5, B1, T1, F13
func TestTheEarliestMainnetDateFollowsFromWhatIsStillToBeDone(t *testing.T) {
	s, today := berlin(t), date(t, "2026-12-01")
	p, err := s.Earliest(Progress{Next: AlphanetCutoff}, today)
	if err != nil {
		t.Fatal(err)
	}
	same(t, told(p),
		"alphanet-cutoff on 2026-12-30 A7",
		"alphanet-departure on 2027-01-14 P5",
		"betanet-decision on 2027-02-02 B1",
		"betanet-deployed on 2027-02-02 B5",
		"audit-request on 2027-02-02 F6",
		"audits-complete on 2027-03-02 T5",
		"testnet-decision on 2027-03-02 T7",
		"testnet-cut on 2027-03-02 T1",
		"testnet-activation on 2027-03-16 T7",
		"proposal-posted on 2027-03-02 G1",
		"vote-start on 2027-03-16 G1",
		"vote-end on 2027-03-23 G2",
		"mainnet-decision on 2027-03-02 M2",
		"mainnet-release on 2027-03-30 M1",
		"mainnet-activation on 2027-04-06 M2",
	)
	if p.On.String() != "2027-04-06" {
		t.Errorf("earliest is %s", p.On)
	}
	known := map[StepName]Date{TestnetCut: date(t, "2026-11-20"), ProposalPosted: date(t, "2026-11-24"), TestnetActivation: date(t, "2026-12-08")}
	p, err = s.Earliest(Progress{Next: TestnetActivation, Known: known}, today)
	if err != nil {
		t.Fatal(err)
	}
	same(t, told(p),
		"testnet-activation on 2026-12-08 T7 known",
		"proposal-posted on 2026-11-24 G1 known",
		"vote-start on 2026-12-08 G1",
		"vote-end on 2026-12-15 G2",
		"mainnet-decision on 2026-12-01 M2",
		"mainnet-release on 2027-01-04 M1 moved from 2026-12-22 (freeze: year's end)",
		"mainnet-activation on 2027-01-11 M2",
	)
}

func TestWithoutTrainsAForecastSaysWhatIsMissing(t *testing.T) {
	s := berlin(t)
	s.Alphanets = Series{}
	p, err := s.Earliest(Progress{Next: AlphanetCutoff}, date(t, "2026-12-01"))
	if err != nil || !p.On.IsZero() || len(p.Troubles) != 1 || p.Troubles[0].Kind != Missing {
		t.Errorf("%+v, %v", p, err)
	}
}
