package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/agenda"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// railway is a Line in the middle of its life: an Alphanet and an upgrade under
// way, features in every state that the pages tell apart.
func railway(p *process.Process) *process.Line {
	l := process.NewLine("acme/protocol")
	l.Put(
		&process.Item{ID: "departures", Kind: process.Departures, Title: "Departures", Ours: true, Shown: process.Shown{Number: 1}},
		&process.Item{
			ID: "alphanet/2026-12", Kind: process.Alphanet, Title: "Alphanet 2026-12", Ours: true, Stage: "alphanet-acceptance", Since: at(10, 9),
			Shown: process.Shown{Number: 41},
			T: &process.TrainFacts{
				Date: on(8), Name: "Alphanet 2026-12", Departed: at(8, 10), Iteration: 1, Past: []process.ID{"issue/12", "issue/15"},
				Deployed: []process.Deployed{{Iteration: 1, On: on(10), By: "rob", Links: []string{"https://alphanet.example.org"}}},
				Judged:   map[process.ID]string{"issue/15": "stable"},
			},
		},
		&process.Item{
			ID: "alphanet/2027-01", Kind: process.Alphanet, Title: "Alphanet 2027-01", Ours: true, Stage: "alphanet-scoping", Since: at(8, 10),
			Shown: process.Shown{Number: 42}, T: &process.TrainFacts{Date: on(8).AddDays(35), Name: "Alphanet 2027-01"},
		},
		upgrade(p), blocks(p), bridge(p), exits(),
		&process.Item{
			ID: "issue/21", Kind: process.Feature, Title: "Cheaper calldata @everyone", Stage: "alphanet-scoping", Since: at(1, 9), Shown: process.Shown{Number: 21},
			F:     &process.FeatureFacts{Author: "mallory", Pulls: []process.Pull{{Repo: "acme/protocol", Number: 4}}},
			Holds: []process.Hold{{By: "sam", Reason: "the design is still discussed.", At: at(2, 9)}},
		},
	)
	return l
}

func upgrade(p *process.Process) *process.Item {
	return &process.Item{
		ID: "issue/30", Kind: process.Upgrade, Title: "Upgrade 17 · Karst", Ours: true, Stage: "testnet-release", Since: at(3, 9), Shown: process.Shown{Number: 30},
		Tracks:     map[string]process.Standing{"governance": {At: "review", Since: at(6, 9)}},
		Checklists: []process.Checklist{list(p, "testnet-release", "testnet-release.upgrade", 2)},
		Waivers:    []process.Waiver{{Gate: "cut-in-window", By: "max", Reason: "the holidays are in between.", At: at(5, 9), Until: on(20)}},
		History: []process.Note{
			{At: at(1, 9), By: "max", What: process.Say("note.number", "number", "17")},
			{At: at(3, 9), By: "max", What: process.Say("note.moved", "move", "stable", "from", "Betanet acceptance testing", "to", "Testnet release", "reason", "")},
		},
		T: &process.TrainFacts{
			Number: "17", Hardfork: "Karst", Departed: at(1, 9), Iteration: 2,
			Deployed: []process.Deployed{
				{Iteration: 1, On: on(1), By: "rob", Links: []string{"https://betanet.example.org/1"}},
				{Iteration: 2, On: on(2), By: "rob", Links: []string{"https://betanet.example.org/2"}},
			},
			Planned:   map[string]process.Plan{"testnet": {On: on(30), By: "max", At: at(3, 10)}},
			Proposals: []process.Proposal{{Link: "https://gov.example.org/17a", Number: "17", On: on(5), By: "gil", Superseded: true}, {Link: "https://gov.example.org/17b", Number: "17", On: on(6), By: "gil"}},
			Signoffs:  []process.Signoff{{Role: process.Protocol, Network: "testnet", By: "pat", At: at(7, 9)}},
			Past:      []process.ID{"issue/18", "issue/12"},
		},
	}
}

// blocks is aboard the Alphanet and being tested.
func blocks(p *process.Process) *process.Item {
	return &process.Item{
		ID: "issue/12", Kind: process.Feature, Title: "Bigger blocks", Stage: "alphanet-acceptance", Since: at(10, 9), Shown: process.Shown{Number: 12},
		Checklists: []process.Checklist{list(p, "alphanet-acceptance", "alphanet-acceptance.feature", 3)},
		History: []process.Note{
			{At: at(7, 9), By: "max", What: process.Say("note.boarded", "train", process.Ref{ID: "alphanet/2026-12", Number: 41, Title: "Alphanet 2026-12"}, "reason", "")},
			{At: at(8, 10), What: process.Say("note.moved", "move", "depart", "from", "Alphanet scoping", "to", "Alphanet deployment", "reason", "")},
		},
		F: &process.FeatureFacts{
			Author: "ada", Owner: "ada", Layers: []string{"l1", "l2"}, Train: "alphanet/2026-12", Boarded: at(7, 9),
			Audit: process.Audit{State: "not-required", By: "sam", At: at(4, 9), Reason: "only a parameter changes."},
			Pulls: []process.Pull{{Repo: "acme/protocol", Number: 7, Merged: true}, {Repo: "acme/client", Number: 70, Merged: true}},
		},
	}
}

