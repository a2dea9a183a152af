package calendar

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The zones of the properties: clocks that change in the north, in the south, by
// half an hour, at midnight, no more, never, and a zone that changed sides.
var zones = rapid.SampledFrom([]string{
	"America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo",
})

var (
	monthly = rapid.SampledFrom([]string{
		"FREQ=MONTHLY;BYDAY=2TH", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=-1",
		"FREQ=MONTHLY;BYMONTHDAY=28", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=3SU",
	})
	clocks  = rapid.SampledFrom([]string{"00:00", "00:30", "01:45", "02:15", "02:30", "10:00", "23:59"})
	nations = rapid.SampledFrom([][]string{nil, {"US"}, {"DE-BY", "US"}, {"JP"}, {"BR", "AU-NSW"}, {"NZ"}})
	anySpan = rapid.Custom(func(t *rapid.T) Span {
		return Span{Days: rapid.IntRange(0, 20).Draw(t, "days"), Business: rapid.Bool().Draw(t, "business")}
	})
)

// anySchedule draws a schedule with monthly trains and meetings over the years
// 2020 to 2035, with freezes.
func anySchedule(t *rapid.T) Schedule {
	series := func(what string) Series {
		r, err := ParseRecurrence(monthly.Draw(t, what), zones.Draw(t, what+" zone"), "2018-01-01 "+clocks.Draw(t, what+" clock"))
		if err != nil {
			t.Fatal(err)
		}
		return Series{Rule: r, Shift: rapid.SampledFrom(Shifts).Draw(t, what+" shift")}
	}
	s := Schedule{
		Alphanets: series("trains"), Meetings: series("meetings"), Length: time.Hour,
		Cutoff:   Cutoff{Before: rapid.SampledFrom(Anchors).Draw(t, "before"), By: anySpan.Draw(t, "by"), At: Clock(rapid.SampledFrom([]string{"", "18:00", "02:30"}).Draw(t, "at"))},
		Workdays: Workdays{Countries: nations.Draw(t, "countries")},
		Lead:     Lead{Alphanet: anySpan.Draw(t, "alphanet"), Betanet: anySpan.Draw(t, "betanet"), Audit: anySpan.Draw(t, "audit"), Testnet: anySpan.Draw(t, "testnet"), Release: anySpan.Draw(t, "release"), Notice: anySpan.Draw(t, "notice")},
		Ballots:  map[string]Ballot{"upgrade": {Review: anySpan.Draw(t, "review"), Voting: anySpan.Draw(t, "voting")}}, Ballot: "upgrade",
	}
	for range rapid.IntRange(0, 3).Draw(t, "freezes") {
		first := Date{2020, 1, 1}.AddDays(rapid.IntRange(0, 5000).Draw(t, "freeze"))
		s.Freezes = append(s.Freezes, Freeze{Days: Window{first, first.AddDays(rapid.IntRange(0, 60).Draw(t, "length"))}, Reason: "frozen"})
	}
	return s
}

// Every month has its train (A1), at its hour, on an open day if there is one,
// after its meeting, and that after its cut-off (A7).
func TestTenYearsOfTrainsHaveNoFault(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		from := Date{2020, 1, 1}.AddDays(rapid.IntRange(0, 700).Draw(t, "from"))
		from = Date{from.Year, from.Month, 1}
		to := Date{from.Year + 10, from.Month, 1}.AddDays(-1)
		trains := s.TrainsBetween(from, to)
		if len(trains) != 120 {
			t.Fatalf("%d trains in 120 months", len(trains))
		}
		for i, train := range trains {
			month := Date{from.Year, from.Month + time.Month(i), 1}.Time()
			if train.Name != "Alphanet "+month.Format("2006-01") || train.Day.Year != month.Year() || train.Day.Month != month.Month() {
				t.Fatalf("train %d is %s on %s", i, train.Name, train.Day)
			}
			checkOccurrence(t, s.Alphanets, train.Occurrence)
			if c := s.Closed(train.Day); train.Moved() && c.Why != "" {
				t.Fatalf("%s was moved from %s to a closed day (%s)", train.Name, train.Nominal, c)
			}
			if s.Alphanets.Shift == Keep && train.Moved() {
				t.Fatalf("%s was moved", train.Name)
			}
			checkCut(t, train.Cutoff, train.At)
		}
		meetings := s.MeetingsBetween(from, to)
		if len(meetings) != 120 {
			t.Fatalf("%d meetings in 120 months", len(meetings))
		}
		for _, m := range meetings {
			checkOccurrence(t, s.Meetings, m.Occurrence)
			checkCut(t, m.Cutoff, m.At)
		}
	})
}

