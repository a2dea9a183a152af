package main

import (
	"context"
	"slices"
	"strings"
	"time"
)

func (s *script) opening(ctx context.Context) error {
	s.chapter("The calendar opens the next Alphanets")
	if err := s.world.station.beat(ctx); err != nil {
		return err
	}
	if err := s.world.settled(ctx); err != nil {
		return err
	}
	trains, err := s.world.issues(ctx, "kind/alphanet")
	if err != nil {
		return err
	}
	s.check(len(trains) == 2, "two Alphanets stand on the timetable", len(trains))
	board, err := s.world.issues(ctx, "kind/departures")
	s.check(len(board) == 1, "the departures board is up", len(board))
	slices.SortFunc(trains, func(a, b issue) int { return strings.Compare(a.Title, b.Title) })
	if len(trains) > 0 {
		s.alphanet = trains[0].Number
	}
	return err
}

func (s *script) merging(ctx context.Context) (err error) {
	s.chapter("Ada merges two features")
	if s.bridge, err = s.opens(ctx, "engineer", "Cheaper withdrawals", "### Layers\n\nL1\n", "kind/feature"); err != nil {
		return err
	}
	if err := s.merges(ctx, "Batch the proofs of withdrawals", "Feature: acme/upgrades#"+itoa(s.bridge)); err != nil {
		return err
	}
	if err := s.at(ctx, "a merged pull request puts its feature into Alphanet scoping (F1)", map[int][]string{s.bridge: {"kind/feature", "stage/alphanet-scoping", "layer/l1"}}); err != nil {
		return err
	}
	if err := s.merges(ctx, "New opcodes for the L2", "Makes contracts smaller.", "feature"); err != nil {
		return err
	}
	if s.pectra, err = s.find(ctx, "kind/feature", "New opcodes"); err != nil {
		return err
	}
	return s.at(ctx, "one without a reference gets a tracking issue opened", map[int][]string{s.pectra: {"stage/alphanet-scoping"}})
}

func (s *script) boarding(ctx context.Context) error {
	s.chapter("They are submitted, and the maintainers board them")
	if err := s.says(ctx, "engineer", s.pectra, "/layers l2", "/sumbit alphanet"); err != nil {
		return err
	}
	if err := s.heard(ctx, s.pectra, "a mistyped command is corrected, never run", "/submit alphanet"); err != nil {
		return err
	}
	for _, f := range []int{s.bridge, s.pectra} {
		if err := s.says(ctx, "engineer", f, "/submit alphanet"); err != nil {
			return err
		}
	}
	if err := s.says(ctx, "engineer", s.alphanet, "/board #"+itoa(s.bridge)); err != nil {
		return err
	}
	if err := s.heard(ctx, s.alphanet, "an engineer who boards is told whose decision that is", "maintainer"); err != nil {
		return err
	}
	return s.meeting(ctx)
}

// meeting plays the planning meeting that decides the Alphanet's scope: the
// maintainer ticks the agenda and adjourns.
func (s *script) meeting(ctx context.Context) error {
	schedule, err := s.schedule(ctx)
	if err != nil {
		return err
	}
	next, _ := schedule.NextMeeting(s.world.github.Now())
	if err := s.world.advance(ctx, next.At.Add(time.Minute)); err != nil {
		return err
	}
	s.chapter("The planning meeting decides")
	train, _ := schedule.NextTrain(s.world.github.Now())
	if s.alphanet, err = s.find(ctx, "kind/alphanet", train.Name); err != nil {
		return err
	}
	agenda, err := s.find(ctx, "kind/meeting", next.Day.String())
	if err != nil {
		return err
	}
	if err := s.drafts(ctx, "engineer", agenda, "=yes"); err != nil {
		return err
	}
	if err := s.heard(ctx, agenda, "an engineer's tick on the agenda is put back, with a word (D1)", "maintainer"); err != nil {
		return err
	}
	if err := s.drafts(ctx, "maintainer", agenda, "=yes"); err != nil {
		return err
	}
	is, err := s.world.issue(ctx, agenda)
	s.check(err == nil && strings.Count(is.Body, "- [x] ") == 2, "a maintainer's ticks stand on the agenda as drafts", strings.Count(is.Body, "- [x] "))
	if err := s.says(ctx, "maintainer", agenda, "/adjourn"); err != nil {
		return err
	}
	if err := s.heard(ctx, agenda, "the minutes are posted: what was decided, and by whom", "### Minutes"); err != nil {
		return err
	}
	open, err := s.world.issues(ctx, "kind/meeting")
	if err != nil {
		return err
	}
	s.check(len(open) == 2 && (open[0].State == "open") != (open[1].State == "open"), "it is closed, and the next agenda is open", len(open))
	is, err = s.world.issue(ctx, s.pectra)
	s.check(err == nil && is.Milestone != nil && is.Milestone.Title == train.Name, "both are aboard the Alphanet", is.Milestone)
	return err
}