// bridge rides with the upgrade; its audit is open.
func bridge(p *process.Process) *process.Item {
	return &process.Item{
		ID: "issue/18", Kind: process.Feature, Title: "Bridge with | pipes_", Stage: "testnet-release", Since: at(3, 9), Shown: process.Shown{Number: 18},
		Checklists: []process.Checklist{list(p, "betanet-acceptance", "betanet-acceptance.feature", 4)},
		F: &process.FeatureFacts{
			Author: "bo", Owner: "bo", Layers: []string{"l1"}, Train: "issue/30", Boarded: at(1, 8),
			Audit:  process.Audit{State: "cleared", By: "sam", At: at(2, 9), Link: "https://audits.example.org/18"},
			Pulls:  []process.Pull{{Repo: "acme/protocol", Number: 9, Merged: true}},
			Passed: &process.Pass{Train: "alphanet/2026-11", By: "bo", At: at(1, 7), Evidence: "https://runs.example.org/9"},
		},
	}
}

// exits waits for a train.
func exits() *process.Item {
	return &process.Item{
		ID: "issue/24", Kind: process.Feature, Title: "Faster exits", Stage: "alphanet-scoping", Since: at(5, 9), Shown: process.Shown{Number: 24},
		F: &process.FeatureFacts{
			Author: "eve", Owner: "eve", Layers: []string{"l2"}, Pulls: []process.Pull{{Repo: "acme/protocol", Number: 11, Merged: true}},
			Submitted: map[string]process.Submission{"alphanet": {By: "eve", At: at(6, 9)}},
		},
	}
}

func TestPagesReadAsTheirGoldens(t *testing.T) {
	p, r := opStack(t), bundled(t)
	l := railway(p)
	gone := exits()
	gone.ID, gone.Shown.Number, gone.Stage, gone.F.Submitted = "issue/25", 25, "removed", nil
	l.Put(gone)
	p.Settings.Schedule = timetable()
	blocked := l.Get("issue/12").Clone()
	blocked.Forecast = &process.Forecast{On: on(1).AddDays(120), Was: on(1).AddDays(99), Changed: on(3)}
	l.Put(blocked)
	for _, id := range []process.ID{"departures", "alphanet/2026-12", "alphanet/2027-01", "issue/30", "issue/12", "issue/18", "issue/24", "issue/21", "issue/25"} {
		t.Run(string(id), func(t *testing.T) {
			title, body, err := r.Page(p, l, l.Get(id), at(13, 9))
			if err != nil {
				t.Fatal(err)
			}
			if ours := id == process.DeparturesID; (title != "") != ours {
				t.Errorf("title %q; only the departures are an issue of ours", title)
			}
			golden(t, "pages/"+strings.ReplaceAll(string(id), "/", "-"), body)
			if m := mentions.FindString(body); m != "" {
				t.Errorf("the page mentions somebody: %q", m)
			}
		})
	}
}

func TestTheAgendaReadsAsItsGoldens(t *testing.T) {
	p, r := opStack(t), bundled(t)
	p.Tables.Sections, p.Settings.Enough, p.Settings.Hardforks = agenda.Table(), 1, []string{"Lagoon"}
	l := railway(p)
	passed := exits()
	passed.ID, passed.Shown.Number, passed.Stage, passed.F.Submitted = "issue/26", 26, "betanet-scoping", nil
	meeting := &process.Item{ID: "meeting/2", Kind: process.Meeting, Title: "Upgrade planning meeting 2026-12-15", Ours: true, Shown: process.Shown{Number: 50}, M: &process.MeetingFacts{
		At: at(15, 15), Date: on(15), Hour: "16:00 CET", Cutoff: at(11, 15), Since: at(4, 9),
		Drafts:  map[string]process.Draft{"board/alphanet/2027-01/issue/24": {Option: "yes", By: "max", At: at(12, 9)}},
		Minutes: []process.Minute{{Answer: say("minute.command", "line", process.Code("/schedule testnet 2026-12-30")), On: karst, By: "mara", At: at(7, 9), Outcome: say("did.schedule", "network", "testnet", "on", on(30))}},
		Wishes:  []process.Wish{{ID: 1, Text: "shall we rename the devnets, @everyone?", By: "ada", At: at(9, 9), On: blocksRef}},
		Todos:   []process.Todo{{On: decemberT, Stage: "alphanet-acceptance", Line: "/stable", By: maintainer}},
	}}
	l.Put(passed, meeting)
	for name, now := range map[string]time.Time{"before-the-cutoff": at(10, 9), "after-the-cutoff": at(13, 9)} {
		title, body, err := r.Page(p, l, meeting, now)
		if err != nil || title != meeting.Title {
			t.Fatal(title, err)
		}
		golden(t, "pages/agenda-"+name, body)
		if m := mentions.FindString(body); m != "" {
			t.Errorf("the agenda mentions somebody: %q", m)
		}
	}
	// What was said before is said anew if anything of it has changed, and only then.
	ticked := meeting.Clone()
	ticked.M.Drafts["board/alphanet/2027-01/issue/24"] = process.Draft{Option: "wait", By: "eve", At: at(13, 10)}
	for _, it := range []*process.Item{ticked, meeting} {
		_, again, err := r.Page(p, l, it, at(13, 11))
		_, first, errFirst := bundled(t).Page(p, l, it, at(13, 11))
		if err != nil || errFirst != nil || again != first {
			t.Errorf("the agenda differs from one that is rendered for the first time (%v, %v):\n%s", err, errFirst, again)
		}
	}
	over := meeting.Clone()
	over.M.Adjourned, over.M.By = at(15, 16), "max"
	_, body, err := r.Page(p, l, over, at(20, 9))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pages/agenda-over", body)
}