func checkOccurrence(t *rapid.T, s Series, o Occurrence) {
	zone := s.Rule.loc
	if dateIn(o.At, zone) != o.Day {
		t.Fatalf("%s is not on %s", o.At.In(zone), o.Day)
	}
	meant := s.Rule.wall(o.Day).Format("15:04")
	if shown := o.At.In(zone).Format("15:04"); (shown == meant) != (o.Odd != Skipped) {
		t.Fatalf("%s shows %s and not %s, and that is %q", o.At.In(zone), shown, meant, o.Odd)
	}
}

func checkCut(t *rapid.T, c Cut, of time.Time) {
	if c.At.After(of) || of.Sub(c.At) > before*day || c.Day.IsZero() || c.Zone == "" {
		t.Fatalf("submissions for %s close on %+v", of, c)
	}
}

func TestATimetableIsTheSameInOnePieceAndInTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		from := Date{2020, 1, 1}.AddDays(rapid.IntRange(0, 3000).Draw(t, "from"))
		middle := from.AddDays(rapid.IntRange(0, 400).Draw(t, "middle"))
		to := middle.AddDays(rapid.IntRange(1, 400).Draw(t, "to"))
		keys := func(table Timetable) []string {
			var out []string
			for _, e := range table.Entries() {
				if e.Kind != FreezeEntry { // one that spans the middle is in both
					out = append(out, e.Key+" "+e.Day.String()+" "+e.Clock())
				}
			}
			return out
		}
		whole := keys(s.Timetable(from, to))
		parts := append(keys(s.Timetable(from, middle)), keys(s.Timetable(middle.AddDays(1), to))...)
		if !slices.Equal(whole, parts) {
			t.Fatalf("in one piece\n%q\nin two\n%q", whole, parts)
		}
		if !slices.IsSortedFunc(s.Timetable(from, to).Entries(), func(a, b Entry) int { return a.Day.Compare(b.Day) }) {
			t.Fatal("the entries are not in order")
		}
	})
}

// A plan keeps the order of the process, the cut window (T1), and open days; and
// planning forward never finds an earlier date than planning back allows.
func TestPlansKeepTheOrderOfTheProcess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		today := Date{2021, 1, 1}.AddDays(rapid.IntRange(0, 3000).Draw(t, "today"))
		on := today.AddDays(rapid.IntRange(0, 500).Draw(t, "on"))
		p, err := s.WorkBack(Target{Network: "mainnet", On: on}, today)
		if err != nil {
			t.Fatal(err)
		}
		step := func(name StepName) Step { found, _ := p.Step(name); return found }
		for _, pair := range [][2]StepName{
			{AlphanetDeparture, BetanetDecision}, {BetanetDecision, BetanetDeployed}, {BetanetDeployed, AuditRequest}, {AuditRequest, AuditsComplete},
			{AuditsComplete, TestnetCut}, {TestnetDecision, TestnetCut}, {TestnetCut, TestnetActivation}, {TestnetActivation, MainnetRelease},
			{ProposalPosted, VoteStart}, {VoteStart, VoteEnd}, {VoteEnd, MainnetRelease}, {MainnetDecision, MainnetRelease}, {MainnetRelease, MainnetActivation},
		} {
			if a, b := step(pair[0]), step(pair[1]); a.Name != "" && a.Last.After(b.Last) {
				t.Fatalf("%s on %s, %s on %s", a.Name, a.Last, b.Name, b.Last)
			}
		}
		if cut, w := step(TestnetCut), CutWindow(step(TestnetActivation).Last); !w.Contains(cut.Last) {
			t.Fatalf("cut on %s, the window is %s", cut.Last, w)
		}
		for _, trouble := range p.Troubles {
			if trouble.String() == "" || trouble.Rule == "" || trouble.Kind == Past && !trouble.Day.Before(today) {
				t.Fatalf("trouble %+v", trouble)
			}
		}
		if slip := Compare(p, p); len(slip.Moves)+len(slip.Breaks)+len(slip.Mends) != 0 {
			t.Fatalf("a plan differs from itself: %+v", slip)
		}
		ahead, err := s.Earliest(Progress{Next: AlphanetCutoff}, today)
		if err != nil || ahead.On.Before(today) {
			t.Fatalf("the earliest date from %s is %s, %v", today, ahead.On, err)
		}
		if !slices.IsSortedFunc(ahead.Steps, func(a, b Step) int { return a.Name.order() - b.Name.order() }) {
			t.Fatal("the steps are not in order")
		}
	})
}