func (s *script) departing(ctx context.Context) error {
	s.chapter("The train leaves on its date")
	train, err := s.world.issue(ctx, s.alphanet)
	if err != nil {
		return err
	}
	schedule, err := s.schedule(ctx)
	if err != nil {
		return err
	}
	next, _ := schedule.NextTrain(s.world.github.Now())
	if err := s.world.advance(ctx, next.At.Add(time.Minute)); err != nil {
		return err
	}
	if err := s.at(ctx, train.Title+" departed by itself with both aboard (P1)", map[int][]string{
		s.alphanet: {"stage/alphanet-deployment"}, s.bridge: {"stage/alphanet-deployment"}, s.pectra: {"stage/alphanet-deployment"},
	}); err != nil {
		return err
	}
	if err := s.to(ctx, 2); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.alphanet, "/deployed https://alphanet.example/explorer"); err != nil {
		return err
	}
	return s.at(ctx, "it is deployed, and each feature is under test (A8)", map[int][]string{s.bridge: {"stage/alphanet-acceptance"}, s.pectra: {"stage/alphanet-acceptance"}})
}

func (s *script) proving(ctx context.Context) error {
	s.chapter("Each feature proves itself alone")
	if err := s.says(ctx, "engineer", s.bridge, "/stable https://alphanet.example/run/1"); err != nil {
		return err
	}
	if err := s.heard(ctx, s.bridge, "/stable waits for the checklist, and says so (A8)", "A8"); err != nil {
		return err
	}
	for _, f := range []int{s.bridge, s.pectra} {
		if err := s.ticks(ctx, "engineer", f); err != nil {
			return err
		}
		if err := s.says(ctx, "engineer", f, "/stable https://alphanet.example/run/2"); err != nil {
			return err
		}
	}
	return s.at(ctx, "both passed and the Alphanet is over", map[int][]string{
		s.bridge: {"stage/betanet-scoping"}, s.pectra: {"stage/betanet-scoping"}, s.alphanet: {"stage/completed"},
	})
}

func (s *script) betanet(ctx context.Context) (err error) {
	s.chapter("An upgrade bundles them")
	for _, f := range []int{s.bridge, s.pectra} {
		if err := s.says(ctx, "engineer", f, "/submit betanet"); err != nil {
			return err
		}
	}
	agenda, err := s.find(ctx, "kind/meeting", "planning meeting")
	if err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", agenda, "/decide 3.1 yes because both have passed"); err != nil {
		return err
	}
	if s.train, err = s.find(ctx, "kind/upgrade", "Upgrade 17"); err != nil {
		return err
	}
	if err := s.at(ctx, "it departed with a number and a hardfork name (B8, F5)", map[int][]string{
		s.train: {"stage/betanet-deployment", "upgrade/17", "hardfork/karst"}, s.pectra: {"upgrade/17", "hardfork/karst"},
	}); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/deployed https://betanet.example"); err != nil {
		return err
	}
	if err := s.heard(ctx, s.train, "/deployed waits for the answer to the audit question (F6)", "F6"); err != nil {
		return err
	}
	if err := s.says(ctx, "security", s.bridge, "/audit not-required because it only batches calls"); err != nil {
		return err
	}
	if err := s.says(ctx, "engineer", s.pectra, "/audit required"); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/deployed https://betanet.example"); err != nil {
		return err
	}
	return s.at(ctx, "one is under audit, the other under test", map[int][]string{
		s.pectra: {"stage/security-audit", "audit/requested"}, s.bridge: {"stage/betanet-acceptance"}, s.train: {"stage/betanet-acceptance"},
	})
}