func TestTheBoardShowsWhatIsWrongWithTheConfiguration(t *testing.T) {
	p, r := opStack(t), bundled(t)
	troubled := *p
	troubled.Settings.Trouble = "3:7: \"@acme/leads`\" is not a team: write its slug | as in #1\n" + strings.Repeat("9:1: <b>more</b>\n", 14)
	l := railway(p)
	_, body, err := r.Page(&troubled, l, l.Get(process.DeparturesID), at(13, 9))
	if err != nil {
		t.Fatal(err)
	}
	body, _, _ = strings.Cut(body, "| train")
	golden(t, "pages/departures-troubled", body) // in code spans GitHub reads no mentions
}

func TestTheBoardSaysWhatWasFoundAfterASilence(t *testing.T) {
	p, r := opStack(t), bundled(t)
	l := process.NewLine("acme/protocol")
	board := &process.Item{ID: "departures", Kind: process.Departures, Title: "Departures", FoundAt: at(13, 9),
		Found: process.Found{Since: at(6, 9), Heard: 12, Missed: 1, Unsure: 1}}
	l.Put(board)
	_, body, err := r.Page(p, l, board, at(14, 9))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pages/departures-silence", body)
	if _, body, _ = r.Page(p, l, board, at(30, 9)); strings.Contains(body, "silence") {
		t.Error("it still says so weeks later")
	}
}

func TestAnEmptyBoardSaysWhereTrainsComeFrom(t *testing.T) {
	p, r := opStack(t), bundled(t)
	l := process.NewLine("acme/protocol")
	board := &process.Item{ID: "departures", Kind: process.Departures, Title: "Departures"}
	l.Put(board)
	_, body, err := r.Page(p, l, board, at(13, 9))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pages/departures-empty", body)
}

func TestAPageStaysWithinGitHubsBound(t *testing.T) {
	p, r := opStack(t), bundled(t)
	l := railway(p)
	for i := range 3000 {
		f := exits()
		f.ID, f.Shown.Number, f.F.Owner = process.ID(fmt.Sprintf("issue/%d", 1000+i)), 1000+i, ""
		f.Title = strings.Repeat("A long title with | and <b> ", 9)
		if i%2 == 0 {
			f.F.Train, f.F.Submitted = "alphanet/2027-01", nil
		}
		l.Put(f)
	}
	for _, id := range []process.ID{"departures", "alphanet/2027-01"} {
		_, body, err := r.Page(p, l, l.Get(id), at(13, 9))
		if err != nil {
			t.Fatal(err)
		}
		if n := len([]rune(body)); n > maxBody {
			t.Errorf("%s: %d characters, at most %d", id, n, maxBody)
		}
		if !strings.Contains(body, "more") {
			t.Errorf("%s does not say that there is more", id)
		}
	}
}

// A page is edited in place: what it says must stay true until the next event.
func TestAStatusSaysNoDurations(t *testing.T) {
	p, r := opStack(t), bundled(t)
	l := railway(p)
	for _, id := range []process.ID{"alphanet/2026-12", "issue/30", "issue/12"} {
		var bodies [2]string
		for i, now := range []time.Time{at(13, 9), at(27, 9)} {
			_, body, err := r.Page(p, l, l.Get(id), now)
			if err != nil {
				t.Fatal(err)
			}
			bodies[i] = regexp.MustCompile(`(?m)^.*cut-in-window.*$`).ReplaceAllString(body, "")
		}
		if id != "issue/30" && bodies[0] != bodies[1] {
			t.Errorf("the page of %s changes with time alone:\n%s\n\n%s", id, bodies[0], bodies[1])
		}
	}
}

func TestAnItemWithoutAPageIsAnError(t *testing.T) {
	p, r := opStack(t), bundled(t)
	_, _, err := r.Page(p, process.NewLine("acme/protocol"), &process.Item{ID: "audit/issue/12/1", Kind: process.AuditIssue}, at(1, 1))
	if err == nil || !strings.Contains(err.Error(), "audit/issue/12/1") {
		t.Errorf("error %v, want one that names the item", err)
	}
}