func (s *script) auditing(ctx context.Context) error {
	s.chapter("The audit finds something")
	request, err := s.find(ctx, "kind/audit", "Audit request")
	if err != nil {
		return err
	}
	if err := s.says(ctx, "security", request, "/audit finding low https://audit.example/finding/1"); err != nil {
		return err
	}
	if err := s.at(ctx, "a low-risk finding sends the upgrade back to be deployed with the fix (F8)", map[int][]string{
		s.pectra: {"stage/betanet-deployment", "audit/fixes-needed"}, s.train: {"stage/betanet-deployment", "needs/redeployment"},
	}); err != nil {
		return err
	}
	if err := s.to(ctx, 3); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/deployed https://betanet.example/2"); err != nil {
		return err
	}
	if err := s.says(ctx, "security", request, "/audit cleared https://audit.example/report"); err != nil {
		return err
	}
	return s.at(ctx, "the second iteration is up and the audit cleared", map[int][]string{s.pectra: {"stage/betanet-acceptance", "audit/cleared"}})
}

func (s *script) testnet(ctx context.Context) error {
	s.chapter("Tested together, it goes to testnet")
	for _, n := range []int{s.bridge, s.pectra, s.train} {
		if err := s.ticks(ctx, "maintainer", n); err != nil {
			return err
		}
	}
	if err := s.says(ctx, "maintainer", s.train, "/stable"); err != nil {
		return err
	}
	if err := s.at(ctx, "the set is stable: testnet release, and the proposal is due (T6, G1)", map[int][]string{
		s.train: {"stage/testnet-release", "governance/proposal-due"}, s.bridge: {"stage/testnet-release"},
	}); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/schedule testnet "+s.date(7)); err != nil {
		return err
	}
	if err := s.heard(ctx, s.train, "a date without two weeks for the release is refused (T1)", "T1"); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/schedule testnet "+s.date(16), "/released op-node/v1.14.0"); err != nil {
		return err
	}
	if err := s.says(ctx, "reviewer", s.train, "/signoff"); err != nil {
		return err
	}
	if err := s.to(ctx, 16); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/activated"); err != nil {
		return err
	}
	return s.at(ctx, "testnet is live; the upgrade waits for governance (T3)", map[int][]string{s.train: {"stage/governance"}, s.pectra: {"stage/governance"}})
}

func (s *script) voting(ctx context.Context) error {
	s.chapter("Governance authorises it")
	if err := s.says(ctx, "maintainer", s.train, "/governance posted https://gov.example/t/1 18"); err != nil {
		return err
	}
	if err := s.heard(ctx, s.train, "a proposal with another number is refused (B3)", "B3"); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/governance posted https://gov.example/t/1 17"); err != nil {
		return err
	}
	if err := s.to(ctx, 14); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/governance passed https://gov.example/t/1/vote"); err != nil {
		return err
	}
	return s.at(ctx, "no veto: the mainnet release is next (F13)", map[int][]string{s.train: {"stage/mainnet-release", "governance/passed"}})
}

func (s *script) mainnet(ctx context.Context) error {
	s.chapter("Mainnet")
	if err := s.says(ctx, "maintainer", s.train, "/released op-node/v1.15.0", "/schedule mainnet "+s.date(14)); err != nil {
		return err
	}
	if err := s.says(ctx, "reviewer", s.train, "/signoff"); err != nil {
		return err
	}
	if err := s.to(ctx, 14); err != nil {
		return err
	}
	if err := s.says(ctx, "maintainer", s.train, "/activated"); err != nil {
		return err
	}
	if err := s.at(ctx, "Upgrade 17 · Karst is on mainnet with both features", map[int][]string{
		s.train: {"stage/shipped"}, s.bridge: {"stage/shipped"}, s.pectra: {"stage/shipped"},
	}); err != nil {
		return err
	}
	for _, n := range []int{s.bridge, s.pectra, s.train} {
		is, err := s.world.issue(ctx, n)
		if err != nil {
			return err
		}
		s.check(is.State == "closed", "#"+itoa(n)+" is closed", is.State)
	}
	return nil
}
